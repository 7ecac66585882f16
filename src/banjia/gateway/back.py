"""Back: a chat completion's answer changed on its way to a caller who asked in another form of OpenAI's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from banjia.gateway.call import Message, Send
from banjia.gateway.event import Events
from banjia.gateway.rewrite import payloads

Json = dict[str, Any]
Change = Callable[[Json], Json]


class Back:
    """`change` is given the whole answer, or each event of a stream; errors pass as they are."""

    def __init__(self, send: Send, change: Change) -> None:
        self._send = send
        self._change = change
        self._start: Message = {}
        self._events = Events()
        self._passes = False
        self._streams = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._passes = message["status"] != 200
            self._start = message
            headers = self._start["headers"]
            self._streams = any(n == b"content-type" and v.startswith(b"text/event-stream") for n, v in headers)
            if self._passes or self._streams:
                await self._send(self._start)
        elif self._passes:
            await self._send(message)
        elif self._streams:
            more = message.get("more_body", False)
            data = self._events.feed(message["body"])
            await self._send({"type": "http.response.body", "body": self._changed(data, more=more), "more_body": more})
        else:
            out = msgspec.json.encode(self._change(msgspec.json.decode(message["body"])))
            headers = [(n, v) for n, v in self._start["headers"] if n != b"content-length"]
            await self._send({**self._start, "headers": [*headers, (b"content-length", b"%d" % len(out))]})
            await self._send({"type": "http.response.body", "body": out})

    def _changed(self, data: bytes, *, more: bool) -> bytes:
        out = []
        for payload in payloads(data):
            event = msgspec.json.decode(payload)
            out.append(payload if event.get("error") else msgspec.json.encode(self._change(event)))
        if not more and self._events.done:
            out.append(b"[DONE]")
        return b"".join(b"data: " + payload + b"\n\n" for payload in out)
