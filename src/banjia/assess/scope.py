"""Scope: what banjia.yaml says of one application, one purpose and one route, as a profile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from banjia.config.config import App, Config, Route
from banjia.facts.profile import Known, Profile, Provenance
from banjia.facts.value import Interval
from banjia.routes.catalogue import Catalogue
from banjia.routes.provider import Endpoint, Provider

ORDINARY = "export.persons_nonsensitive_ytd"
SENSITIVE = "export.persons_sensitive_ytd"


@dataclass(frozen=True, slots=True)
class RouteScope:
    """One way out as it will be assessed: a configured route with one upstream model, or a kind of route."""

    id: str
    model: str  # upstream, "" where none is named
    profile: Profile
    endpoint: Endpoint | None = None


def app_profile(config: Config, app: App | None, purpose: str = "") -> Profile:
    """Entity, gateway, application and purpose together; a contradiction is a FactError that names both places."""
    file = config.path.name
    scopes = [Profile.read(config.entity.facts, Provenance("declared", f"{file} entity.facts"))]
    gateway = dict(config.gateway_facts)
    if config.gateway_country:
        gateway["gateway.country"] = config.gateway_country
    scopes.append(Profile.read(gateway, Provenance("declared", f"{file} gateway")))
    if app is not None:
        scopes.append(Profile.read(app.facts, Provenance("declared", f"{file} apps.{app.id}.facts")))
        if purpose:
            origin = Provenance("declared", f"{file} apps.{app.id}.purposes.{purpose}")
            scopes.append(Profile.read(app.purposes.get(purpose, {}), origin))
    return Profile.merge(*scopes)


def route_scopes(config: Config, route: Route, routes: Catalogue, on: date) -> Iterator[RouteScope]:
    """The route once for each upstream model; once without a model where none is named."""
    models = route.upstream(on) or ("",)
    for model in models:
        yield route_scope(config, route, model, routes, on)


def route_scope(config: Config, route: Route, model: str, routes: Catalogue, on: date) -> RouteScope:
    file = config.path.name
    origin = Provenance("declared", f"{file} routes.{route.id}")
    host = None if route.stand_in else routes.by_host(route.base_url)
    provider = routes.find(route.provider)
    if host is not None and provider is not None and provider.is_engine and not host[0].is_engine:
        provider = host[0]  # an engine's dialect on a vendor's host: the vendor answers
    relay = None if route.stand_in or host else routes.relay_of(route.base_url)
    facts: dict[str, object] = {}
    if relay is not None:
        facts["provider"] = "relay"
    elif provider is not None and (provider.is_engine or route.stand_in or _is_home(host, provider)):
        facts["provider"] = "self_hosted" if provider.is_engine else provider.id
    if route.channel:
        facts["network.channel"] = route.channel
    if model:
        facts["model.id"] = model
    if route.country:
        facts["endpoint.store_country"] = route.country
        facts["endpoint.infer_countries"] = [route.country]
    profile = Profile.merge(
        Profile.read(facts, origin),
        Profile.read(route.facts, Provenance("declared", f"{file} routes.{route.id}.facts")),
    )
    if model and (confirmed := config.filing(route=route.id, model=model, on=on)) is not None:
        origin = Provenance("declared", f"{file} filings: {confirmed.say().en}", confirmed.on)
        profile = Profile.merge(profile, Profile.read({"model.filed": True}, origin))
    endpoint = host[1] if host is not None else None
    return RouteScope(route.id, model, profile, endpoint)


def _is_home(host: tuple[Provider, Endpoint] | None, provider: Provider) -> bool:
    """Whether the host is the provider's own. Who answers behind an unknown or a private host is an open fact."""
    return host is not None and host[0].id == provider.id


def declared_tally(config: Config, on: date, measured: tuple[Interval, Interval] | None = None) -> dict[str, Known]:
    """Persons exported this year: measured by the ledger plus declared elsewhere; undeclared leaves the top open."""
    declared = next((e for e in config.elsewhere if e.year == on.year), None)
    if declared is None and measured is None:
        return {}
    found: dict[str, Known] = {}
    for fact, index in ((ORDINARY, 0), (SENSITIVE, 1)):
        low, high = (declared.ordinary, declared.sensitive)[index] if declared else (0, None)
        seen = measured[index] if measured else Interval(0, 0)
        top = None if high is None or seen.high is None else high + seen.high
        source = f"{config.path.name} elsewhere.{on.year}" if declared else f"ledger tally {on.year}"
        found[fact] = Known(
            Interval(low + seen.low, top), Provenance("measured", source, declared.on if declared else on)
        )
    return found
