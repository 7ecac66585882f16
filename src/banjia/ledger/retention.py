"""Retention: what is kept how long by which article, what a legal hold keeps, and the dropping of the rest.

Dropping removes an entry's body and salt and the way from a person to it. The leaf stays, so the proof holds, and an
entry of kind `retention` says which bodies went under which rule.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from banjia.ledger.entry import Entry
from banjia.ledger.record import Record, record
from banjia.store import log as rows
from banjia.store.setting import Setting, drop_setting, settings_under
from banjia.store.setting import put as put_setting
from banjia.store.store import Transaction
from banjia.text import Text

HOLD = "hold/"
FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Rule:
    """Months are counted back from the day of the run; 0 keeps for ever. Empty `kinds` or `classes` fit any."""

    id: str
    months: int
    text: Text
    cite: str
    confidence: str
    kinds: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()
    abroad: bool | None = None

    def fits(self, entry: Record) -> bool:
        return (
            (not self.kinds or entry["kind"] in self.kinds)
            and (not self.classes or entry.get("data_class") in self.classes)
            and (self.abroad is None or bool(entry.get("abroad")) == self.abroad)
        )


@dataclass(frozen=True, slots=True)
class Hold:
    """Entries of a span, and of a route and an app where named, that must be kept whatever their age."""

    name: str
    by: str
    reason: str
    placed: int
    since: int = 0
    until: int = FOREVER
    route: str = ""
    app: str = ""

    def covers(self, entry: Record, at: int) -> bool:
        return (
            self.since <= at < self.until
            and self.route in {"", entry.get("route")}
            and self.app in {"", entry.get("app")}
        )


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be dropped: ranges of indexes (end excluded) by log, and how many entries each rule lets go."""

    dropped: Mapping[int, tuple[tuple[int, int], ...]]
    by_rule: Mapping[str, int]
    held: int

    @property
    def count(self) -> int:
        return sum(self.by_rule.values())


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    data = tomllib.loads(files("banjia.ledger").joinpath("retention.toml").read_text(encoding="utf-8"))
    return tuple(
        Rule(
            id=r["id"],
            months=r["months"],
            text=Text(**r["text"]),
            cite=r["cite"],
            confidence=r["confidence"],
            kinds=frozenset(r.get("kinds", ())),
            classes=frozenset(r.get("class", ())),
            abroad=r.get("abroad"),
        )
        for r in data["rule"]
    )


def plan(tx: Transaction, cutoffs: Mapping[str, int], holds: Sequence[Hold]) -> Plan:
    """Which bodies may go. `cutoffs` gives for each rule the moment before which entries were kept long enough."""
    ranges: dict[int, list[tuple[int, int]]] = {}
    by_rule: dict[str, int] = {}
    held = 0
    abroad: set[str] = set()  # ids of decisions whose outcome must be kept as long as they are
    for row in rows.between(tx, 0, max(cutoffs.values(), default=0)):
        if row.body is None:
            continue
        entry = record(row)
        if entry.get("about") in abroad:
            entry["abroad"] = True
        if entry.get("abroad"):
            abroad.add(row.id)
        rule = next((r for r in rules() if r.fits(entry)), None)
        if rule is None or row.at >= cutoffs.get(rule.id, 0):
            continue
        if any(hold.covers(entry, row.at) for hold in holds):
            held += 1
            continue
        by_rule[rule.id] = by_rule.get(rule.id, 0) + 1
        _extend(ranges.setdefault(row.log, []), row.index)
    return Plan({log: tuple(_merged(r)) for log, r in sorted(ranges.items())}, by_rule, held)


def drop(tx: Transaction, planned: Plan, at: int) -> list[Entry]:
    """Carry out a plan and answer the entry that must be written in the same transaction."""
    if not planned.count:
        return []
    for log, ranges in planned.dropped.items():
        for start, end in ranges:
            rows.drop_bodies(tx, log, start, end)
    more = {
        "dropped": {str(log): [list(r) for r in ranges] for log, ranges in planned.dropped.items()},
        "rules": {r.id: {"count": planned.by_rule[r.id], "cite": r.cite} for r in rules() if r.id in planned.by_rule},
        "held": planned.held,
    }
    return [Entry("retention", at, more=more)]


def place(tx: Transaction, hold: Hold) -> list[Entry]:
    value = msgspec.json.encode(hold).decode()
    put_setting(tx, Setting(HOLD + hold.name, value, hold.by, hold.placed))
    return [Entry("hold", hold.placed, more={"hold": hold.name, "by": hold.by, "reason": hold.reason})]


def release(tx: Transaction, name: str, by: str, at: int) -> list[Entry]:
    """Answers nothing where there is no such hold."""
    gone = drop_setting(tx, HOLD + name)
    return [Entry("hold", at, more={"hold": name, "by": by, "released": True})] if gone else []


def holds(tx: Transaction) -> list[Hold]:
    return [msgspec.json.decode(s.value, type=Hold) for s in settings_under(tx, HOLD)]


def _extend(ranges: list[tuple[int, int]], index: int) -> None:
    if ranges and ranges[-1][1] == index:
        ranges[-1] = (ranges[-1][0], index + 1)
    else:
        ranges.append((index, index + 1))


def _merged(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Entries come in order of time, which need not be that of the index."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and merged[-1][1] == start:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return merged


def to_json(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "months": rule.months,
        "text": rule.text.as_dict(),
        "cite": rule.cite,
        "confidence": rule.confidence,
    }
