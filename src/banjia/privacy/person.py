"""Persons of one call: whom its spans identify, by strong keys and by weak ones."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from banjia.privacy.checks import digits
from banjia.privacy.shadow import shadow
from banjia.privacy.span import NOT_PERSONAL, SECRET, Record
from banjia.privacy.subject import SINGULAR

STRONG = 3  # strengths 1-3 join two mentions into one person, weaker keys never do
KEYLESS = 6  # from this strength on a type says nothing about who it is
PersonClass = Literal["ordinary", "sensitive"]
Key = tuple[str, str]  # type and normalised value


@dataclass(frozen=True, slots=True)
class PersonFound:
    """One person of a call. Without any key the person is there but not identified."""

    strong: tuple[Key, ...]
    weak: tuple[Key, ...]
    data_class: PersonClass


def persons(texts: Iterable[tuple[Hashable, str, Record]], strength: Mapping[str, int]) -> tuple[PersonFound, ...]:
    """The persons of all texts of a call: those who share a strong key are one, as are bearers of one full name.

    Texts of one home (the fields of one object) speak of one person, unless they name several.
    """
    texts = list(texts)
    topical = any(record.sensitive for _, _, record in texts)
    groups: list[_Group] = []
    homes: dict[Hashable, list[_Group]] = {}
    for home, text, record in texts:
        here: dict[str, _Group] = {}
        for span in record.spans:
            if not span.subject or span.type in NOT_PERSONAL or span.type == SECRET:
                continue
            group = here.setdefault(span.subject, _Group())
            group.sensitive |= span.data_class == "sensitive" or topical
            level = 8 if span.type == "PERSON" else strength.get(span.type, 9)
            key = span.type, normal(span.type, text[span.start : span.end])
            if level <= STRONG:
                group.add(key)
            elif level < KEYLESS or span.type == "PERSON":
                group.weak[key] = None
        homes.setdefault(home, []).extend(here.values())
    for members in homes.values():
        groups += _household(members)
    if len(groups) > 1:
        groups = _joined(groups)
    return tuple(g.found() for g in groups)


def normal(kind: str, value: str) -> str:
    """One form for all ways of writing an identifier, so that a person counts once."""
    if not _is_plain(kind, value):
        value = shadow(value).text.strip()
    match kind:
        case "PHONE":
            number = _NO_DIGIT.sub("", value.split("转")[0].split("x")[0])
            mobile = number[-11:]
            is_mobile = _MOBILE.fullmatch(mobile) and number[:-11] in ("", "86", "0086")
            return mobile if is_mobile else number
        case "ID_CN" if len(short := digits(value.encode("utf-8", "ignore"))) == 15:
            return _eighteen(short)
        case "PERSON":
            return _BLANKS.sub(" ", value).casefold()
        case "EMAIL":
            return value.casefold()
        case "ADDRESS":
            return _BLANKS.sub("", value)
        case _:
            return _MARKS.sub("", value).upper()


_BLANKS = re.compile(r"\s+")
_MARKS = re.compile(r"[\s\-.·•:]")
_NO_DIGIT = re.compile("[^0-9]")
_MOBILE = re.compile("1[3-9][0-9]{9}")


def _is_plain(kind: str, value: str) -> bool:
    """Nothing in it is a disguise: its shadow would be the same, or would part with what is left out anyway."""
    if value.isascii() and (
        value.isalnum() or (_PLAIN_PHONE if kind == "PHONE" else _PLAIN_OTHER).fullmatch(value) is not None
    ):
        return True
    return kind == "PERSON" and _PLAIN_NAME.fullmatch(value) is not None


# too short for digits that are written as words
_PLAIN_NAME = re.compile(r"[\u4e00-\u9fff]{1,6}|[A-Za-z'.]+(?: [A-Za-z'.]+){0,3}")
_PLAIN_PHONE = re.compile(r"[0-9 +()-]+")
_PLAIN_OTHER = re.compile(r"[0-9A-Za-z_+]*[A-Za-z_][0-9A-Za-z_+]*@[A-Za-z][A-Za-z.]+")


def _eighteen(short: str) -> str:
    """The 18-digit form of an old number, which denotes the same person."""
    body = short[:6] + "19" + short[6:]
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, weights, strict=True)) % 11]


class _Group:
    def __init__(self) -> None:
        self.strong: dict[Key, None] = {}
        self.single: dict[str, str] = {}  # of the kinds of which a person has one
        self.weak: dict[Key, None] = {}
        self.sensitive = False

    def add(self, key: Key) -> None:
        self.strong[key] = None
        if key[0] in SINGULAR:
            self.single[key[0]] = key[1]

    def take(self, other: _Group) -> None:
        self.strong |= other.strong
        self.single |= other.single
        self.weak |= other.weak
        self.sensitive |= other.sensitive

    def apart_from(self, other: _Group) -> bool:
        """Each has an own number of a kind of which a person has one."""
        mine = self.single
        return any(k in mine and mine[k] != v for k, v in other.single.items())

    def shared(self) -> list[Key]:
        """What another mention of this person may share: strong keys and names of more than one sign."""
        return [*self.strong, *(k for k in self.weak if k[0] == "PERSON" and len(k[1]) > 1)]

    def found(self) -> PersonFound:
        return PersonFound(tuple(self.strong), tuple(self.weak), "sensitive" if self.sensitive else "ordinary")


def _household(members: list[_Group]) -> list[_Group]:
    names = {k for g in members for k in g.weak if k[0] == "PERSON"}
    if len(members) < 2 or len(names) > 1:
        return members
    first, *others = members
    left: list[_Group] = [first]
    for other in others:
        if first.apart_from(other):
            left.append(other)
        else:
            first.take(other)
    return left


def _joined(groups: list[_Group]) -> list[_Group]:
    people: dict[int, _Group] = {}  # by identity, in order of appearance
    owner: dict[Key, _Group] = {}
    for group in groups:
        home = group
        for key in group.shared():
            other = owner.get(key)
            if other is not None and other is not home and not other.apart_from(home):
                other.take(home)
                people.pop(id(home), None)
                for moved in home.shared():
                    if owner.get(moved) is home:
                        owner[moved] = other
                home = other
        people.setdefault(id(home), home)
        for key in home.shared():
            owner.setdefault(key, home)
    return list(people.values())
