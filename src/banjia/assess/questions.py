"""Questions: which open fact to ask first; the one that settles most of the overall verdict for its effort."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log2

from banjia.assess.assessment import ORDER, Missing
from banjia.assess.scale import Scale
from banjia.facts.catalogue import load
from banjia.logic.answer import AxisAnswer
from banjia.logic.cells import Cell
from banjia.logic.frame import Frame
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import OPEN

Spread = list[float]  # chance of each verdict, lightest first
TINY = 1e-9


def missing(inquiry: Inquiry, answers: Mapping[str, AxisAnswer]) -> tuple[Missing, ...]:
    """Open facts whose answer removes something reachable, best first."""
    views = [view for id_, answer in answers.items() if _open(answer) and (view := _view(inquiry, id_)) is not None]
    settled = [_certain(answer) for answer in answers.values() if not _open(answer)]
    spreads = {view.axis: view.spread(view.frame.alive) for view in views}
    before = _entropy(_gravest([*settled, *spreads.values()]))
    found: list[tuple[tuple[float, float, float], Missing]] = []
    for fact in dict.fromkeys(fact for view in views for fact in view.frame.columns):
        asking = [view for view in views if fact in view.frame.columns]
        telling = [view for view in asking if view.removes(fact)]
        if not telling:
            continue
        here = sum(view.bits(fact) for view in telling)
        rest = [*settled, *(spread for id_, spread in spreads.items() if all(v.axis != id_ for v in asking))]
        overall = max(0.0, before - _after(fact, asking, rest)) if before > TINY else 0.0
        known = load()[fact]
        effort = 1.0 + known.cost
        axes = tuple(view.axis for view in telling)
        item = Missing(fact, known.question, known.who, max(overall, here), known.cost, axes)
        found.append(((-overall / effort, -here / effort, known.cost), item))
    return tuple(item for _, item in sorted(found, key=lambda pair: (pair[0], pair[1].fact)))


@dataclass(frozen=True, eq=False)
class _View:
    """One axis that is still open, with the worlds of each outcome and verdict."""

    axis: str
    frame: Frame
    verdicts: tuple[int, ...]  # in ORDER
    parts: tuple[int, ...]  # worlds of one outcome with one verdict

    @cached_property
    def scale(self) -> Scale:
        return Scale(self.frame)

    def cells(self, fact: str) -> Iterable[tuple[Cell, int]]:
        for i, cell in enumerate(self.frame.columns[fact].cells):
            mask = self.frame.cell_mask(fact, i) & self.frame.alive
            if mask:
                yield cell, mask

    def removes(self, fact: str) -> bool:
        """True if some answer takes an outcome or a verdict away."""
        return any(not part & mask for _, mask in self.cells(fact) for part in self.parts)

    def bits(self, fact: str) -> float:
        """What the answer is expected to settle of what this axis comes to."""
        whole = _entropy([self.scale.share(part) for part in self.parts])
        left = 0.0
        for _, mask in self.cells(fact):
            shares = [self.scale.share(part & mask) for part in self.parts]
            chance = sum(shares)
            if chance > TINY:
                left += chance * _entropy([share / chance for share in shares])
        return max(0.0, whole - left)

    def spread(self, mask: int) -> Spread:
        shares = [self.scale.share(worlds & mask) for worlds in self.verdicts]
        whole = sum(shares)
        return [share / whole for share in shares] if whole > TINY else [1.0, 0.0, 0.0, 0.0]


def _view(inquiry: Inquiry, axis: str) -> _View | None:
    nodes = inquiry.program.axes[axis]
    outcomes = [node for node in nodes.outcomes.values() if inquiry.told[node] == OPEN]
    verdicts = [nodes.verdicts[word] for word in ORDER]  # type: ignore[index]
    frame = inquiry.frame([*outcomes, *(node for node in verdicts if inquiry.told[node] == OPEN)])
    if frame is None:
        return None
    masks = tuple(frame.mask(node) for node in verdicts)
    parts = tuple(p for node in nodes.outcomes.values() for mask in masks if (p := frame.mask(node) & mask))
    return _View(axis, frame, masks, parts)


def _after(fact: str, asking: Sequence[_View], rest: Sequence[Spread]) -> float:
    """Expected entropy of the overall verdict once the fact is answered; axes are weighed as if they stood apart."""
    lead = max(asking, key=lambda view: len(view.frame.columns[fact].cells))
    expected = total = 0.0
    for cell, mask in lead.cells(fact):
        chance = lead.scale.share(mask)
        if chance > TINY:
            mine = [view.spread(mask if view is lead else _alike(view, fact, cell)) for view in asking]
            expected += chance * _entropy(_gravest([*rest, *mine]))
            total += chance
    return expected / total if total else 0.0


def _alike(view: _View, fact: str, answer: Cell) -> int:
    """The worlds of another frame in which the fact may have the same value."""
    same = 0
    for cell, mask in view.cells(fact):
        if cell.value == answer.value:
            return mask
        same |= mask
    return same


def _open(answer: AxisAnswer) -> bool:
    return len(answer.outcomes) > 1 or len(answer.verdicts) > 1


def _certain(answer: AxisAnswer) -> Spread:
    return [1.0 if word == answer.verdicts[0] else 0.0 for word in ORDER]


def _gravest(spreads: Sequence[Spread]) -> Spread:
    """The chances of the gravest of several independent verdicts."""
    below = [1.0] * len(ORDER)
    for spread in spreads:
        run = 0.0
        for i, chance in enumerate(spread):
            run += chance
            below[i] *= min(1.0, run)
    return [below[0], *(below[i] - below[i - 1] for i in range(1, len(ORDER)))]


def _entropy(chances: Sequence[float]) -> float:
    return -sum(chance * log2(chance) for chance in chances if chance > TINY)
