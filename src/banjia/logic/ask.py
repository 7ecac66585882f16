"""next_question: which open fact settles most per unit of effort.

Doubt is the entropy of the verdicts over plausible worlds. A fixed sample of worlds, drawn by the priors of the facts,
stands for all of them: it measures how likely things are. What is possible at all is never read from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log2
from random import Random

from banjia.facts.catalogue import load
from banjia.facts.fact import Fact
from banjia.logic.answer import possible
from banjia.logic.cells import Cell
from banjia.logic.frame import binding, evaluate, open_cells
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import NO, OPEN

SAMPLE = 4096  # worlds
FEWEST = 64  # of them that keep the axioms; with fewer the axioms are left aside
EFFORT = 2.0  # of reading and answering any question at all, whatever its own cost
LEAST = 0.0001  # bits of a fact that matters, yet in no sampled world
ASIDE = 0.02  # what a bit on one axis is worth beside a bit of the overall verdict


@dataclass(frozen=True, slots=True)
class Question:
    """`bits`: how much doubt the answer is expected to remove; `worth`: bits per effort, which ranks questions."""

    fact: Fact
    bits: float
    worth: float


def next_question(inquiry: Inquiry, *, skip: Iterable[str] = ()) -> Question | None:
    """The question worth most, or None when nothing that could be asked would change anything."""
    ranked = questions(inquiry, skip=skip)
    return ranked[0] if ranked else None


def questions(inquiry: Inquiry, *, skip: Iterable[str] = ()) -> tuple[Question, ...]:
    """Open facts that bear on what is unsettled, the one worth most first. *skip*: those asked already, in vain."""
    doubts = _doubts(inquiry)
    if not doubts:
        return ()
    roots = [node for nodes, _ in doubts for node in nodes]
    bits = _bits(_Sample.draw(inquiry, roots, even=False), doubts)
    if not any(bits.values()) and _unsettled(inquiry):
        # what is still open lies in worlds too unlikely for the sample: take all cells for equally likely
        bits = _bits(_Sample.draw(inquiry, roots, even=True), doubts)
        bits = bits if any(bits.values()) else dict.fromkeys(bits, LEAST)
    facts = load()
    passed = set(skip)
    found = [Question(facts[id], each, each / (EFFORT + facts[id].cost)) for id, each in bits.items()]  # noqa: A001
    ranked = sorted(found, key=lambda each: (-each.worth, each.fact.cost, each.fact.id))
    return tuple(each for each in ranked if each.bits > 0 and each.fact.id not in passed)


def _bits(sample: _Sample, doubts: Sequence[tuple[tuple[int, ...], float]]) -> dict[str, float]:
    """For each open fact, the doubt that its answer is expected to remove."""
    return {
        fact: round(sum(weight * sample.gain(nodes, masks) for nodes, weight in doubts), 4)
        for fact, masks in sample.cells.items()
    }


def _unsettled(inquiry: Inquiry) -> bool:
    answer = possible(inquiry)
    return len(answer.verdicts) > 1 or any(len(axis.outcomes) > 1 for axis in answer.axes.values())


def _doubts(inquiry: Inquiry) -> list[tuple[tuple[int, ...], float]]:
    """The alternatives that are still open, with what a bit about them is worth."""
    program, told = inquiry.program, inquiry.told
    overall = tuple(node for node in program.overall.values() if told[node] != NO)
    axes = [tuple(node for node in axis.outcomes.values() if told[node] != NO) for axis in program.axes.values()]
    verdicts = [tuple(node for node in axis.verdicts.values() if told[node] != NO) for axis in program.axes.values()]
    open_axes = [nodes for nodes in (*verdicts, *axes) if len(nodes) > 1]
    if len(overall) > 1:
        return [(overall, 1.0), *((nodes, ASIDE) for nodes in open_axes)]
    return [(nodes, 1.0) for nodes in open_axes]


@dataclass(frozen=True, slots=True)
class _Sample:
    """Sampled worlds as bits: which keep the axioms, what holds in which, and which have a fact in which cell."""

    alive: int
    masks: Mapping[int, int]
    cells: Mapping[str, tuple[int, ...]]

    @classmethod
    def draw(cls, inquiry: Inquiry, roots: Sequence[int], *, even: bool) -> _Sample:
        program, told = inquiry.program, inquiry.told
        asked = program.below(roots, told)
        axioms = binding(program, inquiry.known, asked, told)
        nodes = asked | program.below(axioms, told)
        full = (1 << SAMPLE) - 1
        masks: dict[int, int] = {}
        spread = open_cells(program, inquiry.known, nodes)
        columns = {fact: _columns(fact, _evened(found) if even else found) for fact, found in spread.items()}
        for fact, at in program.open_atoms(nodes).items():
            for i, node in enumerate(at):
                inside = zip(spread[fact], columns[fact], strict=True)
                masks[node] = sum(column for cell, column in inside if cell.marks >> i & 1)
        evaluate(program, sorted(nodes), masks, told, full)
        alive = full
        for node in axioms:
            alive &= ~masks[node]
        if alive.bit_count() < FEWEST:
            alive = full
        for root in roots:
            if told[root] != OPEN:
                masks[root] = full if told[root] else 0
        return cls(alive, masks, columns)

    def gain(self, nodes: Sequence[int], cells: Sequence[int]) -> float:
        """The doubt between the alternatives, less what is expected to be left once the cell is known."""
        left = sum(self.entropy(nodes, cell & self.alive) for cell in cells)
        return max(self.entropy(nodes, self.alive) - left, 0.0) / self.alive.bit_count()

    def entropy(self, nodes: Sequence[int], worlds: int) -> float:
        """The entropy of the alternatives over *worlds*, times their number."""
        total = worlds.bit_count()
        counts = [(self.masks[node] & worlds).bit_count() for node in nodes]
        return -sum(count * log2(count / total) for count in counts if count)


def _evened(found: tuple[Cell, ...]) -> tuple[Cell, ...]:
    return tuple(Cell(cell.value, cell.marks, 1 / len(found)) for cell in found)


@lru_cache(maxsize=1024)
def _columns(fact: str, found: tuple[Cell, ...]) -> tuple[int, ...]:
    """For each cell, the sampled worlds that lie in it: as many as its weight says, dealt out by a fixed shuffle."""
    order = _order(fact)
    columns, start, weight = [], 0, 0.0
    for cell in found:
        weight += cell.weight
        end = SAMPLE if cell is found[-1] else min(round(weight * SAMPLE), SAMPLE)
        bits = bytearray(SAMPLE // 8)
        for world in order[start:end]:
            bits[world >> 3] |= 1 << (world & 7)
        columns.append(int.from_bytes(bits, "little"))
        start = end
    return tuple(columns)


@lru_cache(maxsize=1024)
def _order(fact: str) -> list[int]:
    order = list(range(SAMPLE))
    Random(fact).shuffle(order)  # noqa: S311  # the same worlds every time, not a secret
    return order
