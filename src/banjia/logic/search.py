"""search: where a frame would be too large, look for one world instead, fact by fact, within a budget of steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from banjia.facts.value import Value
from banjia.logic.cells import Cell
from banjia.logic.frame import binding, open_cells
from banjia.logic.program import NO, OPEN, YES, Op, Program

BUDGET = 4_000  # settled programs; past it the answer is "perhaps"


def find(
    program: Program, known: Mapping[str, Value], root: int, *, budget: int = BUDGET
) -> dict[str, Value] | Literal["perhaps"] | None:
    """The open facts of one world in which *root* holds; None when there is surely none."""
    left = [budget]
    answer = _find(program, dict(known), root, left)
    if answer is None and left[0] <= 0:
        return "perhaps"
    return answer


def _find(program: Program, known: dict[str, Value], root: int, left: list[int]) -> dict[str, Value] | None:
    if left[0] <= 0:
        return None
    left[0] -= 1
    told = program.settle(known)
    if told[root] == NO or any(told[node] == YES for node in program.never):
        return None
    nodes = program.below([root], told)
    axioms = binding(program, nodes, told)
    if told[root] == YES and not axioms:
        return {}
    goals = nodes | program.below(axioms, told)
    spread = open_cells(program, known, goals)
    fact = _branch(program, spread, nodes or goals, told)
    for cell in sorted(spread[fact], key=lambda cell: -cell.weight):
        found = _find(program, {**known, fact: cell.value}, root, left)
        if found is not None:
            return {fact: cell.value, **found}
        if left[0] <= 0:
            return None
    return None


def _branch(program: Program, spread: Mapping[str, tuple[Cell, ...]], nodes: set[int], told: list[int]) -> str:
    """The fact that stands in most conditions: deciding it settles most."""
    weight: dict[str, float] = {}
    uses: dict[int, int] = {}
    for at in nodes:
        for arg in program.nodes[at][1] if program.nodes[at][0] is not Op.ATOM else ():
            if told[arg] == OPEN:
                uses[arg] = uses.get(arg, 0) + 1
    for fact, atoms in program.open_atoms(nodes).items():
        weight[fact] = sum(uses.get(at, 1) for at in atoms) / len(spread[fact])
    return max(weight, key=lambda fact: (weight[fact], fact))
