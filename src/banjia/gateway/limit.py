"""Limits: how much one application may use, and the board on which all workers of a gateway count together."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Literal, NamedTuple

from banjia.errors import ConfigError
from banjia.gateway.option import Options
from banjia.text import Text

LIMITS = frozenset({"in_flight", "requests_per_minute", "tokens_per_minute"})
BUDGET = frozenset({"tokens_per_day", "tokens_per_month"})

Which = Literal["in_flight", "requests", "tokens", "day", "month"]

MINUTE = 60.0
SEATS = 1024  # applications that one board can hold
WORKERS = 64
NAME = 16  # a record begins with the digest of its application's id
ROW = struct.Struct("<ddqdqdddd")
RECORD = 128
LIVE = struct.Struct("<q")
SEAT = RECORD + WORKERS * LIVE.size


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit."""

    in_flight: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    tokens_per_month: int | None = None

    @property
    def counts_tokens(self) -> bool:
        return any(v is not None for v in (self.tokens_per_minute, self.tokens_per_day, self.tokens_per_month))

    @property
    def none(self) -> bool:
        return self.in_flight is None and self.requests_per_minute is None and not self.counts_tokens


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


class _Row(NamedTuple):
    """Levels of two buckets with the time they were taken, and the sums of the day and the month."""

    requests: float = 0.0
    requests_at: float = 0.0
    day: int = 0
    day_tokens: float = 0.0
    month: int = 0
    month_tokens: float = 0.0
    tokens: float = 0.0
    tokens_at: float = 0.0
    spare: float = 0.0


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
        if os.fstat(self._file).st_size < SEATS * SEAT:
            os.ftruncate(self._file, SEATS * SEAT)
        self._map = mmap.mmap(self._file, SEATS * SEAT)

    def close(self) -> None:
        self._map.close()
        os.close(self._file)

    def enter(self, app: str, limits: Limits, *, now: float, day: int, month: int) -> Exceeded | None:
        """Count one call in, or say which limit forbids it; a refused call is not counted anywhere."""
        at = self._seats.get(app) or self._seat(app)
        self._lock()
        try:
            if limits.in_flight is not None and self._in_flight(at) >= limits.in_flight:
                return Exceeded("in_flight", limits.in_flight, 1.0)
            row = self._row(at)
            exceeded = _over_budget(row, limits, day, month) or _over_tokens(row, limits, now)
            if exceeded is not None:
                return exceeded
            rate = limits.requests_per_minute
            if rate is not None:
                level = _drained(row.requests, row.requests_at, rate, now) + 1
                if level > rate:
                    return Exceeded("requests", rate, (level - rate) * MINUTE / rate)
                self._save(at, row._replace(requests=level, requests_at=now))
            self._add(at, 1)
        finally:
            self._unlock()
        return None

    def leave(self, app: str, limits: Limits, tokens: int, *, now: float, day: int, month: int) -> None:
        """The call is over and used so many tokens. Each `enter` that was let in has exactly one `leave`."""
        at = self._seats.get(app) or self._seat(app)
        self._lock()
        try:
            self._add(at, -1)
            if tokens and limits.counts_tokens:
                row = self._row(at)
                rate = limits.tokens_per_minute
                if rate is not None:
                    row = row._replace(tokens=_drained(row.tokens, row.tokens_at, rate, now) + tokens, tokens_at=now)
                self._save(
                    at,
                    row._replace(
                        day=day,
                        day_tokens=tokens + (row.day_tokens if row.day == day else 0),
                        month=month,
                        month_tokens=tokens + (row.month_tokens if row.month == month else 0),
                    ),
                )
        finally:
            self._unlock()

    def in_flight(self, app: str) -> int:
        return self._in_flight(self._seat(app))

    def forget(self, worker: int) -> None:
        """Clear what a worker that is gone had in flight."""
        self._lock()
        try:
            for at in range(0, SEATS * SEAT, SEAT):
                LIVE.pack_into(self._map, at + RECORD + worker * LIVE.size, 0)
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
                held = self._map[at : at + NAME]
                if held == bytes(NAME):
                    self._map[at : at + NAME] = name
                    held = name
                if held == name:
                    self._seats[app] = at
                    return at
        finally:
            self._unlock()
        raise ConfigError(Text("应用太多", "too many applications"), expected=f"<= {SEATS}")

    def _row(self, at: int) -> _Row:
        return _Row._make(ROW.unpack_from(self._map, at + NAME))

    def _save(self, at: int, row: _Row) -> None:
        ROW.pack_into(self._map, at + NAME, *row)

    def _in_flight(self, at: int) -> int:
        lives = at + RECORD
        if self._workers == 1:
            return int(LIVE.unpack_from(self._map, lives)[0])
        return sum(LIVE.unpack_from(self._map, lives + w * LIVE.size)[0] for w in range(self._workers))

    def _add(self, at: int, change: int) -> None:
        slot = at + RECORD + self._worker * LIVE.size
        LIVE.pack_into(self._map, slot, LIVE.unpack_from(self._map, slot)[0] + change)

    def _lock(self) -> None:
        if self._workers > 1:
            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def _unlock(self) -> None:
        if self._workers > 1:
            fcntl.lockf(self._file, fcntl.LOCK_UN)


def _drained(level: float, since: float, rate: int, now: float) -> float:
    return max(0.0, level - max(0.0, now - since) * rate / MINUTE)


def _over_budget(row: _Row, limits: Limits, day: int, month: int) -> Exceeded | None:
    if limits.tokens_per_day is not None and row.day == day and row.day_tokens >= limits.tokens_per_day:
        return Exceeded("day", limits.tokens_per_day, 3600.0)
    if limits.tokens_per_month is not None and row.month == month and row.month_tokens >= limits.tokens_per_month:
        return Exceeded("month", limits.tokens_per_month, 86400.0)
    return None


def _over_tokens(row: _Row, limits: Limits, now: float) -> Exceeded | None:
    rate = limits.tokens_per_minute
    if rate is None:
        return None
    owed = _drained(row.tokens, row.tokens_at, rate, now)
    return Exceeded("tokens", rate, (owed - rate + 1) * MINUTE / rate) if owed >= rate else None
