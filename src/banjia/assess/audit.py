"""Audit: what is wrong with loaded packs; each finding has a name, under which a pack may say why it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from banjia.assess.assess import assess_route
from banjia.assess.doubts import Choice
from banjia.assess.judge import faults
from banjia.errors import BanjiaError
from banjia.facts.profile import Profile, Provenance
from banjia.facts.value import Value, show
from banjia.law.build import BuiltPack
from banjia.law.cases import expectation
from banjia.law.corpus import Corpus
from banjia.law.library import STALE_AFTER_DAYS
from banjia.logic.check import check
from banjia.logic.rules import AxisLaw
from banjia.routes.catalogue import Catalogue
from banjia.text import Text

SINCE = date(2021, 1, 1)  # bands that end before this day are history that no answer covers
ALWAYS = frozenset({"unreachable", "dead", "subsumed", "aimless", "collision"})  # a fault only if no band is without it


@dataclass(frozen=True, slots=True)
class Flaw:
    """One finding; `id` is `kind:subject`, `reason` the pack's own words on why it stands."""

    id: str
    pack: str
    text: Text
    where: str
    witness: Mapping[str, Value]
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "finding": self.id,
            "pack": self.pack,
            "text": self.text.as_dict(),
            "where": self.where,
            "witness": {fact: show(value) for fact, value in self.witness.items()},
            "reason": self.reason,
        }


def audit(law: Corpus, routes: Catalogue, *, today: date, only: Iterable[str] = ()) -> tuple[Flaw, ...]:
    """Every finding of every pack, those without a reason first."""
    wanted = set(only)
    found = [
        flaw
        for built in law.packs
        if not wanted or built.pack.id in wanted
        for flaw in _pack(built, law, routes, today)
    ]
    return tuple(sorted(found, key=lambda flaw: (bool(flaw.reason), flaw.pack, flaw.id)))


def _pack(built: BuiltPack, law: Corpus, routes: Catalogue, today: date) -> Iterator[Flaw]:
    reasons = {reason.finding: reason for reason in built.pack.reasons}
    flaws: dict[str, Flaw] = {}
    for flaw in (*_rules(built), *_cases(built, law, routes), *_cites(built, law), *_stale(built, law, today)):
        flaws.setdefault(flaw.id, flaw)
    for flaw in flaws.values():
        reason = reasons.get(flaw.id)
        yield replace(flaw, reason=reason.text) if reason else flaw
    for name, reason in reasons.items():
        if name not in flaws:
            text = Text("理由所指的问题并不存在", "the reason speaks of no finding")
            yield Flaw(f"idle-reason:{name}", built.pack.id, text, reason.where, {})


def _rules(built: BuiltPack) -> Iterator[Flaw]:
    """What the rules alone show, over all bands of days since 2021."""
    seen: dict[str, tuple[int, Flaw]] = {}
    bands: dict[str, list[AxisLaw]] = {}
    for day in _days(built):
        for axis in built.base.on(day).axes.values():
            if axis.in_force and not any(_same(axis, other) for other in bands.setdefault(axis.id, [])):
                bands[axis.id].append(axis)
    for axes in bands.values():
        for axis in axes:
            for finding in check(axis):
                id_ = f"{finding.kind}:{','.join(finding.names)}"
                if finding.kind not in {"dead", "subsumed", "aimless"}:
                    id_ = f"{finding.kind}:{axis.id}:{','.join(finding.names)}"
                where = finding.where or axis.axis.where
                flaw = Flaw(id_, built.pack.id, finding.text, where, finding.witness)
                times, _ = seen.get(id_, (0, flaw))
                seen[id_] = (times + 1, flaw)
                if finding.kind not in ALWAYS:
                    yield flaw
    for id_, (times, flaw) in seen.items():
        kind, _, subject = id_.partition(":")
        if kind in ALWAYS and times == _concerned(kind, subject, bands):
            yield flaw


def _concerned(kind: str, subject: str, bands: Mapping[str, list[AxisLaw]]) -> int:
    """In how many bands the finding could show: those with its rules in force, or all of its axis."""
    if kind in {"unreachable", "collision"}:
        return len(bands[subject.partition(":")[0]])
    names = set(subject.split(",")[: 2 if kind == "subsumed" else 1])
    return sum(names <= {rule.id for rule in axis.rules} for axes in bands.values() for axis in axes)


def _days(built: BuiltPack) -> list[date]:
    return [SINCE, *(cut for cut in built.base.cuts if cut > SINCE)]


def _same(one: AxisLaw, other: AxisLaw) -> bool:
    return {rule.id for rule in one.rules} == {rule.id for rule in other.rules}


def _cases(built: BuiltPack, law: Corpus, routes: Catalogue) -> Iterator[Flaw]:
    """Cases that do not hold, and rules that no case reaches."""
    reached: set[str] = set()
    for file in built.pack.files:
        for case in file.cases:
            try:
                answer = assess_route(
                    Profile.read(case.facts, Provenance("declared", case.where)),
                    on=case.on,
                    law=law,
                    routes=routes,
                    choices=[Choice(k, v) for k, v in case.readings.items()],
                    listed=(built.pack.id,),
                    explain="missing" in case.expect,
                )
                wrong = faults(answer, expectation(case))
            except BanjiaError as error:
                text = Text(error.say("zh"), error.say("en"))
                yield Flaw(f"case:{case.id}", built.pack.id, text, case.where, {})
                continue
            reached |= {rule for axis in answer.axes.values() if axis.pack == built.pack.id for rule in axis.rules}
            if wrong:
                asked = ", ".join(m.fact for m in answer.missing[:4])
                more = Text(f"；未定的事实：{asked}", f"; still open: {asked}") if asked else Text("", "")
                joined = "; ".join(wrong)
                text = Text(f"案例不成立：{joined}", f"the case does not hold: {joined}") + more
                yield Flaw(f"case:{case.id}", built.pack.id, text, case.where, {})
    for file in built.pack.files:
        for rule in file.rules:
            if rule.id not in reached:
                text = Text("没有案例触及这条规则", "no case reaches this rule")
                yield Flaw(f"uncased:{rule.id}", built.pack.id, text, rule.where, {})


def _cites(built: BuiltPack, law: Corpus) -> Iterator[Flaw]:
    """Citations whose very place the pack does not hold."""
    for file in built.pack.files:
        places = [(c.cites, c.where) for c in file.rules] + [(c.cites, c.where) for c in file.duties]
        for cites, where in places:
            for one in (one for cite in cites for one in law.library.expand(cite)):
                if not law.library.holds(one):
                    text = Text(f"规则包里没有 {one} 的条文", f"the packs hold no text of {one}")
                    yield Flaw(f"uncited:{one}", built.pack.id, text, where, {})


def _stale(built: BuiltPack, law: Corpus, today: date) -> Iterator[Flaw]:
    names = [file.statute.id for file in built.pack.files]
    for statute in law.library.stale(names, today):
        read = statute.read.isoformat() if statute.read else "-"
        text = Text(
            f"来源 {STALE_AFTER_DAYS} 天未复核（{read}）",
            f"the source was not re-read for {STALE_AFTER_DAYS} days ({read})",
        )
        yield Flaw(f"stale:{statute.id}", built.pack.id, text, statute.where, {})
