"""Attempt: one call on one route, from its ledger entry to its answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.call import Call
from banjia.gateway.clock import Clock
from banjia.gateway.event import Events
from banjia.gateway.failure import failed, from_status
from banjia.gateway.forward import Told, forward_json, forward_stream, read_answer
from banjia.gateway.metric import Metrics
from banjia.gateway.pool import Pools
from banjia.gateway.record import Contents, Recorder
from banjia.gateway.refusal import Refusal
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.splice import names_once, with_first, with_model
from banjia.policy.decide import Decision

INCLUDE_USAGE = b'"stream_options":{"include_usage":true}'
ERROR_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tools:
    """What every attempt works with."""

    pools: Pools
    recorder: Recorder
    metrics: Metrics
    clock: Clock


@dataclass(slots=True)
class Attempt:
    call: Call
    settings: Settings
    candidate: Candidate
    decision: Decision
    contents: Contents
    tools: Tools
    entry: str = ""
    warnings: list[str] = field(default_factory=list)

    async def run(self) -> None:
        """Answer the caller. Raises Refusal where nothing has been sent, so that another route may be tried."""
        call, candidate, tools = self.call, self.candidate, self.tools
        route = candidate.route
        if route.abroad:  # nothing leaves before this is on disk
            self.entry = await tools.recorder.commit(call, self.settings, candidate, self.decision, self.contents)
        hide_usage = call.stream and not call.usage_asked and call.app.limits.counts_tokens
        body = self._body(hide_usage=hide_usage)
        head = b"%b%d\r\n\r\n" % (candidate.head(call.operation), len(body))
        tries = route.retries + 1
        while True:
            tries -= 1
            answer: Answer | None = None
            try:
                answer = await tools.pools.of(route).send(head, body, repeatable=True)
                if answer.status != 200:
                    raise from_status(answer.status, answer.headers, await answer.body(ERROR_BYTES), route.id)
                if call.stream:
                    await self._stream(answer, hide_usage=hide_usage)
                else:
                    await self._json(answer)
            except asyncio.CancelledError:
                _abort(answer)
                self._record(status=499, ms=self._ms())
                raise
            except UpstreamError as error:
                _abort(answer)
                tools.metrics.count("banjia_upstream_failures_total", route.id, error.kind)
                if tries and error.kind in {"connect", "closed"}:
                    continue
                refusal = failed(error, route.id)
            except Refusal as error:
                tools.metrics.count("banjia_upstream_failures_total", route.id, f"http_{error.status}")
                if tries and error.status in {500, 502, 503, 504} and error.retry and error.wait is None:
                    continue
                refusal = error
            else:
                return
            self._record(status=refusal.status, code=refusal.code, ms=self._ms())
            raise refusal

    async def _json(self, answer: Answer) -> None:
        body = await answer.body(self.candidate.route.target.max_answer)
        said = read_answer(body)
        usage = said.usage
        self._done(usage.read if usage else 0, usage.written if usage else 0, 200)
        await forward_json(self.call, body, self._told(), said.model)

    async def _stream(self, answer: Answer, *, hide_usage: bool) -> None:
        events = Events(hide_usage=hide_usage)
        if not self.entry:
            self._record()
        status = await forward_stream(self.call, answer, self._told(), events)
        usage = events.usage
        self._done(usage.read if usage else 0, usage.written if usage else 0, status)

    def _done(self, read: int, written: int, status: int) -> None:
        call, metrics, route = self.call, self.tools.metrics, self.candidate.route.id
        call.tokens = read + written
        if read or written:
            model = self.candidate.model
            metrics.count("banjia_tokens_total", call.app.id, route, model, "input", by=read)
            metrics.count("banjia_tokens_total", call.app.id, route, model, "output", by=written)
        ms = self._ms()
        metrics.observe("banjia_request_seconds", ms / 1000, call.app.id, route)
        metrics.count("banjia_requests_total", call.app.id, route, call.operation, str(status))
        self._record(status=status, input=read, output=written, ms=ms)

    def _record(self, **outcome: Any) -> None:
        """The first entry is the decision, with its outcome where one is known; what comes later completes it."""
        recorder = self.tools.recorder
        if self.entry:
            recorder.settle(self.entry, outcome)
        else:
            dc = self.contents.data_class
            self.entry = recorder.note(self.call, self.settings, self.candidate, self.decision, dc, outcome)

    def _told(self) -> Told:
        treatment = self.decision.treatment if self.contents.data_class != "none" else "allow"
        return Told(self.candidate.route.id, self.candidate.model, self.entry, treatment, tuple(self.warnings))

    def _ms(self) -> int:
        return int((self.tools.clock.monotonic() - self.call.started) * 1000)

    def _body(self, *, hide_usage: bool) -> bytes:
        body = self.call.body
        if self.candidate.model != self.call.asked or not names_once(body):
            body = with_model(body, self.candidate.model)
        if hide_usage and b'"stream_options"' not in body:
            body = with_first(body, INCLUDE_USAGE)
        return body


def _abort(answer: Answer | None) -> None:
    if answer is not None:
        answer.abort(UpstreamError("client_gone"))
