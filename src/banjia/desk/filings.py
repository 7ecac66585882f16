"""Desk of the filings: the public registers searched, and a number confirmed by a person with evidence."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from banjia.assess.declared import check_number
from banjia.config.addition import add
from banjia.config.confirmation import Confirmation
from banjia.config.reader import read
from banjia.desk import clock
from banjia.errors import BanjiaError, ConfigError, cause
from banjia.routes.catalogue import load as load_routes
from banjia.routes.filings import About, Coverage, Row, coverage
from banjia.routes.filings import load as load_filings
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Word:
    """What a person says when a number is confirmed; `evidence` is the file that was kept and is only hashed."""

    number: str
    models: tuple[str, ...]
    routes: tuple[str, ...]
    origin: str
    evidence: Path
    by: str
    on: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The confirmation as it now stands in the config, and what the register and our reading say beside it."""

    filing: Confirmation
    line: str
    row: Row | None
    doubts: tuple[Text, ...]


def search(words: str, *, place: str = "", register: str = "") -> tuple[Row, ...]:
    """Rows of the public registers; a number is a proposal until someone confirms it."""
    found = load_filings().search(words, place=place, register=register or None)  # type: ignore[arg-type]
    provider = load_routes().find(words) if words and not found else None
    if provider is None:
        return found
    numbers = {row.number for row in provider.filing.rows}  # a familiar name: the register prints the Chinese one
    return tuple(row for row in load_filings().rows if row.number in numbers)


def counts() -> tuple[tuple[str, int, int], ...]:
    """(month, new, cumulated) over the rows of the register of filed services."""
    return load_filings().by_month()


def about() -> About:
    """Published totals with their dates, forms of numbers, and how much of each register is carried."""
    return load_filings().about


def covered(provider: str, model: str) -> Coverage:
    """Which register rows may cover a model, and how surely."""
    return coverage(load_routes().by_id(provider), model)


def confirm(path: Path, word: Word) -> Confirmed:
    """Write a confirmation under `filings` of the config. Raises BanjiaError, with nothing changed."""
    check_number(word.number, "NUMBER")
    routes = tuple(word.routes)
    item: dict[str, str | date | tuple[str, ...]] = {
        "number": word.number,
        "models": word.models,
        "routes": routes,
        "from": word.origin,
        "evidence": _digest(word.evidence),
        "by": word.by,
        "on": word.on or clock.today(),
    }
    if word.until is not None:
        item["until"] = word.until
    config = read(path)
    doubts = [doubt for name in routes if (route := config.route(name)) for doubt in _doubts(route.provider, word)]
    line = add(path, "filings", item)
    filing = next(f for f in reversed(read(path).filings) if f.number == word.number)
    return Confirmed(filing, line, load_filings().look_up(word.number), tuple(dict.fromkeys(doubts)))


def _doubts(provider: str, word: Word) -> list[Text]:
    """Where the catalogue reads the register otherwise than the person who confirms; said, never decided."""
    found = load_routes().find(provider)
    if found is None:
        return []
    doubts = []
    for model in word.models:
        held = coverage(found, model)
        if word.number not in {row.number for row in held.rows}:
            doubts.append(
                Text(
                    f"目录没有把这个编号与 {found.id} 的 {model} 相连（{held.say().zh}）",
                    f"the catalogue does not tie this number to {model} of {found.id} ({held.say().en})",
                )
            )
    return doubts


def _digest(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ConfigError(
            Text("读不了证据文件", "the evidence cannot be read"),
            where=f"--evidence {path}",
            found=cause(error),
            remedy=Text(
                "保存官方附件或服务商说明后再试", "save the official attachment or the vendor's statement first"
            ),
        ) from error
    if not data:
        raise BanjiaError(Text("证据文件是空的", "the evidence is empty"), where=f"--evidence {path}")
    return "sha256:" + hashlib.sha256(data).hexdigest()
