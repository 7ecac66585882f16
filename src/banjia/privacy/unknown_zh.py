"""Unknown words of Chinese that may be names: outside the lexicon, a surname in front, apart from the words around.

By themselves they are names too seldom; with a tagger that half takes them for one they mostly are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.transliteration import THING, foreign_place

Odds = Mapping[int, tuple[float, float]]  # at a place: how likely a person's name begins there, and goes on there
Place = tuple[int, int, float]
LEAST, LEAST_OF_TWO = 0.04, 0.2  # of the geometric mean of both odds; shorter words are names less often
LIKELY = 0.12  # half believed
LEAST_CUED = 0.005  # after a word that leads to somebody
SCORE = 0.65
GRAMMAR = "于由时向"  # surnames that are words of grammar far more often
COLLECTIVE = "国军氏派族语湖镇县州党教剧集"
SOFT = letters("soft_zh")


def unknown(text: str, starts: Sequence[int], odds: Odds) -> list[Place]:
    """Names among the unknown words that begin at these places."""
    found: list[Place] = []
    for at in starts:
        if at not in odds or odds[at][0] < LEAST * LEAST:
            continue
        surname = 2 if text[at : at + 2] in words("compound_surnames") else 1
        for size in (surname + 2, surname + 1):
            odd = likelihood(odds, at, at + size)
            if odd >= (LEAST if size > surname + 1 else LEAST_OF_TWO) and _apart(
                text, at, at + size, surname, likely=odd >= LIKELY
            ):
                found.append((at, at + size, SCORE))
                break
    return found


def likelihood(odds: Odds, start: int, end: int) -> float:
    """That a name begins at the first of these characters and goes on over the others."""
    return sqrt(odds.get(start, (0.0, 0.0))[0] * min(odds.get(i, (0.0, 0.0))[1] for i in range(start + 1, end)))


def _apart(text: str, start: int, end: int, surname: int, *, likely: bool) -> bool:
    """No word of the language is in it, nor is one made by its ends and what stands beside them.

    Where it is `likely`, what stands beside it need not be a word that is known.
    """
    known, never, foreign = lexicon(), letters("not_given"), letters("foreign_zh")
    name = text[start:end]
    if len(name) < end - start or not all(map(_han, name)) or name in known:
        return False
    if any(c in never or c in SOFT for c in name[surname:]) or all(c in foreign for c in name):
        return False
    if any(name[i : i + 2] in known for i in range(surname - 1, len(name) - 1)):
        return False
    if (name[0] in GRAMMAR and _han(text[start - 1 : start])) or foreign_place(text, start, end):
        return False
    return (
        not THING.match(text, end)
        and name[-1] not in COLLECTIVE
        and (_begins(text, start, likely=likely) and _ends(text, end, likely=likely))
    )


def _begins(text: str, start: int, *, likely: bool) -> bool:
    before = text[start - 1 : start] if start else ""
    if not _han(before):
        return True
    if text[start - 1 : start + 1] in lexicon():
        return False
    return likely or before in SOFT or text[start - 2 : start] in lexicon()


def _ends(text: str, end: int, *, likely: bool) -> bool:
    after = text[end : end + 1]
    if not _han(after) or after in SOFT:
        return True
    return text[end - 1 : end + 1] not in lexicon() and (likely or text[end : end + 2] in lexicon())


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
