"""Aliases: which model of a route answers for the name that an application asks for."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

REMEMBERED = 4096  # names asked for are the callers' choice, so what is kept of them is bounded


class Aliases:
    """An exact name comes first, then the longest pattern. Without names in config, every name stands for itself."""

    __slots__ = ("_all", "_exact", "_found", "_patterns")

    def __init__(self, models: Mapping[str, str], *, takes_all: bool | None = None) -> None:
        """`takes_all` is False where config gives names, though none of them holds today."""
        self._all = not models if takes_all is None else takes_all
        self._exact = {asked: model for asked, model in models.items() if "*" not in asked}
        self._patterns = sorted(
            ((asked, model) for asked, model in models.items() if "*" in asked), key=lambda p: -len(p[0])
        )
        self._found: dict[str, str | None] = {}

    def resolve(self, asked: str) -> str | None:
        """The model's name upstream, or None where this route does not answer for it; `*` there keeps the name."""
        if asked in self._found:
            return self._found[asked]
        model = self._resolve(asked)
        if len(self._found) < REMEMBERED:
            self._found[asked] = model
        return model

    @property
    def names(self) -> tuple[str, ...]:
        """The names that can be listed: exact ones, and those the patterns lead to."""
        return tuple(dict.fromkeys([*self._exact, *(m for _, m in self._patterns if m != "*")]))

    @property
    def kinds(self) -> tuple[str, ...]:
        """A name of each kind that may be asked for: a pattern stands for all that fit it."""
        return (*self._exact, *(pattern for pattern, _ in self._patterns), *(["*"] if self._all else []))

    def _resolve(self, asked: str) -> str | None:
        if self._all:
            return asked
        if asked in self._exact:
            return self._exact[asked]
        for pattern, model in self._patterns:
            if fnmatchcase(asked, pattern):
                return asked if model == "*" else model
        return None
