"""Audit: how many distinct persons were sent where and when, counted by keyed digests; no identifier is kept."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256

import msgspec

from banjia.privacy.person import PersonFound

DIGEST = 16
SAMPLES = 3  # masked examples of each type
NO_DAY = date.min
GRAVE = "\0!"  # behind a place: the day of the first sensitive content there


class Mention(msgspec.Struct, frozen=True, array_like=True):
    """One person in one request, by digests."""

    day: date
    destination: str
    strong: tuple[bytes, ...]
    weak: bytes  # b"" where the person has no name either
    sensitive: bool


class Batch(msgspec.Struct, array_like=True):
    """What one worker found in some rows."""

    rows: int
    mentions: list[Mention]
    types: dict[str, int]
    samples: dict[str, list[str]]


class Group(msgspec.Struct, array_like=True):
    """One person: first day sent, first day with sensitive content, and where."""

    first: date
    sensitive: date | None
    places: dict[str, date]


class Tally(msgspec.Struct):
    """All that was counted so far; it can be saved and gone on with."""

    rows: int = 0
    groups: dict[int, Group] = msgspec.field(default_factory=dict)
    home: dict[bytes, int] = msgspec.field(
        default_factory=dict
    )  # digest -> number of a group, or of one merged into it
    merged: dict[int, int] = msgspec.field(default_factory=dict)
    weak: dict[bytes, Group] = msgspec.field(default_factory=dict)  # names without a key, by conversation
    nameless: list[tuple[date, str, bool]] = msgspec.field(default_factory=list)
    types: dict[str, int] = msgspec.field(default_factory=dict)
    samples: dict[str, list[str]] = msgspec.field(default_factory=dict)

    def add(self, batch: Batch) -> None:
        self.rows += batch.rows
        for kind, count in batch.types.items():
            self.types[kind] = self.types.get(kind, 0) + count
        for kind, samples in batch.samples.items():
            kept = self.samples.setdefault(kind, [])
            kept += [s for s in samples if s not in kept][: SAMPLES - len(kept)]
        for mention in batch.mentions:
            self._mention(mention)

    def _mention(self, m: Mention) -> None:
        if m.strong:
            numbers = sorted({self._root(self.home[d]) for d in m.strong if d in self.home})
            number = numbers[0] if numbers else len(self.groups) + len(self.merged) + 1
            group = self.groups.setdefault(number, Group(m.day, None, {}))
            for other in numbers[1:]:
                _take(group, self.groups.pop(other))
                self.merged[other] = number
            for d in m.strong:
                self.home[d] = number
            _see(group, m)
        elif m.weak:
            _see(self.weak.setdefault(m.weak, Group(m.day, None, {})), m)
        else:
            self.nameless.append((m.day, m.destination, m.sensitive))

    def _root(self, number: int) -> int:
        while number in self.merged:
            number = self.merged[number]
        return number


@dataclass(frozen=True, slots=True)
class Count:
    """Distinct persons: with a key of their own, and at most (with bare names and the unidentified)."""

    lower: int
    upper: int


@dataclass(frozen=True, slots=True)
class Year:
    year: int  # 0 where the log tells no day
    ordinary: Count
    sensitive: Count
    destinations: dict[str, Count]
    days: dict[str, dict[str, int]]  # day -> destination -> persons first sent there on that day
    crossed: list[dict[str, object]] = field(default_factory=list)
    grave: dict[str, Count] = field(default_factory=dict)  # of the destinations, persons with sensitive content


def years(
    tally: Tally, lines: Mapping[str, Sequence[int]], at_home: Callable[[str], bool] = lambda _: False
) -> list[Year]:
    """The count of each calendar year; a person counts once a year. `lines` are counts whose crossing is told.

    A destination that is `at_home` is told, but who was sent there alone is in no count of the year.
    """
    known = list(tally.groups.values())
    vague = list(tally.weak.values())
    found = {d.year for g in (*known, *vague) for d in g.places.values()} | {d.year for d, _, _ in tally.nameless}
    return [_year(y, tally, known, vague, lines, at_home) for y in sorted(found)]


def keyed(key: bytes, kind: str, value: str) -> bytes:
    return hmac.digest(key, f"{kind}\0{value}".encode("utf-8", "surrogatepass"), "sha256")[:DIGEST]


def mentions(
    persons: Iterable[PersonFound], key: bytes, day: date | None, destination: str, talk: str
) -> list[Mention]:
    return [
        Mention(
            day or NO_DAY,
            destination,
            tuple(keyed(key, kind, value) for kind, value in p.strong),
            keyed(key, "talk", f"{talk}\0{p.weak[0][1]}") if p.weak and not p.strong else b"",
            p.data_class == "sensitive",
        )
        for p in persons
    ]


def sample(kind: str, value: str) -> str:
    """A value that shows its shape and no more; of a secret nothing."""
    if kind == "SECRET":
        return "********"
    if len(value) <= 2:
        return value[:1] + "*" * (len(value) - 1)
    shown = 1 if len(value) < 8 else 3
    end = 0 if len(value) < 8 else 2
    return value[:shown] + "*" * min(8, len(value) - shown - end) + (value[-end:] if end else "")


def evidence(sources: Iterable[tuple[str, str]], tally: Tally) -> str:
    """A hash over the files that were read and what was counted in them."""
    body = [[name, digest] for name, digest in sorted(sources)]
    counted = [tally.rows, len(tally.groups), len(tally.weak), len(tally.nameless), sorted(tally.types.items())]
    return "sha256:" + sha256(msgspec.json.encode([body, counted])).hexdigest()


def _see(group: Group, m: Mention) -> None:
    group.first = min(group.first, m.day)
    group.places[_place(m.day, m.destination)] = min(group.places.get(_place(m.day, m.destination), m.day), m.day)
    if m.sensitive:
        group.sensitive = min(group.sensitive or m.day, m.day)
        key = _place(m.day, m.destination) + GRAVE
        group.places[key] = min(group.places.get(key, m.day), m.day)


def _place(day: date, destination: str) -> str:
    return f"{day.year}\0{destination}"


def _take(group: Group, other: Group) -> None:
    group.first = min(group.first, other.first)
    if other.sensitive is not None:
        group.sensitive = min(group.sensitive or other.sensitive, other.sensitive)
    for place, day in other.places.items():
        group.places[place] = min(group.places.get(place, day), day)


def _year(
    year: int,
    tally: Tally,
    known: list[Group],
    vague: list[Group],
    lines: Mapping[str, Sequence[int]],
    at_home: Callable[[str], bool],
) -> Year:
    prefix = f"{year}\0"
    firsts: dict[str, list[date]] = {"ordinary": [], "sensitive": []}
    uppers = {"ordinary": 0, "sensitive": 0}
    places: dict[bool, dict[str, list[int]]] = {False: {}, True: {}}
    days: dict[str, dict[str, int]] = {}
    home = {p for p in _places(tally) if at_home(p)}
    for sure, groups in ((True, known), (False, vague)):
        for g in groups:
            here = {p.removeprefix(prefix): d for p, d in g.places.items() if p.startswith(prefix)}
            abroad = {p: d for p, d in here.items() if p.removesuffix(GRAVE) not in home}
            if abroad:
                sensitive = [d for p, d in abroad.items() if p.endswith(GRAVE)]
                kind = "sensitive" if sensitive else "ordinary"
                if sure:
                    firsts[kind].append(min(sensitive or abroad.values()))
                else:
                    uppers[kind] += 1
            for place, day in here.items():
                grave = place.endswith(GRAVE)
                count = places[grave].setdefault(place.removesuffix(GRAVE), [0, 0])
                count[0] += sure
                count[1] += 1
                if not grave:
                    at = days.setdefault(str(day), {})
                    at[place] = at.get(place, 0) + 1
    for day, place, grave in tally.nameless:
        if day.year == year:
            uppers["sensitive" if grave else "ordinary"] += place not in home
            for told in (False, True)[: 1 + grave]:
                places[told].setdefault(place, [0, 0])[1] += 1
    counts = {k: Count(len(v), len(v) + uppers[k]) for k, v in firsts.items()}
    dated = year != NO_DAY.year
    return Year(
        year if dated else 0,
        counts["ordinary"],
        counts["sensitive"],
        {p: Count(*c) for p, c in sorted(places[False].items())},
        dict(sorted(days.items())) if dated else {},
        _crossed(firsts, lines) if dated else [],
        {p: Count(*c) for p, c in sorted(places[True].items())},
    )


def _places(tally: Tally) -> set[str]:
    kept = {p.partition("\0")[2] for g in (*tally.groups.values(), *tally.weak.values()) for p in g.places}
    return {p.removesuffix(GRAVE) for p in kept} | {p for _, p, _ in tally.nameless}


def _crossed(firsts: dict[str, list[date]], lines: Mapping[str, Sequence[int]]) -> list[dict[str, object]]:
    return [
        {"class": kind, "line": line, "on": str(sorted(firsts[kind])[line - 1])}
        for kind, edges in lines.items()
        for line in edges
        if len(firsts.get(kind, ())) >= line
    ]
