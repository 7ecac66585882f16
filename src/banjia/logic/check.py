"""check: what is wrong with the rules of an axis whatever the facts, each finding with a world that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

from banjia.facts.value import Value, show
from banjia.logic.axioms import axioms
from banjia.logic.condition import TRUE
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import NO, YES, AxisNodes, assemble
from banjia.logic.rules import VERDICTS, AxisLaw, Outcome, Rule
from banjia.text import Text

Kind = Literal["dead", "subsumed", "collision", "unreachable", "gap", "unjudged", "aimless"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`witness` is a world that shows it, as facts with example values; empty where the finding is about no world."""

    kind: Kind
    axis: str
    names: tuple[str, ...]
    text: Text
    witness: Mapping[str, Value]
    where: str = ""

    def to_json(self) -> dict[str, object]:
        witness = {id: show(value) for id, value in self.witness.items()}  # noqa: A001
        return {
            "kind": self.kind,
            "axis": self.axis,
            "names": [*self.names],
            "text": self.text.as_dict(),
            "witness": witness,
        }


def check(law: AxisLaw) -> tuple[Finding, ...]:
    """Every finding on one axis of one day."""
    if not law.in_force:
        return ()
    program = assemble((law,), axioms())
    return tuple(_Checker(law, Inquiry(program, {}), program.axes[law.id]).findings())


@dataclass(frozen=True)
class _Checker:
    law: AxisLaw
    inquiry: Inquiry
    nodes: AxisNodes

    def findings(self) -> Iterator[Finding]:
        dead = [rule for rule in self.law.rules if self.world((self.nodes.fires[rule.id], YES)) is None]
        for rule in dead:
            text = Text("这条规则在任何情形下都不生效", "this rule never fires, whatever the facts")
            yield self.finding("dead", (rule.id,), text, {}, rule.where)
        living = [rule for rule in self.law.rules if rule not in dead]
        for one, other in combinations(living, 2):
            if one.outcome == other.outcome:
                yield from self.pair(one, other)
        yield from self.collisions(living)
        for rule in self.law.rules:
            if rule.defeats and not any(rule.id in by for by in self.law.defeated_by.values()):
                text = Text("这条例外没有推翻任何现行规则", "this exception defeats no rule in force")
                yield self.finding("aimless", (rule.id, *rule.defeats), text, {}, rule.where)
        yield from self.outcomes()

    def pair(self, one: Rule, other: Rule) -> Iterator[Finding]:
        fires = self.nodes.fires
        for inner, outer in ((one, other), (other, one)):
            if self.world((fires[inner.id], YES), (fires[outer.id], NO)) is None:
                text = Text(
                    "凡前一规则生效处，后一规则也以同样结果生效",
                    "wherever the first rule fires, the second does too, with the same outcome",
                )
                shown = self.world((fires[inner.id], YES)) or {}
                yield self.finding("subsumed", (inner.id, outer.id), text, shown, inner.where)
                return

    def collisions(self, living: list[Rule]) -> Iterator[Finding]:
        """Outcomes that take precedence over graver ones: not gravity but the order of the axis decides there."""
        fires = self.nodes.fires
        order = [outcome.id for outcome in self.law.axis.outcomes]
        for outcome in order:
            beaten: list[str] = []
            shown: dict[str, Value] = {}
            for rule in living:
                if order.index(rule.outcome) >= order.index(outcome) or self.lightest(rule.outcome) <= self.gravest(
                    outcome
                ):
                    continue
                witness = self.world((fires[rule.id], YES), (self.nodes.outcomes[outcome], YES))
                if witness is not None:
                    beaten.append(rule.id)
                    shown = shown or witness
            if beaten:
                text = Text(
                    "此结果较轻，却优先于同时生效的更重规则",
                    "this lighter outcome takes precedence over graver rules that fire with it",
                )
                yield self.finding("collision", (outcome, *beaten), text, shown, self.law.axis.where)

    def outcomes(self) -> Iterator[Finding]:
        axis = self.law.axis
        for outcome in axis.outcomes:
            if outcome.id != axis.before and self.world((self.nodes.outcomes[outcome.id], YES)) is None:
                text = Text("没有任何情形得出这一结果", "no case has this outcome")
                yield self.finding("unreachable", (outcome.id,), text, {}, axis.where)
            if outcome.verdicts and all(when != TRUE for when, _ in outcome.verdicts):
                witness = self.world((self.nodes.unjudged[outcome.id], YES))
                if witness is not None:
                    text = Text(
                        "此情形下该结果没有对应结论，按最重者处理",
                        "no verdict of this outcome fits this case; the gravest is taken",
                    )
                    yield self.finding("unjudged", (outcome.id,), text, witness, axis.where)
        witness = self.world((self.nodes.silent, YES))
        if witness is not None:
            text = Text("没有规则触及此情形，取默认结果", "no rule reaches this case; the default follows")
            yield self.finding("gap", (axis.default,), text, witness, axis.where)

    def world(self, *goals: tuple[int, int]) -> dict[str, Value] | None:
        """A world that meets the goals; one that could not be ruled out counts as found, with nothing to show."""
        found = self.inquiry.find(goals)
        return {} if found == "perhaps" else found

    def outcome(self, id: str) -> Outcome:  # noqa: A002
        return self.law.axis.outcome(id)

    def lightest(self, outcome: str) -> int:
        return min(
            (VERDICTS.index(verdict) for _, verdict in self.outcome(outcome).verdicts), default=len(VERDICTS) - 1
        )

    def gravest(self, outcome: str) -> int:
        return max(
            (VERDICTS.index(verdict) for _, verdict in self.outcome(outcome).verdicts), default=len(VERDICTS) - 1
        )

    def finding(
        self, kind: Kind, names: tuple[str, ...], text: Text, witness: Mapping[str, Value], where: str
    ) -> Finding:
        return Finding(kind, self.law.id, names, text, witness, where)
