"""Licence: what the weights' own licence allows. It belongs to the checkpoint, never to the maker."""

from __future__ import annotations

from fnmatch import fnmatchcase

from banjia.routes.record import Evident, Record
from banjia.text import Text


class Licence(Evident, frozen=True, kw_only=True):
    id: str  # a value of the fact model.licence
    name: Text
    vendor: str  # a value of the fact model.vendor
    models: tuple[str, ...]  # globs over the checkpoint's id, lower case, without its publisher
    excluded: tuple[str, ...] = ()  # ISO codes or EU: places where it gives no rights
    users_above: int | None = None  # an own licence is needed above this many monthly users
    permission: bool = False  # commercial use needs written permission
    naming: Text | None = None
    note: Text | None = None


class Licences(Record, frozen=True, kw_only=True):
    licences: tuple[Licence, ...]

    def of(self, model: str) -> Licence | None:
        """The licence of a checkpoint; None: its file was not read. The longest pattern wins."""
        name = model.rpartition("/")[2].lower()
        hits = [(len(g), row) for row in self.licences for g in row.models if fnmatchcase(name, g)]
        return max(hits, key=lambda h: h[0])[1] if hits else None
