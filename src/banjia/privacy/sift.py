"""Sift: which lines of a log may hold an identifier, told from the raw bytes so that only those need be parsed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from banjia.privacy.detector import MACROS
from banjia.privacy.identify import Identifier, identifier
from banjia.privacy.log_file import Bad, Row, opened, parsed
from banjia.privacy.unescape import unescaped

BLOCK = 512 << 10  # bytes read at once, so that they stay near the processor
STOP = 0x1E  # no JSON text holds this byte bare: it parts the lines while their own line breaks are read
BREAK, SPACE = 0x0A, 0x20
_HEAD = re.compile(MACROS["to"].encode())
_PARTED = re.compile(rb"[|,\t\n]|\xef\xbc\x8c")
Kept = tuple[int, Row]  # row number and row


def sifted(
    path: Path, after: int = 0, read: Callable[[bytes], object] | None = None, *, bad: Bad
) -> Iterator[tuple[int, int, list[Kept]]]:
    """Block by block: the last row's number, how many rows there were, and those that may hold an identifier.

    Rows up to `after` are left out, and so are lines looked into that are no JSON, of which `bad` is told. `read` is
    given all bytes of the log, one block after the other.
    """
    number = 0
    with opened(path) as file:
        while block := file.read(BLOCK):
            if not block.endswith(b"\n"):
                block += file.readline()
            if read is not None:
                read(block)
            ends = _ends(block)
            first = max(0, after - number)
            wanted = range(len(ends)) if STOP in block else touched(identifier(), block, ends)
            kept: list[Kept] = []
            lost = 0
            for i in wanted:
                if i >= first:
                    line = block[ends[i - 1] + 1 if i else 0 : ends[i]]
                    if not line.strip():
                        continue
                    row = parsed(number + i + 1, line, bad)
                    if row is None:
                        lost += 1
                    else:
                        kept.append((number + i + 1, row))
            count = _written(block, ends, first) - lost
            number += len(ends)
            yield number, count, kept


def touched(finder: Identifier, block: bytes, ends: np.ndarray) -> list[int]:
    """The numbers, from 0, of the lines (with their `ends`) that may hold an identifier; none that does is left out."""
    text = block.replace(b"\n", bytes((STOP,)))
    if b"\\" in text:
        text = unescaped(text, STOP)
        ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == STOP)
    places, labels = finder.possible(text)
    places += [end for end in labels if _heads(text, end)]
    if not places:
        return []
    lines: list[int] = np.unique(np.searchsorted(ends, places)).tolist()
    return lines


def _ends(block: bytes) -> np.ndarray:
    """Where each line ends."""
    ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == BREAK)
    return ends if block.endswith(b"\n") else np.append(ends, len(block))


def _written(block: bytes, ends: np.ndarray, first: int) -> int:
    """How many lines from the `first` on are not blank; only those that begin with a blank are looked into."""
    starts = np.zeros_like(ends)
    starts[1:] = ends[:-1] + 1
    blank = np.frombuffer(block, dtype=np.uint8)[starts] <= SPACE
    blank[:first] = False
    lines = (block[starts[i] : ends[i]] for i in np.flatnonzero(blank))
    return max(0, len(ends) - first) - sum(1 for line in lines if not line or line.isspace())


def _heads(text: bytes, end: int) -> bool:
    """A label that may be the head of a column: a mark that parts cells is near."""
    following = text[end + 1 : end + 2] if text[end : end + 1] == b" " else text[end : end + 1]
    if following.isalpha() and following not in b"inIN":
        return False  # a word of running text
    gap = _HEAD.match(text, end)
    stop = (gap.end() if gap else end) + 3
    return _PARTED.search(text, end, stop) is not None
