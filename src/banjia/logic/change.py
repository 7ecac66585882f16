"""change: the bands of days between which the law stands still, and what differs between the law of two days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from banjia.facts.value import Value
from banjia.logic.axioms import axioms
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import YES, assemble
from banjia.logic.rules import AxisLaw, RuleBase


@dataclass(frozen=True, slots=True)
class Band:
    """Days from `first` to `last`, both included, on all of which the same rules are in force."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Move:
    """Cases that have the outcome `old` under the one law and `new` under the other, with one of them as witness."""

    axis: str
    old: str
    new: str
    witness: Mapping[str, Value]


def bands(bases: Iterator[RuleBase] | tuple[RuleBase, ...], first: date, last: date) -> tuple[Band, ...]:
    """The days from *first* to *last*, cut where a rule of any of the bases begins or has ended."""
    starts = sorted({first, *(cut for base in bases for cut in base.cuts if first < cut <= last)})
    ends = [*(start - timedelta(days=1) for start in starts[1:]), last]
    return tuple(Band(start, end) for start, end in zip(starts, ends, strict=True))


def diff(old: AxisLaw, new: AxisLaw, known: Mapping[str, Value] | None = None) -> tuple[Move, ...]:
    """What a change of law changes on one axis: every pair of outcomes that some case moves between."""
    later = replace(new, axis=replace(new.axis, id=f"{new.id} after"))
    inquiry = Inquiry(assemble((old, later), axioms()), dict(known or {}))
    before, after = (inquiry.program.axes[id].outcomes for id in (old.id, later.id))  # noqa: A001
    reached, _ = inquiry.reachable(before)
    reaches, _ = inquiry.reachable(after)
    moves = []
    for one in reached:
        for other in reaches:
            if one == other:
                continue
            world = inquiry.find([(before[one], YES), (after[other], YES)])
            if world is not None:
                moves.append(Move(old.id, one, other, world if isinstance(world, dict) else {}))
    return tuple(moves)
