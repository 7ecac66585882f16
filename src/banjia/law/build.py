"""Build: packs become rule bases; conditions are parsed, names and citations are checked against what is loaded."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banjia.errors import LawError
from banjia.law.library import Library
from banjia.law.pack import AxisText, ListText, Pack
from banjia.law.statute import Definition as DefinitionText
from banjia.law.statute import DutyText, RuleText, StatuteFile
from banjia.law.statute import Reading as ReadingText
from banjia.logic.condition import TRUE, Condition, Refers, atoms, either
from banjia.logic.parse import parse
from banjia.logic.rules import Axis, Definition, Duty, Entry, Listing, Outcome, Reading, Rule, RuleBase
from banjia.text import Text

PACK_JOINS = "joins.pack"
_NAME = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")


@dataclass(frozen=True, slots=True)
class BuiltPack:
    """One pack ready to answer."""

    pack: Pack
    base: RuleBase  # its definitions hold, as PACK_JOINS and `axis_joins`, when the pack and its axes speak
    deadlines: Mapping[str, date]  # last day of a duty, by the place of its fence


def build_pack(pack: Pack, library: Library) -> BuiltPack:
    """The rule base of one pack; names it does not define itself are looked up in the other packs of the library."""
    definitions, lists = _named(pack, library)
    names = {*(d.id for d in definitions), *(f"list.{entry.id}" for entry in lists)}
    scope = _Scope(pack, library, names)
    base = RuleBase(
        rules=tuple(scope.rules()),
        axes=tuple(scope.axis(axis) for axis in pack.axes),
        duties=tuple(scope.duty(duty, file) for file in pack.files for duty in file.duties),
        definitions=(*(scope.definition(d) for d in definitions), *scope.joins()),
        lists=tuple(_listing(entry) for entry in lists),
        never=tuple(scope.condition(text, where) for text, where in pack.never),
        readings=tuple(
            Reading(r.id, tuple(o.id for o in r.options), r.default) for file in pack.files for r in file.readings
        ),
    )
    deadlines = {duty.where: duty.by for file in pack.files for duty in file.duties if duty.by}
    return BuiltPack(pack, base, deadlines)


def axis_joins(axis: str) -> str:
    """The name of the condition under which an axis speaks; not defined where it always does."""
    return f"joins.axis.{axis}"


def reading_matters(reading: str) -> str:
    """The name of the condition under which a contested point makes a difference."""
    return f"reading.{reading}"


@dataclass(frozen=True, slots=True)
class _Scope:
    pack: Pack
    library: Library
    names: set[str]

    def condition(self, text: str, where: str) -> Condition:
        if text.strip().lower() == "true":
            return TRUE
        condition = parse(text, where=where)
        for atom in atoms(condition):
            if isinstance(atom, Refers) and atom.name not in self.names:
                raise _unknown(Text("事实或定义", "fact or definition"), atom.name, self._known(), where)
            for value in getattr(atom, "values", ()):
                if value.startswith("list.") and value not in self.names:
                    raise _unknown(Text("名单", "list"), value, self.names, where)
        return condition

    def rules(self) -> Iterable[Rule]:
        order = 0
        axes = {axis.id: axis for axis in self.pack.axes}
        readings = {r.id: r for file in self.pack.files for r in file.readings}
        for file in self.pack.files:
            for text in file.rules:
                axis = axes.get(text.axis)
                if axis is None:
                    raise _unknown(Text("轴", "axis"), text.axis, axes, text.where)
                outcomes = {outcome.id for outcome in axis.outcomes}
                if text.outcome not in outcomes:
                    raise _unknown(Text("结果", "outcome"), text.outcome, outcomes, text.where)
                if text.reading is not None:
                    self._reading(text.reading, readings, text.where)
                order += 1
                yield Rule(
                    id=text.id,
                    axis=text.axis,
                    outcome=text.outcome,
                    when=self.condition(text.when, text.where),
                    cites=self._cites(text.cites, text.where),
                    since=text.since or file.statute.since,
                    until=text.until or file.statute.until,
                    defeats=text.defeats,
                    reading=text.reading,
                    basis=text.basis or file.statute.basis,
                    duties=text.duties,
                    order=order,
                    row=text.row,
                    note=text.note,
                    statute=file.statute.id,
                    where=text.where,
                )

    def axis(self, text: AxisText) -> Axis:
        return Axis(
            id=text.id,
            outcomes=tuple(
                Outcome(
                    id=o.id,
                    verdicts=tuple((self.condition(when, o.where), verdict) for when, verdict in o.verdicts),
                    text=o.text,
                    duties=o.duties,
                    cites=self._cites(
                        (text.default_cites if o.id == text.default else ())
                        + (text.otherwise_cites if o.id == text.otherwise else ()),
                        text.where,
                    ),
                )
                for o in text.outcomes
            ),
            default=text.default,
            applies=self.condition(text.applies, text.where),
            otherwise=text.otherwise,
            since=text.since,
            before=text.before or (text.otherwise or text.default if text.since else ""),
            hit=text.hit,
            question=text.question,
            pack=self.pack.id,
            where=text.where,
        )

    def joins(self) -> Iterable[Definition]:
        yield Definition(PACK_JOINS, self.condition(self.pack.joins, self.pack.where), where=self.pack.where)
        for axis in self.pack.axes:
            if axis.joins:
                yield Definition(axis_joins(axis.id), self.condition(axis.joins, axis.where), where=axis.where)
        for file in self.pack.files:
            for reading in file.readings:
                yield Definition(reading_matters(reading.id), self.matters(reading), where=reading.where)

    def matters(self, reading: ReadingText) -> Condition:
        """Where the point makes a difference: as the pack says, else wherever a clause of the reading could hold."""
        if reading.when:
            return self.condition(reading.when, reading.where)
        every: list[RuleText | DutyText | DefinitionText] = [
            clause
            for file in self.pack.files
            for group in (file.rules, file.duties, file.definitions)
            for clause in group
        ]
        clauses = [(c.when, c.where) for c in every if c.reading is not None and c.reading[0] == reading.id and c.when]
        return either(*(self.condition(when, where) for when, where in clauses)) if clauses else TRUE

    def duty(self, text: DutyText, file: StatuteFile) -> Duty:
        if text.axis and text.axis not in {axis.id for axis in self.pack.axes}:
            raise _unknown(Text("轴", "axis"), text.axis, [axis.id for axis in self.pack.axes], text.where)
        return Duty(
            id=text.id,
            text=text.text,
            axis=text.axis,
            when=self.condition(text.when, text.where),
            unless=self.condition(text.unless, text.where) if text.unless else None,
            met=self.condition(text.met, text.where) if text.met else None,
            due=text.due,
            cites=self._cites(text.cites, text.where),
            since=text.since or file.statute.since,
            until=text.until or file.statute.until,
            reading=text.reading,
            where=text.where,
        )

    def definition(self, text: DefinitionText) -> Definition:
        return Definition(
            id=text.id,
            when=self.condition(text.when, text.where) if text.when else TRUE,
            union=text.union,
            cites=self._cites(text.cites, text.where),
            since=text.since,
            until=text.until,
            reading=text.reading,
            where=text.where,
        )

    def _cites(self, cites: Sequence[str], where: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(one for cite in cites for one in self.library.expand(cite, where=where)))

    def _reading(self, chosen: tuple[str, str], readings: Mapping[str, ReadingText], where: str) -> None:
        reading = readings.get(chosen[0])
        if reading is None:
            raise _unknown(Text("理解", "reading"), chosen[0], readings, where)
        options = [option.id for option in reading.options]
        if chosen[1] not in options:
            raise _unknown(Text("选项", "option"), chosen[1], options, where)

    def _known(self) -> set[str]:
        from banjia.facts.catalogue import load  # noqa: PLC0415  # only an error needs the names of all facts

        return {*load(), *(name for name in self.names if not name.startswith("list."))}


def _listing(text: ListText) -> Listing:
    entries = tuple(Entry(e.code or f"list.{e.of}", e.since, e.until) for e in text.entries)
    return Listing(text.id, entries, text.minus, text.where)


def _named(pack: Pack, library: Library) -> tuple[list[DefinitionText], list[ListText]]:
    """The definitions and lists of a pack, and those of other packs that it speaks of without defining them."""
    definitions = [d for file in pack.files for d in file.definitions]
    lists = list(pack.lists)
    held = {*(d.id for d in definitions), *(f"list.{entry.id}" for entry in lists)}
    texts = [*_conditions(pack), *(f"list.{e.of}" for entry in lists for e in entry.entries if e.of)]
    offered_definitions = {d.id: d for p in library.packs if p.id != pack.id for f in p.files for d in f.definitions}
    offered_lists = {f"list.{entry.id}": entry for p in library.packs if p.id != pack.id for entry in p.lists}
    while texts:
        wanted = {word for text in texts for word in _NAME.findall(text)} - held
        texts = []
        for name in sorted(wanted):
            held.add(name)
            if definition := offered_definitions.get(name):
                definitions.append(definition)
                texts.append(definition.when)
            elif listing := offered_lists.get(name):
                lists.append(listing)
                texts += [f"list.{e.of}" for e in listing.entries if e.of]
    return definitions, lists


def _conditions(pack: Pack) -> Iterable[str]:
    yield pack.joins
    yield from (text for text, _ in pack.never)
    for axis in pack.axes:
        yield from (axis.applies, axis.joins, *(when for o in axis.outcomes for when, _ in o.verdicts))
    for file in pack.files:
        yield from (rule.when for rule in file.rules)
        yield from (text for duty in file.duties for text in (duty.when, duty.unless, duty.met))
        yield from (definition.when for definition in file.definitions)
        yield from (reading.when for reading in file.readings)


def _unknown(what: Text, name: str, known: Iterable[str], where: str) -> LawError:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return LawError(
        Text(f"没有名为 {name} 的{what.zh}", f"no {what.en} is called `{name[:80]}`"),
        where=where,
        expected=", ".join(names) if len(names) <= 12 else "",
        remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?") if near else "",
    )
