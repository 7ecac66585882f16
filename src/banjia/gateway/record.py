"""Record: every decision goes to the ledger; for a route abroad it is on disk before a byte leaves."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec

from banjia.errors import StoreError
from banjia.facts.value import Interval
from banjia.gateway.call import Call
from banjia.gateway.clock import Clock
from banjia.gateway.refusal import Refusal, policy_refusal
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.treatment import REPLACING, leaves_in_clear
from banjia.ledger.entry import Entry, Form, new_id
from banjia.ledger.journal import Journal
from banjia.ledger.subject import DECLARED, Identifier, Person, PersonClass, Persons
from banjia.ledger.tally import Line, Tally
from banjia.policy.decide import Ask, Decision
from banjia.policy.decide import Tally as Stretch
from banjia.policy.policy import DataClass
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.privacy.treater import Inspection

MOST_FORMS = 1024
NO_OUTCOME: Mapping[str, Any] = MappingProxyType({})

UNWRITABLE = Text(
    "台账暂时无法写入，无记录不得出境，只服务境内路线；原因见网关日志",
    "the ledger cannot be written now; nothing leaves the country unrecorded, only domestic routes are served; the "
    "gateway's log says why",
)


class Contents(msgspec.Struct, frozen=True):
    """What a call carries: its class, and the persons found in it beside the one that the caller names."""

    data_class: DataClass
    request: dict[str, Any] | None = None  # the decoded body, where it had to be looked into
    inspection: Inspection | None = None


class Recorder:
    def __init__(self, journal: Journal | None, clock: Clock) -> None:
        self.journal = journal
        self._clock = clock
        self._forms: dict[tuple[object, ...], tuple[Form, Candidate, Decision]] = {}  # of what is noted again and again

    @property
    def trouble(self) -> str:
        """Why the ledger cannot be written; nothing where it can."""
        if self.journal is None:
            return "the store could not be opened"
        trouble = self.journal.trouble
        return "" if trouble is None else trouble.say("en")

    def tallies(self) -> tuple[Stretch, Stretch]:
        """Persons exported this year, as this process last saw it; without a ledger anything is possible."""
        if self.journal is None:
            return (0, None), (0, None)
        return stretches(self.journal.tally(self._clock.at()))

    def refuse(self, call: Call, settings: Settings, candidate: Candidate, decision: Decision, dc: DataClass) -> str:
        return self._note(_entry("refusal", call, settings, candidate, decision, dc, self._clock.at()))

    def note(
        self,
        call: Call,
        settings: Settings,
        candidate: Candidate,
        decision: Decision,
        dc: DataClass,
        outcome: Mapping[str, Any],
        id: str,  # noqa: A002
    ) -> None:
        """A decision for a domestic route and its outcome, under an id made before: written soon, nobody waits."""
        journal = self.journal
        if journal is None:
            return
        key = (builtins.id(candidate), builtins.id(decision.cell or decision), decision.rule, call.purpose, dc)
        found = self._forms.get(key)
        try:
            if found is None:
                if len(self._forms) >= MOST_FORMS:
                    self._forms.clear()
                form = journal.form(_entry("decision", call, settings, candidate, decision, dc, 0))
                found = self._forms[key] = form, candidate, decision  # kept, so that their ids stay theirs
            journal.note_like(found[0], self._clock.at(), outcome, id)
        except StoreError:  # closing, or a value too long for the ledger: the call itself needs no entry
            return

    def new_id(self) -> str:
        """The id of an entry that will be noted; none where there is no ledger."""
        return new_id(self._clock.at()) if self.journal is not None else ""

    async def commit(
        self, call: Call, settings: Settings, candidate: Candidate, decision: Decision, contents: Contents
    ) -> str:
        """A decision for a route abroad, on disk with its persons counted when this returns. Raises Refusal."""
        if self.journal is None:
            raise _unwritable()
        at = self._clock.at()
        dc = contents.data_class
        exempt = {"basis": decision.cell.basis} if decision.cell is not None and decision.cell.basis else NO_OUTCOME
        entry = _entry("decision", call, settings, candidate, decision, dc, at, exempt)
        if dc == "none":
            persons, line, beyond = None, None, None
        else:
            persons = _persons(call, candidate, decision, contents)
            line, beyond = self.line(call, settings, candidate, decision, dc)
        otherwise = _entry("refusal", call, settings, candidate, beyond, dc, at) if beyond is not None else None
        try:
            receipt = await self.journal.commit(entry, persons, line=line, otherwise=otherwise)
        except StoreError as error:
            raise _unwritable() from error
        if not receipt.passed and beyond is not None:
            raise policy_refusal(beyond, candidate.route.id)
        if receipt.tally is not None and dc != "none":
            ordinary, sensitive = stretches(receipt.tally)
            after = settings.index.decide(_ask(call, candidate, dc, self._clock, ordinary, sensitive))
            if not after.passes:  # others counted meanwhile: this one stays counted, and does not leave
                self.settle(receipt.id, {"status": 403, "refused": after.rule})
                raise policy_refusal(after, candidate.route.id)
        return receipt.id

    def line(
        self, call: Call, settings: Settings, candidate: Candidate, decision: Decision, dc: DataClass
    ) -> tuple[Line | None, Decision | None]:
        """The tallies that this call may not reach, because from there on the answer would be another one."""
        ordinary, sensitive = self.tallies()
        here = _ask(call, candidate, dc, self._clock, ordinary, sensitive)
        edges = settings.index.edges(here)
        beyond: Decision | None = None
        found: list[int | None] = []
        for which, reached in enumerate((ordinary, sensitive)):
            edge = None
            for e in edges[which]:
                if reached[1] is None or e <= reached[1]:
                    continue
                raised = (reached[0], e)
                pair = (raised, sensitive) if which == 0 else (ordinary, raised)
                there = settings.index.decide(_ask(call, candidate, dc, self._clock, *pair))
                if there.passes and there.treatment == decision.treatment:
                    continue
                edge, beyond = e, there if not there.passes else beyond or there
                break
            found.append(edge)
        return (None, None) if beyond is None else (Line(found[0], found[1]), beyond)

    def settle(self, about: str, outcome: Mapping[str, Any]) -> None:
        """How a recorded decision came out, as an entry of its own."""
        if about:
            self._note(Entry("outcome", self._clock.at(), about=about, more=outcome))

    def _note(self, entry: Entry, id: str = "") -> str:  # noqa: A002
        if self.journal is None:
            return ""
        try:
            return self.journal.note(entry, id)
        except StoreError:  # closing, or a value too long for the ledger: the call itself needs no entry
            return ""


def _unwritable() -> Refusal:
    return Refusal(503, "server_error", "ledger_unavailable", UNWRITABLE, retry=True, wait=5.0)


def ask_of(call: Call, candidate: Candidate, dc: DataClass, recorder: Recorder, clock: Clock) -> Ask:
    return _ask(call, candidate, dc, clock, *recorder.tallies())


def stretches(tally: Tally) -> tuple[Stretch, Stretch]:
    return _stretch(tally.ordinary), _stretch(tally.sensitive)


def _stretch(interval: Interval) -> Stretch:
    return (interval.low, interval.high)


def _ask(call: Call, candidate: Candidate, dc: DataClass, clock: Clock, ordinary: Stretch, sensitive: Stretch) -> Ask:
    return Ask(
        app=call.app.id,
        purpose=call.purpose,
        route=candidate.route.id,
        model=candidate.model,
        data_class=dc,
        on=clock.today(),
        tally_ordinary=ordinary,
        tally_sensitive=sensitive,
    )


def _entry(
    kind: str,
    call: Call,
    settings: Settings,
    candidate: Candidate,
    decision: Decision,
    dc: DataClass,
    at: int,
    more: Mapping[str, Any] = NO_OUTCOME,
) -> Entry:
    route = candidate.route
    return Entry(
        kind,
        at,
        app=call.app.id,
        purpose=call.purpose,
        route=route.id,
        provider=route.provider,
        country=route.country,
        abroad=route.abroad,
        stand_in=route.stand_in,
        asked=call.asked,
        model=candidate.model,
        data_class=dc,
        decision="refuse" if kind == "refusal" else "pass",
        verdict=decision.verdict,
        treatment=decision.treatment,
        rule=decision.rule,
        cites=tuple(c.id for c in decision.cites),
        duties=decision.duties,
        policy=settings.policy_hash,
        law_date=settings.law_day,
        more=more,
    )


def _persons(call: Call, candidate: Candidate, decision: Decision, contents: Contents) -> Persons:
    """The person whom the caller names, those found beside, or one unknown where the call has only its class."""
    data_class: PersonClass = "sensitive" if contents.data_class == "sensitive" else "ordinary"
    cell, in_clear = decision.cell, leaves_in_clear(decision, contents)
    people: list[Person] = []
    nameless: list[PersonClass] = []
    if call.subject:
        people.append(Person((Identifier(DECLARED, call.subject),), data_class))
    for found in contents.inspection.persons if contents.inspection is not None else ():
        keys = [Identifier(kind, value) for kind, value in found.strong]
        keys += [Identifier(kind, value, strong=False, scope=call.conversation) for kind, value in found.weak]
        if keys:
            people.append(Person(tuple(keys), found.data_class))
        else:
            nameless.append(found.data_class)
    return Persons(
        people=tuple(people),
        unidentified=tuple(nameless) if people or nameless else (data_class,),
        country=candidate.route.country,
        route=candidate.route.id,
        form="clear" if in_clear else "surrogate",
        basis=cell.basis
        if cell is not None and cell.uncounted and not (in_clear and cell.treatment in REPLACING)
        else "",
    )
