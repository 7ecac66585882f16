"""Codemod: one kind of change; every module of `codemods` is one, with its before and after beside it."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from typing import Protocol, cast

from banjia.move import codemods
from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding


class Codemod(Protocol):
    """`PAIRS` are (file name, before, after): what it does, shown and tested. Run twice it changes nothing more."""

    ID: str
    LANGUAGES: frozenset[str]
    PAIRS: tuple[tuple[str, str, str], ...]

    def edits(self, source: Source, finding: Finding, target: Target) -> Iterator[Edit]: ...


@cache
def every() -> tuple[Codemod, ...]:
    """All codemods, by id."""
    names = sorted(m.name for m in pkgutil.iter_modules(codemods.__path__))
    return tuple(cast("Codemod", importlib.import_module(f"{codemods.__name__}.{name}")) for name in names)
