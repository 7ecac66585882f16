"""Limits: how much one application may use, and the board on which all workers of a gateway count together."""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
from dataclasses import dataclass
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
NAME = 16  # a record begins with the digest of its application's id
BUCKET = struct.Struct("<dd")  # level, and when it was taken
SUM = struct.Struct("<qd")  # number of the day or month, and its tokens
REQUESTS, TOKENS, DAY, MONTH = NAME, NAME + 16, NAME + 32, NAME + 48
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
        return not (self.tokens_per_minute is None and self.tokens_per_day is None and self.tokens_per_month is None)

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
            if limits.counts_tokens and (exceeded := self._over_tokens(at, limits, now, day, month)) is not None:
                return exceeded
            rate = limits.requests_per_minute
            if rate is not None:
                level = self._level(at + REQUESTS, rate, now) + 1
                if level > rate:
                    return Exceeded("requests", rate, (level - rate) * MINUTE / rate)
                BUCKET.pack_into(self._map, at + REQUESTS, level, now)
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
                rate = limits.tokens_per_minute
                if rate is not None:
                    level = self._level(at + TOKENS, rate, now) + tokens
                    BUCKET.pack_into(self._map, at + TOKENS, level, now)
                SUM.pack_into(self._map, at + DAY, day, tokens + self._sum(at + DAY, day))
                SUM.pack_into(self._map, at + MONTH, month, tokens + self._sum(at + MONTH, month))
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

    def _level(self, at: int, rate: int, now: float) -> float:
        level, since = BUCKET.unpack_from(self._map, at)
        return float(max(0.0, level - max(0.0, now - since) * rate / MINUTE))

    def _sum(self, at: int, number: int) -> float:
        of, tokens = SUM.unpack_from(self._map, at)
        return float(tokens if of == number else 0)

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
