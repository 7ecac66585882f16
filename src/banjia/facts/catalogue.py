"""Catalogue: every question the product can ask, read from the TOML files beside this one."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any

from banjia.errors import FactError
from banjia.facts.fact import Fact
from banjia.text import Text

# What asking costs unless a question says otherwise: nothing where a machine already knows, most for a supplier.
COSTS: Mapping[str, float] = {
    "scan": 0.0,
    "catalogue": 0.0,
    "ledger": 0.0,
    "engineer": 1.0,
    "product": 1.0,
    "finance": 4.0,
    "legal": 6.0,
    "vendor": 10.0,
}

# Changing a route is a line of configuration; changing what the company is takes years.
CHANGES: Mapping[str, float] = {"route": 1.0, "purpose": 3.0, "app": 5.0, "entity": 20.0}


class Catalogue(Mapping[str, Fact]):
    """Facts by id, in the order the files give them."""

    def __init__(self, facts: Mapping[str, Fact]) -> None:
        self._facts = dict(facts)

    def __getitem__(self, key: str) -> Fact:
        return self._facts[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._facts)

    def __len__(self) -> int:
        return len(self._facts)

    def nearest(self, id: str) -> str | None:  # noqa: A002
        """The id that looks most like a mistyped one."""
        found = get_close_matches(id, self._facts, 1, 0.5)
        return found[0] if found else None

    def need(self, id: str, where: str) -> Fact:  # noqa: A002
        """The fact of that id, or a FactError that names the nearest."""
        fact = self._facts.get(id)
        if fact is not None:
            return fact
        near = self.nearest(id)
        raise FactError(
            Text(f"没有名为 `{id}` 的事实", f"no fact is called `{id}`"),
            where=where,
            remedy=Text(f"是否应为 `{near}`？", f"did you mean `{near}`?") if near else "",
        )


@cache
def load() -> Catalogue:
    """The catalogue shipped with the product; read once."""
    facts: dict[str, Fact] = {}
    folder = files("banjia.facts") / "catalogue"
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if not file.name.endswith(".toml"):
            continue
        for id, row in tomllib.loads(file.read_text(encoding="utf-8")).items():  # noqa: A001
            if id in facts:
                raise FactError(Text(f"事实 `{id}` 定义了两次", f"the fact `{id}` is defined twice"), where=file.name)
            facts[id] = read_fact(id, row)
    return Catalogue(facts)


def read_fact(id: str, row: Mapping[str, Any]) -> Fact:  # noqa: A002
    """One table of a catalogue file as a Fact."""
    return Fact(
        id=id,
        kind=row["kind"],
        scope=row["scope"],
        question=Text(**row["ask"]),
        meaning=Text(**row["meaning"]),
        who=row["who"],
        cost=float(row.get("cost", COSTS[row["who"]])),
        prior={str(key): float(chance) for key, chance in row.get("prior", {}).items()},
        values=tuple(row.get("values", ())),
        unit=row.get("unit", ""),
        source=tuple(row.get("source", ())),
        form=row.get("form", ""),
        aliases=row.get("aliases", {}),
        change=float(row.get("change", CHANGES[row["scope"]])),
    )
