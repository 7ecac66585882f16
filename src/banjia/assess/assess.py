"""assess: profile × route × day → Assessment. Time is an argument; the law and the routes are data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from banjia.assess.assessment import (
    INDETERMINATE,
    ORDER,
    Assessment,
    AxisResult,
    Duties,
    DutyResult,
    Filled,
    LawStamp,
)
from banjia.assess.axis import axis_result, look
from banjia.assess.doubt import Open
from banjia.assess.doubts import Choice, contested, practice_alone, silent_on, stale
from banjia.assess.explain import levers, missing, reasons
from banjia.assess.fill import fill
from banjia.assess.join import Joined, join
from banjia.assess.overall import overall
from banjia.errors import FactError
from banjia.facts.implies import close
from banjia.facts.profile import Profile
from banjia.facts.value import Value
from banjia.law.corpus import Corpus
from banjia.law.library import Citation
from banjia.law.statute import DUES
from banjia.logic.answer import DutyAnswer, duties
from banjia.logic.inquiry import inquire
from banjia.logic.trace import trace
from banjia.routes.catalogue import Catalogue
from banjia.routes.lifecycle import By, counting
from banjia.routes.provider import Endpoint

STATES = ("excluded", "possible", "certain")
Cited = TypeVar("Cited", AxisResult, DutyResult)


def assess_route(
    profile: Profile,
    *,
    on: date,
    law: Corpus,
    routes: Catalogue,
    id: str = "",  # noqa: A002
    route: str = "",
    today: date | None = None,
    endpoint: Endpoint | None = None,
    choices: Sequence[Choice] = (),
    attested: frozenset[str] = frozenset(),
    listed: tuple[str, ...] = (),
    explain: bool = True,
    traced: bool = False,
) -> Assessment:
    """One route as it stands on one day.

    `explain=False` leaves out questions, reasons and levers; `traced` adds every rule with the truth of its parts.
    """
    ends = ending(choices)
    whole = complete(profile, on=on, routes=routes, endpoint=endpoint, ends=ends)
    known = whole.values_only
    joined, silent = join(law, known, on=on, readings=_options(choices), listed=listed)
    laws = {axis: (each, each.law.axes[axis]) for each in joined for axis in each.axes}
    inquiry = inquire((axis for _, axis in laws.values()), known)
    answers = {id_: look(inquiry, nodes) for id_, nodes in inquiry.program.axes.items()}
    reachable, exact = overall(inquiry, answers)
    axes = {
        id_: _as_cited(axis_result(axis, answers[id_], pack=each.built.pack.id), law, on)
        for id_, (each, axis) in laws.items()
    }
    due = _duties(duties(inquiry), attested, {k: v for j in joined for k, v in j.built.deadlines.items()})
    due = replace(due, excluded=(*due.excluded, *_not_in_force(joined, due)))
    due = Duties(*(tuple(_as_cited(d, law, on) for d in group) for group in (due.certain, due.possible, due.excluded)))
    cites = _cites(axes.values(), due, law, on)
    questions = missing(inquiry) if explain else ()
    verdict = reachable[0] if len(reachable) == 1 else INDETERMINATE

    def redo(fact: str, value: Value) -> Mapping[str, Value] | None:
        """What is known after a change; what was concluded or filled in goes with its ground."""
        given = Profile({k: v for k, v in whole.items() if v.provenance.kind not in {"filled", "implied"}})
        try:
            return complete(given.with_(fact, value), on=on, routes=routes, endpoint=endpoint, ends=ends).values_only
        except FactError:
            return None

    because = reasons(inquiry, answers, verdict) if explain else ()
    pulled = levers(inquiry, answers, verdict, because, redo) if explain else ()
    return Assessment(
        id=id,
        on=on,
        verdict=verdict,
        reachable=reachable,
        exact=exact,
        axes=axes,
        duties=due,
        cites=cites,
        filled=_filled(whole),
        missing=questions,
        because=because,
        levers=pulled,
        doubts=(
            *(Open(m.fact, m.question) for m in questions),
            *contested(joined, known, choices, on=on),
            *(practice_alone(axis) for axis in axes.values() if axis.basis == "practice"),
            *silent_on(joined, silent, on=on),
            *stale(cites, law, today=today or on),
        ),
        law=LawStamp(
            {each.built.pack.id: each.built.pack.version for each in joined},
            law.hash,
            {c.reading: {"option": c.option, "reason": c.reason} for c in choices},
        ),
        route=route or str(known.get("route", "")),
        trace=tuple(trace(inquiry, axis) for axis in axes) if traced else (),
    )


def complete(
    profile: Profile, *, on: date, routes: Catalogue, endpoint: Endpoint | None = None, ends: By = "earliest"
) -> Profile:
    """The profile with what follows from it and what the catalogue knows; a given fact wins."""
    closed = close(profile)
    return close(fill(closed, on=on, routes=routes, endpoint=endpoint, ends=ends))


def ending(choices: Iterable[Choice]) -> By:
    """Which of several announced ends of a model counts, by the reading chosen; the strict one is the earliest."""
    return counting(next((c.option for c in choices if c.reading == "retirement-date"), ""))


def _as_cited(found: Cited, law: Corpus, on: date) -> Cited:
    """The same with the citations that stand on the day: an amended law is cited as it then was."""
    return replace(found, cites=law.library.standing(found.cites, on))


def _options(choices: Sequence[Choice]) -> dict[str, str]:
    return {choice.reading: choice.option for choice in choices}


def _duties(answers: Sequence[DutyAnswer], attested: frozenset[str], deadlines: Mapping[str, date]) -> Duties:
    """A duty that several fences or axes know is certain if it is certain for one of them."""
    groups: dict[str, list[DutyAnswer]] = {}
    for answer in answers:
        groups.setdefault(answer.duty.id, []).append(answer)
    found: dict[str, list[DutyResult]] = {state: [] for state in STATES}
    for id_, calls in groups.items():
        state = max((call.certainty for call in calls), key=STATES.index)
        mine = [call for call in calls if call.certainty == state]
        dues = {call.duty.due for call in mine}
        found[state].append(
            DutyResult(
                id=id_,
                when=next(due for due in DUES if due in dues),
                met=state != "excluded" and (id_ in attested or all(call.met is True for call in mine)),
                cites=tuple(dict.fromkeys(cite for call in mine for cite in call.duty.cites)),
                text=mine[0].duty.text,
                axes=tuple(dict.fromkeys(call.axis for call in mine)),
                by=min((deadlines[c.duty.where] for c in mine if c.duty.where in deadlines), default=None),
            )
        )
    return Duties(tuple(found["certain"]), tuple(found["possible"]), tuple(found["excluded"]))


def _not_in_force(joined: Sequence[Joined], due: Duties) -> list[DutyResult]:
    """Duties of the axes that speak which the law of another day knows, but not that of this one."""
    seen = {duty.id for group in (due.certain, due.possible, due.excluded) for duty in group}
    found: dict[str, DutyResult] = {}
    for each in joined:
        for duty in each.built.base.duties:
            if duty.id not in seen and (duty.axis in each.axes or not duty.axis):
                axes = (duty.axis,) if duty.axis else ()
                found.setdefault(
                    duty.id, DutyResult(duty.id, duty.due, met=False, cites=duty.cites, text=duty.text, axes=axes)
                )
    return list(found.values())


def _cites(axes: Iterable[AxisResult], due: Duties, law: Corpus, on: date) -> tuple[Citation, ...]:
    """Every place the answer rests on, the gravest axis first; beside a paragraph also its article."""
    ids: dict[str, None] = {}
    for axis in sorted(axes, key=lambda axis: -ORDER.index(axis.verdicts[-1])):
        ids |= dict.fromkeys(axis.cites)
    for duty in (*due.certain, *due.possible):
        ids |= dict.fromkeys(duty.cites)
    around = dict.fromkeys(outer for id_ in ids if (outer := law.library.around(id_)))
    return tuple(law.library.cite(id_, on) for id_ in (ids | around))


def _filled(profile: Profile) -> tuple[Filled, ...]:
    return tuple(
        Filled(fact, known.value, known.provenance.kind, known.provenance.source)
        for fact, known in profile.items()
        if known.provenance.kind in {"filled", "implied", "measured"}
    )
