"""Notebooks: the code cells as one program each, with the line each of their lines stands on in the file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

# The first line of a cell that is no Python: a file that it writes, a script of the shell.
WRITTEN = re.compile(r"^\s*%%writefile\s+(?:-a\s+|--append\s+)?[\"']?([^\s\"']+)")
SHELL = re.compile(r"^\s*%%(?:bash|sh|script\s+(?:ba|z)?sh|cmd|capture\s+--shell)\b")
LINE = re.compile(r'^\s*"(?:[^"\\]|\\.)*"\s*,?\s*$')


def written(source: str) -> str | None:
    """The name of the file whose text a cell is; None for a cell of Python."""
    first = source.partition("\n")[0]
    if found := WRITTEN.match(first):
        return found[1].rsplit("/", 1)[-1]
    return "cell.sh" if SHELL.match(first) else None


@dataclass(frozen=True, slots=True)
class Cell:
    """`lines[n]` is the line in the file of the n-th line of `source`; magics are kept apart."""

    kind: str  # code, output
    source: str
    lines: tuple[int, ...]


def cells(text: str) -> Iterator[Cell]:
    """Code cells in order, each with the text of its outputs. ValueError: it is no notebook."""
    document = json.loads(text)
    found = _cells(document) if isinstance(document, dict) else None
    if found is None:
        raise ValueError(type(document).__name__)
    places = list(_places(text))
    for cell in found:
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", cell.get("input", ""))
        rows = source if isinstance(source, list) else str(source).splitlines(keepends=True)
        rows = [str(row) for row in rows]
        yield Cell(
            "code", "".join(row if row.endswith("\n") else row + "\n" for row in rows), tuple(_find(rows, places))
        )
        for output in cell.get("outputs", []):
            if isinstance(output, dict):
                shown = output.get("text") or (output.get("data") or {}).get("text/plain") or []
                lines = [
                    str(row) for row in (shown if isinstance(shown, list) else str(shown).splitlines(keepends=True))
                ]
                yield Cell("output", "".join(lines), tuple(_find(lines, places)))


def _cells(document: dict[str, Any]) -> list[Any] | None:
    """Of a notebook of format 4, or of format 3, which has sheets."""
    cells = document.get("cells")
    if isinstance(cells, list):
        return cells
    sheets = document.get("worksheets")
    if not isinstance(sheets, list):
        return None
    return [cell for sheet in sheets if isinstance(sheet, dict) for cell in sheet.get("cells", [])]


def _places(text: str) -> Iterator[tuple[int, str]]:
    """Line and content of every line of the file that is one JSON string, as notebooks are written."""
    for number, row in enumerate(text.splitlines(), 1):
        if LINE.match(row):
            try:
                yield number, json.loads(row.strip().rstrip(","))
            except ValueError:
                continue


def _find(rows: list[str], places: list[tuple[int, str]]) -> Iterator[int]:
    """Takes the lines from the front of `places`: cells come in the order of the file."""
    start = next(
        (at for at in range(len(places)) if [row for _, row in places[at : at + len(rows)]] == rows),
        None,
    )
    if start is None or not rows:
        yield from (1 for _ in rows)
        return
    taken = places[start : start + len(rows)]
    del places[start : start + len(rows)]
    yield from (number for number, _ in taken)
