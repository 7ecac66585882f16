"""Names in Latin letters told by the words around them or by their form, whether a list knows them or not."""

from __future__ import annotations

import re
from collections.abc import Callable

from banjia.privacy.cues_en import WORD
from banjia.privacy.cues_zh import LABELS, TITLES
from banjia.privacy.gazetteer import words

Place = tuple[int, int, float]
Known = Callable[[str], bool]

_WHOLE = rf"{WORD}(?: (?:[A-Z]\. ?)?{WORD}){{1,2}}"
_BEHIND_HAN = re.compile(rf"[\u4e00-\u9fff]\s?[:：]?\s?(?P<n>{_WHOLE})(?![A-Za-z])")
_LABEL = re.compile(f"(?:{LABELS}|{TITLES})$")
# Nouns of what people do end like this; machines and papers that do are left out.
_ROLE = re.compile(
    r"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir|[Yy]our|[Tt]he|[Aa]n?) (?:[a-z]+ )?"
    r"(?P<r>[a-z]{2,12}(?:er|or|ist|ian|eer|mate)|agent|client|patient|student|resident|tenant|assistant|accountant|consultant|participant|president|applicant|"
    rf"defendant|attendant|cousin|nurse|chef|pilot|coach|judge|rep|intern) "
    rf"(?P<n>{WORD} (?:[A-Z]\. )?{WORD})(?![A-Za-z])"
)
_MACHINES = words("machines_en")
_HYPHENED = "[A-Z][a-z]{1,6}-[A-Za-z][a-z]{1,6}"
_SYLLABLES = re.compile(
    rf"(?<![A-Za-z0-9@._/-])(?P<n>(?P<a>[A-Z][a-z]{{1,9}}),? (?P<b>{_HYPHENED})|(?P<c>{_HYPHENED}) (?:[A-Z]\. )?"
    r"(?P<d>[A-Z][a-z]{1,9}))(?![A-Za-z0-9@_-])"
)
_SMALL = "[a-zà-ÿ]{2,14}(?:-[a-z]{2,8})?"
_LOWER = re.compile(
    r"(?i:(?=[tcaerfbndmhiws])(?<![a-z])(?:(?P<sure>text|call|called|ask|tell|told|email|roommate|friend|boss|buddy|neighbor|dating|met|meet|"
    rf"hey its|hi its|invite|named)|its|it's|with|and|is|from|by|for|cc|hi|hey|dear|thanks|to|saw|im|i'm|am)) "
    rf"(?=(?P<n>(?P<a>{_SMALL}) (?P<b>{_SMALL}))(?![A-Za-z0-9@_.-]|\.[a-z]))"
)
_UNDER = re.compile(
    r"(?i:\b(?:reservation|booking|table|appointment|account|order|registered|filed|listed|booked)) "
    rf"(?i:under(?: the name)?|in the name of) (?P<n>{WORD}(?: {WORD})?)"
)


def told(text: str, *, given: Known, last: Known, common: Known, fold: Callable[[str], str]) -> list[Place]:
    """`given`, `last` and `common` say what the lists know of a word that was folded."""
    found: list[Place] = []

    def strange(name: str) -> bool:
        parts = [fold(w) for w in name.split() if not re.fullmatch(r"[A-Z]\.", w)]
        known = [given(p) if i == 0 else last(p) for i, p in enumerate(parts)]
        odd = [common(p) for p in parts]
        if parts[-1] in words("things_en") or all(odd):
            return False
        return all(k or not o for k, o in zip(known, odd, strict=True))

    for m in _BEHIND_HAN.finditer(text):
        at = m.start() + 1
        if _LABEL.search(text[max(0, at - 6) : at]) and strange(m["n"]):
            found.append((*m.span("n"), 0.85))
    roles = (m for m in _ROLE.finditer(text) if m["r"] not in _MACHINES)
    found += [(*m.span("n"), 0.75) for m in roles if strange(m["n"])]
    for m in _SYLLABLES.finditer(text):
        family, name = (m["a"], m["b"]) if m["a"] else (m["d"], m["c"])
        parts = name.split("-")
        if not common(family) and (last(family) or len(family) < 7) and not all(map(common, parts)):
            found.append((*m.span("n"), 0.8))
    found += small(text, given=given, last=last, common=common)
    found += [(*m.span("n"), 0.75) for m in _UNDER.finditer(text) if strange(m["n"])]
    return found


def small(text: str, *, given: Known, last: Known, common: Known) -> list[Place]:
    """Names in small letters, as in chats."""
    places = (m for m in _LOWER.finditer(text) if _is_small(m["a"], m["b"], given, last, common, sure=bool(m["sure"])))
    return [(*m.span("n"), 0.75) for m in places]


def _is_small(first: str, second: str, given: Known, last: Known, common: Known, *, sure: bool) -> bool:
    """Two words in small letters that are a given name and a family name, and no other words.

    Behind a word that only somebody follows one of the two is enough.
    """
    a, b = first.capitalize(), second.capitalize()
    if common(a) or common(b):
        return False
    if sure and len(second) > 3 and (given(a) or (given(b) and len(first) > 2)):
        return True
    return (given(a) and last(b)) or (given(b) and last(a)) or ("-" in first + second and (last(a) or last(b)))
