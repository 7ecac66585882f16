"""Desk of usage: calls, tokens and cost per application, summed from the ledger. The clock is read here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from banjia.desk import clock
from banjia.desk.ledger import Place, opened
from banjia.ledger.record import Record, records, start_of, timestamp
from banjia.ledger.tally import CHINA
from banjia.routes.tariff import read_amount, shown
from banjia.text import Lang, Text

By = Literal["app", "route", "model", "asked", "provider", "day"]
EARLIER = timedelta(days=1)  # a call may have been decided before the span in which it ended


@dataclass(slots=True)
class Usage:
    """Sums of one group. Costs are in billionths, by currency, at the list prices of their day."""

    requests: int = 0
    input: int = 0
    output: int = 0
    refused: int = 0
    costs: dict[str, int] = field(default_factory=dict)
    units: dict[str, float] = field(default_factory=dict)  # what is not billed by the token: pictures, seconds ...

    def add(self, outcome: dict[str, Any]) -> None:
        self.requests += 1
        self.input += int(outcome.get("input") or 0)
        self.output += int(outcome.get("output") or 0)
        for kind, count in (outcome.get("units") or {}).items():
            self.units[kind] = self.units.get(kind, 0) + count
        if (cost := outcome.get("cost")) and (currency := outcome.get("currency")):
            self.costs[currency] = self.costs.get(currency, 0) + read_amount(str(cost))

    def to_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "refused": self.refused,
            "input_tokens": self.input,
            "output_tokens": self.output,
            **({"units": dict(sorted(self.units.items()))} if self.units else {}),
            "cost": {currency: shown(nano) for currency, nano in sorted(self.costs.items())},
        }


@dataclass(frozen=True, slots=True)
class Report:
    first: date
    last: date
    by: tuple[By, ...]
    groups: dict[tuple[str, ...], Usage]
    dropped: int  # entries whose body retention has taken

    def to_json(self) -> dict[str, Any]:
        rows = [dict(zip(self.by, key, strict=True)) | usage.to_json() for key, usage in sorted(self.groups.items())]
        return {"from": self.first.isoformat(), "to": self.last.isoformat(), "usage": rows, "dropped": self.dropped}

    def say(self, lang: Lang) -> str:
        head = Text(
            f"{self.first} 至 {self.last}，按标价",
            f"{self.first} to {self.last}, at list prices",
        )
        lines = [head.say(lang)]
        for key, u in sorted(self.groups.items()):
            cost = "  ".join(f"{shown(nano)} {currency}" for currency, nano in sorted(u.costs.items())) or "-"
            more = "".join(f", {n:g} {kind}" for kind, n in sorted(u.units.items()))
            words = Text(
                f"{u.requests} 次，拒绝 {u.refused} 次，输入 {u.input}，输出 {u.output} 词元{more}，费用 {cost}",
                f"{u.requests} calls, {u.refused} refused, {u.input} tokens in, {u.output} out{more}, cost {cost}",
            )
            lines.append(f"  {'  '.join(key)}: {words.say(lang)}")
        if not self.groups:
            lines.append(Text("  没有调用", "  no calls").say(lang))
        if self.dropped:
            gone = Text(
                f"  {self.dropped} 条的内容已按留存期删除", f"  {self.dropped} bodies were dropped by retention"
            )
            lines.append(gone.say(lang))
        return "\n".join(lines)


def usage(place: Place, first: date | None, last: date | None, by: Sequence[By] = ("app",)) -> Report:
    """Of whole days, both included; without a span, of this month."""
    today = clock.today()
    first, last = first or today.replace(day=1), last or today
    since, until = start_of(first, CHINA), start_of(last + timedelta(days=1), CHINA)
    with opened(place) as ledger:
        return summed(records(ledger.store, start_of(first - EARLIER, CHINA), until), first, last, tuple(by), since)


def summed(found: Iterable[Record], first: date, last: date, by: tuple[By, ...], since: int) -> Report:
    """Calls at home have decision and outcome in one entry, those abroad in two."""
    groups: dict[tuple[str, ...], Usage] = {}
    waiting: dict[str, tuple[str, ...]] = {}
    begin, dropped = timestamp(since), 0
    for entry in found:
        kind, inside = entry["kind"], entry["at"] >= begin
        if entry.get("dropped"):
            dropped += inside
        elif kind == "decision":
            key, outcome = _key(entry, by), entry.get("more") or {}
            if "status" not in outcome:
                waiting[entry["id"]] = key
            elif inside:
                groups.setdefault(key, Usage()).add(outcome)
        elif kind == "outcome" and (key_of := waiting.pop(entry.get("about", ""), None)) is not None and inside:
            groups.setdefault(key_of, Usage()).add(entry.get("more") or {})
        elif kind == "refusal" and inside:
            groups.setdefault(_key(entry, by), Usage()).refused += 1
    return Report(first, last, by, groups, dropped)


def _key(entry: Record, by: tuple[By, ...]) -> tuple[str, ...]:
    return tuple(_day(entry["at"]) if name == "day" else str(entry.get(name, "") or "-") for name in by)


def _day(stamp: str) -> str:
    return datetime.fromisoformat(stamp).astimezone(CHINA).date().isoformat()
