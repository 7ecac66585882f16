"""Starts: where in a Chinese text a name may begin, and the tagger is asked."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from banjia.privacy.cues_zh import DOTS, HAN, OPENERS
from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.peoples_zh import japanese_heads
from banjia.privacy.taken import Taken
from banjia.privacy.transliteration import heads as foreign_heads

Place = tuple[int, int, float]  # start, end, score
SOFT = letters("soft_zh")
LEADING = tuple("的叫是请把给由和与跟向让对被找弟妹姐哥")


def candidates(text: str, settled: Taken, labelled_at: Collection[int] = ()) -> list[int]:
    """Where a name may begin: surnames that are not plainly part of a common word, outside the settled places.

    Behind a label a word may be a name as well.
    """
    known = lexicon()
    found: list[int] = []
    starts = {m.start(): m.end() for m in _candidate().finditer(text)}
    starts.update((at, at + 2) for at in japanese_heads(text))
    for at, head in sorted(starts.items()):
        in_word = head - at == 1 and text[at : at + 2] in known and text[at - 1 : at] not in OPENERS
        if at in labelled_at:
            if not settled.meets(at, at + 1):
                found.append(at)
            continue
        if in_word and not _may_be_longer(text, at):
            continue
        if text[at - 1 : at + 1] in known and (text[at : at + 2] in known or text[at + 1 : at + 3] in known):
            continue  # it ends one word, and another follows
        if not settled.meets(at, at + 1):
            found.append(at)
    return found


def _may_be_longer(text: str, at: int) -> bool:
    """A word that may be the head of a name of three characters, after a word that leads to somebody."""
    third = text[at + 2 : at + 3]
    return (
        text[at - 1 : at] in LEADING
        and _han(third)
        and third not in SOFT
        and third not in letters("not_given")
        and text[at + 1 : at + 3] not in lexicon()
    )


def settled(text: str, found: Sequence[Place]) -> Taken:
    """Where these names stand, there and wherever else."""
    places = Taken((s, e) for s, e, _ in found)
    for name in {text[s:e] for s, e, _ in found if e - s > 2}:
        at = text.find(name)
        while at >= 0:
            places.add(at, at + len(name))
            at = text.find(name, at + len(name))
    return places


@cache
def _candidate() -> re.Pattern[str]:
    """A surname before a character that given names are made of, a name in dots, or characters of foreign names."""
    never = "".join(sorted(letters("not_given") - letters("given_too")))
    single = "".join(sorted(letters("surnames")))
    compound = sorted(words("compound_surnames"), key=len, reverse=True)
    heads = "".join(sorted({w[0] for w in compound}))
    return re.compile(
        f"(?:(?=[{heads}])(?:{'|'.join(compound)})|[{single}](?=(?![{never}]){HAN}))|{DOTS}(?={HAN})|{foreign_heads()}"
    )


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
