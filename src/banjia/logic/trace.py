"""trace: every rule of an axis as a tree, with what the known facts make of each node and what the rule cites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from banjia.facts.value import Value
from banjia.logic.cells import holds
from banjia.logic.condition import All, Any, Condition, Not, Refers, show, to_json
from banjia.logic.inquiry import Inquiry
from banjia.logic.rules import Rule


@dataclass(frozen=True, slots=True)
class Branch:
    """A condition and its truth: True, False, or None while facts are open."""

    condition: Condition
    truth: bool | None
    parts: tuple[Branch, ...] = ()

    def to_json(self) -> dict[str, object]:
        match self.condition:
            case All():
                kind: object = "all"
            case Any():
                kind = "any"
            case Not():
                kind = "not"
            case _:
                return {"atom": to_json(self.condition), "shown": show(self.condition), "truth": self.truth}
        return {"node": kind, "truth": self.truth, "parts": [part.to_json() for part in self.parts]}


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """`fires` is None while open; `defeated_by` are exceptions that fire, `may_defeat` those that still may."""

    rule: Rule
    fires: bool | None
    when: Branch
    defeated_by: tuple[str, ...]
    may_defeat: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        return {
            "rule": self.rule.id,
            "outcome": self.rule.outcome,
            "cites": list(self.rule.cites),
            "fires": self.fires,
            "when": self.when.to_json(),
            "defeated_by": list(self.defeated_by),
            "may_defeat": list(self.may_defeat),
        }


@dataclass(frozen=True, slots=True)
class AxisTrace:
    axis: str
    applies: Branch
    rules: tuple[RuleTrace, ...]

    def to_json(self) -> dict[str, object]:
        rules = [rule.to_json() for rule in self.rules]
        return {"axis": self.axis, "applies": self.applies.to_json(), "rules": rules}


def trace(inquiry: Inquiry, axis: str) -> AxisTrace:
    """The rules of one axis in the order of the law's files."""
    nodes = inquiry.program.axes[axis]
    law = nodes.law

    told = {rule.id: inquiry.truth(nodes.fires[rule.id]) for rule in law.rules}
    rules = [
        RuleTrace(
            rule=rule,
            fires=told[rule.id],
            when=branch(rule.when, inquiry.known),
            defeated_by=tuple(other for other in law.defeated_by[rule.id] if told[other]),
            may_defeat=tuple(other for other in law.defeated_by[rule.id] if told[other] is None),
        )
        for rule in sorted(law.rules, key=lambda rule: (rule.order, rule.id))
    ]
    return AxisTrace(axis, branch(law.axis.applies, inquiry.known), tuple(rules))


def branch(condition: Condition, known: Mapping[str, Value]) -> Branch:
    """The condition with the truth of each node under the known facts alone."""
    match condition:
        case All(parts):
            found = tuple(branch(part, known) for part in parts)
            return Branch(condition, _all([part.truth for part in found]), found)
        case Any(parts):
            found = tuple(branch(part, known) for part in parts)
            none = _all([None if part.truth is None else not part.truth for part in found])
            return Branch(condition, None if none is None else not none, found)
        case Not(part):
            inner = branch(part, known)
            return Branch(condition, None if inner.truth is None else not inner.truth, (inner,))
        case Refers(name):
            raise TypeError(f"`{name}` must be resolved before it is traced")
        case _:
            value = known.get(condition.fact)
            return Branch(condition, None if value is None else holds(condition, value))


def _all(truths: list[bool | None]) -> bool | None:
    if False in truths:
        return False
    return None if None in truths else True
