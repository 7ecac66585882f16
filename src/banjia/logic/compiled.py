"""compiled: the rules of one axis as one Python function, for cases in which every fact is known.

The text of the function is written from the parsed trees, never taken from a statute file: fact ids and numbers stand
in it as literals, everything else in a table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, assert_never

from banjia.facts.value import Interval, Value
from banjia.logic.condition import (
    FALSE,
    TRUE,
    All,
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
    atoms,
    both,
    either,
    negate,
)
from banjia.logic.condition import Any as Some
from banjia.logic.rules import VERDICTS, AxisLaw, Outcome, Verdict

Plain = bool | int | str | frozenset[str] | date
SHORT = 60  # atoms of a rule that are written out wherever it defeats another; a longer one is worked out once
Decide = Callable[[Mapping[str, Plain]], tuple[str, Verdict]]


def compiled(law: AxisLaw) -> Decide:
    """From plain values of all facts to (outcome, verdict). A missing fact that matters: KeyError."""
    return _compiled(law)


def plain(known: Mapping[str, Value]) -> dict[str, Plain]:
    """Values as the compiled function reads them; an interval that is not exact is refused with ValueError."""
    found: dict[str, Plain] = {}
    for fact, value in known.items():
        if isinstance(value, Interval):
            if not value.exact:
                raise ValueError(fact)
            found[fact] = value.low
        else:
            found[fact] = value
    return found


@lru_cache(maxsize=1024)
def _compiled(law: AxisLaw) -> Decide:
    writer = _Writer({})
    source = "\n    ".join(["def decide(f):", *writer.lines(law)])
    scope: dict[str, Any] = {"__builtins__": {"len": len}, **writer.table}
    exec(compile(source, f"<axis {law.id}>", "exec"), scope)  # noqa: S102  # written here, from a parsed tree
    decide: Decide = scope["decide"]
    return decide


@dataclass(frozen=True, slots=True)
class _Writer:
    table: dict[str, object]

    def lines(self, law: AxisLaw) -> list[str]:
        """From the gravest outcome down: the first that holds is the answer."""
        axis = law.axis
        if not law.in_force:
            return self.answer(axis.outcome(axis.before or axis.otherwise or axis.default), TRUE)
        lines = []
        if axis.applies != TRUE:
            lines += self.answer(axis.outcome(axis.otherwise or axis.default), negate(axis.applies))
        fires: dict[str, Condition] = {}
        for number, rule in enumerate(law.rules):
            beaten = either(*(fires[other] for other in law.defeated_by[rule.id]))
            fires[rule.id] = both(rule.when, negate(beaten))
            if sum(1 for _ in atoms(fires[rule.id])) > SHORT:
                lines.append(f"r{number} = {self.text(fires[rule.id])}")
                fires[rule.id] = Refers(f"r{number}")
        for outcome in reversed(axis.outcomes):
            held = either(*(fires[rule.id] for rule in law.rules if rule.outcome == outcome.id))
            if held != FALSE:
                lines += self.answer(outcome, held)
        return lines + self.answer(axis.outcome(axis.default), TRUE)

    def answer(self, outcome: Outcome, when: Condition) -> list[str]:
        """The lines that return the outcome with its first verdict that holds, or with the gravest it names."""
        lines = [f"if {self.text(when)}:"]
        for test, verdict in outcome.verdicts:
            lines.append(f"    if {self.text(test)}: return {self.name((outcome.id, verdict))}")
        gravest = max((verdict for _, verdict in outcome.verdicts), key=VERDICTS.index, default=VERDICTS[-1])
        return [*lines, f"    return {self.name((outcome.id, gravest))}"]

    def text(self, condition: Condition) -> str:
        match condition:
            case All(parts):
                return "(" + " and ".join(map(self.text, parts)) + ")" if parts else "True"
            case Some(parts):
                return "(" + " or ".join(map(self.text, parts)) + ")" if parts else "False"
            case Not(part):
                return f"(not {self.text(part)})"
            case Flag(fact):
                return f"f[{fact!r}]"
            case Is(fact, values):
                one = f"f[{fact!r}]"
                return f"({one} == {self.name(*values)})" if len(values) == 1 else f"({one} in {self.name(values)})"
            case AtLeast(fact, bound):
                return f"(f[{fact!r}] >= {bound:d})"
            case Overlaps(fact, values):
                return f"(not f[{fact!r}].isdisjoint({self.name(values)}))"
            case Within(fact, values):
                return f"(f[{fact!r}] <= {self.name(values)})"
            case SizeAtLeast(fact, bound):
                return f"(len(f[{fact!r}]) >= {bound:d})"
            case Since(fact, day):
                return f"(f[{fact!r}] >= {self.name(day)})"
            case Refers(name):
                return name  # a line above: a resolved law refers to nothing else
            case _:
                assert_never(condition)

    def name(self, value: object) -> str:
        """The name under which the function finds the value."""
        found = next((name for name, other in self.table.items() if other == value), f"v{len(self.table)}")
        self.table[found] = value
        return found
