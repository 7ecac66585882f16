"""Value: what may stand behind a fact id, how it is read and shown. `unknown` is no value but the absence of one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any

from banjia.errors import FactError
from banjia.facts.fact import Fact
from banjia.facts.place import COUNTRIES, PLACES
from banjia.text import Text, same

MOST = 10**15  # no count that any rule draws a line at comes near; keeps hostile numbers out of the arithmetic


@dataclass(frozen=True, slots=True)
class Interval:
    """A count known to lie between `low` and `high`, both included; `high` None means unbounded."""

    low: int
    high: int | None

    @property
    def exact(self) -> bool:
        return self.low == self.high

    def meet(self, other: Interval) -> Interval | None:
        """What both intervals allow, or None when they exclude each other."""
        low = max(self.low, other.low)
        highs = [end for end in (self.high, other.high) if end is not None]
        high = min(highs) if highs else None
        return None if high is not None and high < low else Interval(low, high)


Value = bool | Interval | str | frozenset[str] | date


def parse(fact: Fact, raw: Any, where: str) -> Value | None:
    """Read what a person or a file wrote for *fact*; None only for `unknown`, the same as not saying anything."""
    if raw is None or (isinstance(raw, str) and raw.strip().lower() == "unknown"):
        return None
    match fact.kind:
        case "flag":
            return _flag(fact, raw, where)
        case "count":
            return _count(fact, raw, where)
        case "choice":
            return _one(fact, raw, where)
        case "set":
            return _many(fact, raw, where)
        case "date":
            return _date(fact, raw, where)
        case "text":
            return _words(fact, raw, where)


def show(value: Value) -> Any:
    """The value as JSON and banjia.yaml write it."""
    match value:
        case bool() | str():
            return value
        case Interval(low, high):
            return low if low == high else [low, high]
        case date():
            return value.isoformat()
        case _:
            return sorted(value)


def say(shown: Any) -> Text:
    """What `show` gave, for people: yes and no, names in a row, a range of numbers."""
    match shown:
        case bool():
            return Text("是", "yes") if shown else Text("否", "no")
        case [int() as low, None]:
            return same(f"≥ {low:,}")
        case [int() as low, int() as high]:
            return same(f"{low:,} – {high:,}")
        case int():
            return same(f"{shown:,}")
        case list():
            return same(", ".join(str(each) for each in shown)) if shown else Text("无", "none")
        case _:
            return same(str(shown))


def _flag(fact: Fact, raw: Any, where: str) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str):
        word = raw.strip().lower()
        if word in {"yes", "true", "是"}:
            return True
        if word in {"no", "false", "否"}:
            return False
    raise _wrong(fact, raw, where, Text("true、false、yes 或 no", "true, false, yes or no"))


def _count(fact: Fact, raw: Any, where: str) -> Interval:
    if isinstance(raw, Interval):
        raw = [raw.low, raw.high]
    if isinstance(raw, str):
        raw = _json(raw.replace("_", ""))
    if isinstance(raw, float) and raw.is_integer() and abs(raw) <= MOST:
        raw = int(raw)
    if _natural(raw):
        return Interval(raw, raw)
    if isinstance(raw, list | tuple) and len(raw) == 2:
        low, high = raw
        if _natural(low) and (high is None or (_natural(high) and low <= high)):
            return Interval(low, high)
    wanted = Text(
        "非负整数，或区间 [下限, 上限]（上限 null 表示不封顶）",
        "a number from 0 up, or [low, high] (high null: no upper end)",
    )
    raise _wrong(fact, raw, where, wanted)


def _natural(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= MOST


def _one(fact: Fact, raw: Any, where: str) -> str:
    if fact.form and raw is False:
        raise _norway(fact, where)
    if not isinstance(raw, str):
        raise _wrong(fact, raw, where, _allowed(fact))
    word = raw.strip()
    word = fact.aliases.get(word.lower(), word)
    if fact.form:
        return _place(fact, word, where)
    if word not in fact.values:
        raise _wrong(fact, raw, where, _allowed(fact), nearest=_nearest(word, fact.values, fact.aliases))
    return word


def _many(fact: Fact, raw: Any, where: str) -> frozenset[str]:
    if isinstance(raw, str):
        text = raw.strip()
        raw = (
            _json(text)
            if text.startswith('["')
            else [part.strip() for part in text.strip("[]").split(",") if part.strip()]
        )
    if not isinstance(raw, list | tuple | set | frozenset) or len(raw) > 1000:
        raise _wrong(fact, raw, where, Text("一个列表，元素为", "a list of ") + _allowed(fact))
    return frozenset(_one(fact, item, where) for item in raw)


def _place(fact: Fact, word: str, where: str) -> str:
    code = word.upper()
    known = COUNTRIES if fact.form == "country" else COUNTRIES | PLACES
    if code not in known:
        raise _wrong(fact, word, where, _allowed(fact), nearest=_nearest(code, sorted(known), {}))
    return code


def _date(fact: Fact, raw: Any, where: str) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    if isinstance(raw, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", raw.strip()):
        try:
            return date.fromisoformat(raw.strip())
        except ValueError:
            pass
    raise _wrong(fact, raw, where, Text("日期，例如 2026-11-23", "a date such as 2026-11-23"))


def _words(fact: Fact, raw: Any, where: str) -> str:
    if isinstance(raw, str) and 0 < len(raw.strip()) <= 200 and raw.isprintable():
        return raw.strip()
    raise _wrong(
        fact,
        raw,
        where,
        Text(
            "不超过 200 字的一行文字（如为日期或数字请加引号）",
            "one line of at most 200 characters (quote dates and numbers)",
        ),
    )


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _allowed(fact: Fact) -> Text:
    if fact.form:
        return Text("ISO 3166-1 两字母代码，例如 CN", "an ISO 3166-1 alpha-2 code such as CN")
    return same(", ".join(fact.values) + ", unknown")


def _nearest(word: str, values: tuple[str, ...] | list[str], aliases: Mapping[str, str]) -> str:
    found = get_close_matches(word.lower(), [*(value.lower() for value in values), *aliases], 1, 0.5)
    if not found:
        return ""
    return next((value for value in values if value.lower() == found[0]), aliases.get(found[0], ""))


def _wrong(fact: Fact, raw: Any, where: str, expected: Text, *, nearest: str = "") -> FactError:
    shown = repr(raw)
    return FactError(
        Text(f"`{fact.id}` 的取值不可用", f"`{fact.id}` cannot take this value"),
        where=where,
        expected=expected,
        found=shown if len(shown) <= 80 else shown[:77] + "...",
        remedy=Text(f"是否应为 `{nearest}`？", f"did you mean `{nearest}`?") if nearest else "",
    )


def _norway(fact: Fact, where: str) -> FactError:
    return FactError(
        Text(f"`{fact.id}` 读到的是布尔值 false", f"`{fact.id}` came as the boolean false"),
        where=where,
        expected=_allowed(fact),
        found="false",
        remedy=Text('挪威的代码 NO 须加引号："NO"', 'quote the code of Norway: "NO"'),
    )
