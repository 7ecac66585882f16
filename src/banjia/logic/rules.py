"""RuleBase: all rules of all days. Law: those in force on one day, with names, lists and readings resolved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property

from banjia.errors import LawError
from banjia.facts.catalogue import load
from banjia.logic import condition as tree
from banjia.logic.condition import Condition
from banjia.logic.rule import (
    VERDICTS,
    Axis,
    Basis,
    Definition,
    Due,
    Duty,
    Entry,
    Listing,
    Outcome,
    Reading,
    Rule,
    Verdict,
    stands,
)
from banjia.text import Text

__all__ = [
    "VERDICTS",
    "Axis",
    "AxisLaw",
    "Basis",
    "Definition",
    "Due",
    "Duty",
    "Entry",
    "Law",
    "Listing",
    "Outcome",
    "Reading",
    "Rule",
    "RuleBase",
    "Verdict",
]
KEPT = 256  # laws of a day that a rule base remembers
LARGEST = 5_000  # atoms of a condition with its definitions put in; a few lines can name far more than fit any memory
DEEPEST = 30  # definitions within definitions


@dataclass(frozen=True, eq=False)
class AxisLaw:
    """One axis on one day. Rules stand so that whatever defeats a rule comes before it."""

    axis: Axis
    in_force: bool
    rules: tuple[Rule, ...]
    defeated_by: Mapping[str, tuple[str, ...]]
    duties: tuple[Duty, ...]
    never: tuple[Condition, ...]

    @property
    def id(self) -> str:
        return self.axis.id


@dataclass(frozen=True, eq=False)
class Law:
    """What holds from `since` to `until` (its last day), under the chosen readings."""

    since: date | None
    until: date | None
    readings: Mapping[str, str]
    axes: Mapping[str, AxisLaw]
    duties: Mapping[str, Duty]
    lists: Mapping[str, frozenset[str]]
    definitions: Mapping[str, Condition]


@dataclass(frozen=True)
class RuleBase:
    rules: tuple[Rule, ...]
    axes: tuple[Axis, ...]
    duties: tuple[Duty, ...] = ()
    definitions: tuple[Definition, ...] = ()
    lists: tuple[Listing, ...] = ()
    never: tuple[Condition, ...] = ()
    readings: tuple[Reading, ...] = ()
    _laws: dict[object, Law] = field(default_factory=dict, repr=False, compare=False)

    def on(self, day: date, *, readings: Mapping[str, str] | None = None) -> Law:
        """The law of *day*; a reading that is not chosen takes its default. Days between two cuts share one Law."""
        chosen = self._choose(readings or {})
        since = max((cut for cut in self.cuts if cut <= day), default=None)
        key = (since, tuple(sorted(chosen.items())))
        if key not in self._laws:
            if len(self._laws) >= KEPT:
                self._laws.clear()
            self._laws[key] = _Maker(self, day, since, chosen).law()
        return self._laws[key]

    @cached_property
    def cuts(self) -> tuple[date, ...]:
        """The days on which something begins to be, or has just ceased to be, in force; ascending."""
        dated: list[Rule | Axis | Duty | Definition | Entry] = [
            *self.rules,
            *self.axes,
            *self.duties,
            *self.definitions,
        ]
        dated += [entry for listing in self.lists for entry in listing.entries]
        spans = [(each.since, each.until) for each in dated]
        begins = {since for since, _ in spans if since}
        ends = {until + timedelta(days=1) for _, until in spans if until and until < date.max}
        return tuple(sorted(begins | ends))

    def _choose(self, readings: Mapping[str, str]) -> dict[str, str]:
        known = {reading.id: reading for reading in self.readings}
        for id, option in readings.items():  # noqa: A001
            if id not in known or option not in known[id].options:
                offered = known[id].options if id in known else tuple(known)
                raise LawError(
                    Text(f"没有这种解读：{id} = {option}", f"there is no such reading: {id} = {option}"),
                    expected=", ".join(offered),
                    found=option if id in known else id,
                    remedy=_did_you_mean(option if id in known else id, offered),
                )
        return {id: reading.default for id, reading in known.items()} | dict(readings)  # noqa: A001


@dataclass(frozen=True)
class _Maker:
    base: RuleBase
    day: date
    since: date | None
    chosen: Mapping[str, str]
    _codes: dict[str, frozenset[str]] = field(default_factory=dict)
    _sizes: dict[str, int] = field(default_factory=dict)

    def law(self) -> Law:
        after = next((cut for cut in self.base.cuts if cut > self.day), None)
        never = tuple(self.resolve(condition, "never") for condition in self.base.never)
        return Law(
            since=self.since,
            until=after - timedelta(days=1) if after else None,
            readings=self.chosen,
            axes={axis.id: self.axis(axis, never) for axis in self.base.axes},
            duties={duty.id: self.duty(duty) for duty in reversed(self.base.duties) if self.stands(duty)},
            lists=self.lists,
            definitions={
                name: self.resolve(each.when, each.where) for name, each in self.names.items() if not each.union
            },
        )

    def axis(self, axis: Axis, never: tuple[Condition, ...]) -> AxisLaw:
        resolved = self.outcomes(axis)
        if not axis.in_force(self.day):
            return AxisLaw(axis=resolved, in_force=False, rules=(), defeated_by={}, duties=(), never=())
        rules = [
            replace(rule, when=self.resolve(rule.when, rule.where))
            for rule in self.base.rules
            if rule.axis == axis.id and self.stands(rule)
        ]
        defeated_by = {
            rule.id: tuple(other.id for other in rules if other.id != rule.id and _names(other, rule.id))
            for rule in rules
        }
        named = {name for rule in rules for name in rule.duties}
        named |= {name for each in axis.outcomes for name in each.duties}
        return AxisLaw(
            axis=resolved,
            in_force=True,
            rules=_ordered(rules, defeated_by),
            defeated_by=defeated_by,
            duties=self.duties(axis.id, named),
            never=never,
        )

    def outcomes(self, axis: Axis) -> Axis:
        """The axis with its own conditions resolved."""
        return replace(
            axis,
            applies=self.resolve(axis.applies, axis.where),
            outcomes=tuple(
                replace(
                    each, verdicts=tuple((self.resolve(when, axis.where), verdict) for when, verdict in each.verdicts)
                )
                for each in axis.outcomes
            ),
        )

    def duties(self, axis: str, named: set[str]) -> tuple[Duty, ...]:
        """Those that stand on the axis, and those its rules name: defined for every axis, else wherever they are."""
        standing = [duty for duty in self.base.duties if self.stands(duty)]
        found = [duty for duty in standing if duty.axis == axis or (not duty.axis and duty.id in named)]
        missing = named - {duty.id for duty in found}
        found += {duty.id: duty for duty in reversed(standing) if duty.id in missing}.values()
        return tuple(self.duty(duty) for duty in found)

    def duty(self, duty: Duty) -> Duty:
        return replace(
            duty,
            when=self.resolve(duty.when, duty.where),
            unless=duty.unless and self.resolve(duty.unless, duty.where),
            met=duty.met and self.resolve(duty.met, duty.where),
        )

    def stands(self, dated: Rule | Duty | Definition) -> bool:
        return dated.in_force(self.day) and (
            dated.reading is None or self.chosen.get(dated.reading[0]) == dated.reading[1]
        )

    @cached_property
    def names(self) -> Mapping[str, Definition]:
        return {each.id: each for each in self.base.definitions if self.stands(each)}

    @cached_property
    def lists(self) -> Mapping[str, frozenset[str]]:
        listings = {listing.id: listing for listing in self.base.lists}
        return {id: self.codes(listing, listings, ()) for id, listing in listings.items()}  # noqa: A001

    def codes(self, listing: Listing, listings: Mapping[str, Listing], path: tuple[str, ...]) -> frozenset[str]:
        if listing.id in path:
            raise LawError(
                Text("名单互相包含", "lists contain one another"),
                where=listing.where,
                found=" > ".join((*path, listing.id)),
            )
        if listing.id in self._codes:
            return self._codes[listing.id]
        found: set[str] = set()
        for entry in listing.entries:
            if not stands(entry.since, entry.until, self.day):
                continue
            inner = entry.code.removeprefix("list.")
            if inner == entry.code:
                found.add(entry.code)
            elif inner in listings:
                found |= self.codes(listings[inner], listings, (*path, listing.id))
            else:
                raise _unknown(entry.code, listing.where, listings)
        self._codes[listing.id] = frozenset(found) - frozenset(listing.minus)
        return self._codes[listing.id]

    def resolve(self, condition: Condition, where: str) -> Condition:
        """The condition with lists spelt out, names replaced by what they stand for, and unions taken apart."""
        if self.size(condition, where, ()) > LARGEST:
            raise LawError(
                Text("条件代入定义后过大", "the condition is too large once its definitions are put in"),
                where=where,
                expected=Text(f"至多 {LARGEST} 项", f"at most {LARGEST} atoms"),
            )

        def atom(each: tree.Atom | tree.Refers) -> Condition:
            match each:
                case tree.Refers(name):
                    return tree.replace(self.names[name].when, atom)
                case tree.Is(fact, values):
                    return tree.Is(fact, self.spell(values, where))
                case tree.Overlaps(fact, values) | tree.Within(fact, values):
                    return self.union(fact, type(each), self.spell(values, where), where)
                case _:
                    return each

        return tree.replace(condition, atom)

    def size(self, condition: Condition, where: str, path: tuple[str, ...]) -> int:
        """How many atoms the condition has with its definitions put in; refuses names that lead nowhere or back."""
        total = 0
        for each in tree.atoms(condition):
            total += self.size_of(each.name, where, path) if isinstance(each, tree.Refers) else 1
        return total

    def size_of(self, name: str, where: str, path: tuple[str, ...]) -> int:
        if name in path or len(path) > DEEPEST:
            raise LawError(
                Text("定义互相引用，或层层引用过深", "definitions refer to one another, or through too many others"),
                where=where,
                found=" > ".join((*path, name)),
            )
        if name not in self.names or self.names[name].union:
            raise _unknown(name, where, (*load(), *self.names))
        if name not in self._sizes:
            definition = self.names[name]
            self._sizes[name] = self.size(definition.when, definition.where, (*path, name))
        return self._sizes[name]

    def union(
        self, name: str, kind: type[tree.Overlaps | tree.Within], values: frozenset[str], where: str
    ) -> Condition:
        if name in load():
            return kind(name, values)
        if name not in self.names or not self.names[name].union:
            raise _unknown(name, where, (*load(), *self.names))
        facts = load()
        parts = [
            kind(fact, values) if facts[fact].kind == "set" else tree.Is(fact, values)
            for fact in self.names[name].union
        ]
        return tree.both(*parts) if kind is tree.Within else tree.either(*parts)

    def spell(self, values: frozenset[str], where: str) -> frozenset[str]:
        found: set[str] = set()
        for value in values:
            inner = value.removeprefix("list.")
            if inner == value:
                found.add(value)
            elif inner in self.lists:
                found |= self.lists[inner]
            else:
                raise _unknown(value, where, [f"list.{name}" for name in self.lists])
        return frozenset(found)


def _names(rule: Rule, id: str) -> bool:  # noqa: A002
    return any(fnmatchcase(id, pattern) for pattern in rule.defeats)


def _ordered(rules: list[Rule], defeated_by: Mapping[str, tuple[str, ...]]) -> tuple[Rule, ...]:
    """Rules with every rule behind those that defeat it; a circle of defeats has no meaning and is refused."""
    ready: dict[str, Rule] = {}
    waiting = list(rules)
    while waiting:
        free = [rule for rule in waiting if all(other in ready for other in defeated_by[rule.id])]
        if not free:
            raise LawError(
                Text("例外互相推翻，没有先后", "exceptions defeat one another in a circle"),
                where=waiting[0].where,
                found=", ".join(rule.id for rule in waiting),
                remedy=Text("缩小 defeats 的范围", "narrow what `defeats` names"),
            )
        ready |= {rule.id: rule for rule in free}
        waiting = [rule for rule in waiting if rule.id not in ready]
    return tuple(ready.values())


def _unknown(name: str, where: str, offered: Iterable[str]) -> LawError:
    return LawError(
        Text(f"没有名为 `{name}` 的事实、定义或名单", f"no fact, definition or list is called `{name}`"),
        where=where,
        remedy=_did_you_mean(name, offered),
    )


def _did_you_mean(name: str, offered: Iterable[str]) -> Text | str:
    near = get_close_matches(name, list(offered), 1, 0.5)
    return Text(f"是否应为 `{near[0]}`？", f"did you mean `{near[0]}`?") if near else ""
