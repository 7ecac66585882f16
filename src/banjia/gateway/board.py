"""Board: the counts that all workers of a gateway keep together."""

from __future__ import annotations

import fcntl
import mmap
import os
from hashlib import blake2b
from pathlib import Path

from banjia.errors import ConfigError
from banjia.gateway import lease, window
from banjia.gateway.lease import WORKERS, Leases
from banjia.gateway.limit import NOTHING, Exceeded, Limits, Use
from banjia.text import Text

SEATS = 1024  # applications that one board can hold
NAME = 16  # bytes: a record begins with the digest of its application's id
WORD = 8

# Places in a record, in words. Two windows of a minute. A sum: number of the day or month, and what was used in it.
# Then the mark of a rollout that was aborted. Of each worker: calls in flight, tokens and money reserved for them.
# Behind all records stand the leases of each application.
REQUESTS = NAME // WORD
TOKENS = REQUESTS + window.SPAN
DAY = TOKENS + window.SPAN
MONTH, MONEY_DAY, MONEY_MONTH, ABORTED, HELD = DAY + 2, DAY + 4, DAY + 6, DAY + 8, DAY + 9
SEAT = HELD + 3 * WORKERS
LEASES = SEATS * SEAT
SIZE = (LEASES + SEATS * lease.SPAN) * WORD


class Board:
    """Counts shared by the workers through one mapped file, under a lock that the system releases if a worker dies.

    What a call may use is reserved when it comes and settled when it is over: as long as no call uses more than was
    reserved for it, no limit is ever exceeded, in any span of sixty seconds, on any day, by all workers together. What
    a killed worker had reserved counts as used, since the vendor may bill it. Times are seconds since 1970.
    """

    def __init__(self, path: Path, *, worker: int = 0, workers: int = 1) -> None:
        self.path = path
        self._worker = worker
        self._workers = workers
        self._seats: dict[str, int] = {}
        self._leases: dict[int, Leases] = {}
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
        words, leases = self._words, self._leases[at]
        own = at + HELD + 3 * self._worker
        if leases.take(limits, now, own):
            return None
        self._lock()
        try:
            if limits.counts_tokens and (over := self._over(at, limits, need, now, day, month)) is not None:
                return over
            room = self._room(at, limits, now)
            free = min(room)
            if (promised := leases.outstanding()) and free <= promised:
                leases.revoke()
                room = self._room(at, limits, now)
                free, promised = min(room), 0
            if free <= 0:
                return self._full(at, limits, room, now)
            words[own] += 1
            if limits.requests_per_minute is not None:
                window.add(words, at + REQUESTS, 1)
            if limits.counts_tokens:
                words[own + 1] += need.tokens
                words[own + 2] += need.money
            else:
                leases.give(limits, now, words[at + REQUESTS], free - 1 - promised)
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

    def leases(self, app: str) -> Leases:
        return self._leases[self._seat(app)]

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
                self._leases_of(at).forget(gone, at + REQUESTS)
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
            window.level(words, at + TOKENS, now)
            window.add(words, at + TOKENS, used.tokens)
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
            words, place = self._words, at + TOKENS
            level = window.level(words, place, now)
            if level >= rate or level + need.tokens + held.tokens > rate:
                free = max(0, min(rate - need.tokens - held.tokens, rate - 1))
                wait = None if need.tokens > rate else window.wait(words, place, free, now)
                return Exceeded("tokens", rate, wait)
        return None

    def _room(self, at: int, limits: Limits, now: float) -> tuple[float, float]:
        """How many calls more may be in flight, and come in this minute, with all that leases have let in counted."""
        most, rate = limits.in_flight, limits.requests_per_minute
        level = window.level(self._words, at + REQUESTS, now)
        self._leases[at].settle(at + REQUESTS)
        if rate is not None:
            level = self._words[at + REQUESTS + 1]
        return (
            float("inf") if most is None else most - self._in_flight(at),
            float("inf") if rate is None else rate - level,
        )

    def _full(self, at: int, limits: Limits, room: tuple[float, float], now: float) -> Exceeded:
        if room[0] <= 0 and limits.in_flight is not None:
            return Exceeded("in_flight", limits.in_flight, 1.0)
        rate = limits.requests_per_minute or 0
        return Exceeded("requests", rate, window.wait(self._words, at + REQUESTS, rate - 1, now))

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
                    at = self._seats[app] = seat * SEAT
                    self._leases[at] = self._leases_of(at)
                    return at
        finally:
            self._unlock()
        raise ConfigError(Text("应用太多", "too many applications"), expected=f"<= {SEATS}")

    def _leases_of(self, at: int) -> Leases:
        return Leases(self._words, LEASES + at // SEAT * lease.SPAN, self._worker, self._workers)

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
