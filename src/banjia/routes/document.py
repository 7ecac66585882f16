"""Document: one TOML file of the catalogue, read, typed, and refused with its place and remedy."""

from __future__ import annotations

import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from banjia.errors import RouteError, cause
from banjia.text import Text, same

T = TypeVar("T")
LARGEST = 1 << 20  # bytes of one file; ours are below 40 kB
_LINE = re.compile(r"\(at line (\d+), column \d+\)")
_WHERE = re.compile(r" - at `(?P<path>[^`]+)`$")
_EXPECTED = re.compile(r"^Expected `(?P<expected>[^`]+)`, got `(?P<found>[^`]+)`")
_ENUM = re.compile(r"^Invalid (?:enum )?value '(?P<found>[^']*)'")
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<found>[^`]+)`")
_MISSING = re.compile(r"^Object missing required field `(?P<expected>[^`]+)`")


def read(path: Path, kind: type[T]) -> T:
    """The file as `kind`; every fault is a `RouteError` with file and line or field path."""
    return parse(_bytes(path), kind, str(path))


def parse(raw: bytes, kind: type[T], where: str) -> T:
    if len(raw) > LARGEST:
        raise RouteError(
            Text("文件过大", "the file is too large"),
            where=where,
            expected=f"<= {LARGEST} bytes",
            found=f"{len(raw)} bytes",
        )
    try:
        table = tomllib.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise RouteError(
            Text("不是 UTF-8 文本", "not UTF-8 text"), where=where, found=f"byte {error.start}", remedy=_SAVE_AS_UTF8
        ) from error
    except tomllib.TOMLDecodeError as error:
        line = _LINE.search(str(error))
        place = f"{where}:{line[1]}" if line else where
        raise RouteError(Text("不是有效的 TOML", "not valid TOML"), where=place, found=str(error)) from error
    except RecursionError as error:
        raise RouteError(Text("嵌套过深", "nested too deeply"), where=where) from error
    return convert(table, kind, where)


def convert(table: Any, kind: type[T], where: str) -> T:
    try:
        return msgspec.convert(table, kind, builtin_types=(date,), strict=True)
    except msgspec.ValidationError as error:
        raise _wrong(str(error), where) from error
    except RecursionError as error:
        raise RouteError(Text("嵌套过深", "nested too deeply"), where=where) from error


def _wrong(message: str, where: str) -> RouteError:
    place = _WHERE.search(message)
    at = f"{where}: {place['path'].removeprefix('$.')}" if place else where
    if match := _EXPECTED.match(message):
        return RouteError(_TYPE, where=at, expected=match["expected"], found=match["found"])
    if match := _ENUM.match(message):
        return RouteError(_VALUE, where=at, found=match["found"], remedy=_SEE)
    if match := _UNKNOWN.match(message):
        return RouteError(_FIELD, where=at, found=match["found"], remedy=_SEE)
    if match := _MISSING.match(message):
        return RouteError(_ABSENT, where=at, expected=match["expected"], found=Text("没有", "nothing"))
    return RouteError(same(message), where=at, remedy=_SEE)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise RouteError(Text("读不到文件", "the file cannot be read"), where=str(path), found=cause(error)) from error


_TYPE = Text("字段类型不对", "a field has the wrong type")
_VALUE = Text("取值不在词汇表中", "a value is not in the vocabulary")
_FIELD = Text("没有这个字段", "there is no such field")
_ABSENT = Text("缺少必填字段", "a required field is missing")
_SAVE_AS_UTF8 = Text("另存为 UTF-8", "save it as UTF-8")
_SEE = Text("字段和取值见 docs/zh-CN/providers.md", "see docs/en/providers.md for fields and values")
