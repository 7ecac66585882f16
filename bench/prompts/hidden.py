"""Hidden: items under zero-width signs, escapes, widths, breaks, spoken digits, tables, traditional signs, or no cue."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from prompts.render import TYPES, VALUES, Row
from prompts.values import Maker

Change = Callable[[str, Maker], str]
SPOKEN = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def _digits(s: str) -> str:
    return "".join(c for c in s.removeprefix("+86 ") if c.isdigit())


def _wide(s: str, _m: Maker) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in s)


CHANGES: dict[str, Change] = {
    "zero": lambda s, m: m.pick(("\u200b", "\u200d", "\u2060", "\ufeff")).join(s),
    "zero_one": lambda s, m: s[: len(s) // 2] + "\u200b" + s[len(s) // 2 :],
    "soft": lambda s, m: "\u00ad".join(s),
    "wide": _wide,
    "spoken": lambda s, m: "".join("零一二三四五六七八九"[int(c)] for c in _digits(s)),
    "radio": lambda s, m: "".join("洞幺两三四五六拐八勾"[int(c)] for c in _digits(s)),
    "spoken_gaps": lambda s, m: " ".join("零一二三四五六七八九"[int(c)] for c in _digits(s)),
    "english": lambda s, m: " ".join(SPOKEN[int(c)] for c in s if c.isdigit()),
    "spaced": lambda s, m: " ".join(_digits(s)),
    "dotted": lambda s, m: ".".join((_digits(s)[:3], _digits(s)[3:7], _digits(s)[7:])),
    "broken": lambda s, m: s[: len(s) // 2] + "\n" + s[len(s) // 2 :],
    "escaped": lambda s, m: json.dumps(s)[1:-1],
    "percent": lambda s, m: quote(s),
    "entities": lambda s, m: "".join(f"&#{ord(c)};" for c in s),
    "plain": lambda s, m: s,
    "digits": lambda s, m: _digits(s),
}
# text, then for each `%s` the kind of value and how it is hidden
SHAPES: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    ("联系我：%s，谢谢", (("PHONE", "zero"),)),
    ("手机号%s收不到短信", (("PHONE", "soft"),)),
    ("请寄给%s", (("ZH", "zero_one"),)),
    ("证件号码 %s 有效吗", (("ID_CN", "wide"),)),
    ("卡号：%s 挂失", (("BANK_CARD", "wide"),)),
    ("我手机是%s，记一下", (("PHONE", "spoken"),)),
    ("呼叫号码%s", (("PHONE", "radio"),)),
    ("电话 %s 打不通", (("PHONE", "spoken_gaps"),)),
    ("my number is %s, call me", (("USPHONE", "english"),)),
    ("加我%s", (("PHONE", "spaced"),)),
    ("致电%s即可", (("PHONE", "dotted"),)),
    ("身份证%s已上传", (("ID_CN", "broken"),)),
    ('{"name":"%s","tel":"13"}', (("ZH", "escaped"),)),
    ('{"arguments":"{\\"patient\\":\\"%s\\"}"}', (("ZH", "plain"),)),
    ("GET /u?name=%s&city=sz", (("ZH", "percent"),)),
    ("GET /q?addr=%s", (("ADDR", "percent"),)),
    ("GET /q?mail=%s&x=1", (("EMAIL", "percent"),)),
    ("<td>%s</td><td>%s</td>", (("ZH", "plain"), ("PHONE", "plain"))),
    ("<b>客户</b>：%s", (("ZH", "entities"),)),
    ("| 姓名 | 住址 |\n|---|---|\n| %s | %s |", (("ZH", "plain"), ("ADDR", "plain"))),
    ("|患者|門診號|\n|:-:|:-:|\n|%s|%s|", (("HANT", "plain"), ("MRN", "plain"))),
    ("聯絡人：%s，地址：%s，請儘快寄出。", (("HANT", "plain"), ("HANTADDR", "plain"))),
    ("親愛的%s，您預約的門診已改期。", (("HANT", "plain"),)),
    ("%s說他明天會到，請轉告%s。", (("HANT", "plain"), ("HANT", "plain"))),
    ("客服您好，我是%s，手機%s，無法登入。", (("HANT", "plain"), ("PHONE", "digits"))),
    ("%s %s %s", (("ZH", "plain"), ("PHONE", "digits"), ("ID_CN", "plain"))),
    ("%s/%s", (("ZH", "plain"), ("PHONE", "digits"))),
    ("%s", (("PHONE", "digits"),)),
    ("my colleague %s (%s) will join", (("PINYIN", "plain"), ("EMAIL", "plain"))),
    ("email me: %s", (("EMAIL", "wide"),)),
    ("```\nuser=%s\nphone=%s\n```", (("ZH", "plain"), ("PHONE", "digits"))),
    ("姓名：%s\\n电话：%s\\n", (("ZH", "plain"), ("PHONE", "digits"))),
)


def hidden(seed: int, count: int) -> list[Row]:
    out: list[Row] = []
    for i in range(count):
        m = Maker(seed * 7919 + i)
        shape, items = SHAPES[i % len(SHAPES)]
        parts = shape.split("%s")
        text, spans = parts[0], list[dict[str, Any]]()
        for (kind, how), after in zip(items, parts[1:], strict=True):
            value = CHANGES[how](VALUES[kind](m), m)
            place = {"start": len(text), "end": len(text) + len(value)}
            spans.append(
                {
                    **place,
                    "type": TYPES.get(kind, kind),
                    "text": value,
                    "subject": str(len(spans) + 1 if shape.startswith("%s說") else 1),
                }
            )
            text += value + after
        how = "+".join(h for _, h in items)
        out.append(
            {
                "id": f"hidden-{i}-{how}",
                "lang": "zh",
                "family": "hidden",
                "text": text,
                "spans": spans,
                "traps": [],
                "sensitive": False,
            }
        )
    return out
