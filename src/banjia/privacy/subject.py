"""Subjects: which spans of one record are of one person."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from banjia.privacy.names_zh import TITLES
from banjia.privacy.span import NOT_PERSONAL, Span

SINGULAR = frozenset({"ID_CN", "PASSPORT", "SSN", "RESIDENCE_HKMOTW", "PERMANENT_RESIDENT", "MILITARY_ID"})
_TITLE = re.compile(f"(?:{TITLES})$")


def group(text: str, spans: Sequence[Span]) -> list[Span]:
    """Number the persons in the order in which they appear and give each span its person.

    An item belongs to the person named in its line: the nearest before it, else the nearest after it; without any
    name in the line to the last one named before. Two numbers of a kind of which a person has one are two persons.
    """
    people = _people(text, [s for s in spans if s.type == "PERSON"])
    lines = _Lines(text)
    if not people:
        return _nameless(text, spans, lines)
    owner: dict[int, int] = {}
    for i, s in enumerate(spans):
        owner[i] = people[s.start] if s.type == "PERSON" else _owner(s, spans, people, lines)
    owner = _split_singular(text, spans, owner)
    numbers: dict[int, str] = {}
    for i in range(len(spans)):
        if spans[i].type == "PERSON" or spans[i].type not in NOT_PERSONAL:
            numbers.setdefault(owner[i], str(len(numbers) + 1))
    return [replace(s, subject=numbers.get(owner[i], "")) for i, s in enumerate(spans)]


class _Lines:
    def __init__(self, text: str) -> None:
        self._breaks = [i for i, c in enumerate(text) if c in "\n。；;"]

    def of(self, at: int) -> int:
        low, high = 0, len(self._breaks)
        while low < high:
            middle = (low + high) // 2
            if self._breaks[middle] < at:
                low = middle + 1
            else:
                high = middle
        return low


def _people(text: str, persons: Sequence[Span]) -> dict[int, int]:
    """For the start of each mention the number of its person."""
    keys: list[str] = []
    number: dict[int, int] = {}
    for s in sorted(persons, key=lambda s: s.start - s.end):
        name = re.sub(r"\s+", " ", text[s.start : s.end]).strip()
        known = next((i for i, k in enumerate(keys) if _same(k, name)), None)
        if known is None:
            known = _gloss(text, s, persons, number)
        if known is None:
            keys.append(name)
            known = len(keys) - 1
        number[s.start] = known
    return number


def _same(full: str, name: str) -> bool:
    if full.lower() == name.lower():
        return True
    if "\u4e00" <= name[0] <= "\u9fff":
        if name[0] in "小老阿" and len(name) == 2:
            return full[0] == name[1] and not _TITLE.search(full)
        core = _TITLE.sub("", name)
        return core != name and len(core) in (1, 2) and full.startswith(core)
    parts = re.split(r"[ ,]+", full.lower())
    return len(parts) > 1 and name.lower() in parts


def _gloss(text: str, s: Span, persons: Sequence[Span], number: dict[int, int]) -> int | None:
    """ "张伟（Zhang Wei）": a name in brackets after a name is the same one in other letters."""
    for other in persons:
        if other.start not in number:
            continue
        first, second = (other, s) if other.start < s.start else (s, other)
        between = text[first.end : second.start]
        latin = [not "\u4e00" <= text[p.start] <= "\u9fff" for p in (first, second)]
        if latin[0] != latin[1] and between.strip() in ("(", "（", "/", "[", "【"):
            return number[other.start]
    return None


def _owner(s: Span, spans: Sequence[Span], people: dict[int, int], lines: _Lines) -> int:
    line = lines.of(s.start)
    persons = [p for p in spans if p.type == "PERSON"]
    here = [p for p in persons if lines.of(p.start) == line]
    before = [p for p in (here or persons) if p.start < s.start]
    after = [p for p in (here or persons) if p.start > s.start]
    chosen = before[-1] if before else after[0]
    return people[chosen.start]


def _split_singular(text: str, spans: Sequence[Span], owner: dict[int, int]) -> dict[int, int]:
    seen: dict[tuple[int, str], str] = {}
    fresh = max(owner.values()) + 1
    for i, s in enumerate(spans):
        if s.type not in SINGULAR:
            continue
        value = text[s.start : s.end]
        if seen.setdefault((owner[i], s.type), value) != value:
            owner[i] = fresh
            fresh += 1
    return owner


def _nameless(text: str, spans: Sequence[Span], lines: _Lines) -> list[Span]:
    """Without a name: one person, but for a second number of a kind of which each line tells another's."""
    current, lasting = 1, 1
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
            lasting += 1
            current = lasting
            held = {}
        held.setdefault(s.type, value)
        line = here
        out.append(replace(s, subject=str(current)))
    return out
