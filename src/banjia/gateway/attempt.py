"""Attempt: one call on one route, from its ledger entry to its answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.breaker import Ticket
from banjia.gateway.budget import costs
from banjia.gateway.call import Call
from banjia.gateway.event import BOM, Events, event_in
from banjia.gateway.failure import failed, from_canonical, from_status
from banjia.gateway.forward import EVENT_STREAM, NO_CACHE, Told, forward_json, forward_stream, hidden_error, read_answer
from banjia.gateway.gathered import gathered, has_message, is_stream
from banjia.gateway.held import Gate, forward_held
from banjia.gateway.line import tell_call
from banjia.gateway.moderation import Screen, said_by, silenced
from banjia.gateway.outgoing import Outgoing, at_once, head_of, prepare
from banjia.gateway.record import Contents
from banjia.gateway.refusal import SPENT, Refusal
from banjia.gateway.rewrite import Rewrite
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.telemetry import Span
from banjia.gateway.thought import thought_of
from banjia.gateway.tools import Tools
from banjia.gateway.usage import Usage
from banjia.gateway.vector import VectorSettings, embedded
from banjia.gateway.whole import as_events, needs_whole, whole
from banjia.policy.decide import Decision
from banjia.routes.dialect.draft import VectorPlan
from banjia.routes.dialect.error import error_in_answer
from banjia.routes.dialect.usual import is_usual, usual
from banjia.routes.dialect.usual_stream import UsualStream
from banjia.routes.tariff import NANO

ERROR_BYTES = 1024 * 1024
FILTERED = "content_filter"
OF_THE_ROUTE = frozenset({401, 402, 403, 404})  # key, arrears, region, model: another route may do better
NOTHING_PAID: dict[str, str] = {}


@dataclass(slots=True)
class Attempt:
    call: Call
    settings: Settings
    candidate: Candidate
    decision: Decision
    contents: Contents
    tools: Tools
    entry: str = ""  # the ledger's id of this decision
    is_written: bool = False
    span: Span | None = None
    is_broken: bool = False  # the answer began, and its end never came
    began: float = 0.0
    pin: Callable[[], Awaitable[None]] | None = None  # keeps whose vectors these are, before they are given out
    losses: tuple[str, ...] = ()  # what the answer's headers, the ledger and the metrics say was lost

    async def run(self) -> None:
        """Answer the caller. Raises Refusal where nothing has been sent, so that another route may be tried."""
        router, route = self.tools.router, self.candidate.route.id
        self.began = self.tools.clock.monotonic()
        ticket, asked = router.enter(route, self.began), self.call.holds
        try:
            await self._run(ticket)
        except BaseException:
            self.tools.room.give_back(self.call, keeping=asked)
            raise
        finally:
            router.leave(route, ticket)

    async def _run(self, ticket: Ticket) -> None:
        tools, candidate, contents = self.tools, self.candidate, self.contents
        route = candidate.route
        out = at_once(self.call, candidate, self.decision, contents)
        if out is None:
            out = await prepare(
                self.call,
                candidate,
                self.decision,
                contents,
                tools.personal,
                tools.thoughts,
                entity=self.settings.entity,
                at=tools.clock.at(),
            )
            if len(out.body) > len(self.call.body):  # pictures were fetched into it
                tools.room.take(self.call, len(out.body) - len(self.call.body))
        if self.call.losses or out.warnings:
            self._lose(*self.call.losses, *out.warnings)
        if route.abroad:  # nothing leaves before this is on disk
            self.entry = await tools.recorder.commit(self.call, self.settings, candidate, self.decision, contents)
            self.is_written = True
        else:
            self.entry = tools.recorder.new_id()
        if self.settings.telemetry is not None:
            self.span = self.settings.telemetry.begin(self.call, candidate)
        tries = route.retries + 1 if out.plan.vectors is None else 1  # parts are repeated one by one
        while True:
            tries -= 1
            try:
                await self._exchange(out)
            except asyncio.CancelledError:
                self._given_up(ticket)
                self._record(status=499, ms=self._ms())
                raise
            except UpstreamError as error:
                tools.metrics.count("banjia_upstream_failures_total", route.id, error.kind)
                if error.kind in {"connect", "closed"}:  # nothing was made of it
                    self.call.unsettled = False
                if tries and error.kind in {"connect", "closed"}:
                    continue
                refusal = failed(error, route.id)
            except Refusal as error:
                if error is SPENT:  # no fault of the route, and no other would find more room
                    self._record(status=error.status, code=error.code, ms=self._ms())
                    raise
                if error.raw:  # the vendor's own refusal, which it does not bill
                    self.call.unsettled = False
                tools.metrics.count("banjia_upstream_failures_total", route.id, f"http_{error.status}")
                if tries and error.status in {500, 502, 503, 504} and error.retry and error.wait is None:
                    continue
                refusal = error
            else:
                self._report(ticket, failed=self.is_broken)
                return
            self._report(ticket, failed=refusal.retry or refusal.status >= 500 or refusal.status in OF_THE_ROUTE)
            raw = {"raw": refusal.raw} if refusal.raw else {}
            self._record(status=refusal.status, code=refusal.code, ms=self._ms(), **raw)
            raise refusal

    async def _exchange(self, out: Outgoing) -> None:
        if out.request is not None and out.plan.vectors is not None:
            await self._vectors(out, out.request, out.plan.vectors)
            return
        if needs_whole(out.plan):
            await self._whole(out, out.request or msgspec.json.decode(out.body))
            return
        answer = await self._send(out.head, out.body)
        try:
            if self.call.stream and (answer.header(b"content-type") or b"").startswith(b"application/json"):
                await self._unstreamed(answer, out)
            elif self.call.stream:
                await self._stream(answer, out)
            else:
                await self._json(answer, out)
        except BaseException:
            answer.abort(UpstreamError("client_gone"))
            raise

    async def _send(self, head: bytes, body: bytes) -> Answer:
        """An answer with status 200. Raises Refusal for any other."""
        route = self.candidate.route
        owed, self.call.unsettled = self.call.unsettled, True
        if self.span is not None:
            head = self.span.carried(head)
        answer = await self.tools.pools.of(route).send(head, body, repeatable=True)
        if answer.status != 200:
            self.call.unsettled = owed
            provider = route.translator.provider if route.translator is not None else None
            said = await answer.body(ERROR_BYTES)
            raise from_status(answer.status, answer.headers, said, route.id, provider)
        self.call.unsettled = True
        return answer

    async def _body(self, answer: Answer) -> bytes:
        """The whole of it; what no room could ever be found for is too large."""
        room, call = self.tools.room, self.call
        return await answer.body(
            min(self.candidate.route.target.max_answer, room.most), lambda size: room.take(call, size)
        )

    async def _json(self, answer: Answer, out: Outgoing) -> None:
        body = await self._body(answer)
        stopped = ""
        if out.rewrite is not None or (self.is_chat and not is_usual(body)):
            translated = self._translated(body, out.rewrite)
            if out.rewrite is not None:
                await self._remember(out.rewrite, translated)
            finished = await self._screened(out, translated)
            stopped = stop_of(finished)
            body = msgspec.json.encode(finished)
        said = read_answer(body)
        if self.pin is not None:
            await self.pin()
        self._done(said.usage, 200, stopped)
        await forward_json(self.call, body, self._told(), said.model or "")

    async def _vectors(self, out: Outgoing, request: dict[str, Any], plan: VectorPlan) -> None:
        answer, lost = await embedded(
            request,
            plan,
            lambda changed: self._ask(out, changed),
            settings=self._vector_settings(),
            retries=self.candidate.route.retries,
            pause=asyncio.sleep,
        )
        self._lose(*lost)
        await self._pass_on(answer)

    def _vector_settings(self) -> VectorSettings:
        """An application that takes no hard loss has no text cut."""
        chosen = self.call.app.vectors
        return replace(chosen, too_long="refuse") if self.call.app.options.get("hard_loss") == "refuse" else chosen

    async def _whole(self, out: Outgoing, request: dict[str, Any]) -> None:
        answer = await whole(request, out.plan, lambda changed: self._ask(out, changed))
        if out.rewrite is not None:
            await self._remember(out.rewrite, answer)
        await self._pass_on(await self._screened(out, answer))

    async def _screened(self, out: Outgoing, answer: dict[str, Any]) -> dict[str, Any]:
        """The finished answer; where a service is to be asked, not before it has said yes."""
        if out.rewrite is None:
            return answer
        finished = out.rewrite.finished(answer, self.entry)
        screen = out.rewrite.screen
        if screen is not None and await self._is_stopped(screen, said_by(finished)):
            return silenced(finished)
        return finished

    async def _is_stopped(self, screen: Screen, text: str) -> bool:
        return await screen.check(text, stage="after", app=self.call.app.id, pools=self.tools.pools)

    async def _ask(self, out: Outgoing, request: dict[str, Any]) -> dict[str, Any]:
        """One exchange of an answer that takes several; in OpenAI's form, with surrogates still in it."""
        named = {**request, "model": self.candidate.model, **({"stream": True} if out.plan.force_stream else {})}
        body = msgspec.json.encode(named)
        answer = await self._send(head_of(self.candidate, self.call.operation, out.plan, len(body)), body)
        try:
            said = await self._body(answer)
        except BaseException:
            answer.abort(UpstreamError("client_gone"))
            raise
        if out.plan.force_stream:
            return self._gathered(said, out.rewrite)
        return self._translated(said, out.rewrite)

    def _translated(self, body: bytes, rewrite: Rewrite | None) -> dict[str, Any]:
        """A whole answer in OpenAI's form. Raises Refusal for an error in its place."""
        found = self._gathered(body, rewrite) if is_stream(body) else decoded(body)
        if rewrite is not None:
            found = rewrite.translated(found)
        translator = self.candidate.route.translator
        hidden = error_in_answer(translator.provider, found) if translator is not None else None
        if hidden is not None:
            raise from_canonical(hidden, self.candidate.route.id)
        if self.is_chat and not has_message(found):
            raise hidden_error(body)
        return usual(found, self._head(), self.entry) if self.is_chat else found

    def _gathered(self, body: bytes, rewrite: Rewrite | None) -> dict[str, Any]:
        return gathered(body, rewrite, self._usual_stream(), self.candidate.route.id)

    @property
    def is_chat(self) -> bool:
        return self.call.operation == "chat/completions"

    def _head(self) -> dict[str, Any]:
        """What stands in for what an answer lacks."""
        made = self.tools.clock.at() // 1000
        return {"id": f"chatcmpl-{self.entry}", "created": made, "model": self.candidate.model}

    def _usual_stream(self, *, include_usage: bool = True) -> UsualStream:
        translator = self.candidate.route.translator
        return UsualStream(
            translator.provider if translator is not None else None,
            include_usage,
            self._head(),
            self.entry,
            self.call.choices,
        )

    async def _pass_on(self, answer: dict[str, Any]) -> None:
        body = msgspec.json.encode(answer)
        said = read_answer(body)
        if self.pin is not None:
            await self.pin()
        self._done(said.usage, 200, stop_of(answer))
        told = self._told()
        if self.call.stream:
            events = as_events(answer, include_usage=self.call.usage_asked)
            await self.call.begin([EVENT_STREAM, NO_CACHE, *told.headers(said.model or "")], events, more=False)
        else:
            await forward_json(self.call, body, told, said.model or "")

    async def _unstreamed(self, answer: Answer, out: Outgoing) -> None:
        """An upstream that does not stream although it was asked to: its answer is given as a stream of few events."""
        found = self._translated(await self._body(answer), out.rewrite)
        if out.rewrite is not None:
            await self._remember(out.rewrite, found)
        read_answer(msgspec.json.encode(found))  # an error in its place is an error
        await self._pass_on(await self._screened(out, found))

    async def _stream(self, answer: Answer, out: Outgoing) -> None:
        translates = out.rewrite is not None and out.rewrite.provider is not None  # the translator hides it itself
        usual = self._usual_stream(include_usage=self.call.usage_asked)
        own = usual if out.rewrite is None and self.is_chat else None
        events = Events(hide_usage=out.hide_usage and not translates, choices=self.call.choices, usual=own)
        rewrite = None
        if out.rewrite is not None:
            rewrite = out.rewrite.stream(self.entry, include_usage=self.call.usage_asked, usual=usual)
        screen = out.rewrite.screen if out.rewrite is not None else None
        if rewrite is not None and screen is not None and screen.service is not None:
            gate = Gate(lambda text: self._is_stopped(screen, text), screen.window)
            status = await forward_held(self.call, answer, self._told(), events, rewrite, gate)
            is_stopped = gate.stopped or rewrite.stopped
        else:
            status = await forward_stream(self.call, answer, self._told(), events, rewrite)
            is_stopped = rewrite.stopped if rewrite is not None else usual.filtered
        usage = (rewrite.usage if rewrite is not None else None) or events.usage
        self._done(usage, status, FILTERED if is_stopped else "", rewrite.raw if rewrite is not None else usual.raw)
        kept = rewrite.thoughts if rewrite is not None else None
        if kept is not None:
            tools = self.tools
            await tools.thoughts.keep(self.call.app.id, kept.thought, kept.calls, at=tools.clock.at())

    async def _remember(self, rewrite: Rewrite, answer: dict[str, Any]) -> None:
        """Reasoning before a tool call, for the turn in which the tool's result comes back."""
        if rewrite.thinks:
            thought, calls = thought_of(answer, rewrite.thinks)
            await self.tools.thoughts.keep(self.call.app.id, thought, calls, at=self.tools.clock.at())

    def _done(self, usage: Usage | None, status: int, code: str = "", raw: str = "") -> None:
        call, metrics, route = self.call, self.tools.metrics, self.candidate.route.id
        self.is_broken = status >= 500
        read, written = (usage.read, usage.written) if usage is not None else (0, 0)
        model, tariff, paid = self.candidate.model, self.candidate.tariff, NOTHING_PAID
        call.tokens += read + written
        if usage is not None:
            call.unsettled = False
            if tariff is not None and (
                cost := tariff.cost(read, written, cached=usage.cached, thought=usage.has_thought)
            ):
                call.cost += cost
                metrics.count("banjia_cost_total", call.app.id, route, model, tariff.currency, by=cost / NANO)
                paid = costs(cost, tariff.currency)
        ms = self._ms()
        first = call.first - call.started if call.first else ms / 1000
        metrics.observe("banjia_first_byte_seconds", first, call.app.id, route)
        metrics.call_done(call.app.id, route, self.candidate.model, call.operation, status, read, written, ms / 1000)
        told: dict[str, Any] = {"code": code} if code else {}
        told |= {"raw": raw} if raw else {}
        told |= {"warnings": list(self.losses)} if self.losses else {}
        self._record(status=status, input=read, output=written, ms=ms, **told, **paid)

    def _report(self, ticket: Ticket, *, failed: bool) -> None:
        app, now = self.call.app, self.tools.clock.monotonic()
        route, seconds = self.candidate.route.id, now - self.began
        self.tools.router.report(app.id, app.routing, route, ticket, failed=failed, seconds=seconds, now=now)

    def _given_up(self, ticket: Ticket) -> None:
        """The caller has hung up; whether that says something of the route hangs on how long it was silent."""
        call = self.call
        if call.gone and not call.answered:
            app, now = call.app, self.tools.clock.monotonic()
            route, seconds = self.candidate.route.id, now - self.began
            self.tools.router.given_up(app.id, app.routing, route, ticket, seconds=seconds, now=now)

    def _record(self, **outcome: Any) -> None:
        """Decision and outcome in one entry; where the decision is on disk already, the outcome completes it."""
        recorder = self.tools.recorder
        if self.span is not None:
            self.span.end(outcome, entry=self.entry)
        if self.settings.observability.calls:
            tell_call(self, outcome)
        if self.is_written:
            recorder.settle(self.entry, outcome)
        else:
            self.is_written = True
            dc = self.contents.data_class
            recorder.note(self.call, self.settings, self.candidate, self.decision, dc, outcome, self.entry)

    def _told(self) -> Told:
        treatment = self.decision.treatment if self.contents.data_class != "none" else "allow"
        space = self.candidate.vector_space if self.call.operation == "embeddings" else ""
        return Told(self.candidate.route.id, self.candidate.model, self.entry, treatment, self.losses, space)

    def _lose(self, *warnings: str) -> None:
        for warning in warnings:
            self.tools.metrics.count("banjia_warnings_total", self.candidate.route.id, warning.partition("(")[0])
        self.losses = (*self.losses, *warnings)

    def _ms(self) -> int:
        return int((self.tools.clock.monotonic() - self.call.started) * 1000)


def stop_of(answer: dict[str, Any]) -> str:
    """The code under which the ledger knows an answer that a safety check ended."""
    choices = answer.get("choices") or []
    return FILTERED if any(c.get("finish_reason") == FILTERED for c in choices) else ""


def decoded(body: bytes) -> dict[str, Any]:
    """Raises UpstreamError where an answer is no JSON object."""
    return event_in(body.removeprefix(BOM))
