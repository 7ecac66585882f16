"""Frame: every world that the known facts leave open, as one big integer per node: bit w says what holds in world w."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod

from banjia.facts.value import Interval, Value
from banjia.logic.cells import Cell, cells
from banjia.logic.program import OPEN, YES, Op, Program

LIMIT = 1 << 20  # worlds; above it a frame is not built


@dataclass(frozen=True, slots=True)
class Column:
    """One open fact of a frame: its cells, and how many worlds stand side by side within one cell."""

    cells: tuple[Cell, ...]
    stride: int


@dataclass(frozen=True, eq=False)
class Frame:
    """`alive` are the worlds that no axiom excludes; masks of nodes are read with `mask`."""

    columns: Mapping[str, Column]
    size: int
    alive: int
    masks: Mapping[int, int]
    told: Sequence[int]

    @property
    def worlds(self) -> int:
        return self.alive.bit_count()

    def mask(self, node: int) -> int:
        """The living worlds in which the node holds."""
        told = self.told[node]
        if told == OPEN:
            return self.masks[node] & self.alive
        return self.alive if told == YES else 0

    def cell_mask(self, fact: str, index: int) -> int:
        """The worlds in which the fact lies in its cell of that number."""
        column = self.columns[fact]
        period = column.stride * len(column.cells)
        return tile(((1 << column.stride) - 1) << index * column.stride, period, self.size // period)

    def witness(self, mask: int) -> dict[str, Value]:
        """The first world of a mask that is not empty, as facts with example values."""
        world = (mask & -mask).bit_length() - 1
        return {
            fact: column.cells[world // column.stride % len(column.cells)].value
            for fact, column in self.columns.items()
        }


def frame(
    program: Program, known: Mapping[str, Value], roots: Iterable[int], told: Sequence[int] | None = None
) -> Frame | None:
    """The worlds that decide *roots*; None where there would be more than LIMIT of them."""
    told = program.settle(known) if told is None else told
    nodes = program.below(roots, told)
    axioms = binding(program, nodes, told)
    nodes |= program.below(axioms, told)
    spread = open_cells(program, known, nodes)
    size = prod(len(found) for found in spread.values())
    if size > LIMIT:
        return None
    columns: dict[str, Column] = {}
    masks: dict[int, int] = {}
    stride = 1
    for fact, at in program.open_atoms(nodes).items():
        found = spread[fact]
        columns[fact] = Column(found, stride)
        period = stride * len(found)
        for i, node in enumerate(at):
            unit = sum(((1 << stride) - 1) << j * stride for j, cell in enumerate(found) if cell.marks >> i & 1)
            masks[node] = tile(unit, period, size // period)
        stride = period
    full = (1 << size) - 1
    evaluate(program, sorted(nodes), masks, told, full)
    alive = full
    for node in axioms:
        alive &= ~masks[node]
    if any(told[node] == YES for node in program.never):
        alive = 0
    return Frame(columns, size, alive, masks, told)


def evaluate(program: Program, nodes: Sequence[int], masks: dict[int, int], told: Sequence[int], full: int) -> None:
    """Complete *masks* from atoms upwards; *nodes* ascend, and settled parts change nothing and are skipped."""
    for at in nodes:
        op, args = program.nodes[at]
        if op is Op.NOT:
            masks[at] = full ^ masks[args[0]]
        elif op is Op.AND:
            mask = full
            for arg in args:
                if told[arg] == OPEN:
                    mask &= masks[arg]
            masks[at] = mask
        elif op is Op.OR:
            mask = 0
            for arg in args:
                if told[arg] == OPEN:
                    mask |= masks[arg]
            masks[at] = mask


def open_cells(program: Program, known: Mapping[str, Value], nodes: Iterable[int]) -> dict[str, tuple[Cell, ...]]:
    """The cells of every fact among *nodes*, cut by those of its atoms that are still open."""
    found = {}
    for fact, at in program.open_atoms(nodes).items():
        atoms = tuple(program.atoms[program.nodes[node][1][0]] for node in at)
        value = known.get(fact)
        found[fact] = cells(fact, atoms, value if isinstance(value, Interval) else None)
    return found


def binding(program: Program, nodes: set[int], told: Sequence[int]) -> list[int]:
    """The axioms that may exclude a world of these nodes.

    An axiom over a fact that nothing else mentions excludes none: whatever the rest, that fact can give way.
    """
    reached = set(program.open_atoms(nodes))
    axioms = {
        node: set(program.open_atoms(program.below([node], told))) for node in program.never if told[node] == OPEN
    }
    near: dict[int, set[str]] = {}
    grown = set(reached)
    while more := {node: facts for node, facts in axioms.items() if node not in near and facts & grown}:
        near |= more
        grown.update(*more.values())
    while True:
        mentions: dict[str, int] = {}
        for facts in near.values():
            for fact in facts - reached:
                mentions[fact] = mentions.get(fact, 0) + 1
        loose = [node for node, facts in near.items() if any(mentions.get(fact) == 1 for fact in facts - reached)]
        if not loose:
            return sorted(near)
        for node in loose:
            del near[node]


def tile(unit: int, width: int, times: int) -> int:
    """*times* copies of a pattern of *width* bits side by side, by doubling."""
    out = have = 0
    while times:
        if times & 1:
            out |= unit << have
            have += width
        unit |= unit << width
        width *= 2
        times >>= 1
    return out
