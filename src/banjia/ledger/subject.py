"""Subjects: the persons of one call, and the keyed digests that are all the ledger keeps of their identifiers."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from banjia.errors import StoreError
from banjia.store import people
from banjia.store.keys import Keys
from banjia.store.store import Transaction
from banjia.text import Text, same

PersonClass = Literal["ordinary", "sensitive"]
Form = Literal["clear", "surrogate"]

DECLARED = "subject"  # kind of the caller's own id, from `x-banjia-subject`
SINGULAR = frozenset(
    {DECLARED, "ID_CN", "PASSPORT", "SSN"}
)  # a person has one of these: two values in a call are two persons
DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Identifier:
    """A normalised identifier of one person. Only its keyed digest is kept.

    A weak identifier, such as a bare name, says nothing outside its `scope` (the conversation); kept only with one.
    """

    kind: str  # "subject" for the caller's own id, else a type of detected span: PHONE, EMAIL, ID_CN, PERSON ...
    value: str
    strong: bool = True
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Identifiers known to denote one person, and the gravest class of that person's items in this call."""

    identifiers: tuple[Identifier, ...]
    data_class: PersonClass = "ordinary"


@dataclass(frozen=True, slots=True)
class Persons:
    """Whose data one call carries, and where to.

    `unidentified` holds a class for each person (or whole call) that has personal information but no identifier.
    `basis` names an exemption under which these persons do not count towards a line.
    `may_be_one` lists pairs of positions in `people` that may be the same person; None stands for any two that no
    singular identifier tells apart.
    """

    people: tuple[Person, ...] = ()
    unidentified: tuple[PersonClass, ...] = ()
    country: str = ""
    route: str = ""
    form: Form = "clear"
    basis: str = ""
    may_be_one: tuple[tuple[int, int], ...] | None = None

    def pairs(self) -> tuple[tuple[int, int], ...]:
        """The pairs that may be the same person."""
        if self.may_be_one is not None:
            return self.may_be_one
        count = len(self.people)
        return tuple(
            (i, j) for i in range(count) for j in range(i + 1, count) if not _told_apart(self.people[i], self.people[j])
        )

    def counts(self) -> dict[str, int]:
        """How many persons of each class this call carries, for the entry's body."""
        classes = [p.data_class for p in self.people] + list(self.unidentified)
        return {c: n for c in ("ordinary", "sensitive") if (n := classes.count(c))}


@dataclass(frozen=True, slots=True)
class YearKey:
    """The secret for the digests of one year. It lies outside the database and may be destroyed."""

    year: int
    secret: bytes = field(repr=False)

    def digest(self, identifier: Identifier) -> bytes:
        message = f"{identifier.kind}\0{identifier.scope}\0{identifier.value}".encode()
        return hmac.digest(self.secret, message, sha256)[:DIGEST_BYTES]

    @property
    def fingerprint(self) -> str:
        """Tells keys apart without giving one away."""
        return hmac.digest(self.secret, b"fingerprint", sha256).hex()[:16]


def key_file(year: int) -> str:
    return f"subjects-{year}.key"


def open_year_key(tx: Transaction, keys: Keys, year: int) -> YearKey:
    """The key of a year: made on its first use, checked ever after. Raises StoreError where it is gone or another."""
    tx.lock("year-key")
    known = people.year_key(tx, year)
    if known is None:
        key = YearKey(year, keys.create_random(key_file(year)))
        people.save_year_key(tx, year, key.fingerprint)
        return key
    return checked(keys, year, known)


def known_year_key(tx: Transaction, keys: Keys, year: int) -> YearKey | None:
    """The key of a year in which something was counted; None where nothing was."""
    known = people.year_key(tx, year)
    return checked(keys, year, known) if known else None


def checked(keys: Keys, year: int, known: tuple[str, bool]) -> YearKey:
    fingerprint, destroyed = known
    if destroyed:
        raise StoreError(
            Text(f"{year} 年的主体密钥已销毁", f"the subject key of {year} was destroyed"),
            where=key_file(year),
            remedy=Text(
                "该年的人数仍在，但已无法认出任何人", "that year's count remains, but nobody can be recognised any more"
            ),
        )
    key = YearKey(year, keys.read_random(key_file(year)))
    if key.fingerprint != fingerprint:
        raise StoreError(
            Text("主体密钥不是这个存储的", "the subject key is not the one of this store"),
            where=str(keys.folder / key_file(year)),
            expected=same(fingerprint),
            found=same(key.fingerprint),
            remedy=Text(
                "恢复原来的 keys 目录；各网关必须共用同一份",
                "restore the original keys directory; all gateways must share one",
            ),
        )
    return key


def digests(key: YearKey, persons: Persons) -> list[Mapping[bytes, bool]]:
    """For each person of the call: digest -> whether it is strong."""
    return [{key.digest(i): i.strong for i in p.identifiers if i.strong or i.scope} for p in persons.people]


def _told_apart(one: Person, other: Person) -> bool:
    for a in one.identifiers:
        for b in other.identifiers:
            if a.kind == b.kind and a.kind in SINGULAR and a.value != b.value:
                return True
    return False
