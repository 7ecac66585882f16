"""Treatment: what happens to each piece of personal information, by the field it stands in and by its type."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

from banjia.privacy.leaf import IN_JSON, KEY
from banjia.privacy.span import NOT_PERSONAL, Record

Treatment = Literal["refuse", "home", "pseudonymise", "fake", "mask", "allow"]
STRICTNESS: dict[Treatment, int] = {"allow": 0, "fake": 1, "pseudonymise": 1, "mask": 2, "home": 3, "refuse": 4}
REPLACING: frozenset[Treatment] = frozenset({"pseudonymise", "fake", "mask"})

Path = tuple[str | int, ...]
Records = Mapping[Path, tuple[str, Record]]


@dataclass(frozen=True, slots=True)
class Finer:
    """A treatment of its own for some fields (`metadata.*`; "" for any) or some types (() for any)."""

    treatment: Treatment
    field: str = ""
    types: tuple[str, ...] = ()

    def fits(self, field: str, kind: str) -> bool:
        return (not self.types or kind in self.types) and (not self.field or fnmatchcase(field, self.field))


@dataclass(frozen=True, slots=True)
class Plan:
    """The treatment of a call: of the finer ones that fit a piece the strictest, where none fits the base."""

    base: Treatment
    finer: Sequence[Finer] = ()

    def of(self, path: Path, kind: str) -> Treatment:
        if not self.finer:
            return self.base
        field = dotted(path)
        fitting = [f.treatment for f in self.finer if f.fits(field, kind)]
        return max(fitting, key=STRICTNESS.__getitem__, default=self.base)

    def asked(self, records: Records) -> frozenset[Treatment]:
        """Every treatment that some piece of these texts asks for; the base where they hold none."""
        if not self.finer:
            return frozenset({self.base})
        found = {self.of(path, kind) for path, kind in _pieces(records)}
        return frozenset(found or {self.base})

    def overall(self, records: Records) -> Treatment:
        """The strictest treatment that these texts ask for: one piece that stays at home keeps the call there."""
        return max(sorted(self.asked(records)), key=STRICTNESS.__getitem__)


def dotted(path: Path) -> str:
    """`messages.0.content.phone`: JSON inside a text is a part of the path like any other."""
    return ".".join(str(step) for step in path if step not in (IN_JSON, KEY))


def _pieces(records: Records) -> Iterable[tuple[Path, str]]:
    return ((path, s.type) for path, (_, record) in records.items() for s in record.spans if s.type not in NOT_PERSONAL)
