"""Syntax tree of the other languages, through ast-grep: nodes of a kind on given lines, with offsets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ast_grep_py import SgRoot

from banjia.move.source import Source


@lru_cache(maxsize=64)
def root(text: str, language: str) -> Any:
    return SgRoot(text, language).root()


def nodes(source: Source, kind: str, first: int, last: int) -> Iterator[Any]:
    """Nodes of `kind` that begin on the lines `first` to `last`, 1-based."""
    for node in root(source.text, source.language).find_all(kind=kind):
        if first <= node.range().start.line + 1 <= last:
            yield node


def place(node: Any) -> tuple[int, int]:
    spot = node.range()
    return spot.start.index, spot.end.index


def within(node: Any, kinds: frozenset[str]) -> bool:
    """Whether one of the nodes around it is of these kinds."""
    return any(around.kind() in kinds for around in node.ancestors())


def broken(text: str, language: str) -> int:
    """How many stretches of a text the parser could not read."""
    return len(root(text, language).find_all(kind="ERROR"))
