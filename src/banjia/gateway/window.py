"""Window: what was counted in the last minute, kept in the words of a board. Times are seconds since 1970."""

from __future__ import annotations

from typing import Final

SLOTS: Final = 61  # a minute is the second under way and the sixty before it, so no span of sixty seconds holds more
SPAN: Final = 2 + SLOTS  # words: the last second, the sum of the slots, the slots

Words = memoryview


def level(words: Words, at: int, now: float) -> int:
    """The sum of the last minute; what is older leaves it. A clock that goes back takes nothing out."""
    second, last = int(now), words[at]
    if second <= last:
        return int(words[at + 1])
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
    return int(words[at + 1])


def add(words: Words, at: int, amount: int, second: int | None = None) -> None:
    """Count in the last second as `level` has left it, or in an earlier one, unless that has left the window."""
    last = words[at]
    if second is None:
        second = last
    elif last - second >= SLOTS:
        return
    words[at + 2 + second % SLOTS] += amount
    words[at + 1] += amount


def wait(words: Words, at: int, room: int, now: float) -> float:
    """Seconds until the window holds no more than `room`."""
    last, total = words[at], words[at + 1]
    for passed in range(last + 1, last + SLOTS + 1):
        total -= words[at + 2 + passed % SLOTS]
        if total <= room:
            return float(max(0.001, passed - max(now, float(last))))
    return float(SLOTS)
