"""axioms: the implications between facts as conditions that no world fulfils."""

from __future__ import annotations

from functools import cache

from banjia.facts.catalogue import load
from banjia.facts.implies import Literal, implications
from banjia.logic.condition import Condition, Flag, Is, Overlaps, both, negate


@cache
def axioms() -> tuple[Condition, ...]:
    """For each implication: its premises without its conclusion."""
    return tuple(both(*map(_condition, rule.when), negate(_condition(rule.then))) for rule in implications())


def _condition(literal: Literal) -> Condition:
    kind = load()[literal.fact].kind
    if kind == "flag":
        plain: Condition = Flag(literal.fact) if True in literal.values else negate(Flag(literal.fact))
    else:
        words = frozenset(str(value) for value in literal.values)
        plain = Overlaps(literal.fact, words) if kind == "set" else Is(literal.fact, words)
    return negate(plain) if literal.is_not else plain
