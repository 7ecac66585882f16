"""Reservation: what one call would do to the count of persons, known before anything is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from banjia.ledger.census import DECLARED_PERSON, EXEMPT, ORDINARY, SENSITIVE, STRONG, WEAK, Census, Change, lower
from banjia.ledger.subject import DECLARED, PersonClass, Persons
from banjia.store.people import PersonRow


@dataclass(frozen=True, slots=True)
class Place:
    """The entry that a sighting leads to."""

    log: int
    index: int
    at: int


class Reservation:
    """The effect of one call on a census: worked out first, and made part of it only by `write`."""

    def __init__(self, census: Census, persons: Persons, digests: Sequence[Mapping[bytes, bool]]) -> None:
        self.after = replace(census.row)
        self._census = census
        self._persons = persons
        self._rows: dict[int, PersonRow] = {}
        self._added: set[int] = set()
        self._moved: dict[int, int] = {}  # former leader -> leader
        self._regroup: list[tuple[int, int]] = []
        self._absorbed: list[tuple[int, int]] = []
        self._exposed: list[tuple[int, PersonClass]] = []
        self._new: dict[bytes, int] = {}
        census.expect(d for person in digests for d in person)
        self._known = {d: owner for person in digests for d in person if (owner := census.owner(d)) is not None}
        found = [
            self._find(d, p.data_class, declared=any(i.kind == DECLARED for i in p.identifiers))
            for p, d in zip(persons.people, digests, strict=True)
        ]
        for data_class in persons.unidentified:
            self._expose(self._add(WEAK).id, data_class)
        for i, j in persons.pairs():
            self._link(self._now(found[i]), self._now(found[j]))
        if self.after != census.row:
            self.after.revision += 1

    def write(self, place: Place) -> None:
        for row in self._rows.values():
            row.cluster = self._led_by(row.cluster)
        p = self._persons
        exposed = {(self._now(person), p.country, p.route, c, p.form, p.basis, place.at) for person, c in self._exposed}
        changed = [row for row in self._rows.values() if row.id in self._added or row != self._census.person(row.id)]
        self._census.take(
            Change(self.after, changed, self._new, self._regroup, self._absorbed, sorted(exposed)),
            place.log,
            place.index,
        )

    def weaken(self, number: int) -> None:
        """Take one person out of the lower bounds."""
        row = self._row(number)
        self._change(row, strength=WEAK, grade=row.grade)
        self.after.revision += 1

    def _find(self, digests: Mapping[bytes, bool], data_class: PersonClass, *, declared: bool) -> int:
        strong = [d for d, is_strong in digests.items() if is_strong]
        weak = [d for d, is_strong in digests.items() if not is_strong]
        by_strong = sorted({self._now(self._known[d]) for d in strong if d in self._known})
        by_weak = sorted({self._now(self._known[d]) for d in weak if d in self._known})
        if by_strong:
            person = by_strong[0]
            for other in by_strong[1:]:
                self._absorb(other, person)
        elif strong:  # a person known by name only may now have got an identifier; never one who has others already
            nameless = [n for n in by_weak if self._row(n).strength == WEAK]
            person = nameless[0] if nameless else self._add(WEAK).id
        else:
            person = max(by_weak, key=lambda n: self._row(n).strength) if by_weak else self._add(WEAK).id
        for name in by_weak:
            other = self._now(name)  # joins above may have made it this person
            if other != person:
                self._meet(person, other)
        for digest in digests:
            if digest not in self._known:
                self._known[digest] = self._new[digest] = person
        row = self._row(person)
        if strong:
            self._change(row, strength=max(row.strength, DECLARED_PERSON if declared else STRONG), grade=row.grade)
        self._expose(person, data_class)
        return person

    def _meet(self, person: int, other: int) -> None:
        """Two persons under one name in one scope: one of them nameless is the same, two with identifiers may be."""
        if self._row(other).strength == WEAK:
            self._absorb(other, person)
        else:
            self._link(person, other)

    def _expose(self, person: int, data_class: PersonClass) -> None:
        row = self._row(person)
        grade = EXEMPT if self._persons.basis else SENSITIVE if data_class == "sensitive" else ORDINARY
        self._change(row, strength=row.strength, grade=max(row.grade, grade))
        self._exposed.append((person, data_class))

    def _add(self, strength: int) -> PersonRow:
        row = PersonRow(self.after.next_person, self.after.next_person, strength, EXEMPT)
        self.after.next_person += 1
        self._rows[row.id] = row
        self._added.add(row.id)
        return row

    def _row(self, number: int) -> PersonRow:
        """The call's own copy of a person."""
        if number not in self._rows:
            self._rows[number] = replace(self._census.person(number))
        return self._rows[number]

    def _now(self, number: int) -> int:
        """The person after all joins of this call."""
        for gone, kept in self._absorbed:
            if number == gone:
                number = kept
        return number

    def _leader(self, row: PersonRow) -> PersonRow:
        return self._row(self._led_by(row.cluster))

    def _led_by(self, cluster: int) -> int:
        while cluster in self._moved:
            cluster = self._moved[cluster]
        return cluster

    def _change(self, row: PersonRow, *, strength: int, grade: int) -> None:
        if (strength, grade) != (row.strength, row.grade):
            self._count(row, -1)
            row.strength, row.grade = strength, grade
            self._count(row, +1)

    def _count(self, row: PersonRow, sign: int) -> None:
        """Add one person to the bounds, or take them out."""
        if row.grade == EXEMPT:
            return
        sensitive = row.grade == SENSITIVE
        if sensitive:
            self.after.sensitive_high += sign
        else:
            self.after.ordinary_high += sign
        if row.strength == WEAK:
            return
        leader = self._leader(row)
        self._lower(leader, -1)
        if row.strength == DECLARED_PERSON:
            if sensitive:
                leader.declared_sensitive += sign
            else:
                leader.declared_ordinary += sign
        elif sensitive:
            leader.other_sensitive += sign
        else:
            leader.other_ordinary += sign
        self._lower(leader, +1)

    def _lower(self, leader: PersonRow, sign: int) -> None:
        ordinary, sensitive = lower(leader)
        self.after.ordinary_low += sign * ordinary
        self.after.sensitive_low += sign * sensitive

    def _link(self, one: int, other: int) -> None:
        """The two may be one person: their clusters become one."""
        kept, gone = self._leader(self._row(one)), self._leader(self._row(other))
        if kept.id == gone.id:
            return
        if _weight(gone) > _weight(kept):
            kept, gone = gone, kept
        self._lower(kept, -1)
        self._lower(gone, -1)
        _pour(gone, kept)
        self._lower(kept, +1)
        self._lead(gone.id, kept.id)

    def _absorb(self, gone: int, kept: int) -> None:
        """The two are one person."""
        old, new = self._row(gone), self._row(kept)
        strength, grade = max(old.strength, new.strength), max(old.grade, new.grade)
        self._change(old, strength=WEAK, grade=EXEMPT)
        self._link(kept, gone)
        if self._leader(new).id == gone:
            self._moved.pop(kept, None)
            _pour(old, new)
            self._lead(gone, kept)
        self._change(new, strength=strength, grade=grade)
        del self._rows[gone]
        self._absorbed.append((gone, kept))
        for digest, number in self._known.items():
            if number == gone:
                self._known[digest] = kept
        for digest, number in self._new.items():
            if number == gone:
                self._new[digest] = kept

    def _lead(self, old: int, new: int) -> None:
        self._moved[old] = new
        self._regroup.append((old, new))


def erase(census: Census, number: int) -> None:
    """Forget who a person was. That someone was exported stays counted, in the upper bound."""
    change = Reservation(census, Persons(), ())
    change.weaken(number)
    change.write(Place(0, 0, 0))
    census.forget(number)
    census.flush()


def _weight(row: PersonRow) -> int:
    return row.declared_ordinary + row.declared_sensitive + row.other_ordinary + row.other_sensitive


def _pour(source: PersonRow, target: PersonRow) -> None:
    target.declared_ordinary += source.declared_ordinary
    target.declared_sensitive += source.declared_sensitive
    target.other_ordinary += source.other_ordinary
    target.other_sensitive += source.other_sensitive
    source.declared_ordinary = source.declared_sensitive = source.other_ordinary = source.other_sensitive = 0
