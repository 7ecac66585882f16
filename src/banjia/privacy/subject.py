"""Subjects: which spans of one record are of one person."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from banjia.privacy.cues_zh import TITLES
from banjia.privacy.span import NOT_PERSONAL, Span

SINGULAR = frozenset({"ID_CN", "PASSPORT", "SSN", "RESIDENCE_HKMOTW", "PERMANENT_RESIDENT", "MILITARY_ID"})
_TITLE = re.compile(f"{TITLES}$")
_LINE_END = re.compile("[\n。；;]")
# Between the parts of a name under keys of their own: `"given": "Ann", "surname": "Lee"`
_PART_KEY = re.compile(
    r"""(?i)\\?["']?\s*,\s*\\?["']?(?:(?:last|first|given|family|fore|sur|middle|[fl])[_-]?n(?:a?m)e?|given|family|lname|fname)"""
    r"""\\?["']?\s*[:=]\s*\\?["']?"""
)
_GLOSS = re.compile(r"\s*[(（/\[【]\s*")


def group(text: str, spans: Sequence[Span]) -> list[Span]:
    """Number the persons in the order in which they appear and give each span its person.

    An item belongs to the person named in its line: the nearest before it, else the nearest after it; without any
    name in the line to the last one named before. Two numbers of a kind of which a person has one are two persons.
    """
    mentions = [s for s in spans if s.type == "PERSON"]
    lines = _Lines(text)
    if not mentions:
        return _nameless(text, spans, lines)
    people = _people(text, mentions)
    owners = _Owners(mentions, people, lines)
    owner = [people[s.start] if s.type == "PERSON" else owners.of(s) for s in spans]
    _split_singular(text, spans, owner)
    numbers: dict[int, str] = {}
    for s, who in zip(spans, owner, strict=True):
        if s.type not in NOT_PERSONAL:
            numbers.setdefault(who, str(len(numbers) + 1))
    return [
        Span(s.start, s.end, s.type, s.data_class, s.score, numbers.get(who, ""))
        for s, who in zip(spans, owner, strict=True)
    ]


class _Lines:
    """Lines, and sentences inside them, by number."""

    def __init__(self, text: str) -> None:
        self._ends = [m.start() for m in _LINE_END.finditer(text)]

    def of(self, at: int) -> int:
        return bisect_left(self._ends, at)


class _Owners:
    """Whose an item is, by the names around it."""

    def __init__(self, mentions: Sequence[Span], people: dict[int, int], lines: _Lines) -> None:
        self._starts = [m.start for m in mentions]
        self._people = people
        self._lines = lines
        self._line = [lines.of(start) for start in self._starts]

    def of(self, s: Span) -> int:
        line = self._lines.of(s.start)
        i = bisect_left(self._starts, s.start)
        before = i - 1
        if before >= 0 and self._line[before] == line:
            return self._people[self._starts[before]]
        if i < len(self._starts) and self._line[i] == line:
            return self._people[self._starts[i]]
        return self._people[self._starts[before if before >= 0 else i]]


def _people(text: str, mentions: Sequence[Span]) -> dict[int, int]:
    """For the start of each mention the number of its person: full names first, then their short forms."""
    known: dict[str, int] = {}
    short: dict[str, int] = {}  # part of a Latin name, or a surname -> the first person who bears it
    number: dict[int, int] = {}
    glosses = _glosses(text, mentions)
    for s in sorted(mentions, key=lambda s: (s.start - s.end, s.start)):
        name = re.sub(r"\s+", " ", text[s.start : s.end]).strip().lower()
        who = known.get(name)
        if who is None:
            who = short.get(_short_form(name))
        if who is None and (other := glosses.get(s.start)) is not None:
            who = number.get(other)
        if who is None:
            who = len(known)
            known[name] = who
            for part in _short_forms(name):
                short.setdefault(part, who)
        known.setdefault(name, who)
        number[s.start] = who
    return number


def _short_form(name: str) -> str:
    """The key under which a short form is looked up: a surname with a title, "小王", or one Latin word."""
    if not "\u4e00" <= name[0] <= "\u9fff":
        return name if " " not in name else ""
    if name[0] in "小老阿" and len(name) == 2:
        return name[1]
    core = _TITLE.sub("", name)
    return core if core != name else ""


def _short_forms(name: str) -> list[str]:
    if "\u4e00" <= name[0] <= "\u9fff":
        core = _TITLE.sub("", name)
        return [name[:1], name[:2]] if core == name else [core]
    return re.split(r"[ ,]+", name) if " " in name else []


def _glosses(text: str, mentions: Sequence[Span]) -> dict[int, int]:
    """As in 张伟（Zhang Wei）: a name in brackets after a name is the same one in other letters; so are its parts."""
    pairs: dict[int, int] = {}
    for first, second in pairwise(mentions):
        han = ["\u4e00" <= text[m.start] <= "\u9fff" for m in (first, second)]
        if (han[0] != han[1] and _GLOSS.fullmatch(text, first.end, second.start)) or _PART_KEY.fullmatch(
            text, first.end, second.start
        ):
            pairs[first.start], pairs[second.start] = second.start, first.start
    return pairs


def _split_singular(text: str, spans: Sequence[Span], owner: list[int]) -> None:
    seen: dict[tuple[int, str], str] = {}
    fresh = max(owner) + 1
    for i, s in enumerate(spans):
        if s.type in SINGULAR:
            value = text[s.start : s.end]
            if seen.setdefault((owner[i], s.type), value) != value:
                owner[i] = fresh
                fresh += 1


def _nameless(text: str, spans: Sequence[Span], lines: _Lines) -> list[Span]:
    """Without a name: one person, but for a second number of a kind of which each line tells another's."""
    current = 1
    held: dict[str, str] = {}
    line = -1
    out: list[Span] = []
    for s in spans:
        if s.type in NOT_PERSONAL:
            out.append(s)
            continue
        value = text[s.start : s.end]
        here = lines.of(s.start)
        if s.type in held and held[s.type] != value and (s.type in SINGULAR or here != line):
            current += 1
            held = {}
        held.setdefault(s.type, value)
        line = here
        out.append(Span(s.start, s.end, s.type, s.data_class, s.score, str(current)))
    return out
