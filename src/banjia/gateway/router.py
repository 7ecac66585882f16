"""Router: in which order the allowed routes are tried. It only ever reorders what the policy allows."""

from __future__ import annotations

import logging
import random
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TypeVar

from banjia.gateway.board import Board
from banjia.gateway.breaker import Breaker, State, Ticket
from banjia.gateway.option import Options

WAITED = 10.0  # seconds without an answer after which a caller that hangs up has given the route up
MOST_WINDOW = 10_000
ROLLOUT = frozenset({"route", "percent", "max_errors", "max_seconds", "window"})

log = logging.getLogger("banjia.gateway")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rollout:
    """A share of an application's calls goes to another route first, until a guard is passed."""

    route: str
    percent: float
    max_errors: float = 0.2  # share of failed calls
    max_seconds: float | None = None  # mean time of a call
    window: int = 20  # calls that the guards look at, and that must have been made before they act

    @property
    def mark(self) -> int:
        """What tells this rollout from another, whichever process asks."""
        digest = blake2b(repr(self).encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big", signed=True) or 1


@dataclass(frozen=True, slots=True)
class Routing:
    """How one application's routes are chosen. `weights` are of those routes that config gives one."""

    weights: tuple[tuple[str, float], ...] = ()
    rollout: Rollout | None = None
    fallback: bool = True


@dataclass(slots=True)
class _Canary:
    outcomes: deque[tuple[bool, float]] = field(default_factory=deque)
    aborted: bool = False


class Router:
    """Health is what this process has seen. Stickiness needs no memory: it follows from the conversation's id.

    That a rollout was aborted is known to all workers through the board, and after a restart. `turned` is told the
    route whose breaker has another state, and the state.
    """

    def __init__(self, board: Board | None = None, turned: Callable[[str, State], None] | None = None) -> None:
        self._board = board
        self._turned = turned
        self._breakers: dict[str, Breaker] = {}
        self._canaries: dict[tuple[str, Rollout], _Canary] = {}

    def order(
        self, allowed: Sequence[tuple[str, T]], routing: Routing, *, app: str, conversation: str, now: float
    ) -> list[T]:
        """A permutation of what is allowed (its first item alone, where the app wants no fallback)."""
        if len(allowed) == 1:
            return [allowed[0][1]]
        ranked = list(allowed)
        if routing.weights:
            ranked = _weighted(ranked, dict(routing.weights), _point(app, conversation, "weight"))
        if routing.rollout is not None:
            ranked = self._rolled_out(ranked, routing.rollout, app, _point(app, conversation, "rollout"))
        if not routing.fallback:
            return [ranked[0][1]]  # though it may be broken: to go elsewhere is what the app does not want
        ranked.sort(key=lambda pair: not self.admits(pair[0], now))  # stable: broken routes go last
        return [item for _, item in ranked]

    def next_of(self, routes: Sequence[str], now: float) -> int:
        """Which of the routes that are left is tried now: what was in order when they were ranked may be no more."""
        return next((at for at, route in enumerate(routes) if self.admits(route, now)), 0)

    def admits(self, route: str, now: float) -> bool:
        """Whether a route is tried in its turn. One whose breaker is open is tried when nothing else is left."""
        breaker = self._breakers.get(route)
        return breaker is None or breaker.admits(now)

    def state(self, route: str, now: float) -> State:
        breaker = self._breakers.get(route)
        return "closed" if breaker is None else breaker.state(now)

    def enter(self, route: str, now: float) -> Ticket:
        """A call begins on a route; `leave` ends it, whatever came of it."""
        breaker = self._breakers.get(route)
        if breaker is None:
            breaker = self._breakers[route] = Breaker()
        ticket = breaker.enter(now)
        if ticket.is_trial:
            self._tell(route, "half-open")
        return ticket

    def leave(self, route: str, ticket: Ticket) -> None:
        if (breaker := self._breakers.get(route)) is not None:
            breaker.leave(ticket)

    def forget(self, route: str) -> None:
        """The route leads elsewhere now, or with another key: what was seen of it says nothing."""
        self._breakers.pop(route, None)

    def report(
        self, app: str, routing: Routing, route: str, ticket: Ticket, *, failed: bool, seconds: float, now: float
    ) -> None:
        """What came of one call on a route; what is the caller's own fault is no failure."""
        breaker = self._breakers.get(route)
        if breaker is None:  # forgotten meanwhile
            pass
        elif failed and breaker.failed(ticket, now):
            self._tell(route, "open", breaker.wait)
        elif not failed and breaker.succeeded(ticket):
            self._tell(route, "closed")
        rollout = routing.rollout
        if rollout is not None and rollout.route == route:
            self._guard(app, rollout, failed=failed, seconds=seconds)

    def given_up(self, app: str, routing: Routing, route: str, ticket: Ticket, *, seconds: float, now: float) -> None:
        """A caller has hung up on a route that was silent. Soon is the caller's choice, late the route's fault.

        Either way the guard of a rollout hears how long it took: it was at least that.
        """
        if seconds >= WAITED:
            self.report(app, routing, route, ticket, failed=True, seconds=seconds, now=now)
        elif routing.rollout is not None and routing.rollout.route == route:
            self._guard(app, routing.rollout, failed=False, seconds=seconds)

    def is_aborted(self, app: str, rollout: Rollout) -> bool:
        canary = self._canaries.get((app, rollout))
        if canary is not None and canary.aborted:
            return True
        return self._board is not None and self._board.aborted(app) == rollout.mark

    def _tell(self, route: str, state: State, wait: float = 0.0) -> None:
        if state == "open":
            log.warning("route %s fails: it goes last for %.0f s, then one call tries it", route, wait)
        elif state == "closed":
            log.warning("route %s answers again", route)
        if self._turned is not None:
            self._turned(route, state)

    def _rolled_out(self, ranked: list[tuple[str, T]], rollout: Rollout, app: str, point: float) -> list[tuple[str, T]]:
        canary = [p for p in ranked if p[0] == rollout.route]
        others = [p for p in ranked if p[0] != rollout.route]
        first = point * 100 < rollout.percent and not self.is_aborted(app, rollout)
        return canary + others if first else others + canary

    def _guard(self, app: str, rollout: Rollout, *, failed: bool, seconds: float) -> None:
        canary = self._canaries.setdefault((app, rollout), _Canary())
        canary.outcomes.append((failed, seconds))
        if len(canary.outcomes) > rollout.window:
            canary.outcomes.popleft()
        if len(canary.outcomes) < rollout.window or self.is_aborted(app, rollout):
            return
        errors = sum(f for f, _ in canary.outcomes) / rollout.window
        mean = sum(s for _, s in canary.outcomes) / rollout.window
        if errors > rollout.max_errors or (rollout.max_seconds is not None and mean > rollout.max_seconds):
            canary.aborted = True
            if self._board is not None:
                self._board.abort(app, rollout.mark)
            log.error("rollout of %s to %s aborted: %.0f%% errors, %.2f s", app, rollout.route, errors * 100, mean)


def read_routing(
    app: Mapping[str, object], weights: Mapping[str, float], *, where: str, routes: Sequence[str] = ()
) -> Routing:
    """`routes` are those that the application may use."""
    raw = app.get("rollout")
    rollout = None
    if raw is not None:
        options = Options(raw, f"{where}.rollout", ROLLOUT)
        seconds = options.number("max_seconds", 0.0)
        rollout = Rollout(
            route=options.word("route", among=routes),
            percent=options.number("percent", 0.0, most=100.0),
            max_errors=options.number("max_errors", 0.2, most=1.0),
            max_seconds=seconds or None,
            window=options.count("window", default=20, most=MOST_WINDOW),
        )
    fallback = Options({"fallback": app.get("fallback", True)}, where, frozenset({"fallback"})).flag("fallback")
    return Routing(tuple(weights.items()), rollout, fallback)


def _weighted(ranked: list[tuple[str, T]], weights: dict[str, float], point: float) -> list[tuple[str, T]]:
    """One of the weighted routes first, as often as its weight says; the others follow in their order."""
    pool = [(pair, weights[pair[0]]) for pair in ranked if weights.get(pair[0], 0) > 0]
    total = sum(weight for _, weight in pool)
    if not pool:
        return ranked
    reach = point * total
    for pair, weight in pool:
        reach -= weight
        if reach < 0:
            return [pair, *(p for p in ranked if p is not pair)]
    return ranked


def _point(app: str, conversation: str, use: str) -> float:
    """Where in [0, 1) a conversation stands; a call without one stands anywhere."""
    if not conversation:
        return random.random()  # noqa: S311 - a share of traffic, not a secret
    digest = blake2b(f"{use}\0{app}\0{conversation}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
