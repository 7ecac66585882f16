"""Marks: tokens found again in what a model says, also where it changed their case, width, spaces or dot."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

OPEN, CLOSE = "⟦", "⟧"
NONCE = 4  # signs at the end of each token, the same in all of a map
# What a model may put into a token or leave out of it: blanks, joints, dots.
_LOOSE = frozenset(" \t\u00a0\u3000\u200b\u200c\u200d\u2060\ufeff·•・‧∙⋅･.-‐‑–—_:")
_WIDE = re.compile("[\uff01-\uff5e]")
_NARROW = {c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}
_BRACKETS = ((OPEN, CLOSE), (r"\u27e6", r"\u27e7"))
OPENINGS = (OPEN, r"\u27e6", r"\u27E6")


class Marks:
    """`values` are tokens as they were made, or that with escapes, and what each stands for."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = {_signs(_folded(_core(token))): value for token, value in values.items()}
        self.longest = max(map(len, self._values), default=0) + 2 * len(_BRACKETS[1][0])
        self._lengths = sorted({len(core) for core in self._values}, reverse=True)
        self._nonces = {core[-NONCE:] for core in self._values}
        self._written = {n for nonce in self._nonces for n in _ways(nonce)}
        self._beginnings: frozenset[str] | None = None
        self._first: frozenset[str] = frozenset()  # signs that a token begins with
        self._within: frozenset[str] = frozenset()  # signs that stand in one

    def find(self, text: str, at: int = 0) -> Iterator[tuple[int, int, str]]:
        """Start, end and value of each token, apart from each other and in order."""
        low = text.lower()
        if not any(nonce in low for nonce in self._written):
            return
        low = _folded(text)
        for end in self._ends(low, at):
            found = self._before(low, at, end)
            if found is not None:
                at = found[1]
                yield found

    def hold(self, text: str, at: int) -> int:
        """Where the longest suffix starts that may yet become a token; the end of the text where none does."""
        beginnings = self._prefixes()
        if at >= len(text) or _folded(text[-1]) not in self._within:
            return len(text)
        begin = max(at, len(text) - 2 * self.longest)
        low = _folded(text[begin:])
        places = [i for i, c in enumerate(low) if c not in _LOOSE][-self.longest :]
        signs = "".join([low[i] for i in places])
        for i, sign in enumerate(signs):
            if sign in self._first and signs[i:] in beginnings:
                return begin + places[i]
        return len(text)

    def _ends(self, low: str, at: int) -> Iterator[int]:
        """Where nonces end."""
        ends: list[int] = []
        for nonce in self._nonces:
            place = low.find(nonce, at)
            while place >= 0:
                ends.append(place + len(nonce))
                place = low.find(nonce, place + 1)
        yield from sorted(ends)

    def _before(self, low: str, at: int, end: int) -> tuple[int, int, str] | None:
        begin = max(at, end - 2 * self.longest)
        places = [i for i in range(begin, end) if low[i] not in _LOOSE]
        signs = "".join([low[i] for i in places])
        for length in self._lengths:
            value = self._values.get(signs[-length:]) if length <= len(signs) else None
            if value is not None:
                start = places[-length]
                return (*_in_brackets(low, at, start, end), value)
        return None

    def _prefixes(self) -> frozenset[str]:
        """Every proper beginning of a token, with and without brackets; a whole one that waits for its bracket too."""
        if self._beginnings is None:
            whole = [f"{a}{core}{b}" for core in self._values for a, b in (*_BRACKETS, ("", ""))]
            self._beginnings = frozenset(word[:i] for word in whole for i in range(1, len(word)))
            self._first = frozenset(word[0] for word in whole)
            self._within = _LOOSE.union(*whole)
        return self._beginnings


def resembles(text: str, nonce: str) -> bool:
    """Whether a text holds what might be taken for a token with this nonce."""
    low = _folded(text)
    at = low.find(nonce)
    while at >= 0:
        before = [c for c in low[max(0, at - 12) : at] if c not in _LOOSE]
        while before and before[-1].isalpha() and before[-1].isascii():
            before.pop()  # the letter of another way of writing one value
        if before and before[-1].isdigit():
            return True
        at = low.find(nonce, at + 1)
    return False


def _in_brackets(low: str, at: int, start: int, end: int) -> tuple[int, int]:
    """With the brackets around it, where both are there."""
    for opening, closing in _BRACKETS:
        left = start
        while left > at and low[left - 1] in _LOOSE:
            left -= 1
        right = end
        while right < len(low) and low[right] in _LOOSE:
            right += 1
        if left - len(opening) >= at and low.endswith(opening, at, left) and low.startswith(closing, right):
            return left - len(opening), right + len(closing)
    return start, end


def _ways(nonce: str) -> tuple[str, str, str]:
    """A nonce as it is, and with wide digits or wide signs."""
    wide = {narrow: c for c, narrow in _NARROW.items()}
    digits = {c: w for c, w in wide.items() if chr(c).isdigit()}
    return nonce, nonce.translate(digits), nonce.translate(wide)


def _core(token: str) -> str:
    for opening, closing in _BRACKETS:
        if token.lower().startswith(opening):
            return token[len(opening) : -len(closing)]
    return token


def _signs(low: str) -> str:
    return "".join(c for c in low if c not in _LOOSE)


def _folded(text: str) -> str:
    """Small letters and narrow signs, each in the place of its own."""
    low = text.lower()
    if len(low) != len(text):
        low = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
    if not low.isascii() and _WIDE.search(low):
        low = low.translate(_NARROW).lower()
    return low
