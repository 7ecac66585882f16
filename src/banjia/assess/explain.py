"""Explain: what to ask first, which few facts suffice, and which single change would lighten the verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from banjia.assess.assessment import INDETERMINATE, ORDER, Because, Lever, Missing
from banjia.assess.axis import look
from banjia.errors import FactError
from banjia.facts.catalogue import load
from banjia.facts.value import Interval, Value, show
from banjia.logic.answer import AxisAnswer
from banjia.logic.ask import questions
from banjia.logic.cells import Cell, cells, holds
from banjia.logic.inquiry import Inquiry, inquire
from banjia.logic.rules import AxisLaw
from banjia.logic.why import because_axis

Redo = Callable[[str, Value], Mapping[str, Value] | None]


def missing(inquiry: Inquiry) -> tuple[Missing, ...]:
    """Open facts that bear on something unsettled, the one worth most for its effort first.

    A fact that the sampled worlds show no doubt about stays if some answer to it takes an outcome away.
    """
    return tuple(
        Missing(q.fact.id, q.fact.question, q.fact.who, q.bits, q.fact.cost)
        for q in questions(inquiry)
        if q.bits > 0 or _removes(inquiry, q.fact.id)
    )


def _removes(inquiry: Inquiry, fact: str) -> bool:
    """Whether some answer removes an outcome or a verdict of some axis that is still reachable."""
    for nodes in inquiry.program.axes.values():
        made = inquiry.frame([*nodes.outcomes.values(), *nodes.verdicts.values(), *nodes.fires.values()])
        if made is None or fact not in made.columns:
            continue
        parts = [mask for node in (*nodes.outcomes.values(), *nodes.verdicts.values()) if (mask := made.mask(node))]
        for i in range(len(made.columns[fact].cells)):
            inside = made.cell_mask(fact, i) & made.alive
            if inside and any(not part & inside for part in parts):
                return True
    return False


def reasons(inquiry: Inquiry, answers: Mapping[str, AxisAnswer], verdict: str) -> tuple[Because, ...]:
    """The smallest sufficient facts of each axis that carries the overall verdict; of each settled one if none does."""
    carrying = [id_ for id_ in _carrying(answers, verdict) if answers[id_].outcome]
    if verdict == INDETERMINATE:
        carrying = [id_ for id_, answer in answers.items() if answer.outcome and answer.exact]
    found = []
    for id_ in carrying:
        alone = _alone(inquiry.program.axes[id_].law, inquiry.known)
        outcome = answers[id_].outcome
        if outcome is not None:
            found += [Because(id_, fact, inquiry.known[fact]) for fact in because_axis(alone, id_, outcome)]
    return tuple(found)


def levers(
    inquiry: Inquiry, answers: Mapping[str, AxisAnswer], verdict: str, because: tuple[Because, ...], redo: Redo
) -> tuple[Lever, ...]:
    """Changes of one fact that lighten the overall verdict, the easiest first.

    A change helps only if it takes the reason away from every axis that carries the verdict, so only their reasons are
    tried. *redo* gives what is known after the change, with what follows from it.
    """
    carrying = _carrying(answers, verdict)
    if verdict in {INDETERMINATE, ORDER[0]} or not carrying:
        return ()
    reasons_of = [{b.fact for b in because if b.axis == id_} for id_ in carrying]
    found: dict[tuple[str, str], tuple[float, Lever]] = {}
    for fact in sorted(set.union(*reasons_of)):
        for cell in _others(inquiry, fact):
            after = redo(fact, cell.value)
            if after is None:
                continue
            try:
                new = _worst(inquiry, answers, carrying, after, verdict)
            except FactError:
                continue
            if new is not None:
                lever = Lever(fact, inquiry.known[fact], show(cell.value), new)
                found[fact, str(lever.after)] = (load()[fact].change, lever)
    ranked = sorted(found.values(), key=lambda pair: (pair[0], ORDER.index(pair[1].verdict), pair[1].fact))
    return tuple(lever for _, lever in ranked)


def _worst(
    inquiry: Inquiry,
    answers: Mapping[str, AxisAnswer],
    carrying: list[str],
    after: Mapping[str, Value],
    verdict: str,
) -> str | None:
    """The gravest verdict after a change, if it is lighter than before; None if it is not."""
    changed = {fact for fact in {*after, *inquiry.known} if after.get(fact) != inquiry.known.get(fact)}
    worst = 0
    others = [id_ for id_ in answers if id_ not in carrying]
    for id_ in (*carrying, *others):
        answer = answers[id_]
        alone = _alone(inquiry.program.axes[id_].law, after)
        if id_ in carrying or not changed.isdisjoint(alone.program.facts):
            answer = look(alone, alone.program.axes[id_])
        worst = max(worst, ORDER.index(answer.verdicts[-1]))
        if worst >= ORDER.index(verdict):
            return None
    return ORDER[worst]


def _carrying(answers: Mapping[str, AxisAnswer], verdict: str) -> list[str]:
    return [id_ for id_, answer in answers.items() if answer.exact and answer.verdicts == (verdict,)]


def _alone(law: AxisLaw, known: Mapping[str, Value]) -> Inquiry:
    return inquire((law,), known)


def _others(inquiry: Inquiry, fact: str) -> Iterator[Cell]:
    """The answers to a fact that the rules tell apart from the known one."""
    atoms = tuple(atom for atom in inquiry.program.atoms if atom.fact == fact)
    value = inquiry.known[fact]
    for cell in cells(fact, atoms):
        if isinstance(value, Interval):
            inside = isinstance(cell.value, Interval) and cell.value.meet(value) is not None
        else:
            inside = all(holds(atom, value) == bool(cell.marks >> i & 1) for i, atom in enumerate(atoms))
        if not inside:
            yield cell
