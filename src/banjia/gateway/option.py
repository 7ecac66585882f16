"""Options: numbers and words that config gives the gateway, checked with their field path."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from banjia.errors import ConfigError
from banjia.text import Text, same


class Options:
    """A mapping of config as the gateway reads it; every wrong field is one ConfigError that names its place."""

    def __init__(self, raw: object, where: str, known: frozenset[str]) -> None:
        if raw is None:
            raw = {}
        if not isinstance(raw, Mapping):
            raise ConfigError(
                Text("这里应为映射", "a mapping is expected here"), where=where, found=same(type(raw).__name__)
            )
        for name in raw:
            if name not in known:
                near = difflib.get_close_matches(str(name), known, n=1)
                raise ConfigError(
                    Text("没有这个设置", "no such setting"),
                    where=f"{where}.{name}",
                    expected=" | ".join(sorted(known)),
                    remedy=Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else "",
                )
        self._raw: Mapping[str, Any] = raw
        self._where = where

    def __contains__(self, name: str) -> bool:
        return name in self._raw

    def number(self, name: str, default: float, *, least: float = 0.0) -> float:
        value = self._raw.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
            raise self._wrong(
                name, Text(f"不小于 {least:g} 的数", f"a number of at least {least:g}"), found=repr(value)
            )
        return float(value)

    def count(self, name: str, *, least: int = 1) -> int | None:
        """A whole number, or None where it is not set."""
        value = self._raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise self._wrong(
                name, Text(f"不小于 {least} 的整数", f"a whole number of at least {least}"), found=repr(value)
            )
        return value

    def word(self, name: str, default: str = "") -> str:
        value = self._raw.get(name, default)
        if not isinstance(value, str):
            raise self._wrong(name, Text("文字", "a text"), found=repr(value))
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self._raw.get(name, default)
        if not isinstance(value, bool):
            raise self._wrong(name, same("true | false"), found=repr(value))
        return value

    def mapping(self, name: str) -> Mapping[str, Any]:
        value = self._raw.get(name, {})
        if not isinstance(value, Mapping):
            raise self._wrong(name, Text("映射", "a mapping"), found=repr(value))
        return value

    def _wrong(self, name: str, expected: Text, found: str) -> ConfigError:
        return ConfigError(
            Text("设置的值不对", "a setting has a wrong value"),
            where=f"{self._where}.{name}",
            expected=expected,
            found=found,
        )
