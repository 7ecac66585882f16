"""Census: one entity and year, in which distinct persons are counted exactly, with a lower and an upper bound.

Strong identifiers of one person join. The upper bound counts every person that is not joined to another. The lower
bound counts clusters of persons that may be one, and in each at least the persons whom the caller declared, since two
declared ids are two people. Persons known by a bare name, not identified, or erased, are in the upper bound only.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from banjia.store import people
from banjia.store.people import CensusRow, PersonRow
from banjia.store.store import Row, Transaction

WEAK, STRONG, DECLARED_PERSON = 0, 1, 2
EXEMPT, ORDINARY, SENSITIVE = 0, 1, 2


def lower(row: PersonRow) -> tuple[int, int]:
    """What a cluster adds to the lower bounds (ordinary, sensitive).

    A declared ordinary person may be an undeclared sensitive one of the same cluster, and is then sensitive.
    """
    sensitive = max(row.declared_sensitive, 1 if row.other_sensitive else 0)
    if row.declared_ordinary:
        return max(0, row.declared_ordinary - row.other_sensitive), sensitive
    return (1 if row.other_ordinary and not sensitive else 0), sensitive


@dataclass(frozen=True, slots=True)
class Change:
    """What one call does to a census."""

    after: CensusRow
    rows: Sequence[PersonRow]  # persons that are new or different
    digests: Mapping[bytes, int]
    regrouped: Sequence[tuple[int, int]]  # (former leader of a cluster, its leader now)
    absorbed: Sequence[tuple[int, int]]  # (person who turned out to be another, that other)
    exposures: Sequence[Row]  # (person, country, route, class, form, basis, first_at)


@dataclass(slots=True)
class _Unwritten:
    persons: set[int] = field(default_factory=set)
    digests: dict[bytes, int] = field(default_factory=dict)
    exposures: list[Row] = field(default_factory=list)
    sightings: list[Row] = field(default_factory=list)


class Census:
    """The rows of one census inside one transaction: what is read or changed is held, and written by `flush`."""

    def __init__(self, tx: Transaction, row: CensusRow) -> None:
        self.row = row
        self._tx = tx
        self._owners: dict[bytes, int | None] = {}
        self._persons: dict[int, PersonRow] = {}
        self._unwritten = _Unwritten()

    def expect(self, digests: Iterable[bytes]) -> None:
        """Read the owners of many digests at once."""
        wanted = [d for d in dict.fromkeys(digests) if d not in self._owners]
        self._owners.update(dict.fromkeys(wanted))
        for digest, row in people.owners(self._tx, self.row.id, wanted).items():
            self._owners[digest] = self._persons.setdefault(row.id, row).id

    def owner(self, digest: bytes) -> int | None:
        if digest not in self._owners:
            self.expect([digest])
        return self._owners[digest]

    def person(self, number: int) -> PersonRow:
        """The row as it stands; not to be altered by the reader."""
        if number not in self._persons:
            self._persons[number] = people.person(self._tx, self.row.id, number)
        return self._persons[number]

    def take(self, change: Change, log: int, index: int) -> None:
        """Make a call's change part of the census. Joins are rare, and carried out in the tables at once."""
        self.row = change.after
        left = self._unwritten
        for row in change.rows:
            self._persons[row.id] = row
            left.persons.add(row.id)
        self._owners.update(change.digests)
        left.digests.update(change.digests)
        left.exposures.extend(change.exposures)
        left.sightings.extend((person, log, index) for person in sorted({row[0] for row in change.exposures}))
        if change.regrouped or change.absorbed:
            self._write_rows()
            self._join(change)

    def flush(self) -> None:
        self._write_rows()
        people.save_census(self._tx, self.row)

    def forget(self, number: int) -> None:
        """Remove what could recognise a person or lead from them to an entry."""
        self._write_rows()
        people.forget(self._tx, self.row.id, number)
        self._owners = {d: None if owner == number else owner for d, owner in self._owners.items()}

    def _write_rows(self) -> None:
        tx, number, left = self._tx, self.row.id, self._unwritten
        self._unwritten = _Unwritten()
        people.save_persons(tx, number, [self._persons[n] for n in sorted(left.persons)])
        people.save_digests(tx, number, left.digests)
        people.save_exposures(tx, number, left.exposures)
        people.save_sightings(tx, number, left.sightings)

    def _join(self, change: Change) -> None:
        for old, new in change.regrouped:
            people.regroup(self._tx, self.row.id, old, new)
            for row in self._persons.values():
                if row.cluster == old:
                    row.cluster = new
        for gone, kept in change.absorbed:
            people.absorb(self._tx, self.row.id, gone, kept)
            self._persons.pop(gone, None)
            self._owners = {d: kept if owner == gone else owner for d, owner in self._owners.items()}
