"""Lease: calls that a worker may let in without the lock, since the board keeps room for them.

A worker that holds a lease counts its call first and then looks whether the lease still stands; a worker that revokes
leases says so first and then counts. Whichever is second sees the other, so no call is let in that nobody counted.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

from banjia.gateway.limit import Limits
from banjia.gateway.window import Words, add

WORKERS: Final = 64
MOST: Final = 64  # calls of one lease
LEAST: Final = 4  # fewer are not worth one

# Of an application: the mark that all leases carry; then of each worker how many calls it ever let in by lease, how
# many of these stand in the window, up to which number it may go, and in which second.
TAKEN, COUNTED, GRANTED, SECOND = range(1, 5)
SPAN: Final = 1 + 4 * WORKERS  # words


@dataclass(slots=True)
class Lease:
    """One worker's, for the second in which it was given and the limits by which it was reckoned."""

    limits: Limits
    second: int
    left: int
    mark: int


class Leases:
    """All leases of one application, from the word `at` on. Everything but `take` is done under the board's lock."""

    __slots__ = ("_at", "_own", "_words", "_workers", "fence", "held")

    def __init__(self, words: Words, at: int, worker: int, workers: int) -> None:
        self._words = words
        self._at = at
        self._own = at + 4 * worker
        self._workers = [at + 4 * number for number in range(workers)]
        self.held: Lease | None = None
        self.fence: AbstractContextManager[object] = (
            threading.Lock()
        )  # taking it keeps the processor from reading before it has written

    def take(self, limits: Limits, now: float, in_flight: int) -> bool:
        """Let one call in, which the word `in_flight` counts; False: ask under the lock."""
        lease = self.held
        if lease is None or lease.left <= 0 or lease.limits is not limits or lease.second != int(now):
            return False
        words, own = self._words, self._own
        words[in_flight] += 1
        words[own + TAKEN] += 1
        with self.fence:
            pass
        if words[self._at] == lease.mark:
            lease.left -= 1
            return True
        words[in_flight] -= 1
        lease.left = -1  # the call that was counted is taken back under the lock
        return False

    def settle(self, window: int) -> None:
        """Into the window what was let in by lease since; a call that came to nothing leaves it."""
        words, lease = self._words, self.held
        for own in self._workers:
            self._count(own, window)
        if lease is not None:
            own = self._own
            if lease.left < 0:
                add(words, window, -1, words[own + SECOND])
                words[own + TAKEN] -= 1
                words[own + COUNTED] -= 1
            words[own + GRANTED] = words[own + TAKEN]
            self.held = None

    def outstanding(self) -> int:
        """How many calls may still be let in by leases."""
        words = self._words
        return sum(max(0, words[own + GRANTED] - words[own + TAKEN]) for own in self._workers)

    def revoke(self) -> None:
        """From now on nobody lets in a call by a lease given before."""
        words = self._words
        words[self._at] += 1
        with self.fence:
            pass
        for own in self._workers:
            words[own + GRANTED] = words[own + TAKEN]

    def forget(self, gone: Iterable[int], window: int) -> None:
        """Workers that are no more: what they let in is counted, and they let in nothing else."""
        words = self._words
        words[self._at] += 1
        for number in gone:
            own = self._at + 4 * number
            self._count(own, window)
            words[own + GRANTED] = words[own + TAKEN]

    def give(self, limits: Limits, now: float, second: int, room: float) -> None:
        """A lease for this worker, out of the room that nothing else is kept for. `second` is the window's last."""
        calls = int(min(MOST, room / (2 * len(self._workers))))
        if calls < LEAST:
            return
        words, own = self._words, self._own
        words[own + SECOND] = second
        words[own + GRANTED] = words[own + TAKEN] + calls
        self.held = Lease(limits, int(now), calls, words[self._at])

    def _count(self, own: int, window: int) -> None:
        words = self._words
        taken = words[own + TAKEN]
        if fresh := taken - words[own + COUNTED]:
            add(words, window, fresh, words[own + SECOND])
            words[own + COUNTED] = taken
