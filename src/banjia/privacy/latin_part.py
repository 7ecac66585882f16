"""Latin part: what of a Chinese text stands around Latin words, as a shorter text with the way back to the places."""

from __future__ import annotations

import re
from bisect import bisect_right

REACH = 24  # characters kept on both sides: as far as a rule looks over Chinese signs
_LATIN = re.compile("[A-Za-zÀ-ÿ][^\u4e00-\u9fff]*")
CUT = "\0"  # stands for what is left out; no rule reads over it

Place = tuple[int, int, float]


class LatinPart:
    """`text` is what is searched; `back` gives the places in the text it is a part of."""

    __slots__ = ("_ends", "_shifts", "text")

    def __init__(self, text: str) -> None:
        parts: list[str] = []
        self._ends: list[int] = []  # of each part, in the shorter text
        self._shifts: list[int] = []
        at = 0
        for start, end in _windows(text):
            if parts or start:
                parts.append(CUT)
                at += 1
            parts.append(text[start:end])
            self._shifts.append(start - at)
            at += end - start
            self._ends.append(at)
        self.text = "".join(parts)

    def back(self, places: list[Place]) -> list[Place]:
        return [(s + (shift := self._shifts[bisect_right(self._ends, s)]), e + shift, p) for s, e, p in places]


def _windows(text: str) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for m in _LATIN.finditer(text):
        start, end = max(0, m.start() - REACH), min(len(text), m.end() + REACH)
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], end
        else:
            windows.append((start, end))
    return windows
