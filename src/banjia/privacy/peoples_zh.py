"""Names of other peoples in Chinese characters, without dots: Japanese ones, and those of Tibetan and Mongol words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from banjia.privacy.cues_zh import HAN, LABELS
from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.transliteration import THING
from banjia.privacy.unknown_zh import Odds, likelihood

Place = tuple[int, int, float]
LEAST = 0.05  # of the odds of the tagger; the family name is evidence already
_CALLED = re.compile("さん|様|氏|君|桑|先生|女士|小姐|老师|社长|部长|课长")
_LABEL = re.compile(f"(?:{LABELS}|[农牧渔]民|代表|方)[:：是为叫]?$")


def of_two_words(text: str) -> list[Place]:
    """Two words or more of which such names are made: nobody and nothing else is called so; and one after a label."""
    found: list[Place] = []
    for m in _made().finditer(text):
        several = m[0] not in words("given_minority_zh")
        if (several or _LABEL.search(text[max(0, m.start() - 8) : m.start()])) and not THING.match(text, m.end()):
            found.append((m.start(), m.end(), 0.85))
    return found


def japanese_heads(text: str) -> Iterator[int]:
    """Where a family name stands that may be a Japanese one, and more follows."""
    return (m.start() for m in _japanese().finditer(text))


def japanese(text: str, odds: Odds) -> list[Place]:
    """A family name and a given one that somebody is called by, or that the tagger half takes for a person."""
    found: list[Place] = []
    known, never, soft = lexicon(), letters("not_given"), letters("soft_zh")
    for m in _japanese().finditer(text):
        start, first = m.start(), m.end()
        for end in (first + 2, first + 1):
            given = text[first:end]
            if len(given) < end - first or not all("\u4e00" <= c <= "\u9fff" for c in given):
                continue
            if any(c in never or c in soft for c in given) or (given in known and THING.match(given)):
                continue
            called = _CALLED.match(text, end) is not None
            if called or (likelihood(odds, start, end) >= LEAST and not THING.match(text, end) and _ends(text, end)):
                found.append((start, end, 0.8))
                break
    return found


def _ends(text: str, end: int) -> bool:
    after = text[end : end + 1]
    return not "\u4e00" <= after <= "\u9fff" or after in letters("soft_zh") or text[end - 1 : end + 1] not in lexicon()


@cache
def _made() -> re.Pattern[str]:
    parts = sorted(words("given_minority_zh"), key=len, reverse=True)
    long = [w for w in parts if len(w) > 2]
    starts = "".join(sorted({w[0] for w in parts}))
    return re.compile(f"(?=[{starts}])(?:(?:{'|'.join(parts)}){{2,3}}|{'|'.join(long)})")


@cache
def _japanese() -> re.Pattern[str]:
    parts = sorted(words("surnames_ja"), key=len, reverse=True)
    starts = "".join(sorted({w[0] for w in parts}))
    return re.compile(f"(?=[{starts}])(?:{'|'.join(parts)})(?={HAN})")
