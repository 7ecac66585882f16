"""Overall: the gravest axis, over worlds that are possible for all axes at once.

Each axis keeps its own frame; axes meet in the open facts they share. A verdict is reachable if some answer to the
shared facts leaves every axis a world that is no graver, and one axis a world that is exactly as grave.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from banjia.assess.assessment import ORDER
from banjia.facts.value import Interval
from banjia.logic.answer import AxisAnswer
from banjia.logic.answer import overall as search
from banjia.logic.cells import cells
from banjia.logic.condition import Atom
from banjia.logic.frame import Frame, binding
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import OPEN

STEPS = 3_000  # answers tried for one verdict; past it the verdict counts as reachable and the whole as not exact


@dataclass(frozen=True, eq=False)
class _View:
    """One frame with the worlds of each verdict; the atoms tell its cells of a fact apart."""

    frame: Frame
    verdicts: Mapping[int, int]
    atoms: Mapping[str, tuple[Atom, ...]]

    def at_most(self, verdict: int) -> int:
        return sum_of(bits for rank, bits in self.verdicts.items() if rank <= verdict)


@dataclass(frozen=True, slots=True)
class _Shared:
    """One fact that several frames ask: for each joint answer, the worlds it leaves to each frame."""

    fact: str
    answers: tuple[dict[int, int], ...]


def overall(inquiry: Inquiry, axes: Mapping[str, AxisAnswer]) -> tuple[tuple[str, ...], bool]:
    """Reachable overall verdicts, lightest first, and whether they are exact; else they may be too many."""
    ranks = {id_: [ORDER.index(v) for v in answer.verdicts] for id_, answer in axes.items()}
    floor = max((min(r) for r in ranks.values()), default=0)
    upper = sorted({rank for r in ranks.values() for rank in r if rank >= floor} | {floor})
    exact = all(answer.exact for answer in axes.values())
    undecided = [id_ for id_, r in ranks.items() if max(r) > floor]
    if len(upper) == 1 or len(undecided) == 1:
        return tuple(ORDER[rank] for rank in upper), exact
    views = [view for id_ in undecided if (view := _view(inquiry, id_)) is not None]
    exact = exact and len(views) == len(undecided)
    apart = [id_ for id_ in undecided if _frame(inquiry, id_) is None]
    given = {rank for id_ in apart for rank in ranks[id_]}
    views += _axioms(inquiry, views)
    shared = _shared(inquiry, views)
    found = []
    for rank in upper:
        answer = True if rank in given else _reachable(views, shared, rank, floor)
        exact = exact and answer is not None
        if answer is not False:
            found.append(ORDER[rank])
    return (tuple(found), True) if exact else search(inquiry, axes)


def sum_of(masks: Iterable[int]) -> int:
    joint = 0
    for mask in masks:
        joint |= mask
    return joint


def _frame(inquiry: Inquiry, axis: str) -> Frame | None:
    nodes = inquiry.program.axes[axis].verdicts
    return inquiry.frame(node for node in nodes.values() if inquiry.told[node] == OPEN)


def _view(inquiry: Inquiry, axis: str) -> _View | None:
    frame = _frame(inquiry, axis)
    if frame is None:
        return None
    nodes = inquiry.program.axes[axis].verdicts
    verdicts = {ORDER.index(word): frame.mask(node) for word, node in nodes.items()}
    return _View(frame, verdicts, _atoms(inquiry, nodes.values()))


def _atoms(inquiry: Inquiry, roots: Iterable[int]) -> dict[str, tuple[Atom, ...]]:
    """The atoms that cut the facts of a frame over *roots*, in the order in which its cells are marked."""
    program, told = inquiry.program, inquiry.told
    nodes = program.below(roots, told)
    nodes |= program.below(binding(program, inquiry.known, nodes, told), told)
    return {
        fact: tuple(program.atoms[program.nodes[node][1][0]] for node in at)
        for fact, at in program.open_atoms(nodes).items()
    }


def _axioms(inquiry: Inquiry, views: Sequence[_View]) -> list[_View]:
    """Axioms that tie facts of different frames together, as views that hold wherever they are kept."""
    found = []
    for node in inquiry.program.never:
        if inquiry.told[node] != OPEN:
            continue
        facts = inquiry.program.open_atoms(inquiry.program.below([node], inquiry.told)).keys()
        asked = [fact for fact in facts if any(fact in view.frame.columns for view in views)]
        if len(asked) < 2 or any(facts <= view.frame.columns.keys() for view in views):
            continue
        frame = inquiry.frame([node])
        if frame is not None:
            found.append(_View(frame, {-1: frame.alive & ~frame.mask(node)}, _atoms(inquiry, [node])))
    return found


def _shared(inquiry: Inquiry, views: Sequence[_View]) -> tuple[_Shared, ...]:
    """The open facts of two or more frames, those with few answers first."""
    having: dict[str, list[int]] = {}
    for number, view in enumerate(views):
        for fact in view.frame.columns:
            having.setdefault(fact, []).append(number)
    found = [_joint(inquiry, views, fact, numbers) for fact, numbers in having.items() if len(numbers) > 1]
    return tuple(sorted(found, key=lambda each: (len(each.answers), each.fact)))


def _joint(inquiry: Inquiry, views: Sequence[_View], fact: str, numbers: Sequence[int]) -> _Shared:
    atoms = tuple(dict.fromkeys(atom for n in numbers for atom in views[n].atoms[fact]))
    place = {atom: i for i, atom in enumerate(atoms)}
    value = inquiry.known.get(fact)
    index = {
        n: {cell.marks: views[n].frame.cell_mask(fact, i) for i, cell in enumerate(views[n].frame.columns[fact].cells)}
        for n in numbers
    }
    answers = []
    for cell in cells(fact, atoms, value if isinstance(value, Interval) else None):
        left = {}
        for n in numbers:
            marks = sum(1 << i for i, atom in enumerate(views[n].atoms[fact]) if cell.marks >> place[atom] & 1)
            left[n] = index[n].get(marks, 0)
        answers.append(left)
    return _Shared(fact, tuple(answers))


def _reachable(views: Sequence[_View], shared: Sequence[_Shared], rank: int, floor: int) -> bool | None:
    """Whether some joint world has this gravest verdict; None if the search was cut short."""
    light = [view.at_most(rank) for view in views]
    if not all(light):
        return False
    left = [STEPS]
    cut = False
    for target in [None] if rank == floor else range(len(views)):
        masks = list(light)
        if target is not None:
            masks[target] = views[target].verdicts.get(rank, 0)
        if all(masks):
            answer = _search(masks, shared, 0, left, set())
            if answer:
                return True
            cut = cut or answer is None
    return None if cut else False


def _search(
    masks: list[int], shared: Sequence[_Shared], at: int, left: list[int], failed: set[tuple[int, ...]]
) -> bool | None:
    if at == len(shared):
        return True
    key = (at, *masks)
    if key in failed:
        return False
    for answer in shared[at].answers:
        left[0] -= 1
        if left[0] < 0:
            return None
        after = list(masks)
        for number, mask in answer.items():
            after[number] &= mask
        if all(after):
            found = _search(after, shared, at + 1, left, failed)
            if found is not False:
                return found
    failed.add(key)
    return False
