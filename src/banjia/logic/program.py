"""Program: the rules of some axes on one day, as one graph in which equal conditions are one node.

Outcomes, verdicts and duties are nodes like any other, so a single pass says what the known facts already settle, and
a walk down from a node says which open facts can still reach it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from banjia.facts.value import Value
from banjia.logic.cells import holds
from banjia.logic.condition import All, Any, Atom, Condition, Not, Refers
from banjia.logic.rules import VERDICTS, AxisLaw, Duty, Outcome, Verdict

NO, YES, OPEN = 0, 1, 2  # what one pass knows of a node; NO and YES are also the numbers of the two constant nodes


CONSTANT, ATOM, AND, OR, NOT = range(5)  # kinds of node; plain numbers, for they are compared in the innermost loops

Node = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class DutyNode:
    """Where a duty holds, and where a fact says it is met (None: no fact says)."""

    duty: Duty
    holds: int
    met: int | None


@dataclass(frozen=True, slots=True)
class AxisNodes:
    """The nodes of one axis: which rule fires, which outcome and verdict results, which duty holds."""

    law: AxisLaw
    applies: int
    fires: Mapping[str, int]
    outcomes: Mapping[str, int]
    verdicts: Mapping[Verdict, int]
    duties: tuple[DutyNode, ...]
    silent: int = NO  # the axis applies and no rule fires: its default follows
    unjudged: Mapping[str, int] = field(default_factory=dict)  # by outcome: none of its verdicts' conditions holds


@dataclass(frozen=True, eq=False)
class Program:
    nodes: tuple[Node, ...]
    atoms: tuple[Atom, ...]
    axes: Mapping[str, AxisNodes]
    overall: Mapping[Verdict, int]
    never: tuple[int, ...]
    facts: frozenset[str]

    def settle(self, known: Mapping[str, Value], before: Sequence[int] | None = None) -> list[int]:
        """What the known facts make of every node: NO, YES or OPEN. *before*: what some of these facts made of them."""
        told = [OPEN] * len(self.nodes) if before is None else list(before)
        for at, (op, args) in enumerate(self.nodes):
            if told[at] != OPEN:
                continue
            if op == ATOM:
                atom = self.atoms[args[0]]
                if atom.fact in known:
                    answer = holds(atom, known[atom.fact])
                    told[at] = OPEN if answer is None else int(answer)
            elif op == AND:
                told[at] = _and(told, args)
            elif op == OR:
                told[at] = _or(told, args)
            elif op == NOT:
                told[at] = (YES, NO, OPEN)[told[args[0]]]
            else:
                told[at] = args[0]
        return told

    def below(self, roots: Iterable[int], told: Sequence[int]) -> set[int]:
        """The open nodes from *roots* down; what is settled cuts the walk short."""
        seen: set[int] = set()
        todo = [root for root in roots if told[root] == OPEN]
        while todo:
            at = todo.pop()
            if at in seen:
                continue
            seen.add(at)
            op, args = self.nodes[at]
            if op != ATOM:
                todo.extend(arg for arg in args if told[arg] == OPEN)
        return seen

    def reach(self, told: Sequence[int]) -> list[int]:
        """For every open node, the open facts that can still reach it: bit f for the f-th of `order`."""
        found = [0] * len(self.nodes)
        for at, (op, args) in enumerate(self.nodes):
            if told[at] == OPEN:
                if op == ATOM:
                    found[at] = self.bits[args[0]]
                else:
                    mask = 0
                    for arg in args:
                        mask |= found[arg]
                    found[at] = mask
        return found

    @cached_property
    def order(self) -> tuple[str, ...]:
        return tuple(sorted(self.facts))

    @cached_property
    def bits(self) -> tuple[int, ...]:
        """For each atom, the bit of its fact."""
        place = {fact: 1 << i for i, fact in enumerate(self.order)}
        return tuple(place[atom.fact] for atom in self.atoms)

    def open_atoms(self, nodes: Iterable[int]) -> dict[str, list[int]]:
        """The atom nodes among *nodes*, by fact."""
        found: dict[str, list[int]] = {}
        for at in sorted(nodes):
            op, args = self.nodes[at]
            if op == ATOM:
                found.setdefault(self.atoms[args[0]].fact, []).append(at)
        return found


@lru_cache(maxsize=512)
def assemble(laws: tuple[AxisLaw, ...], axioms: tuple[Condition, ...] = ()) -> Program:
    """One program for several axes; *axioms* are conditions that no world fulfils, beside those the laws bring."""
    return _Builder().program(laws, axioms)


@dataclass
class _Builder:
    nodes: list[Node] = field(default_factory=lambda: [(CONSTANT, (NO,)), (CONSTANT, (YES,))])
    atoms: list[Atom] = field(default_factory=list)
    numbers: dict[object, int] = field(default_factory=dict)

    def program(self, laws: tuple[AxisLaw, ...], axioms: tuple[Condition, ...]) -> Program:
        axes = {law.id: self.axis(law) for law in laws}
        never = {self.add(condition): None for condition in (*axioms, *(each for law in laws for each in law.never))}
        at_least = {
            verdict: self.any_of(*(axis.verdicts[v] for axis in axes.values() for v in VERDICTS[rank:]))
            for rank, verdict in enumerate(VERDICTS)
        }
        overall: dict[Verdict, int] = {}
        for verdict, graver in zip(VERDICTS, [*VERDICTS[1:], None], strict=True):
            above = at_least[graver] if graver else NO
            overall[verdict] = self.all_of(at_least[verdict], self.none_of(above))
        return Program(
            nodes=tuple(self.nodes),
            atoms=tuple(self.atoms),
            axes=axes,
            overall=overall,
            never=tuple(never),
            facts=frozenset(atom.fact for atom in self.atoms),
        )

    def axis(self, law: AxisLaw) -> AxisNodes:
        axis = law.axis
        if not law.in_force:
            outcomes = {each.id: NO for each in axis.outcomes} | {axis.before or axis.otherwise or axis.default: YES}
            return AxisNodes(law, NO, {}, outcomes, self.verdicts(axis.outcomes, outcomes), ())
        applies = self.add(axis.applies)
        fires: dict[str, int] = {}
        for rule in law.rules:
            beaten = self.any_of(*(fires[other] for other in law.defeated_by[rule.id]))
            fires[rule.id] = self.all_of(applies, self.add(rule.when), self.none_of(beaten))
        outcomes = {}
        graver: list[int] = []
        for outcome in reversed(axis.outcomes):
            held = self.any_of(*(fires[rule.id] for rule in law.rules if rule.outcome == outcome.id))
            outcomes[outcome.id] = self.all_of(held, self.none_of(*graver))
            graver.append(held)
        silent = self.all_of(applies, self.none_of(*graver))
        outcomes[axis.default] = self.any_of(outcomes[axis.default], silent)
        elsewhere = axis.otherwise or axis.default
        outcomes[elsewhere] = self.any_of(outcomes[elsewhere], self.none_of(applies))
        return AxisNodes(
            law=law,
            applies=applies,
            fires=fires,
            outcomes=outcomes,
            verdicts=self.verdicts(axis.outcomes, outcomes),
            duties=tuple(self.duty(duty, law, applies, fires, outcomes) for duty in law.duties),
            silent=silent,
            unjudged={each.id: self.unjudged(each, outcomes[each.id]) for each in axis.outcomes},
        )

    def verdicts(self, outcomes: Sequence[Outcome], nodes: Mapping[str, int]) -> dict[Verdict, int]:
        parts: dict[Verdict, list[int]] = {verdict: [] for verdict in VERDICTS}
        for outcome in outcomes:
            before: list[int] = []
            for when, verdict in outcome.verdicts:
                here = self.add(when)
                parts[verdict].append(self.all_of(nodes[outcome.id], here, self.none_of(*before)))
                before.append(here)
            gravest = max((verdict for _, verdict in outcome.verdicts), key=VERDICTS.index, default=VERDICTS[-1])
            parts[gravest].append(self.all_of(nodes[outcome.id], self.none_of(*before)))
        return {verdict: self.any_of(*found) for verdict, found in parts.items()}

    def unjudged(self, outcome: Outcome, node: int) -> int:
        return self.all_of(node, self.none_of(*(self.add(when) for when, _ in outcome.verdicts)))

    def duty(
        self, duty: Duty, law: AxisLaw, applies: int, fires: Mapping[str, int], outcomes: Mapping[str, int]
    ) -> DutyNode:
        when = self.all_of(self.add(duty.when), self.none_of(self.add(duty.unless) if duty.unless else NO))
        naming = [
            fires[rule.id] if law.axis.hit == "all" else self.all_of(fires[rule.id], outcomes[rule.outcome])
            for rule in law.rules
            if duty.id in rule.duties
        ]
        naming += [outcomes[outcome.id] for outcome in law.axis.outcomes if duty.id in outcome.duties]
        named = self.any_of(*naming)
        if duty.axis == law.id:
            holds_at = self.any_of(self.all_of(applies, when), named)
        else:
            holds_at = self.all_of(named, when) if not duty.axis else named
        return DutyNode(duty, holds_at, self.add(duty.met) if duty.met else None)

    def add(self, condition: Condition) -> int:
        match condition:
            case All(parts):
                return self.all_of(*(self.add(part) for part in parts))
            case Any(parts):
                return self.any_of(*(self.add(part) for part in parts))
            case Not(part):
                return self.none_of(self.add(part))
            case Refers(name):
                raise TypeError(f"`{name}` must be resolved before it becomes a program")
            case _:
                if condition not in self.numbers:
                    self.atoms.append(condition)
                    self.numbers[condition] = self.node(ATOM, (len(self.atoms) - 1,))
                return self.numbers[condition]

    def all_of(self, *parts: int) -> int:
        return self.join(AND, parts, unit=YES, zero=NO)

    def any_of(self, *parts: int) -> int:
        return self.join(OR, parts, unit=NO, zero=YES)

    def none_of(self, *parts: int) -> int:
        at = self.any_of(*parts)
        op, args = self.nodes[at]
        if op == CONSTANT:
            return YES - args[0]
        return args[0] if op == NOT else self.node(NOT, (at,))

    def join(self, op: int, parts: tuple[int, ...], *, unit: int, zero: int) -> int:
        kept: set[int] = set()
        for part in parts:
            inner, args = self.nodes[part]
            kept.update(args if inner == op else (part,))
        kept.discard(unit)
        if zero in kept or any(self.nodes[part][0] == NOT and self.nodes[part][1][0] in kept for part in kept):
            return zero
        if len(kept) < 2:
            return next(iter(kept), unit)
        return self.node(op, tuple(sorted(kept)))

    def node(self, op: int, args: tuple[int, ...]) -> int:
        key = (op, args)
        if key not in self.numbers:
            self.nodes.append(key)
            self.numbers[key] = len(self.nodes) - 1
        return self.numbers[key]


def _and(told: list[int], args: tuple[int, ...]) -> int:
    answer = YES
    for arg in args:
        one = told[arg]
        if one == NO:
            return NO
        if one == OPEN:
            answer = OPEN
    return answer


def _or(told: list[int], args: tuple[int, ...]) -> int:
    answer = NO
    for arg in args:
        one = told[arg]
        if one == YES:
            return YES
        if one == OPEN:
            answer = OPEN
    return answer
