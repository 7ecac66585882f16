"""Families: all sets of prompts by name."""

from __future__ import annotations

from prompts import basic, chat, machines, mail, nobody, papers, varied
from prompts.render import Row, rows

ZH = {
    "chat": chat.ZH_CHAT,
    "papers": papers.ZH_PAPERS,
    "machines": machines.ZH_MACHINES,
    "mail": mail.ZH_MAIL + mail.MIXED_MAIL,
    "nobody": nobody.ZH_NOBODY + varied.ZH_VARIED_NOBODY,
    "varied": varied.ZH_VARIED,
}
EN = {
    "chat": chat.EN_CHAT,
    "papers": papers.EN_PAPERS,
    "machines": machines.EN_MACHINES,
    "mail": mail.EN_MAIL,
    "nobody": nobody.EN_NOBODY + varied.EN_VARIED_NOBODY,
    "varied": varied.EN_VARIED,
}


def zh(seed: int, count: int) -> list[Row]:
    """`count` prompts of each Chinese family."""
    return [r for name, templates in ZH.items() for r in rows(f"zh-{name}", "zh", templates, seed, count)]


def en(seed: int, count: int) -> list[Row]:
    return [r for name, templates in EN.items() for r in rows(f"en-{name}", "en", templates, seed, count)]


def plain(seed: int, count: int) -> list[Row]:
    """The single requests: `count` Chinese, as many English, a fifth of that mixed."""
    out: list[Row] = []
    for lang, templates, clean in (
        ("zh", basic.ZH, basic.ZH_CLEAN),
        ("mixed", basic.MIXED, []),
        ("en", basic.EN, basic.EN_CLEAN),
    ):
        out += rows(lang, lang, templates * 2 + clean, seed, count if lang != "mixed" else count // 5)
    return out
