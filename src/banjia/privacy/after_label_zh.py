"""Names right behind a label that are words of the language, or public names: 员工严正的, 客户汪洋."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from banjia.privacy.gazetteer import alternatives, letters, lexicon, words
from banjia.privacy.unknown_zh import Odds, likelihood

Place = tuple[int, int, float]
LEAST = 0.25  # of the odds of the tagger, as nothing but the label speaks for a name
LEAST_BESIDE = 0.005  # where an identifier of the same person follows
LEAST_OF_RECORD = 0.01  # where one stands near, and the name as a part of its own
LONGER, LEAST_LONGER = 3, 0.1  # a surname and two characters, that are no word together
RECORD = 48  # characters
OF_LABEL = alternatives("private_labels_zh")  # parts that people have in private: nobody says 客户 of a public figure
_LABEL = re.compile(f"(?:{OF_LABEL}|[我名]叫)$")
_PARTICULARS = re.compile(r"\s?[，,（(、/|]\s?(?:男|女|[0-9]{1,3}\s?岁)(?![\u4e00-\u9fff])")
_BESIDE = re.compile(r"([\s,，、(（:：/|]{1,3})(?:[\u4e00-\u9fff]{2,6}|[A-Za-z-]{2,8})?[\s:：#是为]{0,3}")
_GOES_ON = re.compile(rf"\s?(?:的|[，,（(、。；;:：]|[A-Za-z0-9]|$|\n|{alternatives('acts_zh')})")


def behind_label(
    text: str, places: Sequence[tuple[int, int]], odds: Odds, anchors: Collection[int] = ()
) -> list[Place]:
    """Those of the places behind a label at which a word stands for somebody; `anchors` are starts of identifiers."""
    found: list[Place] = []
    for start, stop in places:
        for end in range(min(stop, start + 3), start + 1, -1):
            name = text[start:end]
            if name not in lexicon() and name not in words("public_zh"):
                if len(name) == LONGER and _may_be(text, start, end, likelihood(odds, start, end), anchors):
                    found.append((start, end, 0.85))
                    break
                continue
            told = _PARTICULARS.match(text, end) is not None
            famous = name in words("public_zh") and _GOES_ON.match(text, end) is not None
            if told or famous or likelihood(odds, start, end) >= _least(text, start, end, anchors):
                found.append((start, end, 0.85))
                break
    return found


def _may_be(text: str, start: int, end: int, odd: float, anchors: Collection[int]) -> bool:
    """Words of the language make it up, yet it stands as a name does: 客户云天益来电."""
    if odd < (LEAST_OF_RECORD if _is_of_record(start, end, anchors) else LEAST_LONGER):
        return False
    return is_behind_label(text, start, end) and not any(c in letters("not_given") for c in text[start + 1 : end])


def _least(text: str, start: int, end: int, anchors: Collection[int]) -> float:
    """The odds of the tagger that are enough here: the fewer, the plainer the text is a record of somebody."""
    if _is_beside(text, end, anchors):
        return LEAST_BESIDE
    if _is_of_record(start, end, anchors) and is_behind_label(text, start, end):
        return LEAST_OF_RECORD
    return LEAST


def _is_of_record(start: int, end: int, anchors: Collection[int]) -> bool:
    """An identifier stands near."""
    return any(start - RECORD < at < end + RECORD for at in anchors)


def _is_beside(text: str, end: int, anchors: Collection[int]) -> bool:
    """An identifier follows, and no more than what it is called stands between: 客户高强，手机..."""
    m = _BESIDE.match(text, end)
    return m is not None and any(at in anchors for at in (m.end(1), m.end()))


def is_behind_label(text: str, start: int, end: int, *, whole: bool = True) -> bool:
    """Right behind a label of private life; if `whole`, what follows must be no part of a longer word."""
    if whole and _GOES_ON.match(text, end) is None:
        return False
    return _LABEL.search(text[max(0, start - 8) : start]) is not None
