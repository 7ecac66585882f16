"""Bridge: a call of the Messages API led through the gateway as a chat completion, its answer and errors led back."""

from __future__ import annotations

import msgspec

from banjia.gateway.answer import UpstreamError
from banjia.gateway.call import Call, Message, Send
from banjia.gateway.event import Events
from banjia.gateway.messages.answer import Json, error, message
from banjia.gateway.messages.request import losses, to_chat, wanted
from banjia.gateway.messages.stream import MessageStream
from banjia.gateway.rewrite import payloads


class Bridge:
    """Takes what the gateway would have sent, and sends what the Messages API says instead."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}
        self._stream: MessageStream | None = None
        self._events = Events()
        self._thinks = False
        self._failed = False

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

    def _fail(self, given: Json) -> bytes:
        assert self._stream is not None
        self._failed = True
        return self._stream.fail(given)

    async def _piece(self, piece: Message) -> None:
        out = b""
        body = self._events.feed(piece["body"])
        if self._stream is None:
            await self._send(self._start)
            named = next((v.decode() for n, v in self._start["headers"] if n == b"x-banjia-model"), "")
            self._stream = MessageStream(self._events.model or named, self._thinks)
            out = self._stream.begin()
        more = piece.get("more_body", False)
        for payload in payloads(body):
            if self._failed:  # nothing follows an error
                break
            event = msgspec.json.decode(payload)
            try:
                out += self._stream.feed(event) if not event.get("error") else self._fail(event["error"])
            except UpstreamError as error_:
                out += self._fail({"code": f"upstream_{error_.kind}", "message": error_.detail})
        if not more and not self._failed and self._events.done:
            out += self._stream.end()
        await self._send({"type": "http.response.body", "body": out, "more_body": more})
