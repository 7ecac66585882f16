"""Profile: what is known of one case, each fact with where it comes from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from banjia.errors import FactError
from banjia.facts.catalogue import load
from banjia.facts.value import Interval, Value, parse, show
from banjia.text import Text

Origin = Literal["declared", "scanned", "filled", "measured", "advised", "implied"]


@dataclass(frozen=True, slots=True)
class Provenance:
    """How a fact came to be known, and the place to look it up: a file and key, a finding, a catalogue file."""

    kind: Origin = "declared"
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Known:
    value: Value
    provenance: Provenance = Provenance()


class Profile(Mapping[str, Known]):
    """Known facts by id; never changed, only replaced by another profile."""

    __slots__ = ("_known",)

    def __init__(self, known: Mapping[str, Known] | None = None) -> None:
        self._known = dict(known or {})

    @classmethod
    def read(cls, facts: Mapping[str, Any], provenance: Provenance | None = None) -> Profile:
        """From ids and raw values as files and the command line give them; unknown values are left out."""
        origin = provenance or Provenance()
        known = {}
        for id, raw in facts.items():  # noqa: A001
            where = f"{origin.source}.{id}" if origin.source else str(id)
            value = parse(load().need(str(id), where), raw, where)
            if value is not None:
                known[str(id)] = Known(value, origin)
        return cls(known)

    @classmethod
    def merge(cls, *scopes: Profile) -> Profile:
        """All scopes together. What two say of one fact must agree; of two intervals the common part is kept."""
        known: dict[str, Known] = {}
        for scope in scopes:
            for id, new in scope.items():  # noqa: A001
                known[id] = agree(id, known[id], new) if id in known else new
        return cls(known)

    def __getitem__(self, key: str) -> Known:
        return self._known[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._known)

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"Profile({self.to_json()})"

    @property
    def values_only(self) -> dict[str, Value]:
        """What the logic reasons on: ids and values, without provenance."""
        return {id: known.value for id, known in self._known.items()}  # noqa: A001

    def with_(self, id: str, value: Value, provenance: Provenance | None = None) -> Profile:  # noqa: A002
        """The profile with one fact added or replaced."""
        return Profile({**self._known, id: Known(value, provenance or Provenance())})

    def without(self, *ids: str) -> Profile:
        return Profile({id: known for id, known in self._known.items() if id not in ids})  # noqa: A001

    def filled(self, facts: Mapping[str, Known]) -> Profile:
        """The profile completed by what a catalogue knows; a given fact wins over a filled one."""
        return Profile({**facts, **self._known})

    def of_kind(self, *kinds: Origin) -> Profile:
        return Profile({id: known for id, known in self._known.items() if known.provenance.kind in kinds})  # noqa: A001

    def to_json(self) -> dict[str, Any]:
        return {id: show(known.value) for id, known in self._known.items()}  # noqa: A001


def agree(id: str, old: Known, new: Known) -> Known:  # noqa: A002
    """The one fact that both statements make, or a FactError that names both places."""
    if old.value == new.value:
        return old
    if isinstance(old.value, Interval) and isinstance(new.value, Interval):
        common = old.value.meet(new.value)
        if common is not None:
            return Known(common, (old if common == old.value else new).provenance)
    one, two = old.provenance.source or old.provenance.kind, new.provenance.source or new.provenance.kind
    raise FactError(
        Text(f"关于 `{id}` 的两处说法矛盾", f"two statements about `{id}` contradict each other"),
        where=two,
        expected=f"{show(old.value)} ({one})",
        found=f"{show(new.value)} ({two})",
        remedy=Text("只保留一处，或改为一致", "keep one of them, or make them agree"),
    )
