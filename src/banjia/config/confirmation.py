"""Confirmation: a person's dated word, with evidence, that a filing number covers models of a route."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any

from banjia.config import field
from banjia.config.document import Document
from banjia.errors import ConfigError
from banjia.text import Text

FIELDS = {"number", "models", "routes", "from", "evidence", "by", "on", "until"}
ORIGINS = {"official-attachment", "vendor"}
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One number checked against the official attachment or the vendor's own statement; the register only proposes it.

    `models` are patterns of upstream names, `evidence` the SHA-256 of the document that was kept.
    """

    number: str
    models: tuple[str, ...]
    routes: tuple[str, ...]
    origin: str
    evidence: str
    by: str
    on: date
    until: date | None = None

    def covers(self, *, route: str, model: str, on: date) -> bool:
        return (
            route in self.routes
            and any(fnmatchcase(model, pattern) for pattern in self.models)
            and self.on <= on
            and (self.until is None or on <= self.until)
        )

    def say(self) -> Text:
        whence = {
            "vendor": Text("服务商的说明", "the vendor's statement"),
            "official-attachment": Text("官方附件", "the official attachment"),
        }[self.origin]
        return Text(
            f"{self.number}：{self.by} 于 {self.on} 依据{whence.zh}核实，证据 {self.evidence[:19]}…",
            f"{self.number}: confirmed by {self.by} on {self.on} from {whence.en}, evidence {self.evidence[:19]}...",
        )


def confirmations(doc: Document, raw: Any, routes: Iterable[str]) -> tuple[Confirmation, ...]:
    """The list under `filings`. Raises ConfigError with the line of what is wrong or missing."""
    known = set(routes)
    return tuple(_one(doc, i, item, known) for i, item in enumerate(field.listing(doc, ("filings",), raw)))


def _one(doc: Document, i: int, raw: Any, routes: set[str]) -> Confirmation:
    at: tuple[str | int, ...] = ("filings", i)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, FIELDS)
    origin = field.name(doc, (*at, "from"), data.get("from"))
    field.one_of(doc, (*at, "from"), origin, ORIGINS, Text("没有这种来源", "no such origin"))
    for j, route in enumerate(_names(doc, (*at, "routes"), data.get("routes"))):
        field.one_of(doc, (*at, "routes", j), route, routes, Text("没有这条路线", "no such route"))
    evidence = field.name(doc, (*at, "evidence"), data.get("evidence"))
    if not DIGEST.fullmatch(evidence):
        raise ConfigError(
            Text("证据应为所存文件的摘要", "evidence is the digest of the document that was kept"),
            where=doc.where(*at, "evidence"),
            expected="sha256: + 64 hex",
            found=evidence[:80],
            remedy=Text(
                "banjia law filings confirm --evidence 文件 会替您计算",
                "`banjia law filings confirm --evidence FILE` computes it",
            ),
        )
    on = field.day(doc, (*at, "on"), data.get("on"))
    until = field.day(doc, (*at, "until"), data["until"]) if data.get("until") else None
    if until is not None and until < on:
        raise ConfigError(
            Text("到期日早于核实日", "it ends before the day of confirmation"),
            where=doc.where(*at, "until"),
            expected=f">= {on}",
            found=str(until),
        )
    return Confirmation(
        number=field.name(doc, (*at, "number"), data.get("number")),
        models=_names(doc, (*at, "models"), data.get("models")),
        routes=_names(doc, (*at, "routes"), data.get("routes")),
        origin=origin,
        evidence=evidence,
        by=field.name(doc, (*at, "by"), data.get("by")),
        on=on,
        until=until,
    )


def _names(doc: Document, at: tuple[str | int, ...], raw: Any) -> tuple[str, ...]:
    """At least one name: a number never covers everything by leaving a field out."""
    names = field.listing(doc, at, raw)
    if not names:
        raise field.missing(doc, at)
    return tuple(field.name(doc, (*at, j), name) for j, name in enumerate(names))
