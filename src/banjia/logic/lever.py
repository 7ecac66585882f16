"""levers: which known fact, were it otherwise, would change the verdict; the easiest to change first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from banjia.errors import FactError
from banjia.facts.catalogue import load
from banjia.facts.value import Interval, Value
from banjia.logic.answer import possible
from banjia.logic.cells import Cell, cells, holds
from banjia.logic.condition import Atom
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import Program
from banjia.logic.rules import VERDICTS, Verdict
from banjia.logic.why import because

Redo = Callable[[str, Value], Mapping[str, Value] | None]


@dataclass(frozen=True, slots=True)
class Lever:
    """With `fact` at `new`, an example of its class, the overall verdict is among `verdicts`."""

    fact: str
    old: Value
    new: Value
    verdicts: tuple[Verdict, ...]
    exact: bool
    effort: float


def levers(inquiry: Inquiry, *, redo: Redo | None = None, facts: Iterable[str] | None = None) -> tuple[Lever, ...]:
    """Every change of one known fact that changes what can result overall.

    *redo* gives all known facts after the change, so that what was concluded from the old value goes with it; None says
    that the change cannot be made. *facts* names those that may be changed.
    """
    now = possible(inquiry)
    reasons = set(because(inquiry, now.verdict)) if now.verdict and now.exact else None
    found = []
    for fact in inquiry.known if facts is None else facts:
        if fact not in inquiry.known or fact not in inquiry.program.facts:
            continue
        for cell in _others(inquiry.program, fact, inquiry.known[fact]):
            after = redo(fact, cell.value) if redo else {**inquiry.known, fact: cell.value}
            if after is None:
                continue
            changed = {id for id in {*after, *inquiry.known} if after.get(id) != inquiry.known.get(id)}  # noqa: A001
            if reasons is not None and changed.isdisjoint(reasons):
                continue  # the reasons stand, so does the verdict
            lever = _pull(inquiry, fact, cell, after)
            if lever is not None and lever.verdicts != now.verdicts:
                found.append(lever)
    return tuple(sorted(found, key=lambda each: (each.effort, _worst(each.verdicts), each.fact, str(each.new))))


def _pull(inquiry: Inquiry, fact: str, cell: Cell, after: Mapping[str, Value]) -> Lever | None:
    try:
        answer = possible(Inquiry(inquiry.program, after))
    except FactError:
        return None  # with everything else as it is, the change is impossible
    return Lever(fact, inquiry.known[fact], cell.value, answer.verdicts, answer.exact, load()[fact].change)


def _others(program: Program, fact: str, value: Value) -> list[Cell]:
    """The cells of the fact in which the known value does not lie."""
    atoms = tuple(atom for atom in program.atoms if atom.fact == fact)
    return [cell for cell in cells(fact, atoms) if not _inside(cell, atoms, value)]


def _worst(verdicts: tuple[Verdict, ...]) -> int:
    return max(map(VERDICTS.index, verdicts))


def _inside(cell: Cell, atoms: tuple[Atom, ...], value: Value) -> bool:
    if isinstance(value, Interval):
        return isinstance(cell.value, Interval) and cell.value.meet(value) is not None
    return all(holds(atom, value) == bool(cell.marks >> i & 1) for i, atom in enumerate(atoms))
