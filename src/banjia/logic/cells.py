"""Cells: the finitely many classes into which the atoms of the day's rules divide what a fact may be.

Two values that every atom treats alike are one cell. That makes an endless number line, a list of countries or every
subset of a set a handful of worlds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from banjia.facts.catalogue import load
from banjia.facts.fact import Fact
from banjia.facts.place import COUNTRIES, PLACES
from banjia.facts.value import Interval, Value
from banjia.logic.condition import AtLeast, Atom, Flag, Is, Overlaps, Since, SizeAtLeast, Within

OTHER = "other"  # stands for any text that no rule names
_FLOOR = 0.02  # no cell is taken for impossible because its prior was guessed low


@dataclass(frozen=True, slots=True)
class Cell:
    """One class of values: an example, which atoms hold of it (bit i: the i-th atom), and how likely it is."""

    value: Value
    marks: int
    weight: float


@lru_cache(maxsize=4096)
def cells(fact: str, atoms: tuple[Atom, ...], known: Interval | None = None) -> tuple[Cell, ...]:
    """The cells of *fact* under *atoms*, all of which speak of it; a known interval leaves only its own bands."""
    found = _cells(load()[fact], atoms, known)
    total = sum(cell.weight for cell in found) or 1.0
    floor = _FLOOR / len(found)
    return tuple(Cell(cell.value, cell.marks, (1 - _FLOOR) * cell.weight / total + floor) for cell in found)


def holds(atom: Atom, value: Value) -> bool | None:
    """Whether the atom holds of the value; None where an interval lies on both sides of the line."""
    match atom, value:
        case Flag(), bool():
            return value
        case Is(_, values), str():
            return value in values
        case AtLeast(_, bound), Interval(low, high):
            return True if low >= bound else False if high is not None and high < bound else None
        case Overlaps(_, values), frozenset():
            return not values.isdisjoint(value)
        case Within(_, values), frozenset():
            return value <= values
        case SizeAtLeast(_, bound), frozenset():
            return len(value) >= bound
        case Since(_, day), date():
            return value >= day
        case _:
            raise TypeError(atom, value)


def _cells(fact: Fact, atoms: tuple[Atom, ...], known: Interval | None) -> list[Cell]:
    match fact.kind:
        case "flag":
            yes = fact.prior.get("yes", 0.5)
            every = (1 << len(atoms)) - 1
            return [Cell(value=False, marks=0, weight=1 - yes), Cell(value=True, marks=every, weight=yes)]
        case "count":
            return _bands(fact, atoms, known or Interval(0, None))
        case "date":
            return _spans(fact, atoms)
        case "set":
            return _subsets(fact, atoms)
        case _:
            return _classes(fact, atoms)


def _bands(fact: Fact, atoms: tuple[Atom, ...], known: Interval) -> list[Cell]:
    bounds = [atom.bound for atom in atoms if isinstance(atom, AtLeast)]
    starts = sorted({known.low, *(n for n in bounds if n > known.low and (known.high is None or n <= known.high))})
    found = []
    for low, end in pairwise([*starts, None]):
        assert low is not None
        high = known.high if end is None else end - 1
        marks = _marks(n <= low for n in bounds)
        after = 0.0 if end is None else _tail(fact, end)
        found.append(Cell(Interval(low, high), marks, max(_tail(fact, low) - after, 0.0)))
    return found


def _tail(fact: Fact, n: int) -> float:
    """The chance that a count reaches *n*, by the prior's points and straight lines between them."""
    points = sorted([(0, 1.0), *((int(at), chance) for at, chance in fact.prior.items())])
    for (low, start), (high, end) in pairwise(points):
        if low <= n <= high:
            return start if low == high else start + (end - start) * (n - low) / (high - low)
    last, chance = points[-1]
    return chance * last / n if n else 1.0


def _spans(fact: Fact, atoms: tuple[Atom, ...]) -> list[Cell]:
    days = [atom.day for atom in atoms if isinstance(atom, Since)]
    cuts = sorted(set(days))
    points = {date.fromisoformat(day): chance for day, chance in fact.prior.items()}

    def after(day: date) -> float:
        later = [chance for at, chance in points.items() if at <= day]
        return min(later, default=1.0)

    firsts = [cuts[0] - timedelta(days=1), *cuts]
    ends = [*(after(day) for day in cuts), 0.0]
    begins = [1.0, *ends[:-1]]
    return [
        Cell(first, _marks(day <= first for day in days), max(begin - end, 0.0))
        for first, begin, end in zip(firsts, begins, ends, strict=True)
    ]


def _classes(fact: Fact, atoms: tuple[Atom, ...]) -> list[Cell]:
    named = [atom.values for atom in atoms if isinstance(atom, Is)]
    groups = _alike(fact, named)
    return [
        Cell(
            group[0],
            marks,
            sum(_chance(fact, value) for value in group),
        )
        for marks, group in groups.items()
    ]


def _subsets(fact: Fact, atoms: tuple[Atom, ...]) -> list[Cell]:
    """The distinct answers of the atoms over all subsets, found by adding one class of elements after another."""
    lists = [atom.values for atom in atoms if isinstance(atom, Overlaps | Within)]
    inside = [isinstance(atom, Within) for atom in atoms if isinstance(atom, Overlaps | Within)]
    sizes = [atom.bound for atom in atoms if isinstance(atom, SizeAtLeast)]
    most = max(sizes, default=1)
    states: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {(0, 0): (1.0, ())}
    for membership, group in _alike(fact, lists).items():
        # an Overlaps is touched by a member, a Within is broken by a stranger
        touched = _marks(bool(membership >> i & 1) != within for i, within in enumerate(inside))
        odds = _how_many(fact, group, min(most, len(group)))
        grown: dict[tuple[int, int], tuple[float, tuple[str, ...]]] = {}
        for (seen, size), (chance, example) in states.items():
            for count, odd in enumerate(odds):
                key = (seen | touched if count else seen, min(size + count, most))
                old, kept = grown.get(key, (0.0, (*example, *group[:count])))
                grown[key] = (old + chance * odd, kept)
        states = grown
    found: dict[int, Cell] = {}
    for (seen, size), (chance, example) in states.items():
        answers = iter(bool(seen >> i & 1) != within for i, within in enumerate(inside))
        marks = _marks(size >= atom.bound if isinstance(atom, SizeAtLeast) else next(answers) for atom in atoms)
        twin = found.get(marks)
        found[marks] = Cell(twin.value if twin else frozenset(example), marks, chance + (twin.weight if twin else 0.0))
    return list(found.values())


def _alike(fact: Fact, lists: Sequence[frozenset[str]]) -> dict[int, list[str]]:
    """The elements of the fact's universe, grouped by which of the lists they stand on, the likeliest first."""
    universe: Sequence[str] = fact.values
    if fact.form:
        universe = sorted(COUNTRIES if fact.form == "country" else COUNTRIES | PLACES)
    elif not universe:
        universe = [*sorted(frozenset().union(*lists)), OTHER]
    groups: dict[int, list[str]] = {}
    for value in sorted(universe, key=lambda value: (-fact.prior.get(value, 0.0), value)):
        groups.setdefault(_marks(value in values for values in lists), []).append(value)
    return groups


def _how_many(fact: Fact, group: list[str], most: int) -> list[float]:
    """The chances that none, one, ... *most* or more elements of the group are in the set."""
    odds = [1.0] + [0.0] * most
    strange = fact.prior.get("*", 0.0) / 200  # spread over the countries that the prior does not name
    for value in group:
        chance = fact.prior.get(value, strange if fact.form else 0.1)
        for count in range(most, 0, -1):
            stay = odds[count] * (1.0 if count == most else 1 - chance)
            odds[count] = stay + odds[count - 1] * chance
        odds[0] *= 1 - chance
    return odds


def _chance(fact: Fact, value: str) -> float:
    """The prior of one value of a choice; those it does not name share what is left."""
    if value in fact.prior:
        return fact.prior[value]
    size = len(fact.values) or (250 if fact.form else 10)
    return max(1 - sum(fact.prior.values()), 0.0) / max(size - len(fact.prior), 1)


def _marks(bits: Iterable[bool]) -> int:
    return sum(1 << i for i, bit in enumerate(bits) if bit)
