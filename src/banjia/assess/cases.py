"""Cases: worked questions in JSON Lines or YAML, one id, day and set of facts each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from banjia.config import plain
from banjia.errors import BanjiaError, FactError, cause
from banjia.text import Text

MAX_LINE = 1_000_000


@dataclass(frozen=True, slots=True)
class Case:
    """One question; `where` is its line."""

    id: str
    on: date
    facts: dict[str, Any]
    where: str
    readings: dict[str, str]


def read_cases(path: Path) -> Iterator[Case | BanjiaError]:
    """Every case of a file; a line that cannot be read is an error in its place and ends nothing."""
    if path.suffix in {".yaml", ".yml"}:
        yield from _from_yaml(path)
        return
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FactError(
            Text("读不了案例文件", "the file of cases cannot be read"), where=str(path), found=cause(error)
        ) from error
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        where = f"{path.name}:{number}"
        try:
            yield _case(_object(line, where), where, fallback=str(number))
        except FactError as error:
            yield error


def _from_yaml(path: Path) -> Iterator[Case | BanjiaError]:
    try:
        data = plain.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise FactError(
            Text("读不了案例文件", "the file of cases cannot be read"), where=str(path), found=cause(error)
        ) from error
    rows = data.get("cases") if isinstance(data, dict) else data
    if not isinstance(rows, list):
        raise FactError(Text("文件里没有 cases", "the file has no `cases`"), where=path.name, expected="cases: [...]")
    for number, row in enumerate(rows, 1):
        where = f"{path.name} cases[{number - 1}]"
        try:
            yield _case(row, where, fallback=str(number))
        except FactError as error:
            yield error


def _object(line: str, where: str) -> Any:
    if len(line) > MAX_LINE:
        raise FactError(Text("行太长", "the line is too long"), where=where, expected=f"<= {MAX_LINE}")
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise FactError(
            Text("不是 JSON", "not JSON"), where=where, expected='{"id", "on", "facts"}', found=str(error)[:120]
        ) from error


def _case(row: Any, where: str, *, fallback: str) -> Case:
    if not isinstance(row, dict):
        raise FactError(Text("案例应为对象", "a case is an object"), where=where, expected='{"id", "on", "facts"}')
    on = row.get("on", row.get(True, row.get("date")))  # YAML reads a bare `on` as true
    if isinstance(on, str):
        try:
            on = date.fromisoformat(on)
        except ValueError:
            on = None
    if not isinstance(on, date):
        raise FactError(
            Text("案例没有日期", "the case has no day"),
            where=where,
            expected='"on": "2026-11-23"',
            found=str(row.get("on"))[:60],
        )
    facts = row.get("facts")
    if not isinstance(facts, dict):
        raise FactError(Text("案例没有事实", "the case has no facts"), where=where, expected='"facts": {...}')
    readings = row.get("readings") or {}
    if not isinstance(readings, dict):
        raise FactError(Text("readings 有误", "`readings` is wrong"), where=where, expected='{"id": "option"}')
    return Case(str(row.get("id", fallback)), on, facts, where, {str(k): str(v) for k, v in readings.items()})
