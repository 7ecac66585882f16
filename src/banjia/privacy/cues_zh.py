"""Chinese cues: what stands before, after and around a name."""

from __future__ import annotations

import re
from functools import cache

from banjia.privacy.gazetteer import alternatives, letters, words

TITLES = alternatives("titles_zh")
LABELS = alternatives("labels_zh")
HAN = "[\u4e00-\u9fff]"
DOTS = "[·•‧・]"
CALLED = re.compile(
    '(?:叫|我是|告诉|问|找|给|约|和|跟|陪|亲爱的|@|同事|朋友|同学|客户|患者|姓名[:：]?|联系人[:：]?|[“"：:，]\\s*)$'
)
SPEAKS = re.compile(
    "(?:说|问|答|表示|告诉|觉得|认为|打电话|来电|先生|女士|小姐|你好|您好|的(?:手机|电话|邮箱|地址|生日|身份证))"
)
NICKNAME = re.compile("(?:我是|我叫|他叫|她叫|叫做|@)([小阿老][\u4e00-\u9fff])(?![\u4e00-\u9fff])")
WARES = re.compile(  # what is said of shops, goods and places
    "(?:[和与、][\u4e00-\u9fff]{2,4}){0,2}的?(?:哪里有卖|哪里能买|怎么走|怎么坐车|多少钱|好用吗|门店|专卖店|旗舰店|官网|股票|股价|品牌|说明书)"
)
OPENERS = ("", " ", "\n", "，", "。", "：", ":", ",", "、", "“", '"', "（", "(", "|", "；", "\t", "！", "？", ">", "'")
# Verbs and words after which somebody is named, in one clause
NAMING = (
    "叫上|叫|是|名叫|自称是|自称|那个|这个|请|由|让|告诉|转告|通知|提醒|委托|授权|兹证明|兹有|证明|借到|拟录用|录用|聘任|任命|推荐|介绍|表扬|批评|感谢|祝贺|"
    "找|跟|和|与|及|同|替|帮|给|向|约|见|喊|陪|等|问|转|转给|交给|发给|寄给|送给|@|原因是|关于|对|被|因|因为|致|尊敬的|亲爱的|想你的|爱你的|你的|您的|查一下|查询|联系|咨询|"
    "拜访|采访|对话|邀请|敬邀|接待|认识|碰到|遇到|听|据|经|报|派|带|接|送|催|劝|骂|怪|恨|爱|喜欢|想念|怀念|缅怀|悼念|起诉|诉|判决|判令|责令|涉嫌人|现有|今有|其中|人|员|师|娘|官|比|收到|用|如果|变更为|选举|有个"
)
SIGNED = re.compile(
    r"(?:此致|敬礼|敬上|谨上|敬启|顺颂商祺|祝好|祝安好|祝商祺|祝顺利|致|署名|落款|—|--|@|谢谢[！。]?|想你的|爱你的|[你您]的"
    r"(?:朋友|学生|弟子|女儿|儿子|妈妈|爸爸)?)\s*$"
)
OF_PERSON = re.compile(  # what is said of nobody but a person
    r"[男女](?:性)?[，,、|；;）) ]|[0-9]{1,3}周?岁|身份证|护照|公民身份|手机|电话[:：0-9]|性别|年龄|汉族|[你您]好"
)
PARTICULARS = re.compile(
    r"[男女](?:$|[^\u4e00-\u9fff])|[0-9]{1,3}岁|先生|女士|您好|你好|收|启|身份证|电话|手机|护照|1[3-9][0-9]|性别|出生"
    r"|博士|硕士|教授|副教授|现年|年龄|汉族|未婚|已婚|(?:会|将|要|已|说|在)[\u4e00-\u9fff ]"
)


# Keys of data under which a person stands
KEYS = (
    "[a-z]*(?:buyer|contact|receiver|recipient|customer|patient|holder|owner|sender|consignee|payee|payer|applicant|driver|"
    "guest|passenger|student|teacher|doctor|manager|signer|realname|xingming)"
)
ENDS_IN_LABEL = re.compile(f"{LABELS}$")
LONGEST_LABEL = max(map(len, words("labels_zh")))
SPACED = re.compile(f"{HAN}[ \u3000]{{1,2}}{HAN}")  # as names are that forms print apart


@cache
def surname() -> str:
    """A look at the first character spares most places the list of those of two."""
    compound = sorted(words("compound_surnames"), key=len, reverse=True)
    starts = "".join(sorted({w[0] for w in compound}))
    return f"(?:(?=[{starts}])(?:{'|'.join(compound)})|[{''.join(sorted(letters('surnames')))}])"


@cache
def labelled() -> re.Pattern[str]:
    """A label, or any word for a person's part that a colon follows, and what may be a name."""
    gap = r"(?:[\s:：=＝\"'“”「」\[\]()（）|｜>*_#,、]|</?[a-z]{1,6}>|是|为|為|叫|名叫|即){0,6}"
    starts = "".join(sorted({w[0] for w in words("labels_zh")}))
    part = f"(?:{LABELS}|(?<={HAN}[人者员師师])(?=[:：]))(?:[（(]{HAN}{{1,6}}[）)](?=[:：]))?"
    return re.compile(f"(?=[{starts}:：]){part}({gap})({surname()}{HAN}{{1,3}})")


@cache
def labelled_rare() -> re.Pattern[str]:
    """Behind a colon, before which a label has to stand, a name whose surname is a word of every day elsewhere."""
    rare = "".join(sorted(letters("surnames_rare")))
    return re.compile(f"(?<={HAN})[:：] ?([{rare}]{HAN}{{1,2}})(?!{HAN})")


@cache
def named_after() -> re.Pattern[str]:
    """A name in running text after a word that leads to somebody."""
    return re.compile(f"(?:{'|'.join(sorted(NAMING.split('|'), key=len, reverse=True))})({surname()}{HAN}{{1,2}})")


@cache
def spaced() -> re.Pattern[str]:
    """A name of two characters set apart, as forms print it."""
    return re.compile(f"{LABELS}[:：]?\\s*({surname()}[ \u3000]{{1,2}}{HAN}(?:[ \u3000]{{1,2}}{HAN})?)(?!{HAN})")


@cache
def full_titled() -> re.Pattern[str]:
    """A whole name before a title."""
    return re.compile(f"({surname()}{HAN}{{1,2}})(?={TITLES})")


@cache
def titled() -> re.Pattern[str]:
    return re.compile(f"({surname()})({TITLES})(?![体理长部办学价])")


@cache
def familiar() -> re.Pattern[str]:
    return re.compile(
        f"[小老阿][{''.join(sorted(letters('surnames')))}](?={alternatives('after_name_zh')}|[^\u4e00-\u9fff]|$)"
    )


@cache
def alone() -> re.Pattern[str]:
    """A name that fills its cell: between stops, spaces, quotes or lines."""
    return re.compile(
        rf"(?:(?<=[\s,，、;；:：|\"'“「（(\[>*。！？!?/—])|^)({surname()}{HAN}{{1,2}})(?=[\s,，、;；:：|\"'“”」）)\]<*。！？!?/（(]|$|男|女|[0-9]|[你您]好)"
    )


@cache
def acting() -> re.Pattern[str]:
    """A name that opens a clause and does something."""
    return re.compile(
        rf"(?:(?<=[\s,，、;；:：\"'“「（(。！？!?])|^)({surname()}{HAN}{{1,2}})(?={alternatives('acts_zh')})"
    )


@cache
def enumerated() -> re.Pattern[str]:
    name = f"{surname()}{HAN}{{1,2}}"
    return re.compile(f"(?<!{HAN}){name}(?:[、,，;；/ ]{name}){{1,40}}(?!{HAN})")


@cache
def foreign() -> re.Pattern[str]:
    return re.compile(rf"{HAN}{{1,6}}(?:{DOTS}{HAN}{{1,6}}){{1,3}}")
