"""Declared: what a config declares of duties, packs and filings must exist in the law and the registers loaded."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from banjia.config.config import Config
from banjia.errors import ConfigError
from banjia.law.build import BuiltPack
from banjia.law.corpus import Corpus
from banjia.routes.filings import load as load_filings
from banjia.text import Text


def check_declared(config: Config, law: Corpus) -> None:
    """Raises ConfigError for an attestation of an unknown duty, an absent pack, or a number that files no model."""
    duties = {id for built in law.packs for id in _duties(built)}  # noqa: A001
    unknown = Text("没有这项义务", "no such duty")
    for i, attestation in enumerate(config.attestations):
        _one_of(attestation.duty, duties, f"{config.path.name} attestations[{i}].duty", unknown)
    packs = {built.pack.id for built in law.packs}
    for i, name in enumerate(config.packs):
        if "/" not in name and not name.startswith("."):
            _one_of(name, packs, f"{config.path.name} packs[{i}]", Text("没有这个规则包", "no such pack"))
    for i, confirmed in enumerate(config.filings):
        check_number(confirmed.number, f"{config.path.name} filings[{i}].number")


def check_number(number: str, where: str) -> None:
    """Raises ConfigError for a number that has not the form of a filing of a model, or whose row is cancelled."""
    filings = load_filings()
    kind = filings.kind_of(number)
    if kind != "filed":
        form = next(f for f in filings.about.formats if f.register == "filed")
        raise ConfigError(
            _OTHER.get(kind or "", Text("这不是备案编号的格式", "this has not the form of a filing number")),
            where=where,
            expected=form.example,
            found=number,
            remedy=Text("用 banjia law filings search 查找", "look it up with `banjia law filings search`"),
        )
    row = filings.look_up(number)
    if row is not None and row.is_cancelled:
        raise ConfigError(
            Text("这个备案已被注销", "this filing was cancelled"),
            where=where,
            found=f"{number} ({row.mark})",
            remedy=Text("换一个有效的备案，或移除它", "name a filing that stands, or remove it"),
        )


_OTHER = {
    "registered": Text(
        "这是应用的登记编号，不是模型的备案编号", "this number registers an application; it files no model"
    ),
    "algorithm": Text("这是算法备案编号，不是模型的备案编号", "this number files an algorithm; it files no model"),
}


def _duties(built: BuiltPack) -> Iterator[str]:
    yield from (duty.id for duty in built.base.duties)
    for rule in built.base.rules:
        yield from rule.duties
    for axis in built.base.axes:
        for outcome in axis.outcomes:
            yield from outcome.duties


def _one_of(value: str, known: Iterable[str], where: str, problem: Text) -> None:
    names = sorted(known)
    if value in names:
        return
    near = difflib.get_close_matches(value, names, n=1)
    remedy = Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else ""
    raise ConfigError(problem, where=where, found=value, remedy=remedy)
