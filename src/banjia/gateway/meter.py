"""Meter: what one call that goes through unread used and cost, told in metrics and ledger like any other."""

from __future__ import annotations

from typing import Any

from banjia.gateway import unit
from banjia.gateway.budget import costs
from banjia.gateway.call import Call
from banjia.gateway.settings import Candidate, Settings
from banjia.gateway.tools import Tools
from banjia.gateway.unit import MOST_READ
from banjia.routes.tariff import NANO

OK = 200


class Meter:
    """`saw` is told each piece of the answer; a long one, as of a file, is not kept."""

    def __init__(self, call: Call, settings: Settings, tools: Tools, candidate: Candidate) -> None:
        self._call = call
        self._settings = settings
        self._tools = tools
        self._candidate = candidate
        self._began = tools.clock.monotonic()
        self._parts: list[bytes] = []
        self._size = 0

    def saw(self, data: bytes) -> None:
        self._size += len(data)
        if self._size <= MOST_READ:
            self._parts.append(data)
        else:
            self._parts.clear()

    def done(self, status: int) -> dict[str, Any]:
        """What the ledger keeps of it."""
        call, metrics = self._call, self._tools.metrics
        route, model = self._candidate.route.id, self._candidate.model
        operation = call.operation if call.operation.startswith(BILLED) else call.operation.partition("/")[0]
        seconds = self._tools.clock.monotonic() - self._began
        metrics.call_done(call.app.id, route, model, operation, status, 0, 0, seconds)
        said: dict[str, Any] = {"ms": int(seconds * 1000)}
        if status != OK:
            return said
        used = unit.asked(call.operation, call.body) or unit.answered(call.operation, call.body, b"".join(self._parts))
        if not used:
            return said
        counts = {kind: float(count) for kind, count in used.items() if kind != "byte"}  # of the same text
        for kind, count in counts.items():
            metrics.count("banjia_units_total", call.app.id, route, model, kind, by=count)
        said["units"] = {kind: int(n) if n.is_integer() else n for kind, n in counts.items()}
        budget, price = call.app.budget, self._settings.prices
        cost = price.units(route, model, budget.currency, budget.rate).cost(used) if price is not None else None
        if cost:
            call.cost += cost
            metrics.count("banjia_cost_total", call.app.id, route, model, budget.currency, by=cost / NANO)
            said |= costs(cost, budget.currency)
        return said


BILLED = ("images/", "audio/", "moderations")
