"""Doubts of one answer: what is contested, silent or stale, found from what was asked and cited."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from banjia.assess.assessment import AxisResult
from banjia.assess.doubt import Contested, Doubt, Silent, Stale
from banjia.assess.join import Joined, holds
from banjia.facts.value import Value
from banjia.law.build import BuiltPack, reading_matters
from banjia.law.corpus import Corpus
from banjia.law.library import Citation
from banjia.logic.rule import stands
from banjia.text import Text


@dataclass(frozen=True, slots=True)
class Choice:
    """A reading taken instead of the strict one, and why."""

    reading: str
    option: str
    reason: str = ""


def contested(
    joined: Sequence[Joined], known: Mapping[str, Value], choices: Sequence[Choice], *, on: date
) -> list[Doubt]:
    """The contested points that make a difference here, with the reading that was taken."""
    chosen = {choice.reading: choice for choice in choices}
    found: list[Doubt] = []
    for each in joined:
        for file in each.built.pack.files:
            for reading in file.readings:
                if not stands(reading.since, reading.until, on) or (reading.axis and reading.axis not in each.axes):
                    continue
                if holds(each.law.definitions[reading_matters(reading.id)], known) is False:
                    continue
                taken = each.law.readings[reading.id]
                choice = chosen.get(reading.id)
                found.append(
                    Contested(
                        reading=reading.id,
                        axis=reading.axis,
                        question=reading.question,
                        options=tuple((o.id, o.text) for o in reading.options),
                        chosen=taken,
                        is_default=taken == reading.default,
                        reason=choice.reason if choice else "",
                        cites=reading.cites,
                    )
                )
    return found


def practice_alone(axis: AxisResult) -> Contested:
    """What no statute says and only practice holds is contested as such."""
    return Contested(
        reading="practice-alone",
        axis=axis.id,
        question=Text(
            "这一结果只有监管实践支持，法律文本没有写明。", "This outcome rests on practice alone; no statute says it."
        ),
        options=(
            ("practice", Text("按监管实践", "Follow the practice")),
            ("text", Text("只看法律文本", "Follow the text alone")),
        ),
        chosen="practice",
        is_default=True,
        reason="",
        cites=axis.cites,
    )


def silent_on(joined: Sequence[Joined], silent: Sequence[BuiltPack], *, on: date) -> list[Doubt]:
    """Packs that were not asked, and axes that have no rule yet on the day."""
    found: list[Doubt] = []
    for built in silent:
        title = built.pack.title
        text = title + Text("：已知事实没有指向该法域，未评估", ": known facts do not point there; not assessed")
        found.append(Silent(built.pack.id, "", text))
    for each in joined:
        for axis in each.axes:
            if not each.law.axes[axis].in_force:
                title = each.law.axes[axis].axis.question
                text = title + Text(f"（{on} 尚无规则）", f" (no rule yet on {on})")
                found.append(Silent(each.built.pack.id, axis, text))
    return found


def stale(cites: Sequence[Citation], law: Corpus, *, today: date) -> list[Doubt]:
    """The sources behind the citations that were not re-read in time."""
    names = [cite.statute for cite in cites]
    return [Stale(s.id, s.title, s.read) for s in law.library.stale(names, today)]
