"""Options: numbers and words that config gives the gateway, checked with their field path."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Mapping
from typing import Any, overload

from banjia.errors import ConfigError
from banjia.text import Text, same

# other programs' names for the same settings
FAMILIAR = {
    "rpm": "requests_per_minute",
    "rpm_limit": "requests_per_minute",
    "tpm": "tokens_per_minute",
    "tpm_limit": "tokens_per_minute",
    "concurrency": "in_flight",
    "max_concurrency": "in_flight",
    "max_parallel_requests": "in_flight",
    "max_connections": "connections",
    "max_budget": "per_month",
    "daily": "per_day",
    "monthly": "per_month",
    "timeout": "first_byte",
    "read": "idle",
    "words": "keywords",
    "blocklist": "keywords",
    "service": "url",
}
MANY = 10**15  # no count of ours is larger; it fits where counts are kept


class Options:
    """A mapping of config as the gateway reads it; every wrong field is one ConfigError that names its place."""

    def __init__(self, raw: object, where: str, known: frozenset[str]) -> None:
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            raise ConfigError(
                Text("这里应为映射", "a mapping is expected here"),
                where=where,
                expected=same("{" + ": ..., ".join(sorted(known)) + ": ...}"),
                found=same(_shown(raw)),
                remedy=Text("每个设置一行：名字: 值", "one setting a line: name: value"),
            )
        for name in raw:
            if name not in known:
                raise ConfigError(
                    Text("没有这个设置", "no such setting"),
                    where=f"{where}.{name}",
                    expected=" | ".join(sorted(known)),
                    found=same(str(name)[:80]),
                    remedy=nearest(str(name), known),
                )
        self._raw: Mapping[str, Any] = raw
        self._where = where

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def number(self, name: str, default: float, *, least: float = 0.0, most: float = math.inf) -> float:
        value = self._raw.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or not _fits(value, least, most):
            zh = f"{least:g} 至 {most:g} 之间的数" if most < math.inf else f"不小于 {least:g} 的数"
            en = f"a number from {least:g} to {most:g}" if most < math.inf else f"a number of at least {least:g}"
            raise self._wrong(name, Text(zh, en), value, default)
        return float(value)

    @overload
    def count(self, name: str, *, least: int = 1, most: int = MANY) -> int | None: ...
    @overload
    def count(self, name: str, *, least: int = 1, most: int = MANY, default: int) -> int: ...
    def count(self, name: str, *, least: int = 1, most: int = MANY, default: int | None = None) -> int | None:
        """A whole number, or the default where it is not set."""
        value = self._raw.get(name)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            expected = (
                Text(f"{least} 至 {most} 之间的整数", f"a whole number from {least} to {most}")
                if most < MANY
                else Text(f"不小于 {least} 的整数", f"a whole number of at least {least}")
            )
            raise self._wrong(name, expected, value, default if default is not None else max(least, 60))
        return value

    def word(self, name: str, default: str = "", *, among: Iterable[str] = ()) -> str:
        value = self._raw.get(name, default)
        choices = tuple(among)
        if not isinstance(value, str):
            raise self._wrong(name, same(" | ".join(choices)) if choices else Text("文字", "a text"), value, default)
        if choices and value not in choices:
            raise ConfigError(
                Text("没有这个取值", "no such value"),
                where=f"{self._where}.{name}",
                expected=" | ".join(choices),
                found=same(_shown(value)),
                remedy=nearest(value, choices),
            )
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._raw.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, same("true | false"), value, str(default).lower())
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self._raw.get(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, Text("映射", "a mapping"), value, "{...}")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A list of texts; a single one may stand alone."""
        value = self._raw.get(name)
        if value is None:
            return ()
        found = [value] if isinstance(value, str) else value
        if not isinstance(found, list | tuple) or not all(isinstance(each, str) and each for each in found):
            raise self._wrong(name, Text("文字的列表", "a list of texts"), value, "[...]")
        return tuple(found)

    def _wrong(self, name: str, expected: Text, value: object, sample: object) -> ConfigError:
        return ConfigError(
            Text("设置的值不对", "a setting has a wrong value"),
            where=f"{self._where}.{name}",
            expected=expected,
            found=_shown(value),
            remedy=Text(f"例如 {name}: {sample}", f"for instance {name}: {sample}") if sample != "" else "",
        )


def nearest(name: str, known: Iterable[str]) -> Text | str:
    """The remedy for a name that is not known."""
    names = list(known)
    familiar = FAMILIAR.get(name.lower())
    near = [familiar] if familiar in names else difflib.get_close_matches(name, names, n=1)
    return Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else ""


def _fits(value: float, least: float, most: float) -> bool:
    return abs(value) <= MANY and least <= value <= most


def _shown(value: object) -> str:
    return repr(value)[:80]
