"""App: the ASGI callable: who calls, may they, and what for; everything else is the dispatch's."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from banjia.gateway.board import Board
from banjia.gateway.budget import need_of
from banjia.gateway.call import Call, ClientGone, Receive, Send
from banjia.gateway.clock import Clock
from banjia.gateway.dispatch import Dispatch
from banjia.gateway.function import through_tools
from banjia.gateway.gauge import Gauges, gauges
from banjia.gateway.legacy import through_chat
from banjia.gateway.limit import Use, over_limit
from banjia.gateway.line import tell_refusal
from banjia.gateway.listing import model_entry, model_list
from banjia.gateway.messages.bridge import Bridge as MessagesBridge
from banjia.gateway.metric import Metrics
from banjia.gateway.passing import PARTS, pass_through
from banjia.gateway.personal import Personal
from banjia.gateway.pool import Pools
from banjia.gateway.readiness import Readiness
from banjia.gateway.record import Recorder
from banjia.gateway.refusal import FULL, INTERNAL, JSON, UNPRICED, Header, Refusal
from banjia.gateway.responses.bridge import bridge
from banjia.gateway.responses.kept import stored
from banjia.gateway.responses.state import States
from banjia.gateway.room import Room
from banjia.gateway.router import Router
from banjia.gateway.settings import Settings
from banjia.gateway.space import Spaces
from banjia.gateway.surface import OPERATIONS, having, not_served, place, wrong_method
from banjia.gateway.thought import Thoughts
from banjia.gateway.tools import Tools
from banjia.gateway.vector import as_text
from banjia.ledger.journal import Journal
from banjia.store.vault import Vault

Scope = Mapping[str, Any]

TICK = 0.25  # seconds: how soon a caller that has hung up is noticed
PATIENCE = 0.2  # a call that is over sooner is not watched
AWAITED = 64 * 1024  # bytes of a call that are given back only when the caller has taken its answer
TEXT = (b"content-type", b"text/plain; version=0.0.4; charset=utf-8")

log = logging.getLogger("banjia.gateway")


class Gateway:
    """One process's gateway. `replace` swaps the settings; calls under way finish under those they began with."""

    def __init__(
        self,
        settings: Settings,
        *,
        journal: Journal | None,
        board: Board | None = None,
        metrics: Metrics | None = None,
        clock: Clock | None = None,
        vault: Callable[[], Vault] | None = None,
        readiness: Readiness | None = None,
    ) -> None:
        self.settings = settings
        self.metrics = metrics or Metrics()
        self.draining = False
        self._clock = clock or Clock()
        self._board = board
        self._pools = Pools()
        self._recorder = Recorder(journal, self._clock)
        self._readiness = readiness or Readiness()
        self._personal = Personal(settings.privacy, vault, self._readiness)
        self._states = States(vault)
        self._room = Room(settings.max_held)
        self._router = Router(board, lambda route, state: self.metrics.count("banjia_breaker_total", route, state))
        self._tools = Tools(
            self._pools,
            self._recorder,
            self.metrics,
            self._clock,
            self._personal,
            self._router,
            Thoughts(vault),
            self._room,
        )
        self._dispatch = Dispatch(self._tools, Spaces(vault))
        self._active: set[Call] = set()
        self._watching: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def replace(self, settings: Settings) -> None:
        before, self.settings = self.settings, settings
        told = before.telemetry
        if told is not None and told is not settings.telemetry:
            threading.Thread(target=told.close, daemon=True).start()  # it may still have something to deliver
        for route in before.routes.values():
            after = settings.routes.get(route.id)
            if after is None or (after.target, after.auth, after.headers) != (route.target, route.auth, route.headers):
                self._router.forget(route.id)
        self._personal.replace(settings.privacy)
        self._warm(starts=False)
        self._pools.keep(settings.targets)
        self._room.most = settings.max_held
        self.metrics.count("banjia_reloads_total", "ok")

    def _warm(self, *, starts: bool) -> None:
        today = self._clock.today()
        if self.settings.looks_into_calls(today):
            self._personal.warm(today, starts=starts)
        elif starts or self._readiness.waits_for:  # what could not be loaded may be needed no more
            self._readiness.done()

    def open_journal(self, journal: Journal) -> None:
        """The store that could not be opened at start is there now."""
        self._recorder.journal = journal

    @property
    def journal(self) -> Journal | None:
        return self._recorder.journal

    @property
    def active(self) -> int:
        return len(self._active)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self._tick()
                self._warm(starts=True)
                await send({"type": "lifespan.startup.complete"})
            elif message["type"] == "lifespan.shutdown":
                if self._timer is not None:
                    self._timer.cancel()
                self._pools.close()
                self._personal.close()
                self.metrics.publish()
                if self.settings.telemetry is not None:
                    await asyncio.to_thread(self.settings.telemetry.close)
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        if method == "GET" and (local := self._local(path)) is not None:
            await _respond(send, *local)
            return
        call = Call(receive, send, "", self._clock.monotonic())
        settings = self.settings
        try:
            await self._serve(call, settings, scope, method, path)
        except Refusal as refusal:
            refusal.__traceback__ = refusal.__context__ = None  # it may be raised again: it must not keep this call
            await self._refuse(call, refusal)
        except ClientGone:
            pass
        except asyncio.CancelledError:
            if not call.gone:
                raise
        except Exception:  # whatever it is, the caller gets no stack trace
            log.exception("unexpected error in %s", path)
            self.metrics.count("banjia_unexpected_total")
            await self._refuse(call, INTERNAL)

    async def _serve(self, call: Call, settings: Settings, scope: Scope, method: str, path: str) -> None:
        where = place(path)
        call.operation = where.operation
        bridged = MessagesBridge(call.send) if where.operation.partition("/")[0] == "messages" else None
        if bridged is not None:
            call.send = bridged.send
        call.read_headers(scope["headers"], settings)
        if where.operation == "models" or where.operation.startswith("models/"):
            if method != "GET":
                deletes = method == "DELETE" and where.operation != "models"
                raise not_served(where.operation, ()) if deletes else wrong_method(method, "GET")
            body = (
                model_list(call.app, settings)
                if where.operation == "models"
                else model_entry(call.app, settings, where.operation.removeprefix("models/"))
            )
            await _respond(call.send, 200, [JSON], body)
            return
        if where.operation.startswith("responses/"):
            rest = where.operation.removeprefix("responses/")
            query = scope["query_string"]
            await _respond(call.send, *await stored(call, self._states, self._clock, method, rest, query))
            return
        if where.operation.partition("/")[0] in PARTS:
            call.asked = where.deployment
            await self._pass(call, settings, scope, method)
            return
        if where.operation not in OPERATIONS or (method == "GET" and where.operation == "chat/completions"):
            raise not_served(where.operation, having(where.operation, settings.routes.values()))
        if method != "POST":
            raise wrong_method(method, "POST")
        if len(self._active) >= settings.max_in_flight:
            raise FULL
        self._active.add(call)
        try:
            await call.read_body(settings.max_body, self._room)
            if where.operation == "responses":
                await bridge(call, self._states, self._clock)
            elif bridged is not None:
                bridged.ask(call)
            call.read_head(where.deployment)
            if where.operation == "completions":
                through_chat(call, settings)
            elif where.operation == "embeddings":
                as_text(call)
            elif where.operation == "chat/completions":
                through_tools(call)
            await self._limited(call, settings)
            await self._over(call)
        finally:
            self._active.discard(call)
            self._room.give_back(call)

    async def _pass(self, call: Call, settings: Settings, scope: Scope, method: str) -> None:
        if len(self._active) >= settings.max_in_flight:
            raise FULL
        self._active.add(call)
        try:
            await call.read_body(settings.max_body, self._room)
            if call.app.limits.counts_money and call.app.budget.unpriced == "refuse":
                raise UNPRICED
            call.task = asyncio.current_task()
            kind = next((v for n, v in scope["headers"] if n == b"content-type"), b"")
            need = self._enter(call, settings) if self._board is not None else None
            try:
                await pass_through(call, settings, self._tools, method, scope["query_string"], kind)
            finally:
                self._leave(call, need)
            await self._over(call)
        finally:
            self._active.discard(call)
            self._room.give_back(call)

    async def _over(self, call: Call) -> None:
        """What a slow caller has not taken yet is still in memory."""
        if call.holds > AWAITED:
            await call.taken()

    async def _limited(self, call: Call, settings: Settings) -> None:
        need = self._enter(call, settings) if self._board is not None and not call.app.limits.none else None
        try:
            call.task = asyncio.current_task()
            await self._dispatch.run(call, settings)
        finally:
            self._leave(call, need)

    def _enter(self, call: Call, settings: Settings) -> Use:
        """Count the call among those of its application. Raises Refusal where that is above a limit."""
        assert self._board is not None
        app, limits, clock = call.app, call.app.limits, self._clock
        tariffs = [c.tariff for c in settings.candidates(app, call.asked)] if limits.counts_money else []
        need = need_of(call.body, call.operation, limits, tariffs)
        clock.today()
        day, month = clock.number
        exceeded = self._board.enter(app.id, limits, need, now=clock.seconds(), day=day, month=month)
        if exceeded is not None:
            raise over_limit(exceeded, app.budget.currency)
        return need

    def _leave(self, call: Call, need: Use | None) -> None:
        """The call is over. What the upstream did not tell counts as it was reserved; without `need`, nothing was."""
        if need is None or self._board is None:
            return
        clock = self._clock
        clock.today()
        day, month = clock.number
        used = Use(call.tokens, call.cost)
        if call.unsettled:
            used = Use(max(need.tokens, call.tokens), max(need.money, call.cost))
        self._board.leave(call.app.id, call.app.limits, need, used, now=clock.seconds(), day=day, month=month)

    async def _refuse(self, call: Call, refusal: Refusal) -> None:
        self.metrics.count("banjia_refusals_total", call.app.id, refusal.code)
        if self.settings.observability.calls:
            tell_refusal(call, refusal)
        if call.answered:  # the answer has begun: it can only be cut
            return
        await _respond(call.send, refusal.status, refusal.headers(), refusal.body(call.lang))

    def _local(self, path: str) -> tuple[int, list[Header], bytes] | None:
        if path == "/healthz":
            return 200, [JSON], b'{"status":"alive"}'
        if path == "/readyz":
            trouble, unready = self._recorder.trouble, self._readiness.reason
            state = {
                "status": "draining" if self.draining else "loading" if unready else "ready",
                "reason": unready,
                "policy": self.settings.policy_hash,
                "law_date": self.settings.law_day,
                "foreign_routes": f"refused: {trouble}" if trouble else "recorded",
            }
            return (503 if self.draining or unready else 200), [JSON], msgspec.json.encode(state)
        if path == "/metrics":
            return 200, [TEXT], self.metrics.render(self._gauges())
        return None

    def _gauges(self) -> Gauges:
        return gauges(self.settings, self._tools, self._board, in_flight=len(self._active))

    def _tick(self) -> None:
        """Look after calls that take long: a caller that has hung up must not keep an upstream busy."""
        self._timer = asyncio.get_running_loop().call_later(TICK, self._tick)
        now = self._clock.monotonic()
        for call in self._active:
            if call.task is not None and not call.watched and now - call.started > PATIENCE:
                call.watched = True
                task = asyncio.ensure_future(_watch(call))
                self._watching.add(task)
                task.add_done_callback(self._watching.discard)


async def _watch(call: Call) -> None:
    message = await call.receive()
    if message["type"] == "http.disconnect" and call.task is not None and not call.finished:
        call.gone = True
        call.task.cancel()


async def _respond(send: Send, status: int, headers: list[Header], body: bytes) -> None:
    start = {
        "type": "http.response.start",
        "status": status,
        "headers": [*headers, (b"content-length", b"%d" % len(body))],
    }
    await send(start)
    await send({"type": "http.response.body", "body": body})
