"""Declared: what a config declares of duties and packs must exist in the law that is loaded."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator

from banjia.config.config import Config
from banjia.errors import ConfigError
from banjia.law.build import BuiltPack
from banjia.law.corpus import Corpus
from banjia.text import Text


def check_declared(config: Config, law: Corpus) -> None:
    """Raises ConfigError for an attestation of an unknown duty, or for a pack that is not there."""
    duties = {id for built in law.packs for id in _duties(built)}  # noqa: A001
    unknown = Text("没有这项义务", "no such duty")
    for i, attestation in enumerate(config.attestations):
        _one_of(attestation.duty, duties, f"{config.path.name} attestations[{i}].duty", unknown)
    packs = {built.pack.id for built in law.packs}
    for i, name in enumerate(config.packs):
        if "/" not in name and not name.startswith("."):
            _one_of(name, packs, f"{config.path.name} packs[{i}]", Text("没有这个规则包", "no such pack"))


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
