"""Render: a template with marks becomes a prompt that knows where its personal information stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from prompts.lookalikes import lookalike
from prompts.values import EN_GIVEN, SURNAMES, Maker
from prompts.world import WORLD

Row = dict[str, Any]

VALUES: dict[str, Callable[[Maker], str]] = {
    "ZH": Maker.zh_name, "EN": Maker.en_name, "PHONE": Maker.mobile, "ID_CN": Maker.id_cn, "BANK_CARD": Maker.card, "EMAIL": Maker.email,
    "ADDR": Maker.zh_address, "EADDR": Maker.en_address, "USPHONE": Maker.us_phone, "DOB": Maker.zh_date, "EDOB": Maker.en_date, "PLATE": Maker.plate,
    "IP": Maker.ip, "VISA": Maker.visa,
    "MRN": lambda m: m.pick(("ZY", "MZ", "", "H")) + m.digits(8),
    "PASSPORT": lambda m: "E" + m.pick("ABCDFGHJ") + m.digits(7),
    "PERMIT": lambda m: m.pick("CH") + m.digits(8),
    "WECHAT": lambda m: m.pick(("moon", "lucky", "qq_", "wx-")) + m.pick("abcxyz") + m.digits(5),
    "QQ": lambda m: m.pick("123456789") + m.digits(m.pick((6, 7, 8, 9))),
    "SSN": lambda m: f"{m.r.randrange(100, 650)}-{m.r.randrange(10, 99)}-{m.r.randrange(1000, 9999)}",
    "SECRET": lambda m: "sk-" + "".join(m.pick("abcdefghijkmnpqrstuvwxyzABCDEFGH23456789") for _ in range(40)),
    "IMEI": lambda m: m.luhn("86" + m.digits(12)),
    "MAC": lambda m: ":".join(f"{m.r.randrange(256):02x}" for _ in range(6)),
    "TITLED": lambda m: m.pick(SURNAMES) + m.pick(("总", "先生", "女士", "老师", "医生", "经理", "主任")),
    "EGIVEN": lambda m: m.pick([n for n in EN_GIVEN if n not in ("Ottoline", "Wystan", "Lysander", "Ambrose", "Bartholomew")]),
    **WORLD,
}  # fmt: skip
TYPES = {
    "ZH": "PERSON", "EN": "PERSON", "TITLED": "PERSON", "EGIVEN": "PERSON", "ADDR": "ADDRESS", "EADDR": "ADDRESS",
    "USPHONE": "PHONE", "EDOB": "DOB", "VISA": "BANK_CARD", "NAME": "PERSON", "WIDE": "PERSON", "LAST": "PERSON", "PINYIN": "PERSON",
    "HANT": "PERSON", "DOTTED": "PERSON", "FAMILIAR": "PERSON", "LANDLINE": "PHONE", "UKPHONE": "PHONE", "UKADDR": "ADDRESS",
    "AMEX": "BANK_CARD", "IPV6": "IP", "EMRN": "MRN", "TWPERMIT": "PERMIT", "USPASSPORT": "PASSPORT", "BOOK": "PASSPORT",
    "SHORTADDR": "ADDRESS", "HANTADDR": "ADDRESS", "KEPTZH": "PERSON", "KEPTEN": "PERSON", "KEPTADDR": "ADDRESS",
}  # fmt: skip
SENSITIVE = {"ID_CN", "PASSPORT", "PERMIT", "BANK_CARD", "MRN", "SSN", "IBAN", "SECRET", "GEO"}


_MARK = re.compile(r"\{(?:trap:?(?P<trap>\w*)|(?P<kind>[A-Z_]+[A-Z])\.(?P<subject>[0-9]))\}")


def render(template: str, maker: Maker) -> Row:
    """Fill `{TYPE.subject}` marks; `{trap}` and `{trap:kind}` are look-alikes. A mark used twice keeps its value.

    Braces of the text itself are doubled; a `!` at the front tells of a record that speaks of sensitive matters.
    """
    grave = template.startswith("!")
    template = template.removeprefix("!")
    text, at = "", 0
    spans: list[dict[str, Any]] = []
    traps: list[dict[str, Any]] = []
    kept: dict[str, str] = {}
    for mark in _MARK.finditer(template):
        text += _single(template[at : mark.start()])
        at = mark.end()
        if mark["trap"] is not None:
            kind, value = lookalike(maker, mark["trap"])
            traps.append({"start": len(text), "end": len(text) + len(value), "kind": kind, "text": value})
        else:
            value = kept.setdefault(mark[0], VALUES[mark["kind"]](maker))
            place = {"start": len(text), "end": len(text) + len(value)}
            kind = TYPES.get(mark["kind"], mark["kind"])
            spans.append({**place, "type": kind, "text": value, "subject": mark["subject"]})
        text += value
    text += _single(template[at:])
    grave |= any(s["type"] in SENSITIVE for s in spans)
    return {"text": text, "spans": spans, "traps": traps, "sensitive": grave}


def rows(family: str, lang: str, templates: Sequence[str], seed: int, count: int) -> list[Row]:
    """`count` prompts of the templates in turn."""
    return [
        {
            "id": f"{family}-{i}",
            "lang": lang,
            "family": family,
            **render(templates[i % len(templates)], Maker(seed * 100_003 + i * 7 + len(family))),
        }
        for i in range(count)
    ]


def _single(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}")
