"""Dispatch: one call from its policy decision to its settled entry. Fallback never leaves what the policy allows."""

from __future__ import annotations

import asyncio
import difflib
from dataclasses import dataclass

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.call import Call
from banjia.gateway.clock import Clock
from banjia.gateway.event import Events
from banjia.gateway.failure import failed, from_status
from banjia.gateway.forward import Told, forward_json, forward_stream
from banjia.gateway.metric import Metrics
from banjia.gateway.pool import Pools
from banjia.gateway.record import Contents, Recorder, ask_of
from banjia.gateway.refusal import Refusal, policy_refusal
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.splice import names_once, with_first, with_model
from banjia.policy.decide import Decision, raised
from banjia.policy.policy import DataClass
from banjia.text import Text

INCLUDE_USAGE = b'"stream_options":{"include_usage":true}'
ERROR_BYTES = 1024 * 1024

KEPT_HOME = Text(
    "含个人信息的请求按处理方式留在境内，不走境外路线",
    "a call with personal information is kept at home and not sent over a route abroad",
)
UNTREATED = Text(
    "策略要求先处理个人信息，但网关没有开启识别",
    "the policy asks for personal information to be treated first, but the gateway has no detection",
)


@dataclass(frozen=True, slots=True)
class Allowed:
    candidate: Candidate
    decision: Decision


class Dispatch:
    def __init__(self, pools: Pools, recorder: Recorder, metrics: Metrics, clock: Clock) -> None:
        self._pools = pools
        self._recorder = recorder
        self._metrics = metrics
        self._clock = clock

    async def run(self, call: Call, settings: Settings) -> None:
        """Answer the call, or raise Refusal with nothing sent yet."""
        contents = Contents(self.declared(call))
        last: Refusal | None = None
        for allowed in self.allowed(call, settings, contents.data_class):
            try:
                if await self._attempt(call, settings, allowed, contents):
                    return
            except Refusal as refusal:
                last = refusal
        raise last or Refusal(
            502, "server_error", "no_route", Text("没有可用的路线", "no route could be used"), retry=True
        )

    def declared(self, call: Call) -> DataClass:
        declared = call.app.declared[call.purpose]
        # an id of the person whom the call is about makes it personal information, whatever was declared
        return raised(declared, "ordinary") if call.subject else declared

    def allowed(self, call: Call, settings: Settings, data_class: DataClass) -> list[Allowed]:
        """The routes that the policy allows for this call, in order. Raises Refusal where there are none."""
        candidates = settings.candidates(call.app, call.asked)
        if not candidates:
            raise unknown_model(call, settings)
        allowed: list[Allowed] = []
        refused: tuple[Candidate, Decision] | None = None
        for candidate in candidates:
            decision = self._decide(call, settings, candidate, data_class)
            if decision.passes:
                allowed.append(Allowed(candidate, decision))
            elif refused is None:
                refused = candidate, decision
        if not allowed and refused is not None:
            self._recorder.refuse(call, settings, *refused, data_class)
            raise policy_refusal(refused[1], refused[0].route.id)
        usable = [a for a in allowed if not a.candidate.route.keyless]
        if not usable:
            route = allowed[0].candidate.route
            text = Text(f"路线 {route.id} 的密钥读不到", f"the key of route {route.id} cannot be read")
            raise Refusal(503, "server_error", "route_without_key", text)
        return usable

    def _decide(self, call: Call, settings: Settings, candidate: Candidate, dc: DataClass) -> Decision:
        index = settings.index
        decision = index.settled(call.app.id, call.purpose, candidate.route.id, candidate.model, dc)
        if decision is None:
            decision = index.decide(ask_of(call, candidate, dc, self._recorder, self._clock))
        if decision.passes and dc != "none" and decision.treatment != "allow":
            if decision.treatment == "home" and candidate.route.abroad:
                return Decision(
                    passes=False, treatment="home", rule="kept-home", reason=KEPT_HOME, cites=decision.cites
                )
            if decision.treatment in {"pseudonymise", "mask"}:
                return Decision(passes=False, treatment="refuse", rule="untreated", reason=UNTREATED)
        return decision

    async def _attempt(self, call: Call, settings: Settings, allowed: Allowed, contents: Contents) -> bool:
        """Try one route. Raises Refusal where another may be tried; True once the caller has been answered."""
        candidate, decision = allowed.candidate, allowed.decision
        route = candidate.route
        if route.abroad:
            entry = await self._recorder.commit(call, settings, candidate, decision, contents)
        else:
            entry = self._recorder.note(call, settings, candidate, decision, contents.data_class)
        hide_usage = call.stream and not call.usage_asked and call.app.limits.counts_tokens
        body = self._body(call, candidate, hide_usage=hide_usage)
        head = b"%b%d\r\n\r\n" % (candidate.head(call.operation), len(body))
        told = Told(route.id, candidate.model, entry, decision.treatment if contents.data_class != "none" else "allow")
        tries = route.retries + 1
        while True:
            tries -= 1
            answer: Answer | None = None
            try:
                answer = await self._pools.of(route).send(head, body, repeatable=True)
                if answer.status != 200:
                    raise from_status(answer.status, answer.headers, await answer.body(ERROR_BYTES), route.id)
                if call.stream:
                    await self._stream(call, answer, told, hide_usage=hide_usage)
                else:
                    await self._json(call, answer, told, route.target.max_answer)
            except asyncio.CancelledError:
                _abort(answer)
                self._recorder.settle(entry, status=499, ms=self._ms(call))
                raise
            except UpstreamError as error:
                _abort(answer)
                self._metrics.count("banjia_upstream_failures_total", route.id, error.kind)
                if tries and error.kind in {"connect", "closed"}:
                    continue
                refusal = failed(error, route.id)
            except Refusal as error:
                self._metrics.count("banjia_upstream_failures_total", route.id, f"http_{error.status}")
                if tries and error.status in {500, 502, 503, 504} and error.retry and error.wait is None:
                    continue
                refusal = error
            else:
                return True
            self._recorder.settle(entry, status=refusal.status, code=refusal.code, ms=self._ms(call))
            raise refusal

    async def _json(self, call: Call, answer: Answer, told: Told, limit: int) -> None:
        usage = await forward_json(call, await answer.body(limit), told)
        self._done(call, told, usage.read if usage else 0, usage.written if usage else 0, 200)

    async def _stream(self, call: Call, answer: Answer, told: Told, *, hide_usage: bool) -> None:
        events = Events(hide_usage=hide_usage)
        status = await forward_stream(call, answer, told, events)
        usage = events.usage
        self._done(call, told, usage.read if usage else 0, usage.written if usage else 0, status)

    def _done(self, call: Call, told: Told, read: int, written: int, status: int) -> None:
        call.tokens = read + written
        if read or written:
            self._metrics.count("banjia_tokens_total", call.app.id, told.route, told.model, "input", by=read)
            self._metrics.count("banjia_tokens_total", call.app.id, told.route, told.model, "output", by=written)
        ms = self._ms(call)
        self._metrics.observe("banjia_request_seconds", ms / 1000, call.app.id, told.route)
        self._recorder.settle(told.entry, status=status, input=read, output=written, ms=ms)
        self._metrics.count("banjia_requests_total", call.app.id, told.route, call.operation, str(status))

    def _ms(self, call: Call) -> int:
        return int((self._clock.monotonic() - call.started) * 1000)

    def _body(self, call: Call, candidate: Candidate, *, hide_usage: bool) -> bytes:
        body = call.body
        if candidate.model != call.asked or not names_once(body):
            body = with_model(body, candidate.model)
        if hide_usage and b'"stream_options"' not in body:
            body = with_first(body, INCLUDE_USAGE)
        return body


def _abort(answer: Answer | None) -> None:
    if answer is not None:
        answer.abort(UpstreamError("client_gone"))


def unknown_model(call: Call, settings: Settings) -> Refusal:
    known = [n for r in call.app.routes for n in settings.routes[r].aliases.names]
    near = difflib.get_close_matches(call.asked, known, n=1)
    hint_zh = f"；是不是 {near[0]}？" if near else ""
    hint_en = f"; did you mean {near[0]}?" if near else ""
    return Refusal(
        404,
        "invalid_request_error",
        "model_not_found",
        Text(
            f"应用 {call.app.id} 没有路线提供模型 {call.asked}{hint_zh}",
            f"no route of application {call.app.id} answers for model {call.asked}{hint_en}",
        ),
        param="model",
    )
