"""Answer: what an upstream sends back, as it arrives; bounded, and either whole or broken, never in between."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Literal

Kind = Literal[
    "connect",  # no connection: refused, unreachable, no such host
    "tls",
    "forbidden",  # the name leads to an address that is never connected to
    "busy",  # every connection of the route is in use
    "timeout",
    "closed",  # before the first byte of the answer
    "broken",  # after it
    "garbage",  # not HTTP/1.1
    "too_large",
    "client_gone",
]

PAUSE_AT = 256 * 1024  # bytes waiting for the caller at which the upstream is told to wait


class UpstreamError(Exception):
    """The exchange failed on the upstream side. `sent`: a byte of the request may have arrived there."""

    def __init__(self, kind: Kind, detail: str = "", *, sent: bool = True) -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail
        self.sent = sent

    def again(self) -> UpstreamError:
        """The same without the frames that it has passed, and without what they hold."""
        return UpstreamError(self.kind, self.detail, sent=self.sent)


class Answer:
    """Status and headers once `head` returns; then `read` until it gives nothing, or `body` at once."""

    __slots__ = (
        "_abort",
        "_buffered",
        "_chunks",
        "_failure",
        "_loop",
        "_pause",
        "_paused",
        "_refused",
        "_take",
        "_waiter",
        "answered",
        "complete",
        "headers",
        "last",
        "received",
        "status",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        pause: Callable[[bool], None],
        abort: Callable[[UpstreamError], None],
    ) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.complete = False
        self.received = 0
        self.last = loop.time()  # when something last happened
        self._chunks: list[bytes] = []
        self._buffered = 0
        self._failure: UpstreamError | None = None
        self.answered = False  # the head is here
        self._paused = False
        self._loop = loop
        self._pause = pause
        self._abort = abort
        self._take: Callable[[bytes], bool] | None = None  # who gets what arrives, at once
        self._refused: Exception | None = None  # what was raised there
        self._waiter: asyncio.Future[None] | None = None

    @property
    def paused(self) -> bool:
        """The upstream waits for the caller, so its silence is not its fault."""
        return self._paused

    def header(self, name: bytes) -> bytes | None:
        return next((v for n, v in self.headers if n == name), None)

    async def head(self) -> None:
        while not self.answered:
            if self._failure is not None:
                raise self._failure.again()
            self._waiter = self._loop.create_future()
            await self._waiter

    async def read(self) -> bytes:
        """Everything that has arrived since the last read; nothing at the end. Raises UpstreamError if cut short."""
        while not self._chunks:
            if self._failure is not None:
                raise self._failure.again()
            if self.complete:
                return b""
            self._waiter = self._loop.create_future()
            await self._waiter
        return self._arrived()

    async def pour(self, take: Callable[[bytes], bool]) -> bool:
        """Hand everything to `take` in the moment in which it arrives.

        True at the end; False once `take` has said that it can take no more for now. Raises UpstreamError if cut short,
        and what `take` raises.
        """
        while True:
            if self._chunks:
                if not take(self._arrived()):
                    return False
                continue
            if self._failure is not None:
                raise self._failure.again()
            if self.complete:
                return True
            self._take, self._refused = take, None
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                stopped, self._take = self._take is None, None
            self._raise_refused()
            if stopped:
                return False

    def _raise_refused(self) -> None:
        refused, self._refused = self._refused, None
        if refused is not None:
            try:
                raise refused
            finally:
                del refused  # or its frames would keep it, and with it this answer

    async def body(self, limit: int, hold: Callable[[int], None] | None = None) -> bytes:
        """The whole body, at most `limit` bytes of it; a longer one is aborted.

        `hold` is told of every byte before it is kept, and may raise.
        """
        if self.complete and self._failure is None and self.received <= limit:
            if hold is not None:
                hold(self._buffered)
            return await self.read()
        parts: list[bytes] = []
        size = 0
        while data := await self.read():
            size += len(data)
            if size > limit:
                parts.clear()  # what is raised keeps this frame, and with it what it holds, until the collector comes
                self.abort(UpstreamError("too_large", f"more than {limit} bytes"))
                raise UpstreamError("too_large", f"more than {limit} bytes")
            if hold is not None:
                hold(len(data))
            parts.append(data)
        return b"".join(parts)

    def abort(self, failure: UpstreamError) -> None:
        """Stop here: the upstream connection is cut, and whoever reads is told."""
        if not self.complete:
            self._abort(failure)

    # what the connection reports

    def head_arrived(self, status: int) -> None:
        self.status = status
        self.answered = True

    def body_arrived(self, data: bytes) -> None:
        self._chunks.append(data)
        size = len(data)
        self.received += size
        self._buffered += size
        if self._buffered > PAUSE_AT and not self._paused:
            self._paused = True
            self._pause(True)

    def fail(self, failure: UpstreamError) -> None:
        if self._failure is None and not self.complete:
            self._failure = failure
            if failure.kind == "client_gone":
                self._chunks = []
            self.wake()

    def wake(self) -> None:
        take = self._take
        if take is not None and self._chunks:
            try:
                goes_on = take(self._arrived())
            except Exception as error:  # noqa: BLE001 - it belongs to whoever pours, not to the connection
                self._refused, goes_on = error, False
            if not goes_on:
                self._take = None
            elif not self.complete and self._failure is None:
                return
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)

    def _arrived(self) -> bytes:
        chunks = self._chunks
        data = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self._buffered = 0
        if self._paused:
            self._paused = False
            self._pause(False)
        return data
