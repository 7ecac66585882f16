"""Sift: which lines of a log may hold an identifier, told from the raw bytes so that only those need be parsed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from banjia.privacy.detector import MACROS
from banjia.privacy.identify import Identifier, identifier
from banjia.privacy.log_file import Row, opened, parsed
from banjia.privacy.unescape import unescaped

BLOCK = 512 << 10  # bytes read at once, so that they stay near the processor
STOP = 0x1E  # no JSON text holds this byte bare: it parts the lines while their own line breaks are read
_HEAD = re.compile(MACROS["to"].encode())
_PARTED = re.compile(rb"[|,\t\n]|\xef\xbc\x8c")
Kept = tuple[int, Row]  # row number and row


def sifted(path: Path, after: int = 0) -> Iterator[tuple[int, int, list[Kept]]]:
    """Block by block: the last row's number, how many rows there were, and those that may hold an identifier.

    Rows up to `after` are left out.
    """
    number = 0
    with opened(path) as file:
        while block := file.read(BLOCK):
            if not block.endswith(b"\n"):
                block += file.readline()
            lines = block.split(b"\n")
            if not lines[-1]:
                lines.pop()
            first = max(0, after - number)
            count = sum(1 for line in lines[first:] if line and not line.isspace())
            wanted = range(len(lines)) if STOP in block else touched(identifier(), block)
            kept = [
                (number + i + 1, parsed(path, number + i + 1, lines[i]))
                for i in wanted
                if i >= first and lines[i].strip()
            ]
            number += len(lines)
            yield number, count, kept


def touched(finder: Identifier, block: bytes) -> list[int]:
    """The numbers, from 0, of the lines that may hold an identifier; a line that does is never left out."""
    text = block.replace(b"\n", bytes((STOP,)))
    if b"\\" in text:
        text = unescaped(text, STOP)
    ends = np.flatnonzero(np.frombuffer(text, dtype=np.uint8) == STOP)
    places, labels = finder.possible(text)
    places += [end for end in labels if _heads(text, end)]
    return np.unique(np.searchsorted(ends, places)).tolist() if places else []


def _heads(text: bytes, end: int) -> bool:
    """A label that may be the head of a column: a mark that parts cells is near."""
    following = text[end + 1 : end + 2] if text[end : end + 1] == b" " else text[end : end + 1]
    if following.isalpha() and following not in b"inIN":
        return False  # a word of running text
    gap = _HEAD.match(text, end)
    stop = (gap.end() if gap else end) + 3
    return _PARTED.search(text, end, stop) is not None
