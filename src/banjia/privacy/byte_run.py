"""Byte runs: where bytes of given classes follow each other, found in a whole block with a few vector steps."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np


class ByteRun:
    """`classes` are classes of a pattern, one a byte; the second should be rare and close together."""

    def __init__(self, classes: Sequence[str]) -> None:
        sets = [re.compile(c.encode(), re.DOTALL) for c in classes]
        self._tables = [np.array([s.match(bytes((b,))) is not None for b in range(256)]) for s in sets]
        members = [np.flatnonzero(t) for t in self._tables[:2]]
        self._lows = [np.uint8(m[0]) for m in members]
        self._widths = [np.uint8(m[-1] - m[0]) for m in members]

    def ends(self, data: bytes) -> list[int]:
        """Where the second byte of each run ends."""
        signs = np.frombuffer(data, dtype=np.uint8)
        if len(signs) < len(self._tables):
            return []
        last = len(signs) - len(self._tables) + 1
        within = (signs[1 : last + 1] - self._lows[1]) <= self._widths[1]
        within &= (signs[:last] - self._lows[0]) <= self._widths[0]
        at = np.flatnonzero(within)
        for i, table in enumerate(self._tables):
            at = at[table[signs[at + i]]]
        found: list[int] = (at + 2).tolist()
        return found
