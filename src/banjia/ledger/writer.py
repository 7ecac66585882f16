"""Writer: one thread that commits in groups. While one group goes to disk the next gathers; no timer is involved.

Where nothing is to be written, it looks once a second whether it still could.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from typing import Any, TypeAlias

import msgspec

from banjia.errors import StoreError
from banjia.ledger.entry import NOTHING, Entry
from banjia.ledger.subject import Persons
from banjia.ledger.tally import Line, Tally
from banjia.text import Text, same

GROUP = 1000  # entries in one transaction
LINGER = 0.1  # seconds that notes, for which nobody waits, may gather
PROBE = 0.25  # seconds between attempts while the store cannot be written
LOOK = 1.0  # seconds without an entry after which the store is looked at


class Receipt(msgspec.Struct, frozen=True):
    """The entry is on disk.

    Where a line would have been passed, `passed` is False: nobody was counted, the entry given for that case was
    written instead, and `crossed` names the classes.
    """

    id: str
    log: int
    index: int
    passed: bool = True
    crossed: tuple[str, ...] = ()
    tally: Tally | None = None


Waiting: TypeAlias = "tuple[asyncio.AbstractEventLoop, asyncio.Future[Receipt]] | Future[Receipt] | None"


class Pending(msgspec.Struct, frozen=True):
    """One entry on its way; `waiting` is None for a note. Its body, or that already encoded as `data`."""

    id: str
    at: int
    kind: str
    body: Mapping[str, Any] = NOTHING
    data: bytes = b""
    waiting: Waiting = None
    persons: Persons | None = None
    line: Line | None = None
    otherwise: tuple[str, Entry, Mapping[str, Any]] | None = None


Commit = Callable[[Sequence[Pending], int, int], Sequence[Receipt]]
"""(group, notes lost, commits failed since the last success) -> receipts; raises StoreError with nothing written."""


class Writer:
    def __init__(
        self, commit: Commit, *, bound: int, linger: float = LINGER, check: Callable[[], None] | None = None
    ) -> None:
        self._commit = commit
        self._check = check
        self._linger = linger
        self._bound = bound
        self._queue: deque[Pending] = deque()
        self._urgent = 0  # queued entries for which somebody waits
        self._changed = threading.Condition()
        self._closing = False
        self._lost = 0
        self._failed = 0
        self._trouble: StoreError | None = None
        self._thread = threading.Thread(target=self._run, name="banjia-ledger", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> StoreError | None:
        """Why nothing can be written now; None while all is well."""
        if self._trouble is None and not self._thread.is_alive():
            return _closed()
        return self._trouble

    def put(self, pending: Pending) -> None:
        """Queue an entry. When the queue is full, one that is waited for is refused, a note is dropped and counted."""
        with self._changed:
            if self._closing:
                raise _closed()
            full = len(self._queue) >= self._bound
            if pending.waiting is None:
                if full:
                    self._lost += 1
                    return
            else:
                if full:
                    raise _backlog(self._bound) from self._trouble
                self._urgent += 1
            self._queue.append(pending)
            if self._urgent == 1 or len(self._queue) in {1, GROUP}:
                self._changed.notify()

    def close(self, timeout: float) -> int:
        """Write what is queued, stop, and answer how many notes were lost."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join(timeout)
        return self._lost

    def _run(self) -> None:
        while True:
            group = self._next()
            if group is None:
                return
            if group or self._lost or self._trouble is not None:
                self._write(group)
            else:
                self._look()

    def _next(self) -> list[Pending] | None:
        """What is to be written; nothing where no entry came for a while, None at the end."""
        with self._changed:
            if self._trouble is None:
                if not self._changed.wait_for(lambda: self._queue or self._closing or self._lost, LOOK):
                    return []
                if not self._urgent and not self._closing:
                    self._changed.wait_for(
                        lambda: self._urgent or self._closing or len(self._queue) >= GROUP, self._linger
                    )
            else:
                self._changed.wait_for(lambda: self._urgent or self._closing, PROBE)
                if self._closing and not self._urgent:
                    self._lost += len(self._queue)
                    self._queue.clear()
            if self._closing and not self._queue:
                return None
            group = [self._queue.popleft() for _ in range(min(GROUP, len(self._queue)))]
            self._urgent -= sum(p.waiting is not None for p in group)
            return group

    def _look(self) -> None:
        try:
            if self._check is not None:
                self._check()
        except StoreError as error:
            self._fail([], error, again=True)

    def _write(self, group: list[Pending]) -> None:
        lost, failed = self._lost, self._failed
        try:
            receipts = self._commit(group, lost, failed)
        except StoreError as error:
            self._fail(group, error, again=True)
        except Exception as error:  # noqa: BLE001 - whatever happens, whoever waits must hear of it
            trouble = StoreError(Text("台账写入出错", "the ledger could not be written"), found=same(repr(error)))
            trouble.__cause__ = error
            self._fail(group, trouble, again=False)
        else:
            with self._changed:
                self._lost -= lost
                self._failed -= failed
                self._trouble = None
            _answer(zip(group, receipts, strict=True))

    def _fail(self, group: list[Pending], error: StoreError, *, again: bool) -> None:
        notes = [p for p in group if p.waiting is None]
        with self._changed:
            self._trouble = error
            self._failed += len(group) - len(notes)
            if again and len(self._queue) + len(notes) <= self._bound:
                self._queue.extendleft(reversed(notes))
            else:
                self._lost += len(notes)
        _answer((p, error) for p in group)


def _answer(results: Iterable[tuple[Pending, Receipt | StoreError]]) -> None:
    """Hand each waiting caller its receipt or error; one wake-up for each event loop."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Receipt], Receipt | StoreError]]] = {}
    for pending, result in results:
        if isinstance(pending.waiting, Future):
            if isinstance(result, StoreError):
                pending.waiting.set_exception(result)
            else:
                pending.waiting.set_result(result)
        elif pending.waiting is not None:
            loop, future = pending.waiting
            by_loop.setdefault(loop, []).append((future, result))
    for loop, answers in by_loop.items():
        with suppress(RuntimeError):  # the loop has ended, nobody listens
            loop.call_soon_threadsafe(_settle, answers)


def _settle(answers: Sequence[tuple[asyncio.Future[Receipt], Receipt | StoreError]]) -> None:
    for future, result in answers:
        if future.done():
            continue
        if isinstance(result, StoreError):
            future.set_exception(result)
        else:
            future.set_result(result)


def _closed() -> StoreError:
    return StoreError(Text("台账已关闭", "the ledger is closed"), remedy=Text("重启网关", "restart the gateway"))


def _backlog(bound: int) -> StoreError:
    return StoreError(
        Text("台账积压已满", "the ledger's queue is full"),
        found=same(str(bound)),
        remedy=Text(
            "检查存储的速度和磁盘；恢复之前拒绝出境", "check the store's speed and disk; exports are refused until then"
        ),
    )
