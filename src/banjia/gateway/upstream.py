"""Upstream: the pool of connections to one target; the only HTTP client of the product's hot path."""

from __future__ import annotations

import asyncio
from collections import deque

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.connection import Connection
from banjia.gateway.dial import dial
from banjia.gateway.target import Target

TICK = 0.25  # seconds between two looks at the time-outs


class Upstream:
    """Sends requests to one target. At most `target.max_connections` at a time; those who must wait are counted too."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self._context = target.context()
        self._idle: list[Connection] = []
        self._busy: set[Connection] = set()
        self._opening = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    async def send(self, head: bytes, body: bytes, *, repeatable: bool) -> Answer:
        """One request; returns once the head of the answer is here.

        A kept connection that the other side had closed is replaced, if nothing was sent or the request may be
        repeated. Raises UpstreamError. If the waiting task is cancelled the exchange is aborted.
        """
        while True:
            connection, kept = await self._take()
            answer = connection.start(head, body)
            try:
                await answer.head()
            except UpstreamError as failure:
                if kept and failure.kind == "closed" and (repeatable or not failure.sent):
                    self._drop_idle()  # its neighbours are as old: the next one is opened afresh
                    continue
                raise
            except BaseException:
                answer.abort(UpstreamError("client_gone"))
                raise
            return answer

    def close(self) -> None:
        """Close what is idle now, and what is busy as soon as it is done."""
        self._closed = True
        self._drop_idle()
        if self._timer is not None and not self._busy:
            self._timer.cancel()
            self._timer = None

    @property
    def in_use(self) -> int:
        return len(self._busy) + self._opening

    async def _take(self) -> tuple[Connection, bool]:
        while self.in_use >= self.target.max_connections:
            await self._queue()
        while self._idle:
            connection = self._idle.pop()
            if not connection.lost:
                self._busy.add(connection)
                return connection, True
        self._opening += 1
        try:
            connection = await dial(self.target, self._context, self._make)
        except BaseException:
            self._opening -= 1
            self._let_one_in()
            raise
        self._opening -= 1
        self._busy.add(connection)
        self._watch()
        return connection, False

    async def _queue(self) -> None:
        """Wait until a connection is free, at most as long as connecting may take; the queue is bounded as well."""
        if len(self._waiting) >= self.target.max_connections:
            raise UpstreamError("busy", sent=False)
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(self.target.timeouts.connect):
                await waiter
        except TimeoutError as error:
            raise UpstreamError("busy", sent=False) from error
        finally:
            if waiter in self._waiting:
                self._waiting.remove(waiter)

    def _let_one_in(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return

    def _make(self) -> Connection:
        return Connection(self._free, self._lost)

    def _free(self, connection: Connection) -> None:
        self._busy.discard(connection)
        if self._closed:
            connection.close()
        else:
            self._idle.append(connection)
        self._let_one_in()

    def _lost(self, connection: Connection) -> None:
        if connection in self._busy:
            self._busy.discard(connection)
            self._let_one_in()
        elif connection in self._idle:
            self._idle.remove(connection)

    def _drop_idle(self) -> None:
        idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _watch(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)

    def _tick(self) -> None:
        """Time-outs of all exchanges at once: a timer for each read would cost more than the read."""
        self._timer = None
        now = asyncio.get_running_loop().time()
        limits = self.target.timeouts
        for connection in list(self._busy):
            answer = connection.answer
            if answer is None or answer.paused:
                continue
            silence = now - answer.last
            if silence > (limits.idle if answer.answered else limits.first_byte):
                detail = f"silent for {silence:.1f} s"
                answer.abort(UpstreamError("timeout", detail))
        while self._idle and now - self._idle[0].idle_since > limits.keep_alive:
            self._idle.pop(0).close()
        if self._busy or self._idle:
            self._watch()
