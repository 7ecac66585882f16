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

LIMITS = frozenset({"in_flight", "requests_per_minute", "tokens_per_minute", "reserve_output"})

Which = Literal["in_flight", "requests", "tokens", "day", "month", "money_day", "money_month"]

SEATS = 1024  # applications that one board can hold
WORKERS = 64
SLOTS = 61  # a minute is the second under way and the sixty before it, so no span of sixty seconds holds more
NAME = 16  # bytes: a record begins with the digest of its application's id
WORD = 8

# Places in a record, in words. A window: its last second, the sum of its slots, the slots. A sum: number of the day or
# month, and what was used in it. Then the mark of a rollout that was aborted. Of each worker: calls in flight, tokens
# and money reserved for them.
REQUESTS = NAME // WORD
TOKENS = REQUESTS + 2 + SLOTS
DAY = TOKENS + 2 + SLOTS
MONTH, MONEY_DAY, MONEY_MONTH, ABORTED, HELD = DAY + 2, DAY + 4, DAY + 6, DAY + 8, DAY + 9
SEAT = HELD + 3 * WORKERS
SIZE = SEATS * SEAT * WORD
RESERVED_OUTPUT = 1024  # tokens that are kept free for the answer of a call that does not say how long it may get


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. Money is in billionths of the application's currency."""

    in_flight: int | None = None
    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    tokens_per_day: int | None = None
    tokens_per_month: int | None = None
    money_per_day: int | None = None
    money_per_month: int | None = None
    reserve_output: int = RESERVED_OUTPUT

    counts_money: bool = field(init=False, compare=False)
    counts_tokens: bool = field(init=False, compare=False)  # or money, which follows from them
    none: bool = field(init=False, compare=False)

    def __post_init__(self) -> None:
        money = self.money_per_day is not None or self.money_per_month is not None
        limits = (self.tokens_per_minute, self.tokens_per_day, self.tokens_per_month)
        counts = money or any(limit is not None for limit in limits)
        object.__setattr__(self, "counts_money", money)
        object.__setattr__(self, "counts_tokens", counts)
        object.__setattr__(self, "none", self.in_flight is None and self.requests_per_minute is None and not counts)


def read_limits(
    limits: object, tokens: tuple[int | None, int | None], money: tuple[int | None, int | None], *, where: str
) -> Limits:
    """`tokens` and `money` are the budget's, for a day and a month."""
    rate = Options(limits, f"{where}.limits", LIMITS)
    return Limits(
        in_flight=rate.count("in_flight"),
        requests_per_minute=rate.count("requests_per_minute"),
        tokens_per_minute=rate.count("tokens_per_minute"),
        tokens_per_day=tokens[0],
        tokens_per_month=tokens[1],
        money_per_day=money[0],
        money_per_month=money[1],
        reserve_output=rate.count("reserve_output", least=0, default=RESERVED_OUTPUT),
    )


@dataclass(frozen=True, slots=True)
class Use:
    """What a call may use at most, or has used."""

    tokens: int = 0
    money: int = 0


NOTHING = Use()


@dataclass(frozen=True, slots=True)
class Exceeded:
    """Which limit stops the call, and after how many seconds it is worth another try; None: it never fits."""

    which: Which
    limit: int
    wait: float | None
    used: int = 0  # already, of a budget
    asked: int = 0  # what this call may use


class Board:
    """Counts shared by the workers through one mapped file, under a lock that the system releases if a worker dies.

    What a call may use is reserved when it comes and settled when it is over: as long as no call uses more than was
    reserved for it, no limit is ever exceeded, in any span of sixty seconds, on any day, by all workers together. What
    a killed worker had reserved counts as used, since the vendor may bill it. Times are seconds since 1970.
    """

    def __init__(self, path: Path, *, worker: int = 0, workers: int = 1) -> None:
        self._worker = worker
        self._workers = workers
        self._seats: dict[str, int] = {}
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if os.fstat(self._file).st_size < SIZE:
            os.ftruncate(self._file, SIZE)
        self._map = mmap.mmap(self._file, SIZE)
        self._words = memoryview(self._map).cast("q")

    def close(self) -> None:
        self._words.release()
        self._map.close()
        os.close(self._file)

    def flush(self) -> None:
        """To the disk: a machine that loses its power forgets no more than since the last time."""
        self._map.flush()

    def enter(
        self, app: str, limits: Limits, need: Use = NOTHING, *, now: float, day: int, month: int
    ) -> Exceeded | None:
        """Count one call in, or say which limit forbids it; a refused call is not counted anywhere."""
        at = self._seats.get(app)
        if at is None:
            at = self._seat(app)
        words, most, rate = self._words, limits.in_flight, limits.requests_per_minute
        self._lock()
        try:
            if most is not None and self._in_flight(at) >= most:
                return Exceeded("in_flight", most, 1.0)
            if limits.counts_tokens and (over := self._over(at, limits, need, now, day, month)) is not None:
                return over
            if rate is not None:
                if self._in_window(at + REQUESTS, now) >= rate:
                    return Exceeded("requests", rate, self._wait(at + REQUESTS, rate - 1, now))
                self._add_to_window(at + REQUESTS, 1)
            own = at + HELD + 3 * self._worker
            words[own] += 1
            if limits.counts_tokens:
                words[own + 1] += need.tokens
                words[own + 2] += need.money
        finally:
            self._unlock()
        return None

    def leave(
        self,
        app: str,
        limits: Limits,
        need: Use = NOTHING,
        used: Use = NOTHING,
        *,
        now: float,
        day: int,
        month: int,
    ) -> None:
        """The call is over. Each `enter` that was let in has exactly one `leave` with the same limits and need.

        `day` and `month` are those of the end: what a call over midnight used counts for the day on which it ended.
        """
        at = self._seats.get(app)
        if at is None:
            at = self._seat(app)
        words, own = self._words, at + HELD + 3 * self._worker
        if not limits.counts_tokens:
            words[own] -= 1  # this worker's alone: no lock
            return
        self._lock()
        try:
            words[own] -= 1
            words[own + 1] -= need.tokens
            words[own + 2] -= need.money
            self._charge(at, used, now, day, month)
        finally:
            self._unlock()

    def in_flight(self, app: str) -> int:
        return self._in_flight(self._seat(app))

    def spent(self, app: str, *, day: int, month: int) -> tuple[int, int, int, int]:
        """Tokens of the day and of the month, money of the day and of the month; without what is reserved."""
        at = self._seat(app)
        places = ((DAY, day), (MONTH, month), (MONEY_DAY, day), (MONEY_MONTH, month))
        tokens, tokens_month, money, money_month = (self._sum(at + place, number) for place, number in places)
        return tokens, tokens_month, money, money_month

    def abort(self, app: str, mark: int) -> None:
        """For all workers, and those that are started later, until the application has another rollout."""
        self._words[self._seat(app) + ABORTED] = mark

    def aborted(self, app: str) -> int:
        """The mark of the rollout that was aborted last, or 0."""
        return self._words[self._seat(app) + ABORTED]

    def forget(self, worker: int | None = None, *, now: float, day: int, month: int) -> None:
        """A worker is gone, or all are: nothing of it is in flight, and what it had reserved counts as used."""
        gone = range(WORKERS) if worker is None else (worker,)
        words = self._words
        self._lock(always=True)
        try:
            for at in range(0, SEATS * SEAT, SEAT):
                if not words[at] and not words[at + 1]:
                    break  # seats are taken in order
                for number in gone:
                    own = at + HELD + 3 * number
                    tokens, money = max(0, words[own + 1]), max(0, words[own + 2])
                    words[own] = words[own + 1] = words[own + 2] = 0
                    if tokens or money:
                        self._charge(at, Use(tokens, money), now, day, month)
        finally:
            self._unlock(always=True)

    def _charge(self, at: int, used: Use, now: float, day: int, month: int) -> None:
        words = self._words
        if used.tokens:
            self._in_window(at + TOKENS, now)
            self._add_to_window(at + TOKENS, used.tokens)
        for place, number, amount in (
            (at + DAY, day, used.tokens),
            (at + MONTH, month, used.tokens),
            (at + MONEY_DAY, day, used.money),
            (at + MONEY_MONTH, month, used.money),
        ):
            of = words[place]
            latest = max(number, of)  # another worker may have seen the next day already
            words[place + 1] = amount + (words[place + 1] if of == latest else 0)
            words[place] = latest

    def _over(self, at: int, limits: Limits, need: Use, now: float, day: int, month: int) -> Exceeded | None:
        held = self._reserved(at)
        for which, limit, place, number, own, others in (
            ("day", limits.tokens_per_day, DAY, day, need.tokens, held.tokens),
            ("month", limits.tokens_per_month, MONTH, month, need.tokens, held.tokens),
            ("money_day", limits.money_per_day, MONEY_DAY, day, need.money, held.money),
            ("money_month", limits.money_per_month, MONEY_MONTH, month, need.money, held.money),
        ):
            if limit is None:
                continue
            total = self._sum(at + place, number)
            if total >= limit or total + own + others > limit:
                waits = total < limit and total + own <= limit  # calls in hand may use less than is kept for them
                wait = 1.0 if waits else None
                return Exceeded(which, limit, wait, total, own)  # type: ignore[arg-type]
        rate = limits.tokens_per_minute
        if rate is not None:
            level = self._in_window(at + TOKENS, now)
            if level >= rate or level + need.tokens + held.tokens > rate:
                room = max(0, min(rate - need.tokens - held.tokens, rate - 1))
                return Exceeded("tokens", rate, None if need.tokens > rate else self._wait(at + TOKENS, room, now))
        return None

    def _seat(self, app: str) -> int:
        """Where the record of an application begins: found by its digest, taken on first use."""
        if app in self._seats:
            return self._seats[app]
        name = blake2b(app.encode(), digest_size=NAME).digest()
        self._lock()
        try:
            for seat in range(SEATS):
                byte = seat * SEAT * WORD
                held = self._map[byte : byte + NAME]
                if held == bytes(NAME):
                    self._map[byte : byte + NAME] = name
                    held = name
                if held == name:
                    self._seats[app] = seat * SEAT
                    return seat * SEAT
        finally:
            self._unlock()
        raise ConfigError(Text("应用太多", "too many applications"), expected=f"<= {SEATS}")

    # windows of a minute

    def _in_window(self, at: int, now: float) -> int:
        """The sum of the last minute; what is older leaves it. A clock that goes back takes nothing out."""
        words, second = self._words, int(now)
        last = words[at]
        if second <= last:
            return words[at + 1]
        slots = at + 2
        if second - last >= SLOTS:
            for slot in range(slots, slots + SLOTS):
                words[slot] = 0
            words[at + 1] = 0
        else:
            for passed in range(last + 1, second + 1):
                slot = slots + passed % SLOTS
                words[at + 1] -= words[slot]
                words[slot] = 0
        words[at] = second
        return words[at + 1]

    def _add_to_window(self, at: int, amount: int) -> None:
        """In its last second, as `_in_window` has left it."""
        words = self._words
        words[at + 2 + words[at] % SLOTS] += amount
        words[at + 1] += amount

    def _wait(self, at: int, room: int, now: float) -> float:
        """Seconds until the window holds no more than `room`."""
        words = self._words
        last, total = words[at], words[at + 1]
        for passed in range(last + 1, last + SLOTS + 1):
            total -= words[at + 2 + passed % SLOTS]
            if total <= room:
                return max(0.001, passed - max(now, float(last)))
        return float(SLOTS)

    def _sum(self, at: int, number: int) -> int:
        return self._words[at + 1] if self._words[at] >= number else 0

    # what is in hand, of all workers

    def _in_flight(self, at: int) -> int:
        if self._workers == 1:
            return self._words[at + HELD]
        return sum(self._words[at + HELD : at + HELD + 3 * self._workers : 3])

    def _reserved(self, at: int) -> Use:
        words, first = self._words, at + HELD
        end = first + 3 * self._workers
        return Use(sum(words[first + 1 : end : 3]), sum(words[first + 2 : end : 3]))

    def _lock(self, *, always: bool = False) -> None:
        if self._workers > 1 or always:
            fcntl.lockf(self._file, fcntl.LOCK_EX)

    def _unlock(self, *, always: bool = False) -> None:
        if self._workers > 1 or always:
            fcntl.lockf(self._file, fcntl.LOCK_UN)
