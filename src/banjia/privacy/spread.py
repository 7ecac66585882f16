"""Spread: a name or number that is found in one text of a request is marked in all of them.

A name is looked for in either script, and a Latin one by its parts too, as those who know somebody write them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from banjia.privacy.cues_zh import ENDS_IN_LABEL, LONGEST_LABEL
from banjia.privacy.gazetteer import in_simplified, lexicon
from banjia.privacy.names_en import bearing, parts
from banjia.privacy.span import Record, Span
from banjia.privacy.taken import Taken

Path = tuple[str | int, ...]
Texts = dict[Path, tuple[str, Record]]
KINDS = frozenset(
    {"PERSON", "PHONE", "EMAIL", "ID_CN", "BANK_CARD", "PASSPORT", "ADDRESS", "WECHAT", "QQ", "MRN", "PLATE"}
)
SURE = 0.8
WHOLE = 3  # characters of a Chinese name that is surname and given name, so that a doubtful one spreads too
FEW = 16  # values that are looked for one by one
CUT, BREAK = "\0", "\0\n\0"  # in place of a span, and between texts: nothing that is found goes over them
_RUN = re.compile("[0-9A-Za-z]+")  # a value that begins with such signs begins with a whole run of them
_HAN_NAME = re.compile("[\u4e00-\u9fff]{3,4}")


def spread(records: Texts, grouped: Callable[[str, Sequence[Span]], list[Span]]) -> None:
    """`grouped` tells the persons of a text anew, in which spans were added."""
    values, known = _candidates(records)
    if not values:
        return
    texts = [text for text, _ in records.values()]
    if not all(value.isascii() for value, _ in values):
        texts = [in_simplified(text) for text in texts]
    left = BREAK.join(_left(text, record.spans) for text, (_, record) in zip(texts, records.values(), strict=True))
    there = _standing(left, {*(value for value, _ in values), *known})
    missed = sorted((v for v in values if v[0] in there), key=lambda v: -len(v[0]))
    known = {part: s for part, s in known.items() if part in there}
    if not missed and not known:
        return
    for text, (path, (original, record)) in zip(texts, list(records.items()), strict=True):
        taken = Taken((s.start, s.end) for s in record.spans)
        found = [
            replace(values[value, kind], start=start, end=end)
            for value, kind in missed
            for start, end in _places(text, value)
            if taken.add(start, end)
        ]
        here = [part for part in known if part in text]
        found += [
            replace(known[text[start:end]], start=start, end=end)
            for start, end in (bearing(text, here) if here else ())
            if taken.add(start, end)
        ]
        if found:
            spans = sorted([*record.spans, *found], key=lambda s: s.start)
            records[path] = original, Record(tuple(grouped(original, spans)), record.sensitive)


def _candidates(records: Texts) -> tuple[dict[tuple[str, str], Span], dict[str, Span]]:
    """What may stand elsewhere too, in simplified writing, with its type; and parts of Latin names."""
    values: dict[tuple[str, str], Span] = {}
    known: dict[str, Span] = {}
    for text, record in records.values():
        for s in record.spans:
            if s.type not in KINDS or s.end - s.start < 2:
                continue
            value = in_simplified(text[s.start : s.end])
            if s.score >= SURE or _is_whole(s, value):
                values[value, s.type] = s
                if s.type == "PERSON" and " " in value:
                    known |= dict.fromkeys(parts(value), s)
    return values, known


def _left(text: str, spans: Sequence[Span]) -> str:
    """The text without its spans."""
    kept, at = [], 0
    for s in spans:
        kept.append(text[at : s.start])
        at = s.end
    return CUT.join([*kept, text[at:]])


def _standing(text: str, values: Collection[str]) -> set[str]:
    """Those of the values that stand in the text; of many, told by how they begin before each is looked for."""
    if len(values) <= FEW:
        return {v for v in values if v in text}
    runs = set(_RUN.findall(text))
    firsts = {v[0] for v in values if _RUN.match(v) is None}
    pairs = set(re.findall(f"(?=([{re.escape(''.join(sorted(firsts)))}].))", text)) if firsts else set()
    return {v for v in values if (m[0] in runs if (m := _RUN.match(v)) else v[:2] in pairs) and v in text}


def _places(text: str, value: str) -> Iterator[tuple[int, int]]:
    at = text.find(value)
    while at >= 0:
        end = at + len(value)
        if _stands(text, at, end):
            yield at, end
        at = text.find(value, end)


def _is_whole(span: Span, value: str) -> bool:
    """A name that is nothing else, however it was found."""
    if span.type != "PERSON":
        return False
    return " " in value if value.isascii() else _HAN_NAME.fullmatch(value) is not None and value not in lexicon()


def _stands(text: str, start: int, end: int) -> bool:
    """Not a part of a longer word or number; a name that is a word too stands apart, or behind a label."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if text[start:end] in lexicon():
        labelled = ENDS_IN_LABEL.search(text[max(0, start - LONGEST_LABEL) : start]) is not None
        return not _han(after) and (not _han(before) or labelled)
    return not (
        (before.isascii() and before.isalnum() and text[start].isascii() and text[start].isalnum())
        or (after.isascii() and after.isalnum() and text[end - 1].isascii() and text[end - 1].isalnum())
    )


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
