"""Engine: the spans of personal information in a text, and what the text as a whole speaks of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from banjia.privacy.checks import birth_day, digits
from banjia.privacy.detector import detectors
from banjia.privacy.heads import meaning
from banjia.privacy.identify import Found, identifier, to_code_points
from banjia.privacy.leaf import leaves
from banjia.privacy.matcher import EngineName
from banjia.privacy.named import named
from banjia.privacy.pairs import pairs
from banjia.privacy.sensitive import ADULT_AT, sensitive
from banjia.privacy.shadow import Shadow, shadow
from banjia.privacy.span import NOT_PERSONAL, Reading, Record, Span, SpanClass
from banjia.privacy.subject import group
from banjia.privacy.tables import Cell, cells
from banjia.privacy.tagger import TaggerName
from banjia.privacy.taken import Taken

NAMED = {"ADDRESS": 45, "DOB": 44, "PERSON": 40, "ORG": 30}  # priorities below those of checked identifiers
BIRTH_IN_NUMBER = frozenset({"ID_CN", "RESIDENCE_HKMOTW", "PERMANENT_RESIDENT"})
TELLING_AGE = BIRTH_IN_NUMBER | {"DOB"}
LONGEST_VALUE = 200  # characters of a field that is one value
COLON = "："  # what stands between a label and its text
Place = tuple[int, int, str, float, int]  # start, end, type, score, priority


class Engine:
    """`reading` decides the class of each type: `current` is GB/T 45574-2025, `strict` also GB/T 35273-2020.

    `tagger` reads Chinese sentences: `lac` finds most, `small` is faster and needs less memory.
    """

    def __init__(
        self,
        reading: Reading = "current",
        *,
        matcher: EngineName = "auto",
        names: bool = True,
        tagger: TaggerName = "lac",
    ) -> None:
        self.reading = reading
        self.names = names
        self._tagger: TaggerName = tagger
        self._identifier = identifier(matcher)
        self._class: dict[str, SpanClass] = {d.id: d.data_class(reading) for d in detectors()}
        self.removed = frozenset(d.id for d in detectors() if d.remove)
        self.strength = {d.id: d.strength for d in detectors()}

    def detect(self, text: str, *, on: date | None = None) -> list[Span]:
        """The spans in order; `on` is the day that tells who is under fourteen."""
        return list(self.record(text, on=on).spans)

    def record(self, text: str, *, on: date | None = None, label: str = "") -> Record:
        """`label` is the key or column head that the text stands under, where there is one."""
        short = meaning(label)
        lead = f"{short or label}{COLON}" if label else ""
        found, seen = self.identifiers(lead + text)
        places = [(start, end, form.type, form.score, form.priority) for start, end, form in found]
        table = [*cells(seen.text), *pairs(seen.text)]
        if short and len(text) <= LONGEST_VALUE:
            table.append(Cell(short, len(lead), len(seen.text)))
        if table:
            places += self._under_heads(seen.text, table)
        if self.names:
            taken = [(start, end) for start, end, *_ in places]
            heard = named(seen.text, taken, table, by=self._tagger)
            places += [(s, e, kind, score, NAMED[kind]) for s, e, kind, score in heard]
        places = _apart(places)
        spans = []
        for s, e, kind, score, _ in places:
            start, end = seen.span(s, e)
            if start >= len(lead):
                span = Span(start - len(lead), end - len(lead), kind, self._class.get(kind, "pi"), score)
                spans.append(span)
        spans = _raise_minors(text, group(text, spans), on)
        return Record(tuple(spans), sensitive(seen.text))

    def grouped(self, text: str, spans: Sequence[Span]) -> list[Span]:
        """The same spans with the persons told anew."""
        return group(text, spans)

    def detect_json(self, node: Any, *, on: date | None = None) -> list[tuple[tuple[str | int, ...], Span]]:
        """The spans in the texts of a decoded JSON document, each with the path to its text."""
        return [
            (leaf.path, span) for leaf in leaves(node) for span in self.record(leaf.text, on=on, label=leaf.label).spans
        ]

    def _under_heads(self, text: str, table: Sequence[Cell]) -> list[Place]:
        """Identifiers that only the head of their column makes known: a record number, a QQ number, a birthday."""
        lines = [f"{c.head}{COLON}{text[c.start : c.end]}\n" for c in table]
        data = "".join(lines).encode("utf-8", "surrogatepass")
        found, _ = self._identifier.find(data)
        places: list[Place] = []
        at = number = 0
        for start, end, form in to_code_points(data, found):
            while at + len(lines[number]) <= start:
                at += len(lines[number])
                number += 1
            cell = table[number]
            shift = cell.start - at - len(cell.head) - len(COLON)
            if cell.start <= start + shift and end + shift <= cell.end:
                places.append((start + shift, end + shift, form.type, form.score, form.priority))
        return places

    def identifiers(self, text: str) -> tuple[list[Found], Shadow]:
        """Stage A alone: checked identifiers by code points of the shadow that was searched."""
        data = text.encode("utf-8", "surrogatepass")
        found, disguised = self._identifier.find(data)
        if not disguised:
            return to_code_points(data, found), Shadow(text)
        seen = shadow(text)
        data = seen.text.encode("utf-8", "surrogatepass")
        found, _ = self._identifier.find(data)
        return to_code_points(data, found), seen


def _apart(places: list[Place]) -> list[Place]:
    """Of places that overlap the one of the higher priority stays, then the surer, then the longer one."""
    taken = Taken()
    places.sort(key=lambda p: (-p[4], p[0] - p[1], -p[3]))
    return sorted(p for p in places if taken.add(p[0], p[1]))


def _raise_minors(text: str, spans: Sequence[Span], on: date | None) -> list[Span]:
    """Every item of a person who was under fourteen on that day is sensitive."""
    if on is None:
        return list(spans)
    young = {s.subject for s in spans if s.subject and _is_minor(text[s.start : s.end], s.type, on)}
    return [
        replace(s, data_class="sensitive") if s.subject in young and s.type not in NOT_PERSONAL else s for s in spans
    ]


def _is_minor(value: str, kind: str, on: date) -> bool:
    if kind not in TELLING_AGE:
        return False
    raw = shadow(value).text.encode("utf-8", "ignore")
    if kind in BIRTH_IN_NUMBER:
        number = digits(raw)
        born = birth_day(number[6:14].encode()) if len(number) == 18 else None
    else:
        born = birth_day(raw) if kind == "DOB" else None
    return born is not None and born <= on < _anniversary(born)


def _anniversary(born: date) -> date:
    """The fourteenth birthday; of those born on 29 February the first of March."""
    try:
        return born.replace(year=born.year + ADULT_AT)
    except ValueError:
        return date(born.year + ADULT_AT, 3, 1)
