"""Alias: a name that applications ask for, the model that answers for it, and the days on which it does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjia.config import field
from banjia.config.document import Document
from banjia.errors import ConfigError
from banjia.text import Text

KEEP = "*"  # upstream: the name asked for stays
FIELDS = {"model", "from", "until"}
FORM = "MODEL | {model: MODEL, from: DATE, until: DATE} | [{...}, ...]"


@dataclass(frozen=True, slots=True)
class Alias:
    """`until` is the last day; both ends may be open. `asked` may hold wildcards, `model` is a name or `*`."""

    asked: str
    model: str
    since: date | None = None
    until: date | None = None

    def holds(self, on: date) -> bool:
        return (self.since is None or self.since <= on) and not self.is_over(on)

    def is_over(self, on: date) -> bool:
        return self.until is not None and self.until < on

    @property
    def upstream(self) -> str:
        """The model's name upstream; nothing where the callers choose it."""
        name = self.asked if self.model == KEEP else self.model
        return "" if "*" in name else name


def aliases(doc: Document, at: tuple[str | int, ...], raw: Any) -> tuple[Alias, ...]:
    """The mapping under `models`. Raises ConfigError with the line of what is wrong."""
    return tuple(
        alias for asked, value in field.mapping(doc, at, raw).items() for alias in _of(doc, (*at, asked), asked, value)
    )


def _of(doc: Document, at: tuple[Any, ...], asked: Any, raw: Any) -> Iterator[Alias]:
    if not isinstance(raw, list):
        yield _one(doc, at, str(asked), raw)
        return
    if not raw:
        raise ConfigError(Text("没有写模型", "no model is named"), where=doc.where(*at), expected=FORM)
    found = [_one(doc, (*at, i), str(asked), item) for i, item in enumerate(raw)]
    for i, alias in enumerate(found):
        for before in found[:i]:
            if _overlap(before, alias):
                raise ConfigError(
                    Text("两段时间重叠，同一天有两个模型", "two periods overlap: one day would have two models"),
                    where=doc.where(*at, i),
                    expected=Text("前后相接的时间段", "periods that follow each other"),
                    found=f"{before.model}, {alias.model}",
                    remedy=Text(
                        "用 from 和 until 分开（until 为最后一天）", "part them with from and until, its last day"
                    ),
                )
    yield from found


def _one(doc: Document, at: tuple[Any, ...], asked: str, raw: Any) -> Alias:
    if isinstance(raw, str):
        return Alias(asked, _model(doc, at, raw))
    if not isinstance(raw, dict):
        raise ConfigError(
            Text("这里应写上游的模型", "the model upstream stands here"),
            where=doc.where(*at),
            expected=FORM,
            found=str(raw)[:80],
        )
    field.known(doc, at, raw, FIELDS)
    since, until = (field.day(doc, (*at, k), raw[k]) if raw.get(k) is not None else None for k in ("from", "until"))
    if since is not None and until is not None and until < since:
        raise ConfigError(
            Text("结束日早于开始日", "it ends before it begins"),
            where=doc.where(*at, "until"),
            expected=f">= {since}",
            found=str(until),
        )
    return Alias(asked, _model(doc, (*at, "model"), raw.get("model")), since, until)


def _model(doc: Document, at: tuple[Any, ...], raw: Any) -> str:
    name = field.name(doc, at, raw)
    if "*" in name and name != KEEP:
        raise ConfigError(
            Text("上游的模型名不能含通配符", "a model's name upstream holds no wildcard"),
            where=doc.where(*at),
            expected=Text("一个模型名，或 *（保留所问的名字）", "one name, or * to keep the name asked for"),
            found=name,
        )
    return name


def _overlap(a: Alias, b: Alias) -> bool:
    return (a.since or date.min) <= (b.until or date.max) and (b.since or date.min) <= (a.until or date.max)
