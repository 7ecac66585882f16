"""Byte runs: where bytes of given classes follow each other, found in a whole block with a few vector steps."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np


class ByteRuns:
    """Each run is classes of a pattern, one a byte; the second class of each should be rare and near the others."""

    def __init__(self, runs: Sequence[Sequence[str]]) -> None:
        self._runs = [[_table(c) for c in classes] for classes in runs]
        members = [sign for tables in self._runs for sign in np.flatnonzero(tables[1])]
        self._low = np.uint8(min(members, default=0))
        self._width = np.uint8(max(members, default=0) - self._low)

    def ends(self, data: bytes) -> list[tuple[int, int]]:
        """Where the second byte of each run ends, and the number of the run."""
        signs = np.frombuffer(data, dtype=np.uint8)
        begins = np.flatnonzero((signs[1:] - self._low) <= self._width)  # one byte before each second one
        found: list[tuple[int, int]] = []
        for number, tables in enumerate(self._runs):
            at = begins[: np.searchsorted(begins, len(signs) - len(tables), side="right")]
            for i, table in enumerate(tables):
                at = at[table[signs[at + i]]]
            found += [(end, number) for end in (at + 2).tolist()]
        return found


def _table(signs: str) -> np.ndarray:
    """For each byte whether it is of the class."""
    one = re.compile(signs.encode(), re.DOTALL)
    return np.array([one.match(bytes((b,))) is not None for b in range(256)])
