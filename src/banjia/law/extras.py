"""Law data beside the statutes: exposure (what a breach costs), plan steps, reasons for findings of the check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from banjia.law.fields import Fields
from banjia.text import Text

Group = Literal["now", "counterparty", "authority"]
GROUPS: tuple[Group, ...] = ("now", "counterparty", "authority")


@dataclass(frozen=True, slots=True)
class Exposure:
    """What a breach may cost, where an axis ends in one of `outcomes` or `when` holds."""

    id: str
    axis: str
    outcomes: tuple[str, ...]  # () = whenever the axis is not permitted
    kind: str  # fine, suspension, removal, criminal, contract ...
    text: Text
    low: int | None
    high: int | None
    currency: str
    turnover_percent: str
    cites: tuple[str, ...]
    since: date | None
    until: date | None
    where: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A published case: what an authority or a court did, when, and where it can be read."""

    id: str
    axis: str
    on: date
    authority: Text
    text: Text
    source: str
    cites: tuple[str, ...]
    where: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a plan: who must move first, how long it is reported to take, what to suspend meanwhile."""

    id: str
    axis: str
    outcomes: tuple[str, ...]
    duties: tuple[str, ...]
    group: Group
    text: Text
    meanwhile: Text | None
    days: tuple[int, int]  # reported lead time, shortest and longest
    cites: tuple[str, ...]
    since: date | None
    until: date | None
    where: str


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a finding of `law check` stands."""

    finding: str
    text: str
    where: str


def read_exposures(fields: Fields) -> tuple[tuple[Exposure, ...], tuple[Decision, ...]]:
    exposures = []
    for item in fields.tables("exposure"):
        exposures.append(
            Exposure(
                id=item.id(),
                axis=item.id("axis"),
                outcomes=item.texts("outcomes"),
                kind=item.text("kind", "fine"),
                text=item.both("text"),
                low=_money(item, "low"),
                high=_money(item, "high"),
                currency=item.text("currency", ""),
                turnover_percent=item.text("turnover_percent", ""),
                cites=item.texts("cites"),
                since=item.day("from"),
                until=item.day("until"),
                where=item.where("id"),
            )
        )
        item.done()
    decisions = []
    for item in fields.tables("decision"):
        on = item.day("on")
        if on is None:
            raise item.fail("on", Text("案例没有日期", "the decision has no day"), expected="on = 2025-09-09")
        decisions.append(
            Decision(
                id=item.id(),
                axis=item.id("axis"),
                on=on,
                authority=item.both("authority"),
                text=item.both("text"),
                source=item.text("source"),
                cites=item.texts("cites"),
                where=item.where("id"),
            )
        )
        item.done()
    fields.done()
    return tuple(exposures), tuple(decisions)


def read_steps(fields: Fields) -> tuple[Step, ...]:
    steps = []
    for item in fields.tables("step"):
        days = item.get("days") or [0, 0]
        if not isinstance(days, list) or len(days) != 2 or not all(type(d) is int and 0 <= d <= 10_000 for d in days):
            raise item.fail("days", Text("天数有误", "`days` is wrong"), expected="[90, 120]", found=days)
        steps.append(
            Step(
                id=item.id(),
                axis=item.id("axis"),
                outcomes=item.texts("outcomes"),
                duties=item.texts("duties"),
                group=item.one_of("group", GROUPS),
                text=item.both("text"),
                meanwhile=item.both("meanwhile") if "meanwhile" in item.values else None,
                days=(days[0], days[1]),
                cites=item.texts("cites"),
                since=item.day("from"),
                until=item.day("until"),
                where=item.where("id"),
            )
        )
        item.asked.add("meanwhile")
        item.done()
    fields.done()
    return tuple(steps)


def read_reasons(fields: Fields) -> tuple[Reason, ...]:
    reasons = []
    for item in fields.tables("reason"):
        reasons.append(Reason(item.text("finding"), item.text("text"), item.where("finding")))
        item.done()
    fields.done()
    return tuple(reasons)


def _money(item: Fields, key: str) -> int | None:
    item.asked.add(key)
    return item.number(key, 0) if key in item.values else None
