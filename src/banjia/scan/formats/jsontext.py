"""JSON, comments and trailing commas allowed, with the line of every value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from banjia.scan.formats.entry import Entry

TOKEN = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*.*?\*/|[{}\[\],:]|\n|[^\s{}\[\],:"]+', re.DOTALL)
DEPTH = 200


def entries(text: str, deep: list[int] | None = None) -> Iterator[Entry]:
    """Every scalar under its keys; items of an array under the array's key and "".

    What lies deeper than anyone writes is left out, and `deep` gets the line on which it begins.
    """
    stack: list[str] = []
    arrays: list[bool] = []
    above: tuple[str, ...] = ()
    key: str | None = None
    pending: str | None = None
    line = 1
    below = 0  # brackets that are open below what is read
    for found in TOKEN.finditer(text):
        piece = found[0]
        if piece == "\n":
            line += 1
            continue
        if piece.startswith(("//", "/*")):
            line += piece.count("\n")
            continue
        if piece in "{[":
            if below or len(arrays) > DEPTH:
                if not below and deep is not None:
                    deep.append(line)
                below += 1
                continue
            stack.append(key if key is not None else "")
            arrays.append(piece == "[")
            above = tuple(part for part in stack if part)
            if key is not None:
                yield Entry(above, "", line)
            key = pending = None
        elif below:
            below -= piece in "}]"
        elif piece in "}]":
            if arrays:
                arrays.pop()
                stack.pop()
                above = tuple(part for part in stack if part)
            key = pending = None
        elif piece == ":":
            key, pending = pending, None
        elif piece == ",":
            key = pending = None
        else:
            value = _value(piece)
            if key is not None:
                yield Entry((*above, key), value, line)
                key = None
            elif arrays and arrays[-1]:
                yield Entry((*above, ""), value, line)
            else:
                pending = value


def _value(piece: str) -> str:
    if piece.startswith('"'):
        if "\\" not in piece:
            return piece[1:-1]
        try:
            return str(json.loads(piece))
        except ValueError:
            return piece.strip('"')
    return piece
