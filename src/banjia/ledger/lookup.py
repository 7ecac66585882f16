"""Look-up: what of one person went where, and the person's erasure. The proof is not touched by either."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from banjia.ledger import reservation
from banjia.ledger.census import Census
from banjia.ledger.entry import Entry
from banjia.ledger.record import record, timestamp
from banjia.ledger.subject import Identifier, known_year_key
from banjia.ledger.tally import tally_of
from banjia.store import log as rows
from banjia.store import people
from banjia.store.keys import Keys
from banjia.store.people import CensusRow
from banjia.store.store import Store, Transaction
from banjia.text import Lang, Text


@dataclass(frozen=True, slots=True)
class Found:
    """One person in one year's census."""

    census: CensusRow
    person: int


def find(tx: Transaction, keys: Keys, identifiers: Sequence[Identifier]) -> list[Found]:
    """The persons to whom any of the identifiers leads, in every year whose key still exists."""
    found: list[Found] = []
    for row in people.censuses(tx):
        known = people.year_key(tx, row.year)
        if known is None or known[1]:
            continue
        key = known_year_key(tx, keys, row.year)
        if key is not None:
            owners = people.owners(tx, row.id, [key.digest(i) for i in identifiers])
            found.extend(Found(row, number) for number in sorted({person.id for person in owners.values()}))
    return found


def what_is_known(store: Store, keys: Keys, identifiers: Sequence[Identifier]) -> dict[str, Any]:
    """Where the person's data went, by year, and every entry about it: the answer to a request for access."""
    with store.snapshot() as tx:
        found = find(tx, keys, identifiers)
        return {
            "years": [_year(tx, f) for f in found],
            "entries": [e for f in found for e in _entries(tx, f)],
            "unreadable_years": destroyed_years(tx),
        }


def destroyed_years(tx: Transaction) -> list[int]:
    """Years in which nobody can be looked up any more, since their key was destroyed."""
    years = {row.year for row in people.censuses(tx)}
    return sorted(y for y in years if (known := people.year_key(tx, y)) is not None and known[1])


def erase(tx: Transaction, keys: Keys, identifiers: Sequence[Identifier], at: int) -> list[Entry]:
    """Forget the person in every year, and answer the entries that must be written in the same transaction.

    They say that someone was erased and what the tally is after it, not who.
    """
    entries: list[Entry] = []
    for found in find(tx, keys, identifiers):
        census = Census(tx, people.claim_census(tx, found.census.entity, found.census.year))
        reservation.erase(census, found.person)
        entries.append(Entry("erasure", at, entity=census.row.entity, tally=tally_of(census.row, None).measured()))
    return entries


def _year(tx: Transaction, found: Found) -> dict[str, Any]:
    return {
        "entity": found.census.entity,
        "year": found.census.year,
        "exports": [
            {
                "country": country,
                "route": route,
                "class": data_class,
                "form": form,
                "basis": basis,
                "first": timestamp(first_at),
            }
            for country, route, data_class, form, basis, first_at in people.exposures(tx, found.census.id, found.person)
        ],
    }


def _entries(tx: Transaction, found: Found) -> list[dict[str, Any]]:
    entries = (rows.entry_at(tx, log, index) for log, index in people.sightings(tx, found.census.id, found.person))
    return [record(row) for row in entries if row is not None]


NOBODY = Text(
    "没有找到此人。请用应用自己的编号或证件、电话、邮箱等标识查找，不能用姓名；只含经此网关检出、未被删除的",
    "nobody found. Ask by the application's own id, or an identity, telephone or mail address, not by name; "
    "only what was detected through this gateway and not erased is here",
)


def export_of(year: int, x: Mapping[str, Any], lang: Lang) -> str:
    """One line of `exports`, as a person reads it."""
    grave, clear = x["class"] == "sensitive", x["form"] == "clear"
    return Text(
        f"{year}  {x['route']}（{x['country'] or '?'}）  {'敏感' if grave else '一般'}，"
        f"{'明文' if clear else '仅标记'}，首次 {x['first']}",
        f"{year}  {x['route']} ({x['country'] or '?'})  {x['class']}, "
        f"{'in clear' if clear else 'as surrogates only'}, first {x['first']}",
    ).say(lang)
