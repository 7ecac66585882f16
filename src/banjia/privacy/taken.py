"""Taken: places of a text that something holds already, asked in logarithmic time."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable


class Taken:
    """Half-open places that do not overlap each other."""

    __slots__ = ("_places",)

    def __init__(self, places: Iterable[tuple[int, int]] = ()) -> None:
        self._places: list[tuple[int, int]] = []
        for start, end in sorted(places):
            self.add(start, end)

    def meets(self, start: int, end: int) -> bool:
        """Some of it is taken."""
        i = bisect_left(self._places, (end,))
        return i > 0 and self._places[i - 1][1] > start

    def add(self, start: int, end: int) -> bool:
        """Take a place that is free as a whole; False, and nothing is taken, where it is not."""
        if start >= end or self.meets(start, end):
            return False
        insort(self._places, (start, end))
        return True
