"""Organisations: what the tagger marks, and what ends like a firm or an authority. Not personal by themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

Place = tuple[int, int, float]

_HAN = "[\u4e00-\u9fff]"
_ZH_END = (
    "(?:股份有限公司|有限责任公司|有限公司|集团公司|集团|公司|事务所|合作社|研究院|研究所|大学|学院|医院|银行|支行|"
    "分行|中学|小学|幼儿园|派出所|法院|检察院|管理局|委员会|出版社|基金会|协会)"
)
_END = re.compile(f"(?=[股有集公事合研大学医银支分中小幼派法检管委出基协]){_ZH_END}")
_ZH = re.compile(
    f"(?:{_HAN}|[A-Za-z0-9（）()·]){{2,24}}?{_ZH_END}(?:(?={_HAN}{{0,6}}(?:分公司|支行|分行)){_HAN}{{0,6}}(?:分公司|支行|分行))?"
)
REACH = 24  # characters that a name has at most before its end; what may follow the end is shorter
_LEAD = re.compile(
    "(?:^|[，,。：:；;、\\s“”\"'（(]|由|在|到|向|与|和|及|对|给|被|从|任职于|就职于|来自|我们|本|贵|是|为|的|了|该|去|于|加入|入职)"
)
_EN = re.compile(
    r"(?=[A-Z])(?:(?<![A-Za-z0-9])(?:[A-Z][A-Za-z&'’.-]{0,30},? (?:and |& )?){1,5}(?:Inc|Ltd|LLC|PLC|Plc|Corp|LLP|GmbH|"
    r"Limited|Incorporated|Corporation|Group|Holdings|and Sons|& Sons|& Co)\b\.?"
    r"|(?<![A-Za-z0-9])[A-Z][a-z'’]+, [A-Z][a-z'’]+ and [A-Z][a-z'’]+(?![A-Za-z]| [A-Z])|(?:(?<=from )|"
    r"(?<=with )|(?<= at ))[A-Z][a-z]+-[A-Z][a-z]+(?![A-Za-z-]))"
)


def organisations(text: str, tagged: Sequence[tuple[int, int]]) -> list[Place]:
    found: list[Place] = [(s, e, 0.8) for s, e in tagged if e - s > 2]
    for m in _in_chinese(text):
        start = m.start()
        for lead in _LEAD.finditer(text, m.start(), m.end() - 4):
            start = lead.end()
        if m.end() - start >= 4:
            found.append((start, m.end(), 0.85))
    found += [(m.start(), m.end(), 0.85) for m in _EN.finditer(text)]
    return found


def _in_chinese(text: str) -> Iterator[re.Match[str]]:
    """All matches of the pattern; it is tried only where one of the ends is in reach."""
    start = stop = 0
    for m in _END.finditer(text):
        if m.start() - REACH > stop:
            yield from _ZH.finditer(text, start, stop)
            start = m.start() - REACH
        stop = m.end() + REACH
    yield from _ZH.finditer(text, max(0, start), stop)
