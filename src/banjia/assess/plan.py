"""Plan and exposure: dated steps in three groups, and what a breach may cost, for one assessment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from banjia.assess.assessment import Assessment
from banjia.law.corpus import Corpus
from banjia.law.extras import GROUPS, Decision, Exposure, Group, Step
from banjia.logic.rule import stands
from banjia.text import Text

GROUP_WORDS: dict[Group, Text] = {
    "now": Text("现在可做", "possible now"),
    "counterparty": Text("需要对方配合", "needs a counterparty"),
    "authority": Text("需要主管机关", "needs an authority"),
}


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step with the days between which it may be done, counted from the start of the plan."""

    step: Step
    earliest: date
    latest: date

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.step.id,
            "axis": self.step.axis,
            "group": self.step.group,
            "text": self.step.text.as_dict(),
            "meanwhile": self.step.meanwhile.as_dict() if self.step.meanwhile else None,
            "earliest": self.earliest.isoformat(),
            "latest": self.latest.isoformat(),
            "cites": list(self.step.cites),
        }

    def say(self) -> Text:
        days = f"{self.earliest}" if self.earliest == self.latest else f"{self.earliest} – {self.latest}"
        head = (
            Text("[", "[")
            + GROUP_WORDS[self.step.group]
            + Text("] ", "] ")
            + self.step.text
            + Text(f"（{days}）", f"  ({days})")
        )
        if self.step.meanwhile is None:
            return head
        return head + Text("；在此期间：", "; meanwhile: ") + self.step.meanwhile


def plan(answer: Assessment, law: Corpus, *, start: date) -> tuple[PlannedStep, ...]:
    """The steps that an open, conditional or closed axis calls for, in three groups; `start` is day nought."""
    open_duties = {duty.id for duty in (*answer.duties.certain, *answer.duties.possible) if not duty.met}
    found = []
    for step in _steps(law):
        axis = answer.axes.get(step.axis)
        if axis is None or not stands(step.since, step.until, answer.on):
            continue
        by_outcome = bool(step.outcomes) and bool({*axis.reachable} & {*step.outcomes})
        by_duty = bool(open_duties & {*step.duties})
        if by_outcome or by_duty:
            found.append(PlannedStep(step, start + timedelta(step.days[0]), start + timedelta(step.days[1])))
    return tuple(sorted(found, key=lambda s: (GROUPS.index(s.step.group), s.latest, s.step.id)))


def exposures(answer: Assessment, law: Corpus) -> tuple[tuple[Exposure, ...], tuple[Decision, ...]]:
    """What may follow where an axis is not clear, and published cases on it up to that day."""
    risky = {id_: axis for id_, axis in answer.axes.items() if {*axis.verdicts} != {"permitted"}}
    found = tuple(
        item
        for built in law.packs
        for item in built.pack.exposures
        if (axis := risky.get(item.axis)) is not None
        and stands(item.since, item.until, answer.on)
        and (not item.outcomes or {*axis.reachable} & {*item.outcomes})
    )
    decisions = tuple(d for built in law.packs for d in built.pack.decisions if d.axis in risky and d.on <= answer.on)
    return found, tuple(sorted(decisions, key=lambda d: d.on, reverse=True))


def exposure_json(item: Exposure) -> dict[str, Any]:
    return {
        "id": item.id,
        "axis": item.axis,
        "kind": item.kind,
        "text": item.text.as_dict(),
        "low": item.low,
        "high": item.high,
        "currency": item.currency,
        "turnover_percent": item.turnover_percent,
        "cites": list(item.cites),
    }


def decision_json(item: Decision) -> dict[str, Any]:
    return {
        "id": item.id,
        "axis": item.axis,
        "on": item.on.isoformat(),
        "authority": item.authority.as_dict(),
        "text": item.text.as_dict(),
        "source": item.source,
        "cites": list(item.cites),
    }


def exposure_lines(answer: Assessment, law: Corpus) -> Iterator[Text]:
    items, decisions = exposures(answer, law)
    for item in items:
        cites = ", ".join(item.cites)
        yield item.text + Text(f"（{cites}）", f"  ({cites})")
    for decision in decisions:
        yield Text(f"{decision.on} ", f"{decision.on} ") + decision.authority + Text("：", ": ") + decision.text


def _steps(law: Corpus) -> Iterator[Step]:
    for built in law.packs:
        yield from built.pack.steps
