"""Stage A: checked identifiers, from one pass over the bytes and a look at each place where an anchor ended."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from banjia.privacy.detector import NEAR, NOT_BEFORE, Form, detectors
from banjia.privacy.matcher import EngineName, Matcher, matcher
from banjia.privacy.shadow import DISGUISES

LIMIT = 8 << 20  # bytes looked at in one pass; longer texts are cut with an overlap
OVERLAP = 16 << 10


@dataclass(frozen=True, slots=True)
class Found:
    """A checked identifier, by bytes (or later code points) of the text searched."""

    start: int
    end: int
    type: str
    score: float
    priority: int


class Identifier:
    """All identifier files behind one matcher."""

    def __init__(self, engine: EngineName = "auto") -> None:
        self.forms: tuple[Form, ...] = tuple(f for d in detectors() for f in d.forms)
        self.matcher: Matcher = matcher([*(f.anchor for f in self.forms), *DISGUISES], engine)

    def find(self, data: bytes) -> tuple[list[Found], bool]:
        """Identifiers in `data`, apart from each other and in order; and whether the text is disguised somewhere."""
        if len(data) <= LIMIT:
            found, disguised = self._piece(data)
            return apart(found), disguised
        found, disguised = [], False
        for at in range(0, len(data), LIMIT - OVERLAP):
            part, hidden = self._piece(data[at : at + LIMIT])
            found += [Found(f.start + at, f.end + at, f.type, f.score, f.priority) for f in part]
            disguised |= hidden
        return apart(found), disguised

    def _piece(self, data: bytes) -> tuple[list[Found], bool]:
        padded = b"\n" + data + b"\n"
        forms, count = self.forms, len(self.forms)
        disguised = False
        found: list[Found] = []
        done: dict[int, int] = {}  # form -> end of its last match
        for number, end in self.matcher.hits(padded):
            if number >= count:
                disguised = True
                continue
            if done.get(number, -1) >= end:
                continue
            form = forms[number]
            match = (
                form.pattern.match(padded, end - form.back) if not form.window else _within(form, padded, end)
            )
            if match is None:
                continue
            start, stop = match.span(form.value)
            if (form.check is not None and not form.check(padded[start:stop])) or not _fits(form, padded, match.start()):
                continue
            done[number] = stop
            if padded[start - 1] == 40 and 41 in padded[start:stop] and 40 not in padded[start:stop]:
                start -= 1  # "(021) 5555 0101": the bracket belongs to the number
            found.append(Found(start - 1, stop - 1, form.type, form.score, form.priority))
        return found, disguised


@cache
def identifier(engine: EngineName = "auto") -> Identifier:
    return Identifier(engine)


def apart(found: list[Found]) -> list[Found]:
    """Of two that overlap the one with the higher priority, then the longer one, stays."""
    kept: list[Found] = []
    for f in sorted(found, key=lambda f: (f.start, -f.end, -f.priority)):
        while kept and f.start < kept[-1].end:
            last = kept[-1]
            if (f.priority, f.end - f.start) <= (last.priority, last.end - last.start):
                break
            kept.pop()
        else:
            kept.append(f)
    return kept


def to_code_points(data: bytes, found: Sequence[Found]) -> list[Found]:
    """The same places, counted in code points of the decoded text."""
    if data.isascii():
        return list(found)
    edges = sorted({e for f in found for e in (f.start, f.end)})
    points: list[int] = []
    at = total = 0
    for edge in edges:
        # a continuation byte adds no code point
        total += sum(1 for b in data[at:edge] if b & 0xC0 != 0x80) if edge - at < 16 else _length(data[at:edge])
        points.append(total)
        at = edge
    place = dict(zip(edges, points, strict=True))
    return [Found(place[f.start], place[f.end], f.type, f.score, f.priority) for f in found]


def nearest(edges: Sequence[int], value: int) -> int:
    """Index of the last edge at or before `value`."""
    return bisect_right(edges, value) - 1


def _length(piece: bytes) -> int:
    return len(piece.decode("utf-8", "surrogatepass"))


def _within(form: Form, data: bytes, end: int):  # type: ignore[no-untyped-def]
    stop = min(len(data), end + form.ahead)
    match = form.pattern.search(data, max(0, end - form.window), stop)
    while match is not None and match.end() < end:
        match = form.pattern.search(data, max(match.end(), match.start() + 1), stop)
    return match


def _fits(form: Form, data: bytes, start: int) -> bool:
    if form.not_before is not None and form.not_before.search(data[max(0, start - NOT_BEFORE) : start]):
        return False
    return form.near is None or form.near.search(data[max(0, start - NEAR) : start + NEAR]) is not None
