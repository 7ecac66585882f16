"""Attempt: one call on one route, from its ledger entry to its answer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import msgspec

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.call import Call
from banjia.gateway.clock import Clock
from banjia.gateway.event import Events, Usage
from banjia.gateway.failure import failed, from_status
from banjia.gateway.forward import Told, forward_json, forward_stream, read_answer
from banjia.gateway.metric import Metrics
from banjia.gateway.outgoing import Outgoing, prepare
from banjia.gateway.personal import Personal
from banjia.gateway.pool import Pools
from banjia.gateway.record import Contents, Recorder
from banjia.gateway.refusal import Refusal
from banjia.gateway.router import Router
from banjia.gateway.settings import Candidate, Settings
from banjia.policy.decide import Decision

ERROR_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Tools:
    """What every attempt works with."""

    pools: Pools
    recorder: Recorder
    metrics: Metrics
    clock: Clock
    personal: Personal
    router: Router


@dataclass(slots=True)
class Attempt:
    call: Call
    settings: Settings
    candidate: Candidate
    decision: Decision
    contents: Contents
    tools: Tools
    entry: str = ""

    async def run(self) -> None:
        """Answer the caller. Raises Refusal where nothing has been sent, so that another route may be tried."""
        tools, candidate, contents = self.tools, self.candidate, self.contents
        route = candidate.route
        out = await prepare(self.call, candidate, self.decision, contents, tools.personal, at=tools.clock.at())
        if route.abroad:  # nothing leaves before this is on disk
            self.entry = await tools.recorder.commit(self.call, self.settings, candidate, self.decision, contents)
        tries = route.retries + 1
        while True:
            tries -= 1
            try:
                await self._exchange(out)
            except asyncio.CancelledError:
                self._record(status=499, ms=self._ms())
                raise
            except UpstreamError as error:
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
                self._report(failed=False)
                return
            self._report(failed=refusal.retry or refusal.status >= 500)
            raw = {"raw": refusal.raw} if refusal.raw else {}
            self._record(status=refusal.status, code=refusal.code, ms=self._ms(), **raw)
            raise refusal

    async def _exchange(self, out: Outgoing) -> None:
        answer = await self._send(out.head, out.body)
        try:
            if self.call.stream:
                await self._stream(answer, out)
            else:
                await self._json(answer, out)
        except BaseException:
            answer.abort(UpstreamError("client_gone"))
            raise

    async def _send(self, head: bytes, body: bytes) -> Answer:
        """An answer with status 200. Raises Refusal for any other."""
        route = self.candidate.route
        answer = await self.tools.pools.of(route).send(head, body, repeatable=True)
        if answer.status != 200:
            provider = route.translator.provider if route.translator is not None else None
            said = await answer.body(ERROR_BYTES)
            raise from_status(answer.status, answer.headers, said, route.id, provider)
        return answer

    async def _json(self, answer: Answer, out: Outgoing) -> None:
        body = await answer.body(self.candidate.route.target.max_answer)
        if out.rewrite is not None:
            body = msgspec.json.encode(out.rewrite.answer(decoded(body)))
        said = read_answer(body)
        self._done(said.usage, 200)
        await forward_json(self.call, body, self._told(out), said.model)

    async def _stream(self, answer: Answer, out: Outgoing) -> None:
        events = Events(hide_usage=out.hide_usage and out.rewrite is None)
        if not self.entry:
            self._record()
        rewrite = None
        if out.rewrite is not None:
            rewrite = out.rewrite.stream(include_usage=self.call.usage_asked)
        status = await forward_stream(self.call, answer, self._told(out), events, rewrite)
        self._done((rewrite.usage if rewrite is not None else None) or events.usage, status)

    def _done(self, usage: Usage | None, status: int) -> None:
        call, metrics, route = self.call, self.tools.metrics, self.candidate.route.id
        read, written = (usage.read, usage.written) if usage is not None else (0, 0)
        call.tokens = read + written
        if read or written:
            model = self.candidate.model
            metrics.count("banjia_tokens_total", call.app.id, route, model, "input", by=read)
            metrics.count("banjia_tokens_total", call.app.id, route, model, "output", by=written)
        ms = self._ms()
        metrics.observe("banjia_request_seconds", ms / 1000, call.app.id, route)
        metrics.count("banjia_requests_total", call.app.id, route, call.operation, str(status))
        self._record(status=status, input=read, output=written, ms=ms)

    def _report(self, *, failed: bool) -> None:
        call, clock = self.call, self.tools.clock
        now = clock.monotonic()
        self.tools.router.report(
            call.app.id, call.app.routing, self.candidate.route.id, failed=failed, seconds=now - call.started, now=now
        )

    def _record(self, **outcome: Any) -> None:
        """The first entry is the decision, with its outcome where one is known; what comes later completes it."""
        recorder = self.tools.recorder
        if self.entry:
            recorder.settle(self.entry, outcome)
        else:
            dc = self.contents.data_class
            self.entry = recorder.note(self.call, self.settings, self.candidate, self.decision, dc, outcome)

    def _told(self, out: Outgoing) -> Told:
        for warning in out.warnings:
            self.tools.metrics.count("banjia_warnings_total", self.candidate.route.id, warning.partition("(")[0])
        treatment = self.decision.treatment if self.contents.data_class != "none" else "allow"
        return Told(self.candidate.route.id, self.candidate.model, self.entry, treatment, out.warnings)

    def _ms(self) -> int:
        return int((self.tools.clock.monotonic() - self.call.started) * 1000)


def decoded(body: bytes) -> dict[str, Any]:
    """Raises UpstreamError where an answer is no JSON object."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise UpstreamError("garbage", "not JSON") from error
    if not isinstance(found, dict):
        raise UpstreamError("garbage", "not an object")
    return found
