"""Exchange: one request of a caller and its answer, as an ASGI callable sees them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import MutableMapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from banjia.gateway.refusal import INTERNAL, Header, Refusal

if TYPE_CHECKING:
    from banjia.gateway.wire import Wire

Message = MutableMapping[str, Any]

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
END = b"0\r\n\r\n"

log = logging.getLogger("banjia.gateway")


class Exchange:
    """Head and first part of an answer leave in one write. After `lose` nothing is written any more."""

    __slots__ = (
        "_chunked",
        "_chunks",
        "_continue",
        "_given",
        "_head",
        "_held",
        "_left",
        "_more",
        "_to_the_end",
        "_waiter",
        "_wire",
        "complete",
        "gone",
        "keep_alive",
        "scope",
        "started",
        "task",
    )

    def __init__(self, wire: Wire, scope: dict[str, Any], *, keep_alive: bool, expects: bool) -> None:
        self.scope = scope
        self.keep_alive = keep_alive
        self.task: asyncio.Task[None] | None = None
        self.gone = False  # the caller has hung up
        self.started = False  # something of the answer has been written
        self.complete = False
        self._wire = wire
        self._chunks: list[bytes] = []
        self._held = 0
        self._more = True  # of the body is still to come
        self._given = False  # the last part of the body has been handed out
        self._waiter: asyncio.Future[None] | None = None
        self._continue = expects
        self._head: bytes | None = None  # of the answer, until its first part is written
        self._chunked = False
        self._to_the_end = False
        self._left = 0  # bytes that the answer has announced and not written

    async def run(self) -> None:
        """Have the request answered; whatever happens, the caller is not left waiting."""
        try:
            await self._wire.app(self.scope, self.receive, self.send)
        except Exception:
            log.exception("unexpected error in an exchange")
        finally:
            if self.task is not None:
                self._wire.tasks.discard(self.task)
            if not self.complete and not self.gone:
                self._cut()

    async def receive(self) -> Message:
        if self._continue:
            self._continue = False
            if self._more and not self.gone:
                self._wire.transport.write(CONTINUE)
        while not (self.gone or self.complete or self._chunks) and (self._more or self._given):
            self._wire.resume_reading()
            self._waiter = self._wire.loop.create_future()
            await self._waiter
        if self.gone or self.complete:
            return {"type": "http.disconnect"}
        chunks = self._chunks
        body = chunks[0] if len(chunks) == 1 else b"".join(chunks)
        self._chunks = []
        self._held = 0
        self._given = not self._more
        return {"type": "http.request", "body": body, "more_body": self._more}

    def whole_body(self) -> bytes | None:
        """What `receive` would give, where all of it is here and nothing of it was given yet."""
        if self._more or self._given or self.gone:
            return None
        chunks, self._chunks = self._chunks, []
        self._given = True
        self._continue = False
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    async def send(self, message: Message) -> None:
        wire = self._wire
        if wire.is_stuck:
            await wire.drain()
        if self.gone:
            return
        if message["type"] == "http.response.body":
            self.part(message.get("body", b""), more=message.get("more_body", False))
        else:
            self.begin(message["status"], message.get("headers", ()))

    @property
    def is_stuck(self) -> bool:
        """The caller does not take what was written: `send` would wait, the ways around it would not."""
        return self._wire.is_stuck

    async def drained(self) -> None:
        await self._wire.drain()

    @property
    def is_sending(self) -> bool:
        """The caller has more of the body, and does not wait to be asked for it."""
        return self._more and not self._continue

    # what the connection reports

    def body_arrived(self, body: bytes) -> int:
        """How many bytes wait now; those of an answered request are not kept."""
        if self.complete or self.gone:
            return 0
        self._chunks.append(body)
        self._held += len(body)
        self._wake()
        return self._held

    def body_complete(self) -> None:
        self._more = False
        self._wake()

    def lose(self) -> None:
        """The caller has hung up."""
        self.gone = True
        self._wake()

    def begin(self, status: int, headers: Sequence[Header]) -> None:
        lines = [b"%b: %b\r\n" % header for header in headers]
        length = next((int(v) for n, v in headers if n == b"content-length"), None)
        head = b"".join(lines)
        if head.count(b"\n") != len(lines) or head.count(b"\r") != len(lines) or b"\0" in head:
            raise RuntimeError("a header of the answer holds a line break")
        self.begin_with(status, head, length)

    def begin_with(self, status: int, head: bytes, length: int | None) -> None:
        """As `begin`, with header lines that are known to be sound; without a length the answer is chunked.

        HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer.
        """
        if self._head is not None or self.started:
            raise RuntimeError("the answer has begun already")
        endless = length is None and self.scope["method"] != "HEAD" and status not in {204, 304}
        self._chunked = endless and self.scope["http_version"] != "1.0"
        self._to_the_end = endless and not self._chunked
        self._left = length or 0
        if self._continue:  # a body that nobody asked for may follow
            self.keep_alive = False
        self._head = b"%b%b%b%b" % (
            _status_line(status),
            head,
            b"transfer-encoding: chunked\r\n" if self._chunked else b"",
            b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n",
        )

    def part(self, body: bytes, *, more: bool) -> None:
        """One part of the answer's body; head and first part leave together."""
        if self.gone:
            return
        if self.complete:
            raise RuntimeError("the answer is complete already")
        head = self._head
        if head is not None:
            self._head = None
            self.started = True
        elif not self.started:
            raise RuntimeError("an answer begins with its head")
        if self._chunked:
            data = b"%x\r\n%b\r\n" % (len(body), body) if body else b""
            if not more:
                data += END
        elif self.scope["method"] == "HEAD":
            data = b""
            self._left = 0
        elif self._to_the_end:
            data = body
        else:
            data = body
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the answer is not as long as it said")
        if head is not None:
            data = head + data
        if data:
            self._wire.transport.write(data)
        if not more:
            self.complete = True
            if self._waiter is not None:
                self._wake()
            self._wire.done(self)

    def _cut(self) -> None:
        """An answer that will not be finished."""
        self.gone = True
        if not self.started:
            self._wire.transport.write(last_words(INTERNAL))
        self._wire.transport.close()

    def _wake(self) -> None:
        waiter = self._waiter
        if waiter is not None:
            self._waiter = None
            if not waiter.done():
                waiter.set_result(None)


def last_words(refusal: Refusal) -> bytes:
    """A whole answer after which the connection is closed."""
    body = refusal.body("en")
    head = b"".join(b"%b: %b\r\n" % header for header in refusal.headers())
    end = b"content-length: %d\r\nconnection: close\r\n\r\n" % len(body)
    return _status_line(refusal.status) + head + end + body


@lru_cache(maxsize=512)
def _status_line(status: int) -> bytes:
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = ""
    return f"HTTP/1.1 {status} {phrase}\r\n".encode("ascii")
