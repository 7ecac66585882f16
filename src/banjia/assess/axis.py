"""Axis: what one legal question comes to, in the words of the contract."""

from __future__ import annotations

from banjia.assess.assessment import INDETERMINATE, AxisResult
from banjia.logic.answer import AxisAnswer, axis_answer
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import AxisNodes
from banjia.logic.rule import Rule
from banjia.logic.rules import AxisLaw

BASIS_ORDER = ("statute", "standard", "practice", "contract")


def look(inquiry: Inquiry, nodes: AxisNodes) -> AxisAnswer:
    """What can still result on one axis, read off one frame; axes too large for one are searched instead."""
    made = inquiry.frame([*nodes.outcomes.values(), *nodes.verdicts.values(), *nodes.fires.values()])
    if made is None:
        return axis_answer(inquiry, nodes)
    outcomes = tuple(id_ for id_, node in nodes.outcomes.items() if made.mask(node))
    verdicts = tuple(word for word, node in nodes.verdicts.items() if made.mask(node))
    every = nodes.law.axis.hit == "all"
    certain, may = [], []
    for rule in nodes.law.rules:
        mask = made.mask(nodes.fires[rule.id])
        if every or rule.outcome in outcomes:
            if mask == made.alive and (every or len(outcomes) == 1):
                certain.append(rule)
            elif mask:
                may.append(rule)
    return AxisAnswer(nodes.law.id, outcomes, verdicts, exact=True, rules=tuple(certain), may=tuple(may))


def axis_result(law: AxisLaw, answer: AxisAnswer, *, pack: str) -> AxisResult:
    """One axis of the answer: its outcome, or all that are reachable, with what they rest on."""
    rules = fired(law, answer)
    grave = [rule.basis for rule in rules if rule.outcome == answer.outcomes[-1] and rule.cites]
    settled = answer.outcome if answer.exact else None
    return AxisResult(
        id=answer.axis,
        pack=pack,
        outcome=settled or INDETERMINATE,
        verdict=(answer.verdict if answer.exact else None) or INDETERMINATE,
        reachable=answer.outcomes,
        verdicts=answer.verdicts,
        basis=min(grave, key=BASIS_ORDER.index, default="statute"),
        cites=cites(law, answer, rules),
        rules=tuple(rule.id for rule in rules),
        exact=answer.exact,
        text=law.axis.outcome(settled).text if settled else law.axis.question,
        notes=tuple(dict.fromkeys(rule.note for rule in answer.rules if rule.note is not None)),
    )


def fired(law: AxisLaw, answer: AxisAnswer) -> tuple[Rule, ...]:
    """The rules that lead to a reachable outcome, those of the gravest first."""
    place = {outcome.id: i for i, outcome in enumerate(law.axis.outcomes)}
    return tuple(sorted((*answer.rules, *answer.may), key=lambda rule: (-place[rule.outcome], rule.order)))


def cites(law: AxisLaw, answer: AxisAnswer, rules: tuple[Rule, ...]) -> tuple[str, ...]:
    """The citations of the rules that lead there; of an outcome that can follow without a rule, its own."""
    found: dict[str, None] = {}
    for rule in rules:
        found |= dict.fromkeys(rule.cites)
    certain = {rule.outcome for rule in answer.rules}
    for outcome in law.axis.outcomes:
        if outcome.id in answer.outcomes and outcome.id not in certain:
            found |= dict.fromkeys(outcome.cites)
    return tuple(found)
