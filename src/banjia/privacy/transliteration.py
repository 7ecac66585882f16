"""Foreign names in Chinese characters: what they are made of, and what a foreign place or thing is called."""

from __future__ import annotations

import re
from functools import cache

from banjia.privacy.gazetteer import letters, words

OPENS = 2  # characters of such names in a row where the tagger is asked
THING = re.compile(
    "(?:山脉?|河|江|州|省|市|县|郡|镇|区|岛|湖|海|湾|半岛|群岛|高原|平原|沙漠|国|人|语|文|族|军|教|派|王朝|帝国|大学|学院|学校|中学|公司|集团|"
    "银行|机场|车站|体育场|球场|广场|大道|街|路|酒店|医院|基金|奖|杯|定理|定律|效应|方程|公式|模型|算法|综合征|病|症|式|型|级|号|牌|步枪|"
    "冲锋枪|手枪|坦克|战役|条约|公约|协议|事件|系列|犬|猫)"
)

_PLACE = re.compile("(?:[伐利尼地维文西]利?亚|斯坦|格勒|堡|群岛|利坚|尔兰|多巴哥|尼达)$")


_TO_A_PLACE = re.compile("(?:在|位于|[于往至到自]|属于|攻占|占领|前往|返回|离开|抵达|回到|来自|迁往)$")


@cache
def heads() -> str:
    """A pattern for the places where a name of this kind may begin."""
    made = "".join(sorted(letters("foreign_zh")))
    given = "|".join(sorted(words("foreign_given_zh"), key=len, reverse=True))
    starts = "".join(sorted({w[0] for w in words("foreign_given_zh")}))
    return f"(?=[{made}{starts}])(?<![{made}])(?:[{made}]{{{OPENS + 1}}}|(?=[{starts}])(?:{given}))"


def transliterated(text: str, start: int, end: int) -> bool:
    """What the tagger takes for a person is made of such characters, and no place or thing is called so."""
    name = text[start:end]
    made = letters("foreign_zh")
    foreign = sum(c in made for c in name)
    if name in words("foreign_given_zh"):
        return not THING.match(text, end)
    if _TO_A_PLACE.search(text[max(0, start - 2) : start]):
        return False
    if foreign * 3 < len(name) * 2 or not 3 <= len(name) <= 8 or THING.match(text, end):
        return False
    return not foreign_place(text, start, end)


def foreign_place(text: str, start: int, end: int) -> bool:
    """Such characters go on and end as names of places do: 巴伐 in 巴伐利亚."""
    made = letters("foreign_zh")
    if text[start] not in made:
        return False
    last = end
    while text[last : last + 1] and text[last] in made:
        last += 1
    return _PLACE.search(text[start:last]) is not None
