"""Sweep: a table of entities or applications in, verdicts out; it can be stopped and run again to go on."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from banjia.assess.assess import assess_route
from banjia.assess.assessment import Assessment
from banjia.config import plain
from banjia.desk.assess import Request, Room, bare_room
from banjia.errors import BanjiaError, FactError, cause
from banjia.facts.profile import Profile, Provenance
from banjia.text import Text

PLAIN = ("id", "on")  # columns that are no facts
HEAD = ("id", "on", "verdict", "reachable", "axes", "error")
MAX_CELL = 10_000


def sweep(table: Path, out: Path, request: Request, *, progress: Callable[[int], None]) -> tuple[int, int]:
    """Answer every row of *table* that *out* does not hold yet; gives how many were answered and how many failed."""
    room = bare_room(request)
    done = _done(out)
    answered = failed = 0
    with out.open("a", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        if not done and out.stat().st_size == 0:
            writer.writerow(HEAD)
        for number, row in enumerate(rows(table), 2):
            if row.get("id") in done:
                continue
            line = _line(room, row, f"{table.name}:{number}")
            failed += bool(line[-1])
            answered += 1
            writer.writerow(line)
            if answered % 50 == 0:
                file.flush()
                progress(answered)
    return answered, failed


def rows(table: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV whose columns are `id`, `on` and ids of facts; an empty cell is not known."""
    try:
        with table.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            if not reader.fieldnames or "id" not in reader.fieldnames:
                raise FactError(
                    Text("表里没有 id 列", "the table has no column `id`"),
                    where=f"{table.name}:1",
                    expected="id,on,actor.ciio,...",
                )
            for row in reader:
                yield {k: v for k, v in row.items() if k is not None and isinstance(v, str)}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise FactError(
            Text("读不了这张表", "the table cannot be read"), where=str(table), found=cause(error)
        ) from error


def _line(room: Room, row: dict[str, str], where: str) -> list[str]:
    day = row.get("on", "")
    try:
        on = date.fromisoformat(day) if day else room.today
        facts = {k: _value(v, where) for k, v in row.items() if k not in PLAIN and v.strip()}
        profile = Profile.read(facts, Provenance("declared", where))
        answer = assess_route(
            profile, on=on, today=room.today, law=room.law, routes=room.routes, choices=room.choices, explain=False
        )
    except (BanjiaError, ValueError) as error:
        return [row.get("id", ""), day, "", "", "", str(error)[:300]]
    return [row["id"], on.isoformat(), answer.verdict, "|".join(answer.reachable), _axes(answer), ""]


def _axes(answer: Assessment) -> str:
    return "; ".join(f"{id_}={'|'.join(axis.reachable)}" for id_, axis in answer.axes.items())


def _value(cell: str, where: str) -> Any:
    if len(cell) > MAX_CELL:
        raise FactError(Text("单元格太长", "the cell is too long"), where=where, expected=f"<= {MAX_CELL}")
    try:
        return plain.load(cell)
    except yaml.YAMLError:
        return cell


def _done(out: Path) -> set[str]:
    if not out.is_file():
        return set()
    with out.open(newline="", encoding="utf-8") as file:
        return {row["id"] for row in csv.DictReader(file) if row.get("id")}
