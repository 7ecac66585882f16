"""Stage A: checked identifiers, from one pass over the bytes and a look at each place where an anchor ended."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cache
from operator import itemgetter

import numpy as np

from banjia.privacy.byte_run import ByteRuns
from banjia.privacy.detector import NEAR, NOT_BEFORE, ORDER, ORDER_GAP, ORDER_REACH, Form, detectors
from banjia.privacy.matcher import EngineName, Matcher, matcher
from banjia.privacy.shadow import DISGUISES

LIMIT = 8 << 20  # bytes looked at in one pass; longer texts are cut with an overlap
OVERLAP = 16 << 10


Found = tuple[int, int, Form]  # start and end, by bytes or later by code points, of the text searched
LONGEST_RUN = 66  # bytes before an anchor in which its match may begin
MANY = 24
SURE = 1000  # above every priority
CONTINUED_BELOW = -64  # as signed numbers, continuation bytes are those below it
OPEN, CLOSE = b"()"
CONTINUED = bytes(range(0x80, 0xC0))
DOCUMENT_NUMBERS = tuple(w.encode() for w in ("证件编号", "身份证编号", "护照编号"))


class Identifier:
    """All identifier files behind one matcher."""

    def __init__(self, engine: EngineName = "auto") -> None:
        self.forms: tuple[Form, ...] = tuple(f for d in detectors() for f in d.forms)
        # what the loop below needs of each form, without a look-up by name
        self._steps = [(f.pattern.match, f.back, f.run, f.value, f.check, f.guarded, f) for f in self.forms]
        anchors = [f.anchor for f in self.forms]
        # of a form whose match holds its anchor: what is found over the anchor with a higher priority wins anyway
        self._yields = [f.priority if f.back and f.value == 0 else SURE for f in self.forms]
        self.matcher: Matcher = matcher([*anchors, ORDER, *DISGUISES], engine)
        self._engine = engine
        self._sieve: Matcher | None = None
        self._sieved = [n for n, f in enumerate(self.forms) if not f.sift_run]
        self._run = [n for n, f in enumerate(self.forms) if f.sift_run]
        self._runs = ByteRuns([self.forms[n].sift_run for n in self._run])

    def find(self, data: bytes) -> tuple[list[Found], bool]:
        """Identifiers in `data`, apart from each other and in order; and whether the text is disguised somewhere."""
        if len(data) <= LIMIT:
            found, disguised = self._piece(data)
            return apart(found), disguised
        found, disguised = [], False
        for at in range(0, len(data), LIMIT - OVERLAP):
            part, hidden = self._piece(data[at : at + LIMIT])
            found += [(start + at, end + at, form) for start, end, form in part]
            disguised |= hidden
        return apart(found), disguised

    def possible(self, data: bytes) -> tuple[list[int], list[int]]:
        """Where an identifier or a disguise may stand, contexts left out of account; and where labels end."""
        padded = b"\n%b\n" % data
        steps = self._steps
        places: list[int] = []
        labels: list[int] = []
        if self._sieve is None:  # without the labels of orders, of which there are many
            self._sieve = matcher([*(self.forms[n].sift for n in self._sieved), *DISGUISES], self._engine)
        hits = [(end, self._run[n]) for end, n in self._runs.ends(padded)]
        for end, place in self._sieve.hits(padded):
            if place < len(self._sieved):
                hits.append((end, self._sieved[place]))
            else:
                places.append(end - 2)
        for end, number in hits:
            begin, _, run, value, check, _, form = steps[number]
            back = form.sift_back
            if run:
                low = max(0, end - back - LONGEST_RUN)
                match = begin(padded, low + len(padded[low : end - back].rstrip(run)))
            elif form.window:
                match = _within(form, padded, end)
            else:
                match = begin(padded, end - back)
                if match is None and not back:
                    labels.append(end - 1)
            if match is not None and (check is None or check(match[value])):
                places.append(end - 2)
        return places, labels

    def _piece(self, data: bytes) -> tuple[list[Found], bool]:
        padded = b"\n%b\n" % data
        steps, order = self._steps, len(self._steps)
        labels: list[int] = []
        found: list[Found] = []
        hits = self.matcher.hits(padded)
        hits.sort()
        done = [-1] * order  # end of the last match of each form
        disguised = False
        held_to, held_by = -1, 0  # where the last identifier found ends, and its priority
        for end, number in hits:
            if number >= order:
                if number > order:
                    disguised = True
                else:
                    labels.append(end)
                continue
            if done[number] >= end or (end <= held_to and self._yields[number] < held_by):
                continue
            begin, back, run, value, check, guarded, form = steps[number]
            if run:
                start = end - back
                low = start - LONGEST_RUN if start > LONGEST_RUN else 0
                match = begin(padded, low + len(padded[low:start].rstrip(run)))
            else:
                match = _within(form, padded, end) if form.window else begin(padded, end - back)
            if match is None:
                continue
            start, stop = match.span(value)
            number_found = padded[start:stop]
            if check is not None and not check(number_found):
                continue
            if guarded:
                if (
                    labels
                    and form.order_free
                    and start - labels[-1] <= ORDER_REACH
                    and _is_order(padded, labels, start)
                ):
                    continue
                if form.in_context and not _fits(form, padded, match.start()):
                    continue
            done[number] = stop
            if stop > held_to:
                held_to, held_by = stop, form.priority
            if padded[start - 1] == OPEN and CLOSE in number_found and OPEN not in number_found:
                start -= 1  # "(021) 5555 0101": the bracket belongs to the number
            found.append((start - 1, stop - 1, form))
        return found, disguised


@cache
def identifier(engine: EngineName = "auto") -> Identifier:
    return Identifier(engine)


def apart(found: list[Found]) -> list[Found]:
    """Of two that overlap the one with the higher priority, then the longer one, stays."""
    kept: list[Found] = []
    found.sort(key=itemgetter(0, 1))
    last_end = 0
    for item in found:
        start, end, form = item
        while start < last_end:
            last = kept[-1]
            if (form.priority, end - start) <= (last[2].priority, last[1] - last[0]):
                break
            kept.pop()
            last_end = kept[-1][1] if kept else 0
        else:
            kept.append(item)
            last_end = end
    return kept


def to_code_points(data: bytes, found: list[Found]) -> list[Found]:
    """The same places, counted in code points of the decoded text."""
    if data.isascii() or not found:
        return found
    if len(found) > MANY:
        return _counted(data, found)
    placed: list[Found] = []
    at = points = 0
    for start, end, form in found:
        points += len(data[at:start].translate(None, CONTINUED))
        length = len(data[start:end].translate(None, CONTINUED))
        placed.append((points, points + length, form))
        points += length
        at = end
    return placed


def _counted(data: bytes, found: list[Found]) -> list[Found]:
    """The same for many places: one count over all bytes."""
    begins = (np.frombuffer(data, dtype=np.int8) >= CONTINUED_BELOW).cumsum()  # code points begun up to each byte
    starts = begins[[f[0] for f in found]].tolist()
    ends = begins[[f[1] - 1 for f in found]].tolist()
    return [(start - 1, end, f[2]) for start, end, f in zip(starts, ends, found, strict=True)]


def _within(form: Form, data: bytes, end: int) -> re.Match[bytes] | None:
    stop = end + form.ahead
    start = end - form.window
    match = form.pattern.search(data, max(0, start), stop)
    while match is not None and match.end() < end:
        match = form.pattern.search(data, max(match.end(), match.start() + 1), stop)
    return match


def _is_order(data: bytes, labels: list[int], start: int) -> bool:
    """A label of an order number stands right before it."""
    last = labels[bisect_right(labels, start) - 1]
    return start - last >= 0 and ORDER_GAP.fullmatch(data, last, start) is not None and not _of_document(data, last)


def _fits(form: Form, data: bytes, start: int) -> bool:
    """No forbidden context before it, and the context that it needs."""
    if form.not_before is not None and form.not_before.search(data[max(0, start - NOT_BEFORE) : start]):
        return False
    return form.near is None or form.near.search(data[max(0, start - NEAR) : start + NEAR]) is not None


def _of_document(data: bytes, end: int) -> bool:
    """The label 证件编号 is of a person's number, though 编号 alone is not."""
    return data[max(0, end - 15) : end].endswith(DOCUMENT_NUMBERS)
