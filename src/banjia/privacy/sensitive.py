"""Sensitive classes of free text, told for the record as a whole: health, religion, finance, whereabouts, minors ..."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Container
from functools import cache
from importlib import resources

from banjia.privacy.matcher import Hyperscan, Matcher, matcher

MINOR = "minor_u14"
ADULT_AT = 14  # PIPL art. 28: items of a person under fourteen are sensitive
AGE = b"\xe5\xb2\x81|\xe6\xad\xb2|[Oo][Ll][Dd]|[Yy]/?[Oo]"
# letters that are i, s and k where case is ignored: with one of them every pattern is asked
FOLDED = b"\xc4[\xb0\xb1]|\xc5\xbf|\xe2\x84\xaa"
_AGES = re.compile(r"(?<![0-9.])([0-9]{1,2})(?:\s?(?:周岁|岁|歲)|[ -]years?[ -]old|[ -]?y/?o\b)")


def sensitive(text: str) -> tuple[str, ...]:
    """The classes that the words of the text speak of, in the order of their list."""
    patterns, gate = _patterns(), _gate()
    may: Container[int] = range(len(patterns) + 1)
    if gate is not None:
        seen = {number for _, number in gate.hits(text.encode("utf-8", "surrogatepass"))}
        if not seen:
            return ()
        if len(patterns) + 1 not in seen:
            may = seen
    found = [name for number, (name, pattern) in enumerate(patterns) if number in may and pattern.search(text)]
    if len(patterns) in may and MINOR not in found and any(int(m[1]) < ADULT_AT for m in _AGES.finditer(text)):
        found.append(MINOR)
    return tuple(found)


@cache
def _gate() -> Matcher | None:
    """One pass that tells which classes may be spoken of; without a fast engine each pattern is asked."""
    found = matcher([*(a for _, a in _anchors()), AGE, FOLDED])
    return found if isinstance(found, Hyperscan) else None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, _pattern(words["zh"].split(), words["en"].split())) for name, words in _words().items())


def _anchors() -> list[tuple[str, bytes]]:
    """For each class what its pattern finds and no less: in bytes a word ends where a Han character begins."""
    found = []
    for name, words in _words().items():
        zh = "|".join(map(re.escape, words["zh"].split()))
        en = "|".join(re.escape(w).replace(r"\-", "[ -]") for w in words["en"].split())
        found.append((name, f"(?:{zh}|(?i:\\b(?:{en})\\b))".encode()))
    return found


@cache
def _words() -> dict[str, dict[str, str]]:
    raw = resources.files("banjia.privacy") / "data" / "sensitive.toml"
    return tomllib.loads(raw.read_text(encoding="utf-8"))


def _pattern(zh: list[str], en: list[str]) -> re.Pattern[str]:
    longest_first = sorted(zh, key=len, reverse=True)
    english = "|".join(re.escape(w).replace(r"\-", "[ -]") for w in en)
    starts = "".join(sorted({w[0] for w in zh}))
    return re.compile(f"(?=[{starts}])(?:" + "|".join(map(re.escape, longest_first)) + rf")|(?i:\b(?:{english})\b)")
