"""Sensitive classes of free text, told for the record as a whole: health, religion, finance, whereabouts, minors ..."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib import resources

MINOR = "minor_u14"
ADULT_AT = 14  # PIPL art. 28: items of a person under fourteen are sensitive
_AGES = re.compile(r"(?<![0-9.])([0-9]{1,2})(?:\s?(?:周岁|岁|歲)|[ -]years?[ -]old|[ -]?y/?o\b)")


def sensitive(text: str) -> tuple[str, ...]:
    """The classes that the words of the text speak of, in the order of their list."""
    found = [name for name, pattern in _patterns() if pattern.search(text)]
    if MINOR not in found and any(int(m[1]) < ADULT_AT for m in _AGES.finditer(text)):
        found.append(MINOR)
    return tuple(found)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    raw = tomllib.loads((resources.files("banjia.privacy") / "data" / "sensitive.toml").read_text(encoding="utf-8"))
    return tuple((name, _pattern(words["zh"].split(), words["en"].split())) for name, words in raw.items())


def _pattern(zh: list[str], en: list[str]) -> re.Pattern[str]:
    longest_first = sorted(zh, key=len, reverse=True)
    english = "|".join(re.escape(w).replace(r"\-", "[ -]") for w in en)
    starts = "".join(sorted({w[0] for w in zh}))
    return re.compile(f"(?=[{starts}])(?:" + "|".join(map(re.escape, longest_first)) + rf")|(?i:\b(?:{english})\b)")
