"""Provided: what the catalogue says of config's routes: how keys are sent, when models end, which are relays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from banjia.config.config import Config, Route
from banjia.config.confirmation import Confirmation
from banjia.config.located import located
from banjia.errors import ConfigError, RouteError
from banjia.gateway.pricing import prices
from banjia.gateway.settings import check_settings
from banjia.policy.policy import Policy
from banjia.routes.catalogue import Catalogue, load
from banjia.routes.dialect.operation import Dialect, VectorShape
from banjia.routes.dialect.translator import Translator
from banjia.routes.dialect.wire import overrides, translator
from banjia.routes.lifecycle import life
from banjia.routes.provider import Endpoint, Provider
from banjia.text import Text

MAINLAND = "CN"
OWN_WORDS = frozenset({"relay", "foreign_aggregator", "cn_aggregators"})  # they say themselves that others stand behind

RELAY = Text(
    "这个主机是中转站，却以供应商的名义配置；网关不会把调用交给它",
    "this host is a relay configured under a vendor's name; the gateway hands no call to it",
)
PROXY = Text(
    "网关设在 {gateway}，供应商 {provider} 不向 {caller} 提供服务：这正是用反向代理绕过地区限制",
    "the gateway stands in {gateway}, {provider} does not serve {caller}: a reverse proxy around its regions",
)
PLACE = Text("策略把这条路线当作境内，但主机在境外", "the policy takes this route for domestic, but its host is abroad")
LOOPBACK = Text(
    "本机地址配了托管供应商的方言", "a loopback host has the dialect of a vendor that is not on this machine"
)


def check_places(config: Config, policy: Policy, on: date) -> None:
    """Raises RouteError for a relay under a vendor's name, a reverse proxy, or a host the policy has elsewhere."""
    catalogue = load()
    abroad = {r.id: r.abroad for r in policy.routes}
    for i, route in enumerate(config.routes):
        provider = catalogue.by_id(route.provider, where=f"routes[{i}].provider")
        where = f"routes[{i}].base_url"
        if catalogue.relay_of(route.base_url) is not None and provider.id not in OWN_WORDS:
            raise RouteError(RELAY, where=where, found=route.base_url, remedy=_honest("provider: relay"))
        _check_host(catalogue, provider, route, where, is_abroad=abroad.get(route.id, True))
        _check_proxy(catalogue, provider, config, route, on, where)


def key_headers(config: Config) -> dict[str, tuple[str, str]]:
    """Provider as config names it -> the header that carries the key, and its template."""
    catalogue = load()
    found = ((r.provider, catalogue.find(r.provider)) for r in config.routes)
    return {name: (p.auth.header, p.auth.template) for name, p in found if p is not None}


def translators(config: Config, on: date) -> dict[str, Translator]:
    """Route id -> the dialect of its provider under config's overrides, where it is not OpenAI's own."""
    catalogue = load()
    found: dict[str, Translator] = {}
    for i, route in enumerate(config.routes):
        provider = catalogue.find(route.provider)
        held = overrides(_list(route, i), where=f"routes[{i}].overrides", on=on)
        if provider is not None and (provider.dialect != Dialect() or held):
            found[route.id] = translator(provider, held, route.base_url)
    return found


def check_options(config: Config, on: date) -> None:
    """Whether the gateway could read all that config says, keys of applications apart. Raises with file and line."""
    with located(config):
        translators(config, on)
        check_settings(config, on, prices(config))


def apis(config: Config) -> dict[str, frozenset[str]]:
    """Route id -> the parts of OpenAI's API that its provider is known to have."""
    catalogue = load()
    found = ((r.id, catalogue.find(r.provider)) for r in config.routes)
    return {i: _apis(p) for i, p in found if p is not None}


def endings(config: Config, on: date) -> Mapping[tuple[str, str], str]:
    """(provider, model) -> the first day without the model, for those that config names."""
    catalogue = load()
    found: dict[tuple[str, str], str] = {}
    for route in config.routes:
        provider = catalogue.find(route.provider)
        for model in route.upstream(on) if provider is not None else ():
            if provider is not None and (ends := life(provider, model, on).ends) is not None:
                found[(route.provider, model)] = ends.isoformat()
    return found


def filings(config: Config, on: date) -> Mapping[tuple[str, str], Confirmation]:
    """(route id, model) -> the filing that a person confirmed for it, for those that config names."""
    pairs = ((route.id, model) for route in config.routes for model in route.upstream(on))
    found = ((route, model, config.filing(route=route, model=model, on=on)) for route, model in pairs)
    return {(route, model): filing for route, model, filing in found if filing is not None}


def _apis(provider: Provider) -> frozenset[str]:
    if not provider.apis:  # nothing is known: every call is tried
        return frozenset()
    has = {name for name, answer in provider.apis.items() if answer == "yes"}
    if provider.is_engine:  # every engine of the catalogue has the old API too
        has.add("completions")
    spoken = any(isinstance(op, VectorShape) for op in provider.dialect.request)  # in a form of the vendor's own
    if spoken or provider.apis.get("embeddings", "unknown") in {"partial", "unknown"}:  # what nobody knows is tried
        has.add("embeddings")
    return frozenset(has)


def _list(route: Route, i: int) -> list[Any]:
    raw = route.options.get("overrides")
    if raw is None or isinstance(raw, list):
        return raw or []
    raise ConfigError(
        Text("这里应为列表", "a list is expected here"),
        where=f"routes[{i}].overrides",
        expected="[{reason, until, ...}]",
        found=type(raw).__name__,
    )


def _check_host(catalogue: Catalogue, provider: Provider, route: Route, where: str, *, is_abroad: bool) -> None:
    found = catalogue.by_host(route.base_url)
    if found is None:
        return
    endpoint = found[1]
    if endpoint.match in {"loopback", "private"}:
        if endpoint.match == "loopback" and not provider.is_engine and not route.stand_in:
            raise RouteError(LOOPBACK, where=where, found=provider.id, remedy=_honest("stand_in: true"))
    elif not is_abroad and not route.stand_in and _is_abroad(found[0], endpoint):
        raise RouteError(
            PLACE,
            where=where,
            expected=MAINLAND,
            found=f"{found[0].id}, {endpoint.store}",
            remedy=Text("重新编译策略", "compile the policy again"),
        )


def _is_abroad(provider: Provider, endpoint: Endpoint) -> bool:
    elsewhere = len(endpoint.store) == 2 and endpoint.store != MAINLAND
    return elsewhere or provider.side_of(endpoint) in {"overseas", "hk"}


def _check_proxy(catalogue: Catalogue, provider: Provider, config: Config, route: Route, on: date, where: str) -> None:
    gateway = config.gateway_country
    if gateway is None or route.stand_in or provider.is_engine:
        return
    for caller in _callers(config, route):
        excluded = catalogue.serves(provider, caller, on).answer == "no"
        if caller != gateway and excluded and catalogue.serves(provider, gateway, on).answer != "no":
            text = PROXY.format(gateway=gateway, provider=provider.name, caller=caller)
            raise RouteError(text, where=where, found=route.base_url)


def _callers(config: Config, route: Route) -> Iterable[str]:
    """Where the entity and the users of the applications on this route are, as far as config says."""
    facts = [config.entity.facts, *(a.facts for a in config.apps if not a.routes or route.id in a.routes)]
    places: dict[str, None] = {}
    for found in facts:
        for name in ("actor.establishment", "users.countries"):
            value = found.get(name)
            for place in value if isinstance(value, list | tuple | set | frozenset) else [value]:
                if isinstance(place, str) and len(place) == 2:
                    places[place.upper()] = None
    return places


def _honest(words: str) -> Text:
    return Text(f"如实写 {words}", f"say so: {words}")
