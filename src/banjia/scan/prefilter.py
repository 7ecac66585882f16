"""Prefilter: which rules can find anything in a file, from the literals they declare.

One pass over the bytes with Hyperscan where it is installed, else lower-cased bytes and one search a literal.
"""

from __future__ import annotations

import functools
import re
from typing import Any

from banjia.scan.language import is_manifest
from banjia.scan.rule import CODE, SCRIPT, Rule, Rules, rules

hyperscan: Any
try:
    import hyperscan
except ImportError:  # pragma: no cover - a platform without it
    hyperscan = None


# A library of another language is not used in a program; in every other file it may be installed or declared.
PROGRAMS: dict[str, frozenset[str]] = {name: frozenset({name}) for name in CODE} | {
    "vue": frozenset(SCRIPT),
    "notebook": frozenset({"python"}),
}


class Prefilter:
    def __init__(self, source: Rules, *, fast: bool = True) -> None:
        self.groups = [
            (rule, [frozenset(literal.split("&")) for literal in rule.literals if literal]) for rule in source.all
        ]
        self._words = sorted({word for _, groups in self.groups for group in groups for word in group})
        self._bytes = [word.encode() for word in self._words]
        self._database: Any = None
        if fast and hyperscan is not None:
            flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
            self._database = hyperscan.Database()
            self._database.compile(
                expressions=[_expression(word) for word in self._bytes],
                ids=list(range(len(self._bytes))),
                elements=len(self._bytes),
                flags=[flags] * len(self._bytes),
            )

    def words(self, data: bytes) -> frozenset[str]:
        """The declared literals that stand in these bytes, whatever their case."""
        if self._database is None:
            lowered = data.lower()
            return frozenset(
                word
                for word, raw in zip(self._words, self._bytes, strict=True)
                if raw in lowered and (not raw.isdigit() or re.search(_expression(raw), lowered))
            )
        found: set[int] = set()
        self._database.scan(data, match_event_handler=lambda index, *_: found.add(index))
        return frozenset(self._words[index] for index in found)

    def ids(self, data: bytes) -> frozenset[str]:
        """Ids of the rules that may find something here; empty for nearly every file of an ordinary tree."""
        words = self.words(data)
        if not words:
            return frozenset()
        return frozenset(rule.id for rule, groups in self.groups if any(group <= words for group in groups))

    def wants(self, data: bytes, path: str, language: str) -> bool:
        """Whether any rule may find something in this file: one of its own language, or one of any."""
        words = self.words(data)
        if not words:
            return is_manifest(path)
        of = PROGRAMS.get(language)
        return any(
            any(group <= words for group in groups)
            for rule, groups in self.groups
            if of is None or rule.match != "sdk" or of.intersection(rule.languages)
        ) or is_manifest(path)

    def active(self, data: bytes) -> tuple[Rule, ...]:
        ids = self.ids(data)
        return tuple(rule for rule, _ in self.groups if rule.id in ids)


def _expression(word: bytes) -> bytes:
    """A number counts only by itself: tables of measurements hold every sequence of digits."""
    return b"(?:^|[^0-9])" + word + b"(?:[^0-9]|$)" if word.isdigit() else re.escape(word)


@functools.cache
def of_all() -> Prefilter:
    """The prefilter of this installation's rules: one compiled database a process."""
    return Prefilter(rules())


def lines_of(text: str) -> frozenset[int]:
    """Lines on which a declared literal stands."""
    lowered = text.lower()
    places: list[int] = []
    for word in of_all().words(text.encode("utf-8", "replace")):
        place = lowered.find(word)
        while place >= 0:
            places.append(place)
            place = lowered.find(word, place + 1)
    found: set[int] = set()
    line, last = 1, 0
    for place in sorted(places):
        line, last = line + lowered.count("\n", last, place), place
        found.add(line)
    return frozenset(found)
