"""Bridge: a call of the Messages API led through the gateway as a chat completion, its answer and errors led back."""

from __future__ import annotations

import msgspec

from banjia.gateway.call import Call, Message, Send
from banjia.gateway.messages.answer import error, message
from banjia.gateway.messages.request import losses, to_chat, wanted
from banjia.gateway.messages.stream import MessageStream
from banjia.gateway.retold import Retold


class Bridge:
    """Takes what the gateway would have sent, and sends what the Messages API says instead."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._thinks = False
        self._retold = Retold(self._told)

    def ask(self, call: Call) -> None:
        """Turn the call into a chat completion. Raises Refusal."""
        request, whole = wanted(call.body)
        call.body = msgspec.json.encode(to_chat(request, whole))
        call.operation = "chat/completions"
        call.losses = losses(request)
        call.unthinking = not request.thinks
        self._thinks = request.thinks

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
        elif self._start["status"] != 200:
            await self._whole(message["body"], is_error=True)
        elif any(n == b"content-type" and v.startswith(b"text/event-stream") for n, v in self._start["headers"]):
            await self._piece(message)
        else:
            await self._whole(message["body"], is_error=False)

    async def _whole(self, body: bytes, *, is_error: bool) -> None:
        given = msgspec.json.decode(body)
        told = error(self._start["status"], given.get("error")) if is_error else message(given, thinks=self._thinks)
        out = msgspec.json.encode(told)
        headers = [(n, v) for n, v in self._start["headers"] if n != b"content-length"]
        await self._send({**self._start, "headers": [*headers, (b"content-length", b"%d" % len(out))]})
        await self._send({"type": "http.response.body", "body": out})

    async def _piece(self, piece: Message) -> None:
        begins, more = self._retold.stream is None, piece.get("more_body", False)
        out = self._retold.feed(piece["body"], more=more)
        if begins:
            await self._send(self._start)
        await self._send({"type": "http.response.body", "body": out, "more_body": more})

    def _told(self, model: str) -> MessageStream:
        named = next((v.decode() for n, v in self._start["headers"] if n == b"x-banjia-model"), "")
        return MessageStream(model or named, self._thinks)
