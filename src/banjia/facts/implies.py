"""implies: what follows from known facts, and which cannot stand together; read from the TOML file beside."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from banjia.errors import FactError
from banjia.facts.catalogue import load
from banjia.facts.profile import Known, Profile, Provenance
from banjia.facts.value import Value, show
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Literal:
    """The fact is (or, with `is_not`, is not) one of `values`; of a set: it holds one of them, or none."""

    fact: str
    values: frozenset[bool | str]
    is_not: bool = False

    def holds(self, value: Value) -> bool:
        found = not self.values.isdisjoint(value) if isinstance(value, frozenset) else value in self.values
        return found != self.is_not

    def only(self, *, holding: bool) -> Value | None:
        """The one value with which the literal holds (or fails), if there is just one."""
        fact = load()[self.fact]
        inside = self.values if holding != self.is_not else frozenset[bool | str]()
        if fact.kind == "flag":
            inside = inside or frozenset({False, True}) - self.values
        return next(iter(inside)) if len(inside) == 1 and fact.kind != "set" else None


@dataclass(frozen=True, slots=True)
class Implication:
    """Where every literal of `when` holds, `then` holds."""

    when: tuple[Literal, ...]
    then: Literal


def implications() -> tuple[Implication, ...]:
    """Every implication of the product."""
    return _load()


def close(profile: Profile) -> Profile:
    """The profile with all that follows from it; FactError where two facts exclude each other.

    What was implied before is dropped first, so that a changed fact takes its consequences along.
    """
    known = {id: each for id, each in profile.items() if each.provenance.kind != "implied"}  # noqa: A001
    rules = list(_load())
    while found := [(literal, rule) for rule in rules for literal in _forced(rule, known)]:
        for (literal, holding), rule in found:
            value = literal.only(holding=holding)
            if value is not None and literal.fact not in known:
                because = [each for each in (*rule.when, rule.then) if each.fact != literal.fact]
                source = ", ".join(f"{each.fact} = {show(known[each.fact].value)}" for each in because)
                known[literal.fact] = Known(value, Provenance("implied", source))
    return Profile({**known})


def _forced(rule: Implication, known: Mapping[str, Known]) -> Iterator[tuple[Literal, bool]]:
    """The one literal that is still open while all others insist, and whether it must hold."""
    open_ones: list[tuple[Literal, bool]] = []
    for literal, rests in (*((each, True) for each in rule.when), (rule.then, False)):
        value = known.get(literal.fact)
        if value is None:
            open_ones.append((literal, not rests))
        elif literal.holds(value.value) != rests:
            return
    if not open_ones:
        raise _impossible(rule, known)
    if len(open_ones) == 1 and open_ones[0][0].only(holding=open_ones[0][1]) is not None:
        yield open_ones[0]


def _impossible(rule: Implication, known: Mapping[str, Known]) -> FactError:
    facts = dict.fromkeys([*(each.fact for each in rule.when), rule.then.fact])
    shown = []
    for fact in facts:
        each = known[fact]
        shown.append(f"{fact} = {show(each.value)} ({each.provenance.source or each.provenance.kind})")
    return FactError(
        Text("这些事实不可能同时成立", "these facts cannot all be true"),
        where=known[rule.then.fact].provenance.source,
        found=", ".join(shown),
        remedy=Text("改正其中一项", "correct one of them"),
    )


@cache
def _load() -> tuple[Implication, ...]:
    text = (files("banjia.facts") / "implies.toml").read_text(encoding="utf-8")
    rows = tomllib.loads(text)["implies"]
    return tuple(
        Implication(tuple(_literal(id, test) for id, test in row["when"].items()), _literal(fact, test))  # noqa: A001
        for row in rows
        for fact, test in row["then"].items()
    )


def _literal(id: str, test: Any) -> Literal:  # noqa: A002
    if isinstance(test, Mapping):
        return Literal(id, frozenset(test.get("not_in") or test["none_in"]), is_not=True)
    return Literal(id, frozenset(test if isinstance(test, list) else [test]))
