"""Addressed: whole names in front of a title, though they make words of the language: 提醒王明晨先生."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from banjia.privacy.cues_zh import LABELS, NAMING
from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.unknown_zh import LEAST_CUED, Odds, likelihood

Place = tuple[int, int, float]
LEAST_OF_WORD = 0.15  # of the odds of the tagger, where the whole is a word: 高远女士, not 单身女士
_LED_TO = re.compile(f"(?:{NAMING}|{LABELS}|[的了])$")
_LONGEST_LEAD = 8


@cache
def _title() -> re.Pattern[str]:
    titles = sorted(t for t in words("titles_zh") if len(t) > 1)
    starts = "".join(sorted({t[0] for t in titles}))
    return re.compile(f"(?=[{starts}您你])(?:{'|'.join(titles)}|[您你]好)")


def addressed(text: str) -> list[tuple[int, int]]:
    """A surname and one or two characters more, apart from what stands before, in front of a title or a greeting."""
    found: list[tuple[int, int]] = []
    surnames, compound, never = letters("surnames"), words("compound_surnames"), letters("not_given")
    for m in _title().finditer(text):
        end = m.start()
        for size in (4, 3, 2):
            start = end - size
            first = 2 if text[start : start + 2] in compound else 1 if text[start : start + 1] in surnames else 0
            given = text[start + first : end]
            if start >= 0 and first and 0 < len(given) < 3 and all(_han(c) and c not in never for c in given):
                before = text[max(0, start - _LONGEST_LEAD) : start]
                if not _han(before[-1:]) or _LED_TO.search(before):
                    found.append((start, end))
                    break
    return found


def courteous(text: str, places: Sequence[tuple[int, int]], odds: Odds) -> list[Place]:
    """Those of the places at which the tagger does not rule a name out."""
    known = lexicon()
    return [
        (s, e, 0.8)
        for s, e in places
        if likelihood(odds, s, e) >= (LEAST_OF_WORD if text[s:e] in known else LEAST_CUED)
    ]


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
