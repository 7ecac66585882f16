"""Limits: how much one application may use, and the board on which all workers of a gateway count together."""

from __future__ import annotations

import fcntl
import mmap
import os
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from banjia.errors import ConfigError
from banjia.gateway.option import Options
from banjia.text import Text

LIMITS = frozenset({"in_flight", "requests_per_minute", "tokens_per_minute"})
BUDGET = frozenset({"tokens_per_day", "tokens_per_month"})

Which = Literal["in_flight", "requests", "tokens", "day", "month"]

MINUTE = 60.0
SEATS = 1024  # applications that one board can hold
WORKERS = 64
NAME = 16  # bytes: a record begins with the digest of its application's id
WORD = 8

# places in a record, in words. A bucket: its level, and when that was taken. A sum: number of the day or month, tokens.
REQUESTS, TOKENS, DAY, MONTH, LIVE = 2, 4, 6, 8, 16
SEAT = LIVE + WORKERS
SIZE = SEATS * SEAT * WORD


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit."""

    in_flight: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    tokens_per_month: int | None = None

    counts_tokens: bool = field(init=False, compare=False)
    none: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        counts = not (self.tokens_per_minute is None and self.tokens_per_day is None and self.tokens_per_month is None)
        object.__setattr__(self, "counts_tokens", counts)
        object.__setattr__(self, "none", self.in_flight is None and self.requests_per_minute is None and not counts)


def read_limits(limits: object, budget: object, *, where: str) -> Limits:
    rate, total = Options(limits, f"{where}.limits", LIMITS), Options(budget, f"{where}.budget", BUDGET)
    return Limits(
        in_flight=rate.count("in_flight"),
        requests_per_minute=rate.count("requests_per_minute"),
        tokens_per_minute=rate.count("tokens_per_minute"),
        tokens_per_day=total.count("tokens_per_day"),
        tokens_per_month=total.count("tokens_per_month"),
    )


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Which limit stops the call, and after how many seconds it is worth another try."""

    which: Which
    limit: int
    wait: float


class Board:
    """Counts shared by the workers through one mapped file, under a lock that the system releases if a worker dies.

    An application has one record of shared levels and, per worker, one count of calls in flight: what a killed worker
    left behind can be cleared. Rates are buckets that hold one minute's worth. Times are seconds since 1970.
    """

    def __init__(self, path: Path, *, worker: int = 0, workers: int = 1) -> None:
        self._worker = worker
        self._workers = workers
        self._seats: dict[str, int] = {}
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._file).st_size < SIZE:
            os.ftruncate(self._file, SIZE)
        self._map = mmap.mmap(self._file, SIZE)
        self._counts = memoryview(self._map).cast("q")
        self._levels = memoryview(self._map).cast("d")

    def close(self) -> None:
        self._counts.release()
        self._levels.release()
        self._map.close()
        os.close(self._file)

    def enter(self, app: str, limits: Limits, *, now: float, day: int, month: int) -> Exceeded | None:
        """Count one call in, or say which limit forbids it; a refused call is not counted anywhere."""
        at = self._seats.get(app)
        if at is None:
            at = self._seat(app)
        counts, levels = self._counts, self._levels
        most, rate = limits.in_flight, limits.requests_per_minute
        self._lock()
        try:
            if most is not None and self._in_flight(at) >= most:
                return Exceeded("in_flight", most, 1.0)
            if limits.counts_tokens and (exceeded := self._over_tokens(at, limits, now, day, month)) is not None:
                return exceeded
            if rate is not None:
                level = self._level(at + REQUESTS, rate, now) + 1
                if level > rate:
                    return Exceeded("requests", rate, (level - rate) * MINUTE / rate)
                levels[at + REQUESTS] = level
                levels[at + REQUESTS + 1] = now
            counts[at + LIVE + self._worker] += 1
        finally:
            self._unlock()
        return None

    def leave(self, app: str, limits: Limits, tokens: int, *, now: float, day: int, month: int) -> None:
        """The call is over and used so many tokens. Each `enter` that was let in has exactly one `leave`."""
        at = self._seats.get(app)
        if at is None:
            at = self._seat(app)
        self._counts[at + LIVE + self._worker] -= 1  # this worker's alone: no lock
        if not tokens or not limits.counts_tokens:
            return
        self._lock()
        try:
            rate = limits.tokens_per_minute
            if rate is not None:
                self._levels[at + TOKENS] = self._level(at + TOKENS, rate, now) + tokens
                self._levels[at + TOKENS + 1] = now
            self._add(at + DAY, day, tokens)
            self._add(at + MONTH, month, tokens)
        finally:
            self._unlock()

    def in_flight(self, app: str) -> int:
        return self._in_flight(self._seat(app))

    def forget(self, worker: int) -> None:
        """Clear what a worker that is gone had in flight."""
        self._lock()
        try:
            for at in range(0, SEATS * SEAT, SEAT):
                self._counts[at + LIVE + worker] = 0
        finally:
            self._unlock()

    def _seat(self, app: str) -> int:
        """Where the record of an application begins: found by its digest, taken on first use."""
        if app in self._seats:
            return self._seats[app]
        name = blake2b(app.encode(), digest_size=NAME).digest()
        self._lock()
        try:
            for at in range(0, SEATS * SEAT, SEAT):
                place = slice(at * WORD, at * WORD + NAME)
                held = self._map[place]
                if held == bytes(NAME):
                    self._map[place] = name
                    held = name
                if held == name:
                    self._seats[app] = at
                    return at
        finally:
            self._unlock()
        raise ConfigError(Text("应用太多", "too many applications"), expected=f"<= {SEATS}")

    def _level(self, at: int, rate: int, now: float) -> float:
        gone = now - self._levels[at + 1]
        left = self._levels[at] - max(0.0, gone) * rate / MINUTE
        return max(0.0, left)

    def _sum(self, at: int, number: int) -> float:
        return self._levels[at + 1] if self._counts[at] == number else 0.0

    def _add(self, at: int, number: int, tokens: int) -> None:
        self._levels[at + 1] = tokens + self._sum(at, number)
        self._counts[at] = number

    def _over_tokens(self, at: int, limits: Limits, now: float, day: int, month: int) -> Exceeded | None:
        if limits.tokens_per_day is not None and self._sum(at + DAY, day) >= limits.tokens_per_day:
            return Exceeded("day", limits.tokens_per_day, 3600.0)
        if limits.tokens_per_month is not None and self._sum(at + MONTH, month) >= limits.tokens_per_month:
            return Exceeded("month", limits.tokens_per_month, 86400.0)
        rate = limits.tokens_per_minute
        if rate is not None and (owed := self._level(at + TOKENS, rate, now)) >= rate:
            return Exceeded("tokens", rate, (owed - rate + 1) * MINUTE / rate)
        return None

    def _in_flight(self, at: int) -> int:
        first = at + LIVE
        if self._workers == 1:
            return self._counts[first]
        return sum(self._counts[first : first + self._workers])

    def _lock(self) -> None:
        if self._workers > 1:
            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def _unlock(self) -> None:
        if self._workers > 1:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
