"""Voices: the records of the field set by kind of voice."""

from __future__ import annotations

from zlib import crc32

from prompts.field import care, care_kept, care_more, en, zh
from prompts.field.decoys import DECOYS
from prompts.field.numbers import NUMBERS
from prompts.field.people import PEOPLE
from prompts.field.places import PLACES
from prompts.lookalikes import LOOKALIKES
from prompts.render import TYPES, VALUES, Row, render
from prompts.values import Maker

ZH = {
    "chat": zh.CHAT, "service": zh.SERVICE, "clinic": zh.CLINIC, "staff": zh.STAFF, "mixed": zh.MIXED, "origins": zh.ORIGINS, "verbs": zh.VERBS,
    "forms": zh.FORMS, "scanned": zh.SCANNED, "lists": zh.LISTS, "tables": zh.TABLES, "tools": zh.TOOLS, "hant": zh.HANT, "numbers": zh.NUMBERS,
    "nobody": zh.NOBODY, "plain": care.PLAIN, **care.CARE,
    "more-health": care_more.HEALTH, "more-others": care_more.OTHERS, "kept-health": care_kept.HEALTH, "kept-others": care_kept.OTHERS,
}  # fmt: skip
EN = {
    "mail": en.MAIL, "desk": en.DESK, "chat": en.CHAT, "clinic": en.CLINIC, "forms": en.FORMS, "machines": en.MACHINES, "nobody": en.NOBODY,
    "care": care.EN_CARE, "more-care": care_more.EN, "kept-care": care_kept.EN, "plain": care.EN_PLAIN,
}  # fmt: skip
TIMES = 5  # a template is told so often at full size
_TYPES = {
    "FPLAIN": "PHONE", "FMOB": "PHONE", "FWIDEMOB": "PHONE", "FSPOKE": "PHONE", "FFIX": "PHONE", "FINTL": "PHONE", "FUS": "PHONE", "FID": "ID_CN",
    "FIDSPOKE": "ID_CN", "FCARD": "BANK_CARD", "FCREDIT": "BANK_CARD", "FDOB": "DOB", "FEDOB": "DOB", "FMAIL": "EMAIL", "FWIDEMAIL": "EMAIL",
    "FPLATE": "PLATE", "FMRN": "MRN", "FPASS": "PASSPORT", "FPERM": "PERMIT", "FWX": "WECHAT", "FQQ": "QQ", "FSSN": "SSN", "FIBAN": "IBAN",
    "FSECRET": "SECRET", "FIMEI": "IMEI", "FMAC": "MAC", "FIP": "IP", "FGEO": "GEO", "FVIN": "VIN",
}  # fmt: skip

VALUES.update({**PEOPLE, **PLACES, **NUMBERS})
TYPES.update({**dict.fromkeys(PEOPLE, "PERSON"), **dict.fromkeys(PLACES, "ADDRESS"), **_TYPES})
LOOKALIKES.update(DECOYS)


def field(seed: int, times: int = TIMES) -> dict[str, dict[str, list[Row]]]:
    """By language and voice; every template `times` times."""
    return {
        lang: {name: _told(lang, name, templates, seed, times) for name, templates in voices.items()}
        for lang, voices in (("zh", ZH), ("en", EN))
    }


def _told(lang: str, voice: str, templates: tuple[str, ...], seed: int, times: int) -> list[Row]:
    """`grave` is what the template says of itself: numbers alone make no record of these speak of sensitive matters."""
    out = []
    for i in range(len(templates) * times):
        name, template = f"field-{lang}-{voice}-{i}", templates[i % len(templates)]
        row = render(template, Maker(crc32(f"{seed} {name}".encode())))
        out.append({"id": name, "lang": lang, "family": voice, "grave": template.startswith("!"), **row})
    return out
