"""Chinese names: what the tagger marks, what labels, titles and neighbours give away; public figures left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from banjia.privacy.gazetteer import alternatives, letters, lexicon, words
from banjia.privacy.taken import Taken

Place = tuple[int, int, float]  # start, end, score

TITLES = alternatives("titles_zh")
LABELS = alternatives("labels_zh")
SOFT = letters("soft_zh")
_CALLED = re.compile(
    '(?:叫|我是|告诉|问|找|给|约|和|跟|陪|亲爱的|@|同事|朋友|同学|客户|患者|姓名[:：]?|联系人[:：]?|[“"：:，]\\s*)$'
)
_SPEAKS = re.compile(
    "(?:说|问|答|表示|告诉|觉得|认为|打电话|来电|先生|女士|小姐|你好|您好|的(?:手机|电话|邮箱|地址|生日|身份证))"
)
_NICKNAME = re.compile("(?:我是|我叫|他叫|她叫|叫做|@)([小阿老][\u4e00-\u9fff])(?![\u4e00-\u9fff])")
_WARES = re.compile(  # what is said of shops, goods and places
    "(?:[和与、][\u4e00-\u9fff]{2,4}){0,2}的?(?:哪里有卖|哪里能买|怎么走|怎么坐车|多少钱|好用吗|门店|专卖店|旗舰店|官网|股票|品牌|说明书)"
)
_OPENERS = ("", " ", "\n", "，", "。", "：", ":", ",", "、", "“", '"', "（", "(", "|", "；", "\t", "！", "？")
_HAN = "[\u4e00-\u9fff]"
_DOTS = "[·•‧・]"


@cache
def _surname() -> str:
    return (
        "(?:"
        + "|".join(sorted(words("compound_surnames"), key=len, reverse=True))
        + "|["
        + "".join(sorted(letters("surnames")))
        + "])"
    )


@cache
def _labelled() -> re.Pattern[str]:
    gap = r"(?:[\s:：=＝\"'“”「」\[\]()（）|>*_#,、]|是|为|為|叫|名叫|即){0,6}"
    return re.compile(f"{LABELS}({gap})({_surname()}{_HAN}{{1,3}})")


@cache
def _spaced() -> re.Pattern[str]:
    """A name of two characters set apart, as forms print it."""
    return re.compile(f"{LABELS}[:：]?\\s*({_surname()}[ \u3000]{{1,2}}{_HAN}(?:[ \u3000]{{1,2}}{_HAN})?)(?!{_HAN})")


@cache
def _titled() -> re.Pattern[str]:
    return re.compile(f"({_surname()})({TITLES})(?![体理长部办学价])")


@cache
def _familiar() -> re.Pattern[str]:
    return re.compile(
        f"[小老阿][{''.join(sorted(letters('surnames')))}](?={alternatives('after_name_zh')}|[^\u4e00-\u9fff]|$)"
    )


@cache
def _alone() -> re.Pattern[str]:
    """A name that fills its cell: between stops, spaces, quotes or lines."""
    return re.compile(
        rf"(?:(?<=[\s,，、;；:：|\"'“”「（(\[>*。！？!?/])|^)({_surname()}{_HAN}{{1,2}})(?=[\s,，、;；:：|\"'“”」）)\]<*。！？!?/]|$|男|女|[0-9])"
    )


@cache
def _acting() -> re.Pattern[str]:
    """A name that opens a clause and does something."""
    return re.compile(
        rf"(?:(?<=[\s,，、;；:：\"'“「（(。！？!?])|^)({_surname()}{_HAN}{{1,2}})(?={alternatives('acts_zh')})"
    )


@cache
def _enumerated() -> re.Pattern[str]:
    name = f"{_surname()}{_HAN}{{1,2}}"
    return re.compile(f"(?<!{_HAN}){name}(?:[、,，/ ]{name}){{1,40}}(?!{_HAN})")


@cache
def _foreign() -> re.Pattern[str]:
    return re.compile(rf"{_HAN}{{1,6}}(?:{_DOTS}{_HAN}{{1,6}}){{1,3}}")


@cache
def _candidate() -> re.Pattern[str]:
    """A surname before a character that given names are made of, or a name in dots."""
    never = "".join(sorted(letters("not_given")))
    compound = "|".join(sorted(words("compound_surnames"), key=len, reverse=True))
    return re.compile(
        f"(?:{compound}|[{''.join(sorted(letters('surnames')))}](?=(?![{never}]){_HAN}))|{_DOTS}(?={_HAN})"
    )


def candidates(text: str, settled: Taken) -> list[int]:
    """Where a name may begin: surnames that are not plainly part of a common word, outside the settled places."""
    known = lexicon()
    found: list[int] = []
    for m in _candidate().finditer(text):
        at = m.start()
        if m.end() - at == 1 and text[at : at + 2] in known and text[at - 1 : at] not in _OPENERS:
            continue
        if not settled.meets(at, at + 1):
            found.append(at)
    return found


def settled(text: str) -> Taken:
    """Names that their label leaves no doubt about: the tagger need not be asked."""
    return Taken(
        (m.start(2), m.end(2))
        for m in _labelled().finditer(text)
        if m[1].strip() and not _han(text[m.end(2) : m.end(2) + 1]) and text[m.start(2) : m.end(2)] not in lexicon()
    )


def names(text: str, tagged: Sequence[tuple[int, int]], anchors: Sequence[int]) -> list[Place]:
    """Names by tagger and rule. `anchors` are the starts of identifiers: a cell that is a name beside one counts."""
    by_start = dict(tagged)
    found: list[Place] = [place for s, e in tagged if (place := _from_tagger(text, s, e))]
    for m in _labelled().finditer(text):
        start = m.start(2)
        end = by_start.get(start) or _end(text, start, m.end(2), tight=not m[1])
        if end and end - start > 1:
            found.append((start, end, 0.96 if m[1] else 0.85))
    found += [(m.start(1), m.end(1), 0.9) for m in _spaced().finditer(text)]
    found += [(m.start(1), m.end(1), 0.8) for m in _NICKNAME.finditer(text)]
    found += [_trimmed(text, m) for m in _foreign().finditer(text)]
    for m in _titled().finditer(text):
        if _is_title(text, m):
            found.append((m.start(), m.end(), 0.9))
    for m in _familiar().finditer(text):
        if text[m.start() : m.end()] not in lexicon():
            found.append((m.start(), m.end(), 0.8))
    for m in _alone().finditer(text):
        if _cell_is_name(text, m, anchors):
            found.append((m.start(1), m.end(1), 0.85))
    for m in _acting().finditer(text):
        name = m[1]
        if name not in lexicon() and not any(
            name[i : i + 2] in lexicon() for i in range(len(name) - 1) if len(name) > 2
        ):
            found.append((m.start(1), m.end(1), 0.8))
    found += _in_lists(text, found)
    public = words("public_zh")
    return [
        p
        for p in found
        if (_plain(text[p[0] : p[1]]) not in public and not _WARES.match(text, p[1])) or _is_labelled(text, p[0])
    ]


def _in_lists(text: str, found: Sequence[Place]) -> list[Place]:
    """What stands in one enumeration with a name, and could be one, is a name."""
    known = {(s, e) for s, e, _ in found}
    never = letters("not_given")
    more: list[Place] = []
    for m in _enumerated().finditer(text):
        items = [(m.start() + i.start(), m.start() + i.end()) for i in re.finditer(r"[^、,，/ ]+", m.group())]
        if any(item in known for item in items):
            more += [
                (s, e, 0.8)
                for s, e in items
                if (s, e) not in known and text[s:e] not in lexicon() and not never.intersection(text[s + 1 : e])
            ]
    return more


def _plain(name: str) -> str:
    """Without the dots of a transliteration."""
    return re.sub(_DOTS, "", name)


def _from_tagger(text: str, start: int, end: int) -> Place | None:
    name = text[start:end]
    while end - start > 2 and name.endswith(("先生", "女士", "小姐", "老师", "医生")):
        end -= 2
        name = text[start:end]
    if len(name) > 4 and not any(c in "·•‧・" for c in name):
        return None
    if not all("\u4e00" <= c <= "\u9fff" or c in "·•‧・" for c in name):
        return None
    if len(name) < 2 or len(name) > 12:
        return None
    full = name[0] in letters("surnames") or name[:2] in words("compound_surnames")
    if not full and (name in lexicon() or not (_spoken_of(text, start, end) or any(c in "·•‧・" for c in name))):
        return None
    if full and len(name) == 2 and name in lexicon() and name[1] in SOFT:
        return None
    return start, end, 0.9 if full else 0.75


def _trimmed(text: str, m: re.Match[str]) -> Place:
    """A name in dots without the words that lead to it and follow it."""
    start, end = m.start(), m.end()
    while start < end - 3 and (text[start] in SOFT or text[start] in "找让帮叫问"):
        start += 1
    last = max(text.rfind(c, start, end) for c in "·•‧・") + 1
    known = lexicon()
    for at in range(last + 2, end):
        if text[at] in SOFT or text[at : at + 2] in known:
            return start, at, 0.8
    return start, end, 0.8


def _spoken_of(text: str, start: int, end: int) -> bool:
    """A name without a surname is one where somebody is called, told or speaks."""
    before, after = text[max(0, start - 5) : start], text[end : end + 3]
    return bool(_CALLED.search(before)) or bool(_SPEAKS.match(after))


def _end(text: str, start: int, end: int, *, tight: bool) -> int | None:
    """Where a name of two to four characters after a label stops."""
    surname = 2 if text[start : start + 2] in words("compound_surnames") else 1
    longest = min(end, start + surname + 2)
    following = text[longest : longest + 1]
    known = lexicon()
    if tight and surname == 1 and text[start : start + 2] in known and not _fits_name(text[start:longest], following):
        return None  # "客户方面": a label that runs into a word
    third = start + surname + 1
    if third >= longest:
        return longest if not tight or not _han(following) or following in SOFT else None
    c = text[third]
    if c in SOFT or text[third : third + 2] in known:
        name_end = third
    elif not _han(following) or following in SOFT or text[longest : longest + 2] in known:
        name_end = longest
    else:
        name_end = longest if not tight else third
    if tight and text[start:name_end] in known:
        return None
    return name_end if text[start:name_end] not in known or not tight else None


def _fits_name(name: str, following: str) -> bool:
    """Three characters up to a stop, of which the last two are such as given names have."""
    never = letters("not_given")
    return len(name) == 3 and not _han(following) and name not in lexicon() and not any(c in never for c in name[1:])


def _is_title(text: str, m: re.Match[str]) -> bool:
    """As in 陈总, but not in 方总结 or 高工资."""
    before, after = text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]
    if m[1] == "任" and _han(before):
        return False  # "首任校长"
    if m[1] == "班" and m[2].startswith("主任"):
        return False  # an office
    if len(m[2]) > 1:
        return text[m.start() - 1 : m.start() + 1] not in lexicon() or m.start() == 0
    if m[0] in lexicon() or m[2] + after in lexicon() or (before and before + m[1] in lexicon()):
        return False
    return not _han(after) or after in SOFT


def _cell_is_name(text: str, m: re.Match[str], anchors: Sequence[int]) -> bool:
    name = m[1]
    if _is_quoted(text, m) and name not in lexicon() and any(abs(a - m.end(1)) <= 8 for a in anchors):
        return True
    if name in lexicon() or any(name[i : i + 2] in lexicon() for i in range(len(name) - 1) if len(name) > 2):
        return False
    after = text[m.end() : m.end() + 12].lstrip(" ,，、|\"'：:")
    if re.match(
        r"[男女](?:$|[^\u4e00-\u9fff])|[0-9]{1,3}岁|先生|女士|您好|你好|收|启|身份证|电话|手机|护照|1[3-9][0-9]"
        r"|(?:会|将|要|已|说|在)[\u4e00-\u9fff ]",
        after,
    ):
        return True
    before = text[max(0, m.start() - 8) : m.start()]
    if re.search(r"(?:此致|敬礼|敬上|谨上|致|署名|落款|——|--|@|谢谢[！。]?)\s*$", before):
        return True
    return any(0 <= a - m.end() <= 3 for a in anchors)


def _is_quoted(text: str, m: re.Match[str]) -> bool:
    before, after = text[max(0, m.start(1) - 1) : m.start(1)], text[m.end(1) : m.end(1) + 1]
    return before == after and before in ("'", '"', "`", "*")


def _is_labelled(text: str, start: int) -> bool:
    return bool(re.search(f"{LABELS}[\\s:：\"'=]{{1,4}}$", text[max(0, start - 14) : start]))


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
