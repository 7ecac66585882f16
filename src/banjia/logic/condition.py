"""Condition: a tree over atoms, each of which asks one thing of one fact. Frozen data that hashes and compares."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import assert_never


@dataclass(frozen=True, slots=True)
class Flag:
    """The flag is yes."""

    fact: str


@dataclass(frozen=True, slots=True)
class Is:
    """The choice or text is one of `values`. A member `list.NAME` stands for a dated list until the law resolves it."""

    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The count reaches `bound`, that number included."""

    fact: str
    bound: int


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The set holds at least one of `values`."""

    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Within:
    """The set holds nothing but members of `values`; the empty set always qualifies."""

    fact: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class SizeAtLeast:
    """The set has at least `bound` elements."""

    fact: str
    bound: int


@dataclass(frozen=True, slots=True)
class Since:
    """The date is `day` or later."""

    fact: str
    day: date


@dataclass(frozen=True, slots=True)
class Refers:
    """A named condition that the law defines elsewhere; resolving replaces it."""

    name: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds; of no parts it is true."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part holds; of no parts it is false."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition


Atom = Flag | Is | AtLeast | Overlaps | Within | SizeAtLeast | Since
Condition = Atom | Refers | All | Any | Not

TRUE = All(())
FALSE = Any(())
ATOMS = (Flag, Is, AtLeast, Overlaps, Within, SizeAtLeast, Since)


def both(*parts: Condition) -> Condition:
    """The conjunction, with trivial parts and nesting removed."""
    return _join(parts, All, TRUE, FALSE)


def either(*parts: Condition) -> Condition:
    """The disjunction, with trivial parts and nesting removed."""
    return _join(parts, Any, FALSE, TRUE)


def negate(part: Condition) -> Condition:
    """The negation, with double negation and constants removed."""
    if isinstance(part, Not):
        return part.part
    if part == TRUE:
        return FALSE
    if part == FALSE:
        return TRUE
    return Not(part)


def atoms(condition: Condition) -> Iterator[Atom | Refers]:
    """Every atom and reference, as often as it occurs."""
    match condition:
        case All(parts) | Any(parts):
            for part in parts:
                yield from atoms(part)
        case Not(part):
            yield from atoms(part)
        case _:
            yield condition


def facts(condition: Condition) -> frozenset[str]:
    """The ids of the facts that the condition asks about; references are not followed."""
    return frozenset(atom.fact for atom in atoms(condition) if not isinstance(atom, Refers))


def replace(condition: Condition, atom: Callable[[Atom | Refers], Condition]) -> Condition:
    """The condition with each atom or reference replaced, and reduced on the way up."""
    match condition:
        case All(parts):
            return both(*(replace(part, atom) for part in parts))
        case Any(parts):
            return either(*(replace(part, atom) for part in parts))
        case Not(part):
            return negate(replace(part, atom))
        case _:
            return atom(condition)


def to_json(condition: Condition) -> object:
    """The tree as JSON: one key per node, named like its class."""
    match condition:
        case All(parts):
            return {"all": [to_json(part) for part in parts]}
        case Any(parts):
            return {"any": [to_json(part) for part in parts]}
        case Not(part):
            return {"not": to_json(part)}
        case Refers(name):
            return {"refers": name}
        case Flag(fact):
            return {"flag": fact}
        case Is(fact, values):
            return {"is": fact, "values": sorted(values)}
        case AtLeast(fact, bound):
            return {"at_least": fact, "bound": bound}
        case Overlaps(fact, values):
            return {"overlaps": fact, "values": sorted(values)}
        case Within(fact, values):
            return {"within": fact, "values": sorted(values)}
        case SizeAtLeast(fact, bound):
            return {"size_at_least": fact, "bound": bound}
        case Since(fact, day):
            return {"since": fact, "day": day.isoformat()}
        case _:
            assert_never(condition)


def show(condition: Condition) -> str:
    """The condition in the syntax that `parse` reads."""
    match condition:
        case All(()):
            return "True"
        case Any(()):
            return "False"
        case All(parts):
            return " and ".join(_inner(part) for part in parts)
        case Any(parts):
            return " or ".join(_inner(part) for part in parts)
        case Not(part):
            return f"not {_inner(part)}"
        case Refers(name):
            return name
        case Flag(fact):
            return fact
        case Is(fact, values):
            return f"{fact} in {_listed(values)}"
        case AtLeast(fact, bound):
            return f"{fact} >= {bound}"
        case Overlaps(fact, values):
            return f"{fact} & {_listed(values)}"
        case Within(fact, values):
            return f"{fact} <= {_listed(values)}"
        case SizeAtLeast(fact, bound):
            return f"len({fact}) >= {bound}"
        case Since(fact, day):
            return f"{fact} >= '{day.isoformat()}'"
        case _:
            assert_never(condition)


def _listed(values: frozenset[str]) -> str:
    return "[" + ", ".join(value if value.startswith("list.") else repr(value) for value in sorted(values)) + "]"


def _inner(part: Condition) -> str:
    return f"({show(part)})" if isinstance(part, All | Any) and part.parts else show(part)


def _join(parts: tuple[Condition, ...], kind: type[All | Any], unit: Condition, zero: Condition) -> Condition:
    kept: dict[Condition, None] = {}
    for part in parts:
        if part == zero:
            return zero
        for inner in part.parts if isinstance(part, kind) else (part,):
            kept[inner] = None
    kept.pop(unit, None)
    if any(isinstance(part, Not) and part.part in kept for part in kept):
        return zero
    return next(iter(kept)) if len(kept) == 1 else kind(tuple(kept))
