"""pack: many complete cases at once. Each case is one bit; numpy packs columns of values into the atoms of an axis."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from banjia.logic.condition import AtLeast, Atom, Flag, Is, Overlaps, Since, SizeAtLeast, Within
from banjia.logic.frame import evaluate
from banjia.logic.program import ATOM, OPEN, Program

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Planes:
    """The atoms of one axis over all cases, packed once and evaluated as often as one likes."""

    program: Program
    axis: str
    atoms: Mapping[int, int]
    cases: int

    def sweep(self) -> dict[str, int]:
        """For each outcome of the axis, the cases that have it: bit c stands for case c."""
        told = self.program.settle({})
        roots = self.program.axes[self.axis].outcomes
        full = (1 << self.cases) - 1
        masks = dict(self.atoms)
        evaluate(self.program, sorted(self.program.below(roots.values(), told)), masks, told, full)
        return {id: masks[node] if told[node] == OPEN else full * told[node] for id, node in roots.items()}  # noqa: A001


def planes(program: Program, axis: str, columns: Mapping[str, Array], cases: int) -> Planes:
    """Pack the columns of the facts that decide the outcome of the axis; a fact that is not there: KeyError.

    Flags come as bool, counts as integers, choices and texts as strings, dates as datetime64[D], sets as an array
    of frozensets (dtype object).
    """
    nodes = program.below(program.axes[axis].outcomes.values(), program.settle({}))
    found = {}
    for number in nodes:
        op, args = program.nodes[number]
        if op == ATOM:
            atom = program.atoms[args[0]]
            bits = np.packbits(_holds(atom, columns[atom.fact]), bitorder="little")
            found[number] = int.from_bytes(bits.tobytes(), "little")
    return Planes(program, axis, found, cases)


def _holds(atom: Atom, column: Array) -> Array:
    match atom:
        case Flag():
            return column.astype(bool, copy=False)
        case AtLeast(_, bound):
            return column >= bound
        case Is(_, values):
            return np.isin(column, sorted(values))
        case Since(_, day):
            return column >= np.datetime64(day)
        case Overlaps(_, values):
            return np.fromiter((not values.isdisjoint(each) for each in column), bool, len(column))
        case Within(_, values):
            return np.fromiter((each <= values for each in column), bool, len(column))
        case SizeAtLeast(_, bound):
            return np.fromiter((len(each) >= bound for each in column), bool, len(column))
