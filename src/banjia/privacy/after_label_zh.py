"""Names right behind a label that are words of the language, or public names: 员工严正的, 客户汪洋."""

from __future__ import annotations

import re
from collections.abc import Sequence

from banjia.privacy.gazetteer import alternatives, lexicon, words
from banjia.privacy.unknown_zh import Odds, likelihood

Place = tuple[int, int, float]
LEAST = 0.25  # of the odds of the tagger, as nothing but the label speaks for a name
OF_LABEL = alternatives("private_labels_zh")  # parts that people have in private: nobody says 客户 of a public figure
_LABEL = re.compile(f"{OF_LABEL}$")
_PARTICULARS = re.compile(r"\s?[，,（(、/|]\s?(?:男|女|[0-9]{1,3}\s?岁)(?![\u4e00-\u9fff])")
_GOES_ON = re.compile(r"\s?(?:的|[，,（(、。；;:：]|[A-Za-z0-9]|$|\n)")


def behind_label(text: str, places: Sequence[tuple[int, int]], odds: Odds) -> list[Place]:
    """Those of the places behind a label at which a word stands for somebody."""
    found: list[Place] = []
    for start, stop in places:
        for end in range(min(stop, start + 3), start + 1, -1):
            name = text[start:end]
            if name not in lexicon() and name not in words("public_zh"):
                continue
            told = _PARTICULARS.match(text, end) is not None
            famous = name in words("public_zh") and _GOES_ON.match(text, end) is not None
            if told or famous or (likelihood(odds, start, end) >= LEAST):
                found.append((start, end, 0.85))
                break
    return found


def is_behind_label(text: str, start: int, end: int) -> bool:
    """Right behind a label of private life, and what follows is no part of a longer word."""
    return _LABEL.search(text[max(0, start - 8) : start]) is not None and _GOES_ON.match(text, end) is not None
