"""Recount: the tally worked out again from every person, exposure and cluster."""

from __future__ import annotations

from dataclasses import replace

from banjia.ledger.census import EXEMPT
from banjia.ledger.destinations import Count
from banjia.store import people
from banjia.store.people import CensusRow
from banjia.store.store import Transaction


def recount(tx: Transaction, row: CensusRow) -> CensusRow:
    """The census as its persons have it; equal to the given row unless somebody altered one or the other."""
    grades = people.grades(tx, row.id)
    count, last = Count(), 0
    for person in people.persons(tx, row.id):
        last = person.id
        grade = grades.get(person.id, EXEMPT)
        if grade != EXEMPT:
            count.add(person.strength, person.cluster, grade)
    ordinary, sensitive = count.lows()
    return replace(
        row,
        next_person=max(row.next_person, last + 1),
        ordinary_low=ordinary,
        ordinary_high=count.ordinary_high,
        sensitive_low=sensitive,
        sensitive_high=count.sensitive_high,
    )
