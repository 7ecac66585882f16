"""find: where a frame would be too large, look for one world that meets some goals.

Goals that share no open fact are met apart from one another; small groups of goals are decided by a frame; a large
group is halved by trying one fact that many of its goals share. What is too hard for the budget is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Literal

from banjia.facts.value import Value
from banjia.logic.cells import Cell
from banjia.logic.frame import binding, frame, open_cells
from banjia.logic.program import AND, NO, NOT, OPEN, OR, YES, Program

BUDGET = 1_500  # groups of goals looked at; past it the answer is "perhaps"
SMALL = 1 << 13  # worlds that are enumerated rather than searched

Goal = tuple[int, int]  # a node, and the answer (YES or NO) it shall have
World = dict[str, Value]


def find(
    program: Program,
    known: Mapping[str, Value],
    goals: Iterable[Goal],
    *,
    told: Sequence[int] | None = None,
    budget: int = BUDGET,
) -> World | Literal["perhaps"] | None:
    """The open facts of one world that meets all goals; None where there is surely no such world.

    *told*: what the known facts make of the program, where that is at hand.
    """
    search = _Search(program, [budget])
    world = search.meet(dict(known), list(goals), program.settle(known) if told is None else told)
    return "perhaps" if world is None and search.left[0] <= 0 else world


@dataclass(frozen=True, slots=True)
class _Search:
    program: Program
    left: list[int]

    def meet(self, known: World, goals: Sequence[Goal], told: Sequence[int]) -> World | None:
        if self.left[0] <= 0:
            return None
        self.left[0] -= 1
        program = self.program
        if any(told[node] == YES for node in program.never):
            return None
        open_goals = self.spell(goals, told)
        if open_goals is None:
            return None
        nodes = program.below([node for node, _ in open_goals], told)
        kept = [(node, NO) for node in binding(program, known, nodes, told)]
        open_goals = self.spell([*open_goals, *kept], told)
        if open_goals is None:
            return None
        world: World = {}
        reach = program.reach(told)
        for group in _groups([*open_goals], reach):
            found = self.meet_group(known, group, told, reach)
            if found is None:
                return None
            world |= found
        return world

    def meet_group(
        self, known: World, group: Sequence[Goal], told: Sequence[int], reach: Sequence[int]
    ) -> World | None:
        program = self.program
        nodes = program.below([node for node, _ in group], told)
        spread = open_cells(program, known, nodes)
        if prod(len(found) for found in spread.values()) <= SMALL:
            made = frame(program, known, [node for node, _ in group], told)
            if made is not None:
                mask = made.alive
                for node, want in group:
                    mask &= made.mask(node) if want == YES else ~made.mask(node)
                return made.witness(mask) if mask else None
        fact = self.branch(spread, group, reach)
        for cell in sorted(spread[fact], key=lambda cell: -cell.weight):
            more = {**known, fact: cell.value}
            world = self.meet(more, group, program.settle(more, told))
            if world is not None:
                return {fact: cell.value, **world}
        return None

    def spell(self, goals: Sequence[Goal], told: Sequence[int]) -> dict[Goal, None] | None:
        """The goals taken apart as far as each part must be met; None where one cannot be."""
        found: dict[Goal, None] = {}
        todo = list(reversed(goals))
        while todo:
            node, want = todo.pop()
            if told[node] != OPEN:
                if told[node] != want:
                    return None
                continue
            op, args = self.program.nodes[node]
            if op == NOT:
                todo.append((args[0], YES - want))
            elif (op, want) in {(AND, YES), (OR, NO)}:
                todo.extend((arg, want) for arg in reversed(args))
            else:
                found[node, want] = None
        return None if any((node, YES - want) in found for node, want in found) else found

    def branch(self, spread: Mapping[str, tuple[Cell, ...]], group: Sequence[Goal], reach: Sequence[int]) -> str:
        """The fact in most goals: once it is decided they fall apart. Of equals, the one with fewest cells."""
        place = {fact: 1 << i for i, fact in enumerate(self.program.order) if fact in spread}
        uses = {fact: sum(1 for node, _ in group if reach[node] & bit) for fact, bit in place.items()}
        return max(spread, key=lambda fact: (uses[fact], -len(spread[fact]), fact))


def _groups(goals: Sequence[Goal], reach: Sequence[int]) -> list[list[Goal]]:
    """Goals that share open facts, directly or through others; the groups with fewest goals first."""
    found: list[tuple[int, list[Goal]]] = []
    for goal in goals:
        facts, members = reach[goal[0]], [goal]
        apart = []
        for other, theirs in found:
            if other & facts:
                facts, members = facts | other, [*theirs, *members]
            else:
                apart.append((other, theirs))
        found = [*apart, (facts, members)]
    return sorted((members for _, members in found), key=len)
