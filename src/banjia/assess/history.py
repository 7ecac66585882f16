"""History: one question through time, and what the law of two days makes different."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from banjia.assess.assessment import Assessment
from banjia.facts.value import show
from banjia.law.build import BuiltPack
from banjia.law.corpus import Corpus
from banjia.logic.change import Move, diff
from banjia.routes.lifecycle import life
from banjia.routes.provider import Provider
from banjia.text import Text

FIRST = date(2021, 1, 1)
Ask = Callable[[date], Assessment]


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days on which the answer stays the same; `last` None reaches beyond the last date that is known."""

    first: date
    last: date | None
    verdict: str
    reachable: tuple[str, ...]
    outcomes: tuple[tuple[str, tuple[str, ...]], ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "from": self.first.isoformat(),
            "until": self.last.isoformat() if self.last else None,
            "verdict": self.verdict,
            "reachable": list(self.reachable),
            "axes": {axis: list(outcomes) for axis, outcomes in self.outcomes},
        }


def timeline(ask: Ask, days: Iterable[date]) -> tuple[Stretch, ...]:
    """The answer on every day that may change it, equal neighbours joined."""
    found: list[Stretch] = []
    starts = sorted({*days})
    for day in starts:
        answer = ask(day)
        outcomes = tuple((id_, axis.reachable) for id_, axis in answer.axes.items())
        if found:
            before = found[-1]
            if (before.verdict, before.reachable, before.outcomes) == (answer.verdict, answer.reachable, outcomes):
                continue
            found[-1] = Stretch(
                before.first, day - timedelta(days=1), before.verdict, before.reachable, before.outcomes
            )
        found.append(Stretch(day, None, answer.verdict, answer.reachable, outcomes))
    return tuple(found)


def cuts(law: Corpus, *, provider: Provider | None = None, models: Iterable[str] = ()) -> Iterator[date]:
    """The days on which the law, a vendor's region rule or the life of a model changes, from 2021 on."""
    yield FIRST
    days = [cut for built in law.packs for cut in built.base.cuts]
    if provider is not None:
        days += [rule.from_ for rule in provider.regions if rule.from_]
        days += [provider.closed] if provider.closed else []
        for model in models:
            for end in life(provider, model, FIRST).sources:
                days += [end.on - timedelta(days=90), end.on]
    yield from (day for day in days if day > FIRST)


@dataclass(frozen=True, slots=True)
class Change:
    """What one pack says differently on two days."""

    pack: str
    begun: tuple[str, ...]  # rules in force on the second day only
    ended: tuple[str, ...]
    statutes: tuple[tuple[str, Text, str], ...]  # id, title, "begun" or "ended"
    moves: tuple[Move, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "pack": self.pack,
            "rules_begun": list(self.begun),
            "rules_ended": list(self.ended),
            "statutes": [{"id": i, "title": t.as_dict(), "change": c} for i, t, c in self.statutes],
            "moves": [
                {
                    "axis": m.axis,
                    "from": m.old,
                    "to": m.new,
                    "witness": {fact: show(value) for fact, value in m.witness.items()},
                }
                for m in self.moves
            ],
        }


def changes(law: Corpus, one: date, other: date) -> tuple[Change, ...]:
    """Pack by pack: rules and statutes that came and went, and each way a case can move, with a witness."""
    found = [_change(built, one, other) for built in law.packs]
    return tuple(change for change in found if change.begun or change.ended or change.statutes or change.moves)


def _change(built: BuiltPack, one: date, other: date) -> Change:
    before, after = built.base.on(one), built.base.on(other)
    old = {rule.id for axis in before.axes.values() for rule in axis.rules}
    new = {rule.id for axis in after.axes.values() for rule in axis.rules}
    moves = [
        move
        for id_, axis in after.axes.items()
        if before.axes[id_] is not axis and _differs(built, id_, one, other)
        for move in diff(before.axes[id_], axis)
    ]
    statutes = []
    for file in built.pack.files:
        statute = file.statute
        was, now = (
            (statute.since is None or statute.since <= day) and (statute.until is None or day <= statute.until)
            for day in (one, other)
        )
        if was != now:
            statutes.append((statute.id, statute.title, "begun" if now else "ended"))
    return Change(built.pack.id, tuple(sorted(new - old)), tuple(sorted(old - new)), tuple(statutes), tuple(moves))


def _differs(built: BuiltPack, axis: str, one: date, other: date) -> bool:
    """Whether anything of the axis could read differently: its rules, its conditions, or whether it is in force."""
    before, after = built.base.on(one).axes[axis], built.base.on(other).axes[axis]
    return (before.in_force, before.rules, before.axis, before.never) != (
        after.in_force, after.rules, after.axis, after.never,
    )  # fmt: skip
