"""Heads: what the short head of a column, a key or an element says: `xm`, `cust_nm`, `lxdh`, `bday`."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib import resources
from typing import cast

LONGEST = 32
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_VOWEL = re.compile("[aeiou]")


@lru_cache(maxsize=4096)
def meaning(head: str) -> str:
    """The label that a short head stands for; "" where it is no such head, or says it in full already."""
    head = head.strip()
    if not head.isascii() or not 2 <= len(head) <= LONGEST:
        return ""
    parts = [m.lower() for m in _HUMP.findall(head)]
    labels, persons, names, endings = _table()
    if not parts:
        return ""
    whole = "".join(parts)
    if found := labels.get(whole) or labels.get("".join(parts[-2:])) or labels.get(parts[-1]):
        return found
    if parts[-1] in names and any(p in persons for p in parts[:-1]):
        return "姓名"
    if not _VOWEL.search(whole):
        return next((labels[e] for e in endings if whole.endswith(e)), "")
    return ""


@cache
def _table() -> tuple[dict[str, str], frozenset[str], frozenset[str], tuple[str, ...]]:
    raw = tomllib.loads((resources.files("banjia.privacy") / "data" / "heads.toml").read_text(encoding="utf-8"))
    parts = cast("dict[str, str]", raw.pop("parts"))
    labels = {short: label for label, shorts in raw.items() for short in cast("str", shorts).split()}
    endings = tuple(sorted(parts["endings"].split(), key=len, reverse=True))
    return labels, frozenset(parts["persons"].split()), frozenset(parts["names"].split()), endings
