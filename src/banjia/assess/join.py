"""Join: which packs and axes speak about one profile. What does not speak is silent, and said to be."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from banjia.errors import LawError
from banjia.facts.value import Interval, Value
from banjia.law.build import PACK_JOINS, BuiltPack, axis_joins
from banjia.law.corpus import Corpus
from banjia.logic.condition import (
    All,
    Any,
    AtLeast,
    Condition,
    Flag,
    Is,
    Not,
    Overlaps,
    Refers,
    Since,
    SizeAtLeast,
    Within,
)
from banjia.logic.rules import Law
from banjia.text import Text

NAMED_MODEL = ("model.id", "model.licence", "model.family", "model.version")
MODEL_AXES = frozenset({"licence", "lifecycle"})


@dataclass(frozen=True)
class Joined:
    """One pack that speaks, with its law of the day and the axes that speak."""

    built: BuiltPack
    law: Law
    axes: tuple[str, ...]


def join(
    corpus: Corpus, known: Mapping[str, Value], *, on: date, readings: Mapping[str, str], listed: tuple[str, ...] = ()
) -> tuple[tuple[Joined, ...], tuple[BuiltPack, ...]]:
    """The packs that join, and those that stay silent. A pack joins if the config lists it, or by its own rule."""
    _known_readings(corpus, readings)
    joined: list[Joined] = []
    silent: list[BuiltPack] = []
    for built in corpus.packs:
        own = {reading.id for reading in built.base.readings}
        law = built.base.on(on, readings={k: v for k, v in readings.items() if k in own})
        placed = holds(law.definitions[PACK_JOINS], known)
        if placed is None:
            placed = built.pack.joins_when_open
        if not placed and built.pack.id not in listed:
            silent.append(built)
            continue
        axes = tuple(axis for axis in law.axes if _speaks(axis, law, known))
        joined.append(Joined(built, law, axes))
    return tuple(joined), tuple(silent)


def _known_readings(corpus: Corpus, readings: Mapping[str, str]) -> None:
    offered = [reading.id for built in corpus.packs for reading in built.base.readings]
    for name in readings:
        if name not in offered:
            near = difflib.get_close_matches(name, offered, n=1, cutoff=0.4)
            raise LawError(
                Text(f"没有名为 {name} 的理解", f"no reading is called `{name[:80]}`"),
                expected=", ".join(offered),
                remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?") if near else "",
            )


def _speaks(axis: str, law: Law, known: Mapping[str, Value]) -> bool:
    if axis in MODEL_AXES and not any(fact in known for fact in NAMED_MODEL):
        return False
    condition = law.definitions.get(axis_joins(axis))
    return condition is None or holds(condition, known) is not False


def holds(condition: Condition, known: Mapping[str, Value]) -> bool | None:
    """Whether known facts make the condition true or false; None where they leave it open."""
    match condition:
        case All(parts):
            answers = [holds(part, known) for part in parts]
            return False if False in answers else None if None in answers else True
        case Any(parts):
            answers = [holds(part, known) for part in parts]
            return True if True in answers else None if None in answers else False
        case Not(part):
            answer = holds(part, known)
            return None if answer is None else not answer
        case Refers():
            return None
        case _:
            value = known.get(condition.fact)
            return None if value is None else _atom(condition, value)


def _atom(atom: Flag | Is | AtLeast | Overlaps | Within | SizeAtLeast | Since, value: Value) -> bool | None:
    match atom, value:
        case Flag(), bool():
            return value
        case Is(_, values), str():
            return value in values
        case AtLeast(_, bound), Interval(low, high):
            return True if low >= bound else False if high is not None and high < bound else None
        case Overlaps(_, values), frozenset():
            return bool(value & values)
        case Within(_, values), frozenset():
            return value <= values
        case SizeAtLeast(_, bound), frozenset():
            return len(value) >= bound
        case Since(_, day), date():
            return value >= day
    return None
