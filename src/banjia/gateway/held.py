"""Held: a stream of which nothing goes on before a service has seen it; what is held back is bounded."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.call import Call
from banjia.gateway.event import Events
from banjia.gateway.forward import BROKEN, EVENT_STREAM, NO_BUFFER, NO_CACHE, Told, hidden_error, rewritten_ending
from banjia.gateway.moderation import spoken
from banjia.gateway.refusal import Refusal, error_event
from banjia.gateway.rewrite import END, StreamRewrite, payloads

Check = Callable[[str], Awaitable[bool]]  # whether a text is stopped; raises Refusal where that cannot be said

OVERLAP = 200  # characters of what went on that are shown again, so that nothing hides between two windows
MOST = 4 * 1024 * 1024  # bytes that wait, however few words are in them


class Gate:
    """Whole events in; those out that have been seen. A hit ends the answer, and what waits is never given out."""

    def __init__(self, check: Check, window: int) -> None:
        self._check = check
        self._window = window
        self._waiting: list[bytes] = []
        self._size = 0
        self._new = ""
        self._seen = ""
        self._last: dict[str, Any] = {}
        self._choices: dict[int, bool] = {}  # index -> whether it is of the old completions API
        self.stopped = False

    @property
    def waiting(self) -> int:
        """Characters that have not been seen yet."""
        return len(self._new)

    async def feed(self, data: bytes) -> bytes:
        if self.stopped or not data:
            return b""
        self._waiting.append(data)
        self._size += len(data)
        for payload in payloads(data):
            event = msgspec.json.decode(payload)
            if event.get("choices"):
                self._last = event
                self._choices |= {c.get("index") or 0: "text" in c for c in event["choices"]}
            self._new += spoken(event)
        if len(self._new) >= self._window or self._size >= MOST:
            return await self._let_go()
        return b""

    async def end(self, data: bytes) -> bytes:
        """The rest, with the stream's end."""
        out = await self.feed(data)
        return out if self.stopped else out + await self._let_go()

    def ending(self) -> bytes:
        """How an answer that was stopped ends."""
        head = {k: self._last[k] for k in ("id", "object", "created", "model") if k in self._last}
        choices = [
            {"index": i, **({"text": ""} if old else {"delta": {}}), "finish_reason": "content_filter"}
            for i, old in sorted(self._choices.items())
        ]
        return b"data: " + msgspec.json.encode({**head, "choices": choices}) + b"\n\n" + END

    async def _let_go(self) -> bytes:
        if self._new and await self._check(self._seen + self._new):
            self.stopped = True
            self._waiting.clear()
            return b""
        self._seen = (self._seen + self._new)[-OVERLAP:]
        self._new, self._size = "", 0
        out = b"".join(self._waiting)
        self._waiting.clear()
        return out


async def forward_held(
    call: Call, answer: Answer, told: Told, events: Events, rewrite: StreamRewrite, gate: Gate
) -> int:
    """The status for the ledger. Raises while nothing has been sent; then a fault ends the stream with an error."""

    async def give(data: bytes) -> None:
        if not data:
            return
        if not call.answered:
            headers = [EVENT_STREAM, NO_CACHE, NO_BUFFER, *told.headers(events.model)]
            await call.begin(headers, data, more=True)
        else:
            await call.send({"type": "http.response.body", "body": data, "more_body": True})

    status, looked = 200, False
    try:
        while not gate.stopped and (data := await answer.read()):
            out = events.feed(data)
            if out and not looked:
                looked = True
                if not out.lstrip().startswith((b"data:", b":", b"event:", b"id:", b"retry:")):
                    raise hidden_error(out)
            out = rewrite.feed(out)
            if rewrite.refusal is not None:
                raise rewrite.refusal
            await give(await gate.feed(out))
        if not gate.stopped:
            await give(await gate.end(rewritten_ending(events, rewrite)))
        if gate.stopped:
            answer.abort(UpstreamError("client_gone"))
            await give(gate.ending())
    except UpstreamError as error:
        if not call.answered:
            raise
        status = 502
        await give(error_event(BROKEN.say(call.lang), "server_error", f"upstream_{error.kind}"))
    except Refusal as refusal:
        if not call.answered:
            raise
        status = refusal.status
        await give(error_event(refusal.text.say(call.lang), refusal.type, refusal.code))
    if not call.answered:
        raise UpstreamError("broken", "an empty stream")
    call.finished = True
    await call.send({"type": "http.response.body", "body": b""})
    return 502 if events.failed or rewrite.failed else status
