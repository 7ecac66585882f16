"""Lifetime: whether the models that config names are still there, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from banjia.config.alias import Alias
from banjia.config.config import Config, Route
from banjia.errors import ConfigError
from banjia.routes import successor
from banjia.routes.catalogue import Catalogue
from banjia.routes.lifecycle import By, Life, counting, life
from banjia.routes.provider import Provider
from banjia.text import Text, same

GONE = ("retired", "not-offered")
MOST_NAMED = 4  # successors
READING = "retirement-date"
VERSION = "model.version"
LIFE = "model.life"  # a route's own declaration of it goes before the catalogue


@dataclass(frozen=True, slots=True)
class Lifetime:
    """One alias of one route beside what the catalogue knows of its model on a day."""

    where: str
    route: str
    alias: Alias
    life: Life
    successors: tuple[str, ...]

    @property
    def has_ended(self) -> bool:
        """As the policy has it: where sources disagree, by the reading that config chose."""
        return self.life.state in GONE

    @property
    def promises_too_much(self) -> bool:
        """The alias is to hold on days on which the model will be gone."""
        ends = self.life.ends
        return not self.has_ended and ends is not None and self.alias.until is not None and self.alias.until >= ends

    @property
    def ends_soon(self) -> bool:
        return not self.has_ended and self.life.state != "available"

    @property
    def stops(self) -> bool:
        """Whether the gateway does not start on it."""
        return self.has_ended or self.promises_too_much

    def say(self) -> Text:
        words = self.life.say()
        if self.successors and not self.life.successors:
            names = ", ".join(self.successors)
            words += Text(f"；后继：{names}", f"; successors: {names}")
        return same(f"{self.where}: ") + words

    def to_json(self) -> dict[str, object]:
        return {
            "route": self.route,
            "asked": self.alias.asked,
            "model": self.life.model,
            "state": self.life.state,
            "ends": self.life.ends.isoformat() if self.life.ends else None,
            "successors": list(self.successors),
            "where": self.where,
        }


def lifetimes(config: Config, catalogue: Catalogue, on: date) -> list[Lifetime]:
    """Every alias that is not over and whose model the catalogue knows. Stand-ins have no life span."""
    return [found for i, route in enumerate(config.routes) for found in _of_route(config, catalogue, i, route, on)]


def require_alive(config: Config, catalogue: Catalogue, on: date) -> list[Lifetime]:
    """Those that end soon. Raises ConfigError for a model that has ended, or ends before the last day of its alias."""
    found = lifetimes(config, catalogue, on)
    for each in found:
        if each.has_ended:
            raise _ended(each)
        if each.promises_too_much and each.life.ends is not None:
            last = each.life.ends - timedelta(days=1)
            raise ConfigError(
                Text("这个模型活不到别名的最后一天", "the model does not live to the last day of its alias"),
                where=each.where,
                expected=f"until: {last}",
                found=f"until: {each.alias.until}; {each.life.say().en}",
                remedy=_remedy(each),
            )
    return [each for each in found if each.ends_soon]


def _ended(each: Lifetime) -> ConfigError:
    over = Text("这个模型已经停用", "the life of this model is over")
    if each.life.is_contested:
        over += Text("（按所选的读法；来源不一致）", " (by the reading that holds; sources disagree)")
    return ConfigError(
        over,
        where=each.where,
        expected=Text("一个仍在服务的模型", "a model that is still served"),
        found=each.life.say(),
        remedy=_remedy(each),
    )


def _counts(config: Config) -> By:
    """Which of several days counts, as config reads it; the strict reading where it does not say."""
    return counting(next((r.option for r in config.readings if r.reading == READING), ""))


def _remedy(each: Lifetime) -> Text:
    declared = Text(
        "若服务商书面确认仍在服务，在路线的 facts 里写 model.life: available",
        "if the vendor confirms that it is still served, declare `model.life: available` in the route's facts",
    )
    if each.life.is_contested:
        declared += Text(
            f"；若以另一来源的日期为准，选择 readings 中的 {READING}",
            f"; to go by the day of another source choose the reading {READING}",
        )
    if not each.successors:
        return declared
    names = ", ".join(each.successors)
    return Text(f"改用 {names}；", f"use {names}; ") + declared


def _of_route(config: Config, catalogue: Catalogue, i: int, route: Route, on: date) -> Iterator[Lifetime]:
    provider = _answering(catalogue, route)
    if provider is None or route.stand_in or route.facts.get(LIFE) in {"available", "ending-soon"}:
        return
    by, version = _counts(config), str(route.facts.get(VERSION) or "")
    for alias in route.aliases:
        if not alias.upstream or alias.is_over(on):
            continue
        begins = max(on, alias.since) if alias.since is not None else on
        found = life(provider, alias.upstream, begins, version, by=by)
        if found.known or found.state in GONE:  # one that is not in the catalogue may be a deployment's own name
            yield Lifetime(
                config.at(f"routes[{i}].models.{alias.asked}"),
                route.id,
                alias,
                found,
                found.successors or _stand_ins(provider, alias.upstream, on),
            )


def _answering(catalogue: Catalogue, route: Route) -> Provider | None:
    """An engine's dialect on a vendor's host: the vendor answers."""
    provider = catalogue.find(route.provider)
    host = catalogue.by_host(route.base_url)
    vendor = host is not None and provider is not None and provider.is_engine and not host[0].is_engine
    return host[0] if vendor and host is not None else provider


def _stand_ins(provider: Provider, model: str, on: date) -> tuple[str, ...]:
    """What does the same work at the same provider, else anywhere, else the provider's newest of the same kind."""
    stand = successor.of(model)
    found = successor.candidates(stand) if stand is not None else ()
    own = [c.model for c in found if c.provider == provider.id]
    named = tuple(dict.fromkeys(own or [f"{c.provider}:{c.model}" for c in found]))
    return (named or _newest(provider, model, on))[:MOST_NAMED]


def _newest(provider: Provider, model: str, on: date) -> tuple[str, ...]:
    row = provider.model(model)
    if row is None:
        return ()
    alive = [m for m in provider.models if m.kind == row.kind and life(provider, m.id, on).state == "available"]
    own = [m for m in alive if m.family == row.family] or [m for m in alive if not m.maker] or alive
    own.sort(key=lambda m: m.released or date.min, reverse=True)
    return tuple(dict.fromkeys(m.id for m in own))
