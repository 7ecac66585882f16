"""Chinese names: what the tagger marks, what labels, titles and neighbours give away; public figures left out."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from banjia.privacy.gazetteer import letters, lexicon, words
from banjia.privacy.taken import Taken

Place = tuple[int, int, float]  # start, end, score

TITLES = (
    "先生|女士|小姐|太太|夫人|老师|老師|医生|醫生|大夫|护士|教授|博士|律师|法官|警官|经理|经理|總監|总监|主任|主管|院长|校长|局长|处长|科长|"
    "部长|所长|厂长|店长|组长|队长|师傅|師傅|同学|同志|工程师|会计|董事长|董事|总裁|总经理|老板|老闆|阿姨|叔叔|大爷|大妈|大姐|大哥|奶奶|爷爷|总|董|哥|姐|工|导|局|处"
)
LABELS = (
    "姓名|名字|真名|本名|联系人|聯絡人|联络人|紧急联系人|收件人|收货人|寄件人|发件人|患者|病人|病患|客户|顾客|用户|会员|员工|雇员|学生|学员|考生|"
    "老师|申请人|投保人|被保险人|受益人|担保人|借款人|贷款人|持卡人|户主|业主|租客|租户|房东|承租人|出租人|乙方|甲方|原告|被告|当事人|委托人|代理人|"
    "法定代表人|法人代表|法人|负责人|经办人|签字人|签字|签名|经理|主任|医生|主治医生|主治医师|家属|父亲|母亲|爸爸|妈妈|丈夫|妻子|配偶|儿子|女儿|孩子|哥哥|姐姐|弟弟|妹妹|"
    "监护人|家长|车主|驾驶员|司机|乘客|旅客|乘车人|入住人|住客|预订人|订票人|候选人|应聘者|求职者|面试者|买家|卖家|买方|卖方|同事|朋友|同学|室友|邻居|老板|领导|"
    "作者|我叫|我是|名叫|叫做|叫|本人|来自|抄送|发给|转给|找|联系|称呼|昵称|汇款人|收款人|付款人|开户人|户名|账户名|报案人|举报人|投诉人|来访人|访客|"
    "姓名全称|中文名|曾用名|受理人|跟进人|审批人|提交人|创建人|操作人|负责人员|值班人|值班|介绍人|推荐人|随行|同行|陪同|乘机人|"
    "机主|嘉宾|评委|讲师|主持人|证人|保证人|抵押人|死者|伤者|孕妇|产妇|店主|失主|房客|游客|业务员|快递员|骑手|保安|保姆|月嫂|教练|选手|队员|班长|班主任|辅导员|导师|亲戚|男友|女友|前夫|前妻|未婚夫|未婚妻|"
    "老公|老婆|舅舅|姑姑|表哥|表姐|堂哥|岳父|岳母|公公|婆婆|爷爷|奶奶|外公|外婆|孙子|孙女|警官|法官|律师|会计|出纳|秘书|助理|工程师|设计师|主播|博主|参会人|与会人|发言人|检查人|复核人|采购|对接人|"
    "會員|顧客|客戶|姓名為|聯繫人|收貨人|寄件者|病患姓名|患者姓名|車主|員工|申請人"
)
VERBS = (
    "说|称|表示|反映|反馈|投诉|来电|致电|申请|预约|提出|要求|想|因|于|已|在|的|和|与|跟|及|、|同志|主诉|自述|拟|将|需|要|本人|来|去|今|昨|刚|会|把|向|对|被|请|签|"
    "男|女|年|身份|证|护照|通行|电话|手机|联系|微信|住|家|现|于|入|出|是|为|有|没|也|都|还|就|又|再|每|从|到|等|您|你|，|。|：|:|,|;|；|（|\\(|）|\\)|\\s|$|\"|'|<|/|\\||“|”|》|!|！|\\?|？"
)
SOFT = frozenset(
    "的了和与及在是说因于为就也都向对把被将从给来去到要会能已有没未不请想男女先后等电手住身证护联微家出入年现今昨明刚称签跟同他她我你您这那此拟需并且之"
)
_CALLED = re.compile(
    '(?:叫|我是|告诉|问|找|给|约|和|跟|陪|亲爱的|@|同事|朋友|同学|客户|患者|姓名[:：]?|联系人[:：]?|[“"：:，]\\s*)$'
)
_SPEAKS = re.compile(
    "(?:说|问|答|表示|告诉|觉得|认为|打电话|来电|先生|女士|小姐|你好|您好|的(?:手机|电话|邮箱|地址|生日|身份证))"
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
    return re.compile(f"(?:{LABELS})({gap})({_surname()}{_HAN}{{1,3}})")


@cache
def _spaced() -> re.Pattern[str]:
    """A name of two characters set apart, as forms print it."""
    return re.compile(f"(?:{LABELS})[:：]?\\s*({_surname()}[ \u3000]{{1,2}}{_HAN})(?!{_HAN})")


@cache
def _titled() -> re.Pattern[str]:
    return re.compile(f"(?<!{_HAN})?({_surname()})({TITLES})(?![\u4e00-\u9fff](?<=[体理长部办学价]))")


@cache
def _familiar() -> re.Pattern[str]:
    return re.compile(f"[小老阿][{''.join(sorted(letters('surnames')))}](?={VERBS})")


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
        rf"(?:(?<=[\s,，、;；:：\"'“「（(。！？!?])|^)({_surname()}{_HAN}{{1,2}})(?=认为|建议|负责|表示|提出|要求|反映|汇报|指出|补充|同意|反对|主持|说|问|答|申请|预约|来电|致电|拟|今年|现年|因|于[0-9]|的(?:手机|电话|身份证|地址|邮箱|快递|病历|体检|简历|孩子|同学|女儿|儿子|父亲|母亲))"
    )


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
    public = words("public_zh")
    return [p for p in found if text[p[0] : p[1]] not in public or _is_labelled(text, p[0])]


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
    """ "陈总" but not "方总结", "高工资" or "程工"."""
    before, after = text[max(0, m.start() - 1) : m.start()], text[m.end() : m.end() + 1]
    if m[1] == "任" and _han(before):
        return False  # "首任校长"
    if len(m[2]) > 1:
        return text[m.start() - 1 : m.start() + 1] not in lexicon() or m.start() == 0
    if m[0] in lexicon() or m[2] + after in lexicon() or (before and before + m[1] in lexicon()):
        return False
    return not _han(after) or after in SOFT


def _cell_is_name(text: str, m: re.Match[str], anchors: Sequence[int]) -> bool:
    name = m[1]
    if name in lexicon() or any(name[i : i + 2] in lexicon() for i in range(len(name) - 1) if len(name) > 2):
        return False
    after = text[m.end() : m.end() + 12].lstrip(" ,，、|\"'：:")
    if re.match(
        r"[男女](?:$|[^\u4e00-\u9fff])|[0-9]{1,3}岁|先生|女士|您好|你好|收|启|身份证|电话|手机|护照|1[3-9][0-9]", after
    ):
        return True
    before = text[max(0, m.start() - 8) : m.start()]
    if re.search(r"(?:此致|敬礼|敬上|谨上|致|署名|落款|——|--|@|谢谢[！。]?)\s*$", before):
        return True
    return any(0 <= a - m.end() <= 3 for a in anchors)


def _is_labelled(text: str, start: int) -> bool:
    return bool(re.search(f"(?:{LABELS})[\\s:：\"'=]{{1,4}}$", text[max(0, start - 14) : start]))


def _han(c: str) -> bool:
    return "\u4e00" <= c <= "\u9fff"
