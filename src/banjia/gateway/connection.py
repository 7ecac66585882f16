"""Connection: one HTTP/1.1 connection to an upstream, one exchange at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

import httptools

from banjia.gateway.answer import Answer, Kind, UpstreamError
from banjia.gateway.inflate import Inflater, inflater

MAX_HEAD = 128 * 1024
MAX_HEADERS = 200


NO_PARSER = httptools.HttpResponseParser(object())  # of connections that are gone


class Connection(asyncio.Protocol):
    """Made by the pool; `on_free` is called when it may serve again, `on_lost` when it never will."""

    __slots__ = (
        "_answer",
        "_fed",
        "_headers",
        "_inflater",
        "_loop",
        "_on_free",
        "_on_lost",
        "_parser",
        "_parts",
        "_sent_anything",
        "_transport",
        "_until_close",
        "idle_since",
        "lost",
        "on_body",
        "served",
    )

    def __init__(self, on_free: Callable[[Connection], None], on_lost: Callable[[Connection], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_free = on_free
        self._on_lost = on_lost
        self._transport: asyncio.Transport | None = None
        self._parts: list[bytes] = []  # of the body, as one read brought them
        self.on_body = self._parts.append  # called for each part: a stream has one for each word
        self._parser = httptools.HttpResponseParser(self)
        self._answer: Answer | None = None
        self._headers: list[tuple[bytes, bytes]] = []
        self._inflater: Inflater | None = None
        self._fed = 0
        self._until_close = False
        self.idle_since = 0.0
        self.lost = False
        self.served = 0

    def start(self, head: bytes, body: bytes) -> Answer:
        """Send one request. The failure of a connection that was already closed says that nothing was sent."""
        answer = Answer(self._loop, self._pause, self._abort)
        transport = self._transport
        if transport is None or self.lost or transport.is_closing():
            self.lost = True
            answer.fail(UpstreamError("closed", sent=False))
            return answer
        self._answer = answer
        self._headers = []
        self._inflater = None
        self._fed = 0
        self._until_close = False
        self.served += 1
        if len(body) < 65536:
            transport.write(head + body)
        else:
            transport.write(head)
            transport.write(body)
        return answer

    @property
    def answer(self) -> Answer | None:
        return self._answer

    def close(self) -> None:
        self.lost = True
        if self._transport is not None:
            self._transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        answer = self._answer
        if answer is None:  # bytes that nobody asked for
            self.close()
            return
        answer.last = self._loop.time()
        self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._hand_on()
            self._fail("garbage", str(error)[:100])
            answer.wake()  # it may have been whole before the garbage began
            return
        self._hand_on()
        if self._fed > MAX_HEAD and self._answer is answer:
            self._fail("garbage", "endless headers")
        answer.wake()

    def eof_received(self) -> None:
        return None

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        answer = self._answer
        self._parser = NO_PARSER  # it knows this connection: the two would wait for the collector together
        if answer is not None:
            if self._until_close and answer.answered and exc is None:
                self._finish(answer, keep=False)
                answer.wake()
            else:
                self._fail("broken" if answer.answered else "closed", str(exc or ""))
        self._on_lost(self)

    # httptools callbacks

    def on_message_begin(self) -> None:
        if self._answer is None:
            raise ValueError("an answer that nobody asked for")

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self._headers) >= MAX_HEADERS:
            raise ValueError("too many headers")
        self._headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        answer = self._answer
        status: int = self._parser.get_status_code()
        if answer is None or status < 200:
            return
        names = {name for name, _ in self._headers}
        self._until_close = (
            b"content-length" not in names and b"transfer-encoding" not in names and status not in {204, 304}
        )
        answer.headers = self._headers
        if b"content-encoding" in names:
            try:
                self._inflater = inflater(answer.header(b"content-encoding") or b"")
            except UpstreamError as failure:
                self._abort(failure)
                return
        answer.head_arrived(status)

    def on_message_complete(self) -> None:
        self._hand_on()
        answer = self._answer
        if answer is None:
            return
        if not answer.answered:  # an interim answer such as 100: the real one follows
            self._headers = []
            return
        self._finish(answer, keep=bool(self._parser.should_keep_alive()) and not self._until_close)

    def _hand_on(self) -> None:
        """What one read brought of the body, together."""
        parts = self._parts
        if not parts:
            return
        body = parts[0] if len(parts) == 1 else b"".join(parts)
        parts.clear()
        self._fed = 0
        answer = self._answer
        if answer is not None and self._inflater is not None:
            try:
                body = self._inflater.feed(body)
            except UpstreamError as failure:
                self._abort(failure)
                return
        if answer is not None and body:
            answer.body_arrived(body)

    def _finish(self, answer: Answer, *, keep: bool) -> None:
        answer.complete = True
        self._answer = None
        if keep and not self.lost:
            if answer.paused and self._transport is not None:
                self._transport.resume_reading()
            self.idle_since = self._loop.time()
            self._on_free(self)
        else:
            self.close()

    def _fail(self, kind: Kind, detail: str = "") -> None:
        self._abort(UpstreamError(kind, detail))

    def _abort(self, failure: UpstreamError) -> None:
        answer, self._answer = self._answer, None
        self.close()
        if answer is not None:
            answer.fail(failure)

    def _pause(self, pause: bool) -> None:  # noqa: FBT001
        transport = self._transport
        if transport is None or self.lost or self._answer is None:
            return
        if pause:
            transport.pause_reading()
        else:
            transport.resume_reading()
