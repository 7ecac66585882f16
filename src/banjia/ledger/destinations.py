"""Destinations: one year's tally told apart by country, route, form and exemption, each as an interval of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from banjia.ledger.census import DECLARED_PERSON, SENSITIVE, WEAK, lower
from banjia.store import people
from banjia.store.people import PersonRow, Way
from banjia.store.store import Transaction


@dataclass(slots=True)
class Count:
    """Distinct persons of some set of exports, each in the gravest class that it has there."""

    ordinary_high: int = 0
    sensitive_high: int = 0
    clusters: dict[int, PersonRow] = field(default_factory=dict)

    def add(self, strength: int, cluster: int, grade: int) -> None:
        sensitive = grade == SENSITIVE
        if sensitive:
            self.sensitive_high += 1
        else:
            self.ordinary_high += 1
        if strength == WEAK:
            return
        row = self.clusters.setdefault(cluster, PersonRow(cluster, cluster, 0, 0))
        if strength == DECLARED_PERSON:
            if sensitive:
                row.declared_sensitive += 1
            else:
                row.declared_ordinary += 1
        elif sensitive:
            row.other_sensitive += 1
        else:
            row.other_ordinary += 1

    def lows(self) -> tuple[int, int]:
        found = [lower(row) for row in self.clusters.values()]
        return sum(ordinary for ordinary, _ in found), sum(sensitive for _, sensitive in found)

    def to_json(self) -> dict[str, Any]:
        ordinary, sensitive = self.lows()
        return {"ordinary": [ordinary, self.ordinary_high], "sensitive": [sensitive, self.sensitive_high]}


def by_country(tx: Transaction, census_id: int) -> dict[str, Any]:
    """Country -> its interval and those of its routes. Exempt exports are not in it; see `exempt`."""
    found = {country: count.to_json() for (country,), count in _counts(tx, census_id, ("country",))}
    for (country, route), count in _counts(tx, census_id, ("country", "route")):
        found[country].setdefault("routes", {})[route] = count.to_json()
    return found


def by_form(tx: Transaction, census_id: int) -> dict[str, Any]:
    """In clear and under surrogates: what is pseudonymised counts all the same, and may be argued about."""
    return {form: count.to_json() for (form,), count in _counts(tx, census_id, ("form",))}


def exempt(tx: Transaction, census_id: int) -> dict[str, Any]:
    """Exemption basis -> persons who do not count towards a line on its account."""
    return {basis: count.to_json() for (basis,), count in _counts(tx, census_id, ("basis",), exempt=True)}


def _counts(
    tx: Transaction, census_id: int, by: tuple[Way, ...], *, exempt: bool = False
) -> Iterator[tuple[tuple[str, ...], Count]]:
    ways = people.ways(tx, census_id, by, exempt=exempt)
    for key, rows in groupby(ways, key=lambda row: row[: len(by)]):
        yield key, _count(rows)


def _count(rows: Iterable[tuple[Any, ...]]) -> Count:
    count = Count()
    for row in rows:
        count.add(*row[-3:])
    return count
