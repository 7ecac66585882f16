"""Gauge: what stands in this process now, for Prometheus."""

from __future__ import annotations

from collections.abc import Mapping

from banjia.gateway.board import Board
from banjia.gateway.settings import Settings
from banjia.gateway.tools import Tools
from banjia.routes.tariff import NANO

Values = Mapping[tuple[str, ...], float]
Gauges = list[tuple[str, str, Values, tuple[str, ...]]]  # name, help, values, label names

STATES = ("closed", "half-open", "open")  # of a route's breaker, as its gauge numbers them


def gauges(settings: Settings, tools: Tools, board: Board | None, *, in_flight: int) -> Gauges:
    recorder, now = tools.recorder, tools.clock.monotonic()
    (o_low, o_high), (s_low, s_high) = recorder.tallies()
    shown: Values = {
        ("ordinary", "lower"): o_low,
        ("ordinary", "upper"): float("inf") if o_high is None else o_high,
        ("sensitive", "lower"): s_low,
        ("sensitive", "upper"): float("inf") if s_high is None else s_high,
    }
    lines: Values = {
        (name, str(number)): edge
        for name, edges in settings.index.policy.lines.items()
        for number, edge in enumerate(edges, 1)
    }
    states: Values = {(route,): STATES.index(tools.router.state(route, now)) for route in settings.routes}
    return [
        ("banjia_in_flight", "Calls in hand in this process.", {(): in_flight}, ()),
        ("banjia_held_bytes", "Of requests and answers in this process.", {(): tools.room.held}, ()),
        ("banjia_upstream_connections", "Connections in use.", {(): tools.pools.in_use}, ()),
        ("banjia_breaker_state", "Of a route: 0 closed, 1 half-open, 2 open.", states, ("route",)),
        ("banjia_ledger_writable", "Whether entries can be written.", {(): not recorder.trouble}, ()),
        *_budgets(settings, tools, board),
        ("banjia_exported_persons", "Persons exported this year.", shown, ("class", "bound")),
        ("banjia_tally_line", "Persons at which an answer of the policy changes.", lines, ("class", "line")),
    ]


def _budgets(settings: Settings, tools: Tools, board: Board | None) -> Gauges:
    apps = [a for a in settings.apps.values() if a.limits.counts_money]
    if board is None or not apps:
        return []
    tools.clock.today()
    day, month = tools.clock.number
    spent: dict[tuple[str, ...], float] = {}
    most: dict[tuple[str, ...], float] = {}
    for app in apps:
        money = board.spent(app.id, day=day, month=month)[2:]
        limits = (app.limits.money_per_day, app.limits.money_per_month)
        for period, used, limit in zip(("day", "month"), money, limits, strict=True):
            labels = (app.id, period, app.budget.currency)
            spent[labels] = used / NANO
            if limit is not None:
                most[labels] = limit / NANO
    names = ("app", "period", "currency")
    return [
        ("banjia_budget_spent", "Spent of an application's budget, by list prices.", spent, names),
        ("banjia_budget_limit", "What an application may spend.", most, names),
    ]
