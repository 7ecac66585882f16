"""Cued: names whose words are months, places and things as well, where nobody but a person is spoken to or of."""

from __future__ import annotations

import re
from collections.abc import Callable

from banjia.privacy.cues_en import AMBIGUOUS, COMPANY, PERSON_AFTER, WORD
from banjia.privacy.gazetteer import alternatives, words

Place = tuple[int, int, float]
Known = Callable[[str], bool]

_PARTICLE = "(?:[Vv]an|[Vv]on|der|den|[Dd]e|da|dos|del|la|di|bin|ibn|al|el)"
NAME = rf"{WORD}(?: [A-Z]\.)?(?: {_PARTICLE}){{0,2}} {WORD}"
_END = r"(?![A-Za-z0-9@_]| [A-Z][a-z]|-[A-Z])"
# Behind these a name follows, whatever its words are
_CERTAIN = re.compile(
    r"(?=[A-Za-z])(?:\b(?P<title>Mr|Mrs|Ms|Miss|Dr|Prof)\.? "
    r"|(?i:\bmy name is |\bname's |\b(?:dear|regards|sincerely|cheers|yours truly),?\s+)"
    r"|(?<![A-Za-z])(?<![A-Za-z] )(?i:(?:(?:full|customer|contact|patient|user)[ _]?)?name|"
    rf"{alternatives('labels_en')})"
    rf"[\"']?\s?[:=：]\s?[\"']?)(?P<n>{NAME}){_END}"
)
# Behind these mostly
_LIKELY = re.compile(
    r"(?i:(?=[tarnicempgsdbh])\b(?:tell|ask|remind|notify|inform|contact|call|thank|invite|customer|client|patient|employee|member|guest|"
    r"passenger|tenant|student|caller|driver|applicant|resident|subscriber|buyer|seller|i am|i'm|this is|hi|hello),? )"
    rf"(?P<n>{NAME}){_END}"
)
# What is said of a person alone
_SAID_AFTER = re.compile(
    r" (?:(?:at|on|from) [+(]?[0-9]|(?:called|calls|signed|wrote|emailed|lost|paid|lives|works|asked|says|said)\b)"
)
_NOBODY = frozenset(("Sir", "Madam", "Team", "Customer", "Support", "Service", "Services", "Members", "Friends", "All"))


def cued(text: str, *, given: Known, last: Known, common: Known, fold: Callable[[str], str]) -> list[Place]:
    """`given`, `last` and `common` say what the lists know of a word that was folded."""
    found: list[Place] = []

    def bears(m: re.Match[str], *, sure: bool) -> bool:
        first, *_, second = map(fold, m["n"].split(" "))
        if second in _NOBODY or COMPANY.match(text, m.end("n")):
            return False
        listed = first in AMBIGUOUS or given(first)
        if sure:
            return listed or (m["title"] is not None and not common(first))
        if not listed:
            return False
        if first not in AMBIGUOUS or (last(second) and second not in words("things_en") and not common(second)):
            return True
        after = text[m.end("n") : m.end("n") + 24]
        return _SAID_AFTER.match(after) is not None or PERSON_AFTER.match(after) is not None

    found += [(*m.span("n"), 0.85) for m in _CERTAIN.finditer(text) if bears(m, sure=True)]
    found += [(*m.span("n"), 0.75) for m in _LIKELY.finditer(text) if bears(m, sure=False)]
    return found
