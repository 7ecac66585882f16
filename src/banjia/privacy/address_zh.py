"""Chinese addresses: a grammar over the division tree. A place without a house-level part is no address."""

from __future__ import annotations

import re
from functools import cache

from banjia.privacy.gazetteer import words
from banjia.privacy.taken import Taken

Place = tuple[int, int, float]

REACH = 48  # characters looked at on both sides of the number of a house

_HAN = "[\u4e00-\u9fff]"
_NUM = "(?:[0-9０-９A-Za-z]{1,6}(?:[-－之—/][0-9０-９A-Za-z]{1,5}){0,3}|[一二三四五六七八九十百零〇两]{1,5})"
_DASHED = "(?:[0-9A-Za-z]{1,4}(?:[-－][0-9A-Za-z]{1,5}){1,3}(?![0-9A-Za-z:：-]))"
_STREET = (
    "(?:路|街道|大街|街|大道|巷|弄|胡同|里|村委会|村|屯|道|条|环路|公路|马路|横街|段|坊|径|圍|围|庄|組|组|社区|工业园|"
    "工业区|产业园|科技园|开发区|园区|小区|新村|花园|花苑|苑|公寓|大厦|大廈|广场|廣場|中心|城|府|庭|湾|山庄|别墅|"
    "家园|楼|宿舍|大院|园|[一二三四五六七八九十]区)"
)
_COUNTER = "(?:号院|号楼|號樓|号|號|支弄|弄|巷|栋|棟|幢|座|单元|單元|室|房|层|樓|楼|门|户|组|組|排|#|F)"
_TEAM = "(?:(?<=[村屯会])(?:[0-9]{1,3}|[一二三四五六七八九十]{1,3})(?:队|隊|社))"  # of a village
_HOUSE = f"(?:{_NUM} ?(?:{_COUNTER}|[Bb]lock|f)|{_TEAM})"
_NAME = "(?:(?![的了在到请和与是去来从给让问很也都至往被将把])[\u4e00-\u9fff])"  # of a building: no word of a sentence
_BUILDING = (
    "(?:小区|花园|花苑|公寓|大厦|大廈|大楼|广场|廣場|山庄|别墅|家园|新村|宿舍|大院|家属院|中心|校区|产业园|科技园)"
)
_ESTATE = "(?:苑|邨|城|府|庭|湾|村|园|里|天|居|轩|阁|郡|邸|墅|院|都|庄|台|座|筑|国际|天地|花都)"
_NEXT = f"(?={_NUM} ?(?:{_COUNTER}|期|区|[-－]))"
# where two streets meet, on which corner, and the building there
_CROSSING = (
    f"(?:[与和]{_HAN}{{1,7}}?[路街道])?(?:交叉口|交叉路口|交汇处|交界处|交口|路口)"
    f"(?:[向往]?[东西南北]{{1,2}}[角侧面]?)?(?:约?[0-9]{{1,4}}米)?{_NAME}{{0,9}}?"
)
_LAND = "坪坝岭湾沟岗冲坡坎咀垭塘岙浜渡墩"  # how places are called after the lie of the land
_NOT_COUNT = "(?![0-9年月日元岁个名人%:：.])"
_TAIL = (
    f"(?:[ ，,]?(?:[甲乙丙丁]?{_NUM} ?{_COUNTER}(?:之[0-9]{{1,3}})?|[甲乙丙丁戊](?:单元|栋|座|幢)|[附内后旁]{_NUM}号"
    f"|[A-Za-z]座|[东西南北中前后](?:区|门|座|楼|院)|[一二三四五六七八九十0-9]{{1,3}}(?:期|区)"
    f"|{_NAME}{{1,8}}?{_BUILDING}|{_NAME}{{1,8}}?{_ESTATE}{_NEXT}"
    f"|{_NAME}{{2,8}}?(?={_NUM} ?(?:期|号楼|號樓|栋|棟|幢|座))"
    f"|{_NAME}{{1,6}}?[邨村]?{_NAME}{{1,6}}?[楼樓阁閣合座](?={_NUM}(?:室|房|號|号))"
    f"|(?<=[\u4e00-\u9fff]){_DASHED}|(?<=[A-Za-z])[0-9]{{3,4}}室"
    f"|(?<=[号楼栋幢座元层室门户厦寓场园苑])[ ]?[0-9A-Za-z]{{1,6}}{_NOT_COUNT}(?:室|房|号)?))"
)


@cache
def _regions() -> str:
    cities = sorted(words("cities"), key=len, reverse=True)
    districts = sorted(words("districts"), key=len, reverse=True)
    first = "(?:" + "|".join(cities) + f")(?:{_HAN}{{1,8}}?自治(?:区|州|县)|特别行政区|地区|省|市|州|盟|縣|县|區)?"
    starts = "".join(sorted({w[0] for w in (*cities, *districts)} | {"中"}))
    return (
        f"(?=[{starts}])(?:(?:中国|中國|中华人民共和国)?(?:{first}[ ·,，]?){{1,3}}(?:{_HAN}{{1,6}}?(?:新区|区|"
        f"區|县|縣|市|旗)[ ]?)?"
        f"|(?:{'|'.join(districts)})[ ]?)"
    )


@cache
def _anchor() -> re.Pattern[str]:
    """Where a house-level part may be: a number before a counter of houses, or a street name before a number."""
    return re.compile(
        "(?:[0-9０-９A-Za-z]|[一二三四五六七八九十百零〇])[ ]?"
        "(?:号院|号楼|號樓|号|號|弄|巷|栋|棟|幢|座|单元|單元|室|房|#)"
        "|[村屯会][0-9一二三四五六七八九十]{1,3}[队隊社]"
        "|(?:路|街|巷|道)[ ]?[0-9]{1,5}|[\u4e00-\u9fff][0-9]{1,4}[-－][0-9]{1,4}"
    )


@cache
def _full() -> re.Pattern[str]:
    middle = f"(?:[ ]?{_HAN}{{1,7}}?(?:街道|镇|鎮|乡|鄉|苏木|办事处))?"
    county = f"(?:[ ]?{_HAN}{{1,6}}?(?:新区|区|區|县|縣|市|旗))?"
    body = f"(?:[ ]?{_HAN}{{1,9}}?{_STREET}){{0,3}}"
    hamlet = (
        f"(?:(?<=[村屯寨]){_NAME}{{1,4}}?(?=[0-9]{{1,4}}号)|{_NAME}{{1,4}}?[{_LAND}](?=[0-9]{{1,4}}号)|{_CROSSING})?"
    )
    building = f"(?:[ ]?{_HAN}{{2,9}}?(?={_NUM} ?(?:号院|号楼|號樓|栋|棟|幢|座|单元|單元|期)|{_DASHED}))?"
    return re.compile(
        f"{_regions()}(?P<way>{county}{middle}{body}{hamlet}{building})[ ]?(?:{_HOUSE}|{_DASHED})"
        f"(?P<rest>{_TAIL}{{0,8}})"
    )


@cache
def _bare() -> re.Pattern[str]:
    """Without a known region: street and house, the street cut at words that lead to a place."""
    return re.compile(
        f"(?P<lead>{_HAN}{{0,6}}?(?:街道|镇|鎮|乡|鄉|区|區|县|縣|市))?(?P<street>{_HAN}{{1,8}}(?:路|街|大道|巷|弄|胡同|村委会|村|道|里|小区|花园|苑|公寓|大厦|新村|家园|广场|园区|工业园|科技园))"
        f"(?:[东西南北中]?[一二三四五六七八九十]?(?:段|街)|(?<=村){_NAME}{{1,4}}?|{_CROSSING})?[ ]?"
        f"(?:{_HOUSE}|(?<=[^0-9]){_DASHED}){_TAIL}{{0,8}}"
    )


@cache
def _units() -> re.Pattern[str]:
    """A housing estate whose name says nothing, told by the building, the stairs and the door that follow."""
    door = f"(?:{_NUM} ?(?:单元|單元|座|层|楼|樓|门|户)[ ]?)?{_NUM}(?:室|房|号|號|户)?"
    return re.compile(f"(?P<street>{_HAN}{{2,8}})[ ]?{_NUM} ?(?:号楼|號樓|栋|棟|幢|座|#楼|#)[ ]?{door}{_NOT_COUNT}")


_LEADS = re.compile(
    "(?:现住|家住|居住|住在|住址|地址|住|寄到|寄往|寄至|寄|送到|送至|送往|位于|坐落于|坐落在|搬到|搬去|搬至|迁至|到|在|至|于|往|去|从|是|为|址|给|来|达|和|与|户籍|籍贯|租了|租住|买了|改成|改为|换成|叫|地点|店|请)"
)


def addresses(text: str) -> list[Place]:
    """Addresses that reach a house, with the region before them as far as it belongs to them."""
    found: list[Place] = []
    taken = Taken()
    for start, end in _neighbourhoods(text):
        found += [
            (m.start(), m.end(), 0.95)
            for m in _full().finditer(text, start, end)
            if _reaches(m) and taken.add(m.start(), m.end())
        ]
        for m in _bare().finditer(text, start, end):
            at = _start(text, m)
            if m.end() - at >= 5 and taken.add(at, m.end()):
                found.append((at, m.end(), 0.85))
        for m in _units().finditer(text, start, end):
            at = _start(text, m)
            if m.end("street") - at >= 2 and taken.add(at, m.end()):
                found.append((at, m.end(), 0.8))
    return sorted(found)


def _neighbourhoods(text: str) -> list[tuple[int, int]]:
    """The text around each number of a house, joined where they touch."""
    places: list[tuple[int, int]] = []
    for m in _anchor().finditer(text):
        start, end = max(0, m.start() - REACH), min(len(text), m.end() + REACH)
        if places and start <= places[-1][1]:
            places[-1] = places[-1][0], end
        else:
            places.append((start, end))
    return places


def _reaches(m: re.Match[str]) -> bool:
    """A street or a county stands between the region and the house, or the house has parts."""
    return m["way"] != "" or m["rest"] != ""


def _start(text: str, m: re.Match[str]) -> int:
    """Cut what leads to the address off its front."""
    start, stop = m.start(), m.end("street")
    head = text[start : stop - 2]
    cut = 0
    for lead in _LEADS.finditer(head):
        cut = lead.end()
    return start + cut
