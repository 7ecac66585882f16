"""Frame: every world that the known facts leave open, as one big integer per node: bit w says what holds in world w."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod

from banjia.facts.value import Interval, Value
from banjia.logic.cells import Cell, cells
from banjia.logic.program import AND, NO, NOT, OPEN, OR, YES, Program
from banjia.logic.truth import Truth

LIMIT = 1 << 20  # worlds; above it a frame is not built
IDLE = 1 << 14  # worlds of axioms alone that are looked through to see whether they exclude anything


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

    def truth(self, node: int) -> Truth:
        """Where the node holds and where it does not, among the living worlds."""
        yes = self.mask(node)
        return Truth(yes, self.alive & ~yes)

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
    axioms = binding(program, known, nodes, told)
    nodes |= program.below(axioms, told)
    spread = open_cells(program, known, nodes)
    size = prod(len(found) for found in spread.values())
    if size > LIMIT:
        return None
    columns, masks = _spread(program, spread, nodes, told)
    alive = (1 << size) - 1
    for node in axioms:
        alive &= ~masks[node]
    if any(told[node] == YES for node in program.never):
        alive = 0
    return Frame(columns, size, alive, masks, told)


def _spread(
    program: Program, spread: Mapping[str, tuple[Cell, ...]], nodes: Iterable[int], told: Sequence[int]
) -> tuple[dict[str, Column], dict[int, int]]:
    """The facts laid out as columns, the first innermost, and the masks of all nodes over them."""
    size = prod(len(found) for found in spread.values())
    atoms = program.open_atoms(nodes)
    columns: dict[str, Column] = {}
    masks: dict[int, int] = {}
    stride = 1
    for fact, found in spread.items():
        columns[fact] = Column(found, stride)
        period = stride * len(found)
        for i, node in enumerate(atoms[fact]):
            unit = sum(((1 << stride) - 1) << j * stride for j, cell in enumerate(found) if cell.marks >> i & 1)
            masks[node] = tile(unit, period, size // period)
        stride = period
    evaluate(program, sorted(nodes), masks, told, (1 << size) - 1)
    return columns, masks


def evaluate(program: Program, nodes: Sequence[int], masks: dict[int, int], told: Sequence[int], full: int) -> None:
    """Complete *masks* from atoms upwards; *nodes* ascend, and settled parts change nothing and are skipped."""
    for at in nodes:
        op, args = program.nodes[at]
        if op == NOT:
            masks[at] = full ^ masks[args[0]]
        elif op == AND:
            mask = full
            for arg in args:
                if told[arg] == OPEN:
                    mask &= masks[arg]
            masks[at] = mask
        elif op == OR:
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


def binding(program: Program, known: Mapping[str, Value], nodes: set[int], told: Sequence[int]) -> list[int]:
    """The axioms that may exclude a world of these nodes.

    An axiom that some other fact can always satisfy, whatever the rest, excludes none: that fact gives way.
    """
    reached = set(program.open_atoms(nodes))
    near: dict[int, set[str]] = {}
    todo = list(reached)
    seen = set(reached)
    while todo:
        for node in _axioms_about(program).get(todo.pop(), ()):
            if told[node] == OPEN and node not in near:
                near[node] = {fact for at, fact in _axiom_atoms(program)[node] if told[at] == OPEN}
                todo += near[node] - seen
                seen |= near[node]
    while loose := _loose(program, near, reached | known.keys()):
        near = {node: facts for node, facts in near.items() if loose not in facts}
    kept: list[int] = []
    for group, facts in _linked(near):
        about = {fact for node in group for _, fact in _axiom_atoms(program)[node]}
        given = tuple((fact, known[fact]) for fact in sorted(about & known.keys()))
        if not _idle(program, group, frozenset(facts & reached), given):
            kept += group
    return sorted(kept)


def _linked(axioms: Mapping[int, set[str]]) -> list[tuple[tuple[int, ...], set[str]]]:
    """The axioms in groups that share facts, each with its facts."""
    found: list[tuple[tuple[int, ...], set[str]]] = []
    for node, facts in axioms.items():
        joined = [each for each in found if not each[1].isdisjoint(facts)]
        group = tuple(sorted([node, *(other for nodes, _ in joined for other in nodes)]))
        found = [each for each in found if each not in joined]
        found.append((group, facts.union(*(others for _, others in joined))))
    return found


@lru_cache(maxsize=4096)
def _idle(
    program: Program, group: tuple[int, ...], reached: frozenset[str], known: tuple[tuple[str, Value], ...]
) -> bool:
    """Whether, however the facts in *reached* lie, the others can lie so that every axiom of the group is kept."""
    told = program.settle(dict(known))
    nodes = program.below(group, told)
    spread = open_cells(program, dict(known), nodes)
    spread = dict(sorted(spread.items(), key=lambda item: item[0] not in reached))
    inner = prod(len(found) for fact, found in spread.items() if fact in reached)
    size = prod(len(found) for found in spread.values())
    if size > IDLE:
        return False
    masks = _spread(program, spread, nodes, told)[1]
    kept = (1 << size) - 1
    for node in group:
        kept &= ~masks[node]
    covered = 0
    while kept:
        covered |= kept & ((1 << inner) - 1)
        kept >>= inner
    return covered == (1 << inner) - 1


def _loose(program: Program, axioms: Mapping[int, set[str]], reached: set[str]) -> str | None:
    """A fact outside *reached* that has a cell in which all axioms about it are kept; nothing is known of it yet."""
    mentions: dict[str, set[int]] = {}
    for node, facts in axioms.items():
        for fact in facts - reached:
            mentions.setdefault(fact, set()).add(node)
    return next((fact for fact, about in mentions.items() if any(about <= kept for kept in _ways(program, fact))), None)


@lru_cache(maxsize=64)
def _axiom_atoms(program: Program) -> dict[int, tuple[tuple[int, str], ...]]:
    """The atoms of every axiom, with their facts."""
    told = program.settle({})
    return {
        node: tuple(
            (at, fact) for fact, found in program.open_atoms(program.below([node], told)).items() for at in found
        )
        for node in program.never
    }


@lru_cache(maxsize=64)
def _axioms_about(program: Program) -> dict[str, tuple[int, ...]]:
    """The axioms that mention a fact."""
    found: dict[str, dict[int, None]] = {}
    for node, atoms in _axiom_atoms(program).items():
        for _, fact in atoms:
            found.setdefault(fact, {})[node] = None
    return {fact: tuple(nodes) for fact, nodes in found.items()}


@lru_cache(maxsize=4096)
def _ways(program: Program, fact: str) -> tuple[frozenset[int], ...]:
    """For each cell of the fact, the axioms that it keeps on its own."""
    about = _axioms_about(program)[fact]
    nodes = {at for node in about for at, other in _axiom_atoms(program)[node] if other == fact}
    found = []
    for cell in open_cells(program, {}, nodes)[fact]:
        told = program.settle({fact: cell.value})
        found.append(frozenset(node for node in about if told[node] == NO))
    return tuple(found)


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
