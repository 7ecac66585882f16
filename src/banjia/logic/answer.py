"""possible: which outcomes and verdicts the open facts still allow, axis by axis and overall; and which duties hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from banjia.logic.inquiry import Inquiry
from banjia.logic.program import NO, YES, AxisNodes
from banjia.logic.rules import VERDICTS, Duty, Rule, Verdict

Certainty = Literal["certain", "possible", "excluded"]
CERTAINTY: Mapping[bool | None, Certainty] = {True: "certain", False: "excluded", None: "possible"}


@dataclass(frozen=True, slots=True)
class AxisAnswer:
    """`outcomes` and `verdicts` are what can still result; `exact` False: perhaps fewer, and then nothing is settled.

    `rules` fire in every open world and decide (or, on an axis that reports all, fire); `may` fire in some.
    """

    axis: str
    outcomes: tuple[str, ...]
    verdicts: tuple[Verdict, ...]
    exact: bool
    rules: tuple[Rule, ...]
    may: tuple[Rule, ...]

    @property
    def outcome(self) -> str | None:
        return self.outcomes[0] if len(self.outcomes) == 1 else None

    @property
    def verdict(self) -> Verdict | None:
        return self.verdicts[0] if len(self.verdicts) == 1 else None


@dataclass(frozen=True, slots=True)
class DutyAnswer:
    """`met`: True or False where the facts say so, None where they do not."""

    axis: str
    duty: Duty
    certainty: Certainty
    met: bool | None


@dataclass(frozen=True, slots=True)
class Answer:
    axes: Mapping[str, AxisAnswer]
    verdicts: tuple[Verdict, ...]
    exact: bool

    @property
    def verdict(self) -> Verdict | None:
        """The overall verdict where it is settled."""
        return self.verdicts[0] if len(self.verdicts) == 1 else None


def possible(inquiry: Inquiry) -> Answer:
    """What can still result. Axes are joined over the facts they share, as far as that is small enough to be exact."""
    axes = {id: axis_answer(inquiry, axis) for id, axis in inquiry.program.axes.items()}  # noqa: A001
    verdicts, exact = overall(inquiry, axes)
    return Answer(axes, verdicts, exact)


def axis_answer(inquiry: Inquiry, axis: AxisNodes) -> AxisAnswer:
    """What can still result on one axis: read off one frame, or searched where that would be too large."""
    made = inquiry.frame([*axis.outcomes.values(), *axis.verdicts.values(), *axis.fires.values()])
    if made is None:
        outcomes, exact = inquiry.reachable(axis.outcomes)
        verdicts, sure = inquiry.reachable(axis.verdicts)
        exact = exact and sure
    else:
        outcomes = tuple(id for id, node in axis.outcomes.items() if made.mask(node))  # noqa: A001
        verdicts = tuple(verdict for verdict, node in axis.verdicts.items() if made.mask(node))
        exact = True
    certain: list[Rule] = []
    may: list[Rule] = []
    every = axis.law.axis.hit == "all"
    for rule in axis.law.rules:
        node = axis.fires[rule.id]
        if not every and rule.outcome not in outcomes:
            continue
        always = made.mask(node) == made.alive if made else inquiry.certain(node)
        if always and (every or len(outcomes) == 1):
            certain.append(rule)
        elif always or (made.mask(node) if made else not inquiry.excluded(node)):
            may.append(rule)
    return AxisAnswer(axis.law.id, outcomes, verdicts, exact, tuple(certain), tuple(may))


def duties(inquiry: Inquiry) -> tuple[DutyAnswer, ...]:
    """Every duty of the axes, in the order of the axes; the same duty may stand on several."""
    found = []
    for id, axis in inquiry.program.axes.items():  # noqa: A001
        for each in axis.duties:
            certainty = CERTAINTY[inquiry.truth(each.holds)]
            met = None if each.met is None else inquiry.truth(each.met)
            found.append(DutyAnswer(id, each.duty, certainty, met))
    return tuple(found)


def overall(inquiry: Inquiry, axes: Mapping[str, AxisAnswer]) -> tuple[tuple[Verdict, ...], bool]:
    """Verdicts that the gravest axis can have: some axis has it while none has a graver one."""
    if not axes:
        return ("permitted",), True
    exact = all(answer.exact for answer in axes.values())
    floor = max(min(map(VERDICTS.index, answer.verdicts)) for answer in axes.values())
    ceiling = max(max(map(VERDICTS.index, answer.verdicts)) for answer in axes.values())
    found: list[Verdict] = []
    for rank in range(floor, ceiling):
        here = [id for id, answer in axes.items() if VERDICTS[rank] in answer.verdicts]  # noqa: A001
        reached = _reached(inquiry, here, rank)
        if reached != "no":
            found.append(VERDICTS[rank])
        exact = exact and reached != "perhaps"
    found.append(VERDICTS[ceiling])  # whatever the rest, nothing is graver
    return tuple(found), exact or len(found) == 1


def _reached(inquiry: Inquiry, here: list[str], rank: int) -> Literal["yes", "no", "perhaps"]:
    """Whether one of the axes *here* can have the verdict of that rank with no axis above it."""
    nodes = inquiry.program.axes
    below = [(nodes[id].verdicts[graver], NO) for id in nodes for graver in VERDICTS[rank + 1 :]]  # noqa: A001
    answer: Literal["no", "perhaps"] = "no"
    for id in here:  # noqa: A001
        world = inquiry.find([(nodes[id].verdicts[VERDICTS[rank]], YES), *below])
        if isinstance(world, dict):
            return "yes"
        if world == "perhaps":
            answer = "perhaps"
    return answer
