"""because: the smallest set of known facts that already settles an answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from banjia.facts.catalogue import load
from banjia.facts.value import Value
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import AND, ATOM, CONSTANT, NO, NOT, OPEN, YES, Program
from banjia.logic.rules import VERDICTS, Verdict


def because(inquiry: Inquiry, verdict: Verdict) -> tuple[str, ...]:
    """Known facts that suffice for the overall verdict, none of which can be left out; () where it is not settled."""
    rank = VERDICTS.index(verdict)
    carrying = [
        axis.verdicts[verdict] for axis in inquiry.program.axes.values() if inquiry.certain(axis.verdicts[verdict])
    ]
    if carrying and rank == len(VERDICTS) - 1:  # nothing is graver, so one axis is reason enough
        return min((because_node(inquiry, node) for node in carrying), key=lambda facts: (len(facts), facts))
    return _smallest(inquiry, [inquiry.program.overall[verdict]], lambda case: _is_overall(case, rank, carrying))


def because_axis(inquiry: Inquiry, axis: str, outcome: str) -> tuple[str, ...]:
    """Known facts that suffice for the outcome of one axis, none of which can be left out."""
    node = inquiry.program.axes[axis].outcomes[outcome]
    return _smallest(inquiry, [node], lambda case: case.certain(node))


def because_node(inquiry: Inquiry, node: int) -> tuple[str, ...]:
    """Known facts that suffice for a node to hold, none of which can be left out."""
    return _smallest(inquiry, [node], lambda case: case.certain(node))


def _smallest(inquiry: Inquiry, roots: Iterable[int], settled: Callable[[Inquiry], bool]) -> tuple[str, ...]:
    enough = set(inquiry.known) & inquiry.program.facts
    short = support(inquiry.program, inquiry.told, roots)
    for start in ([short] if short is not None else []) + [enough]:
        case = _only(inquiry, start)
        if settled(case):
            found: list[list[str]] = [_prune(inquiry, start, order, settled) for order in (_dearest, _plainest)]
            shortest = found[0] if len(found[0]) <= len(found[1]) else found[1]
            return tuple(sorted(shortest))
    return ()


def _prune(
    inquiry: Inquiry, start: Iterable[str], order: Callable[[str], object], settled: Callable[[Inquiry], bool]
) -> list[str]:
    """Leave out one fact after another, as long as the rest still settles it. What stays cannot be left out."""
    kept = sorted(start, key=order)  # type: ignore[arg-type]
    for fact in list(kept):
        fewer = [other for other in kept if other != fact]
        if settled(_only(inquiry, fewer)):
            kept = fewer
    return kept


def _dearest(fact: str) -> tuple[float, str]:
    return -load()[fact].cost, fact


def _plainest(fact: str) -> tuple[float, str]:
    return load()[fact].cost, fact


def _only(inquiry: Inquiry, facts: Iterable[str]) -> Inquiry:
    kept: Mapping[str, Value] = {fact: inquiry.known[fact] for fact in facts}
    return Inquiry(inquiry.program, kept)


def _is_overall(case: Inquiry, rank: int, carrying: Iterable[int]) -> bool:
    """Whether no axis can be above the rank and some axis is always at it (one of *carrying*, or by turns)."""
    axes = case.program.axes.values()
    if not all(case.excluded(axis.verdicts[graver]) for axis in axes for graver in VERDICTS[rank + 1 :]):
        return False
    if rank == 0 or any(case.certain(node) for node in carrying):
        return True
    return case.find([(axis.verdicts[VERDICTS[rank]], NO) for axis in axes]) is None


def support(program: Program, told: list[int], roots: Iterable[int]) -> set[str] | None:
    """Facts whose values alone make the roots what they are told to be; None where a root is open."""
    memo: dict[int, frozenset[str]] = {}
    facts: set[str] = set()
    for root in roots:
        if told[root] == OPEN:
            return None
        facts |= _support(program, told, root, memo)
    return facts


def _support(program: Program, told: list[int], node: int, memo: dict[int, frozenset[str]]) -> frozenset[str]:
    if node not in memo:
        op, args = program.nodes[node]
        if op == CONSTANT:
            memo[node] = frozenset()
        elif op == ATOM:
            memo[node] = frozenset([program.atoms[args[0]].fact])
        elif op == NOT:
            memo[node] = _support(program, told, args[0], memo)
        else:
            every = (op == AND) == (told[node] == YES)
            reasons = [_support(program, told, arg, memo) for arg in args if every or told[arg] == told[node]]
            shortest = min(reasons, key=lambda each: (len(each), sorted(each)))
            memo[node] = frozenset().union(*reasons) if every else shortest
    return memo[node]
