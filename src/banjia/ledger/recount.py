"""Recount: the tally worked out again from every person, exposure and cluster."""

from __future__ import annotations

from dataclasses import replace

from banjia.ledger.census import DECLARED_PERSON, EXEMPT, SENSITIVE, WEAK, lower
from banjia.store import people
from banjia.store.people import CensusRow, PersonRow
from banjia.store.store import Transaction


def recount(tx: Transaction, row: CensusRow) -> CensusRow:
    """The census as its persons have it; equal to the given row unless somebody altered one or the other."""
    grades = people.grades(tx, row.id)
    clusters: dict[int, PersonRow] = {}
    high = {False: 0, True: 0}
    last = 0
    for person in people.persons(tx, row.id):
        last = person.id
        grade = grades.get(person.id, EXEMPT)
        if grade == EXEMPT:
            continue
        sensitive = grade == SENSITIVE
        high[sensitive] += 1
        if person.strength != WEAK:
            _join(
                clusters.setdefault(person.cluster, PersonRow(person.cluster, person.cluster, 0, 0)), person, sensitive
            )
    lows = [lower(cluster) for cluster in clusters.values()]
    return replace(
        row,
        next_person=max(row.next_person, last + 1),
        ordinary_low=sum(ordinary for ordinary, _ in lows),
        ordinary_high=high[False],
        sensitive_low=sum(sensitive for _, sensitive in lows),
        sensitive_high=high[True],
    )


def _join(cluster: PersonRow, person: PersonRow, sensitive: bool) -> None:  # noqa: FBT001 - a class, not a switch
    if person.strength == DECLARED_PERSON:
        if sensitive:
            cluster.declared_sensitive += 1
        else:
            cluster.declared_ordinary += 1
    elif sensitive:
        cluster.other_sensitive += 1
    else:
        cluster.other_ordinary += 1
