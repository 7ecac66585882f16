"""Field: one value of the config, typed or refused with its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from banjia.config.document import Document
from banjia.errors import ConfigError
from banjia.text import Text


def interval(doc: Document, at: tuple[Any, ...], raw: Any) -> tuple[int, int | None]:
    if isinstance(raw, int) and not isinstance(raw, bool) and raw >= 0:
        return raw, raw
    if isinstance(raw, list) and len(raw) == 2 and isinstance(raw[0], int) and raw[0] >= 0:
        low, high = raw
        if high is None or (isinstance(high, int) and high >= low):
            return low, high
    raise ConfigError(
        Text("人数写法不对", "this is not a count of persons"),
        where=doc.where(*at),
        expected="N | [low, high] | [low, null]",
        found=str(raw),
    )


def country(doc: Document, at: tuple[Any, ...], raw: Any) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, str) and len(raw) == 2 and raw.isalpha():
        return raw.upper()
    raise ConfigError(
        Text("国家（地区）应为两位 ISO 代码", "a place is a two-letter ISO code"),
        where=doc.where(*at),
        found=str(raw),
        remedy=Text('挪威请写 "NO"（加引号）', 'write Norway as "NO", in quotes') if raw is False else "",
    )


def day(doc: Document, at: tuple[Any, ...], raw: Any) -> date:
    if isinstance(raw, str):  # in quotes, as JSON has it
        with suppress(ValueError):
            raw = date.fromisoformat(raw)
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    raise ConfigError(
        Text("日期写法不对", "this is not a date"), where=doc.where(*at), expected="YYYY-MM-DD", found=str(raw)
    )


def name(doc: Document, at: tuple[Any, ...], raw: Any) -> str:
    if isinstance(raw, str) and raw.strip():
        return raw.strip()
    if raw is None:
        raise missing(doc, at)
    raise ConfigError(Text("应为文字", "this must be text"), where=doc.where(*at), found=str(raw))


def flag(doc: Document, at: tuple[Any, ...], raw: Any) -> bool:
    if isinstance(raw, bool):
        return raw
    raise ConfigError(Text("应为 true 或 false", "this must be true or false"), where=doc.where(*at), found=str(raw))


def mapping(doc: Document, at: tuple[Any, ...], raw: Any) -> dict[Any, Any]:
    if raw is None:
        return {}
    if isinstance(raw, dict):
        return raw
    raise ConfigError(Text("应为键值映射", "this must be a mapping"), where=doc.where(*at), found=str(raw))


def listing(doc: Document, at: tuple[Any, ...], raw: Any) -> list[Any]:
    if raw is None:
        return []
    if isinstance(raw, list):
        return raw
    raise ConfigError(Text("应为列表", "this must be a list"), where=doc.where(*at), found=str(raw))


def known(doc: Document, at: tuple[Any, ...], data: Mapping[Any, Any], names: set[str]) -> None:
    for key in data:
        one_of(doc, (*at, key), str(key), names, Text("没有这个字段", "no such field"))


def unique(doc: Document, field: str, names: list[str]) -> None:
    for i, name in enumerate(names):
        if name in names[:i]:
            raise ConfigError(Text("名字重复", "a name stands twice"), where=doc.where(field, i, "id"), found=name)


def one_of(doc: Document, at: tuple[Any, ...], value: str, choices: Iterable[str], problem: Text) -> None:
    options = sorted(choices)
    if value in options:
        return
    near = difflib.get_close_matches(value, options, n=1)
    remedy = Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else ""
    raise ConfigError(
        problem, where=doc.where(*at), expected=" | ".join(options) or Text("无", "none"), found=value, remedy=remedy
    )


def missing(doc: Document, at: tuple[Any, ...]) -> ConfigError:
    return ConfigError(
        Text("缺少字段", "a field is missing"),
        where=doc.where(*at[:-1]),
        expected=str(at[-1]),
        remedy=Text("补上它", "add it"),
    )
