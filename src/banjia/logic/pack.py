"""pack: many complete cases at once. Each case is one bit; numpy packs columns of values into the program's atoms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from banjia.logic.condition import AtLeast, Atom, Flag, Is, Overlaps, Since, SizeAtLeast, Within
from banjia.logic.frame import evaluate
from banjia.logic.program import ATOM, OPEN, Program

Array = npt.NDArray[Any]


def planes(program: Program, columns: Mapping[str, Array]) -> dict[int, int]:
    """For each atom node, the cases in which it holds.

    Columns by fact: flags as bool, counts as integers, choices and texts as strings, dates as datetime64[D], sets as an
    object array of frozensets. Every fact that the program mentions must be there.
    """
    found = {}
    for number, (op, args) in enumerate(program.nodes):
        if op == ATOM:
            atom = program.atoms[args[0]]
            bits = np.packbits(_holds(atom, columns[atom.fact]), bitorder="little")
            found[number] = int.from_bytes(bits.tobytes(), "little")
    return found


def sweep(program: Program, atoms: Mapping[int, int], cases: int) -> dict[int, int]:
    """The cases in which each node of the program holds."""
    full = (1 << cases) - 1
    masks = {0: 0, 1: full, **atoms}
    evaluate(program, range(len(program.nodes)), masks, [OPEN] * len(program.nodes), full)
    return masks


def counts(program: Program, axis: str, masks: Mapping[int, int]) -> dict[str, int]:
    """How many cases each outcome of an axis has."""
    return {outcome: masks[node].bit_count() for outcome, node in program.axes[axis].outcomes.items()}


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
