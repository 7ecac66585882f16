"""Desk of the replay: what the ledger's last decisions would have been under another policy and config."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec

from banjia.config.config import Config
from banjia.config.reader import read as read_config
from banjia.desk import clock
from banjia.gateway.alias import Aliases
from banjia.policy.decide import Ask, Index
from banjia.policy.policy import DataClass, Policy
from banjia.store import people
from banjia.store.log import latest
from banjia.store.store import Store, open_store
from banjia.text import Lang, Text

CONTENT = frozenset({"moderation.before"})  # what was refused for its words, whatever policy stands
Way = tuple[str, str]  # route, and the model there


@dataclass(frozen=True, slots=True)
class Replayed:
    """One kind of call among the last decisions that would be answered otherwise, or over another route."""

    app: str
    purpose: str
    route: str
    model: str
    data_class: str
    before: str
    after: str
    to: str  # route/model that would answer instead, where another does
    count: int


def replay(store: Store, policy: Policy, count: int, config: Config | None = None) -> list[Replayed]:
    """Ask the last decisions of the ledger again, at this year's tally.

    With a config the names asked for are led to its routes anew: a call changes where the route and model that answered
    it are not among those that may. Without one, the same route and model are asked of the policy.
    """
    today = clock.today()
    with store.snapshot() as tx:
        rows = latest(tx, ("decision", "refusal"), count)
        census = people.census(tx, policy.entity, today.year)
    ordinary = (0, census.ordinary_high) if census else (0, 0)
    sensitive = (0, census.sensitive_high) if census else (0, 0)
    index, found = Index(policy), Counter[tuple[str, str, str, str, str, str, str, str]]()
    ways = _Ways(config, today)
    for row in rows:
        body = msgspec.json.decode(row.body or "{}")
        app, purpose, route, model, asked = (
            str(body.get(k, "")) for k in ("app", "purpose", "route", "model", "asked")
        )
        data_class: DataClass = body.get("data_class") or "none"
        before = body.get("decision")
        if before not in {"pass", "refuse"} or str(body.get("rule", "")) in CONTENT:
            continue
        open_ways = [
            (r, m)
            for r, m in ways.of(app, asked, (route, model))
            if index.decide(Ask(app, purpose, r, m, data_class, today, ordinary, sensitive)).passes
        ]
        after = "pass" if open_ways else "refuse"
        stays = before == "pass" and (route, model) in open_ways
        if stays or before == after == "refuse":
            continue
        to = "/".join(open_ways[0]) if open_ways and open_ways[0] != (route, model) else ""
        found[(app, purpose, route, model, data_class, before, after, to)] += 1
    return [Replayed(*key, count=n) for key, n in found.most_common()]


def tried(config_path: Path, policy: Policy, count: int) -> list[Replayed]:
    config = read_config(config_path)
    store = open_store(config.store)
    try:
        return replay(store, policy, count, config)
    finally:
        store.close()


def replay_lines(found: Iterable[Replayed], lang: Lang) -> list[str]:
    lines = []
    for r in found:
        after = f"{r.after} {r.to}".strip()
        words = Text(f"{r.count} 次", f"{r.count} times").say(lang)
        lines.append(f"{words}  {r.app}  {r.route}  {r.model}  {r.data_class}: {r.before} -> {after}")
    return lines


def names_of(config: Config, on: date) -> str:
    """What tells one config's ways from another's."""
    ways = [(r.id, r.names(on)) for r in config.routes]
    return repr((ways, [(a.id, a.routes) for a in config.apps]))


class _Ways:
    """The routes of each application, in its order, with the names that they answer for."""

    def __init__(self, config: Config | None, on: date) -> None:
        self._config = config
        routes = config.routes if config is not None else ()
        self._aliases = {r.id: Aliases(r.names(on), takes_all=not r.aliases) for r in routes}

    def of(self, app: str, asked: str, was: Way) -> list[Way]:
        if self._config is None or not asked:
            return [was]
        found = self._config.app(app)
        if found is None:
            return []
        names = found.routes or tuple(self._aliases)
        pairs = ((name, self._aliases[name].resolve(asked)) for name in names)
        return [(name, model) for name, model in pairs if model is not None]
