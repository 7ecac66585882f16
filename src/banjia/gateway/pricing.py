"""Pricing: what a model costs over a route: as config says, else as the vendor's list has it, else nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from banjia.config.config import Config, Route
from banjia.errors import ConfigError
from banjia.gateway.budget import CURRENCIES, Prices
from banjia.gateway.option import Options
from banjia.routes.catalogue import Catalogue, load
from banjia.routes.price import Currency, Money, Quote, Tokens, offers
from banjia.routes.provider import Provider
from banjia.routes.tariff import Tariff, free, listed, of_tokens
from banjia.text import Text

PRICE = frozenset({"input", "output", "cached", "currency", "as_of"})
ANY = "*"
SITES = {"cn_mainland": "cn_mainland", "overseas": "intl", "hk": "intl"}


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens, as a contract or an own account says."""

    tokens: Tokens
    currency: Currency
    as_of: str


def prices(config: Config) -> Prices:
    """Raises ConfigError where `prices` of a route is wrong. What is answered is remembered."""
    catalogue = load()
    own = {r.id: read_prices(r.options.get("prices"), where=f"routes[{i}].prices") for i, r in enumerate(config.routes)}
    routes = {r.id: r for r in config.routes}
    known: dict[tuple[str, str, Currency, float], Tariff | None] = {}

    def price(route: str, model: str, currency: Currency, money: Money) -> Tariff | None:
        key = (route, model, currency, money.usd_cny)
        if key not in known:
            if len(known) > 4096:  # names of models may be the callers' choice
                known.clear()
            known[key] = _price(catalogue, routes[route], own[route], model, currency, money)
        return known[key]

    return price


def read_prices(raw: object, *, where: str) -> dict[str, Price]:
    """`{MODEL or *: {input, output, cached, currency, as_of}}`, for a million tokens."""
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise ConfigError(
            Text("这里应为映射", "a mapping is expected here"),
            where=where,
            expected="{MODEL: {input, output, cached, currency, as_of}}",
            found=type(raw).__name__,
        )
    return {str(model): _own(value, f"{where}.{model}") for model, value in raw.items()}


def _own(raw: object, where: str) -> Price:
    options = Options(raw, where, PRICE)
    for must in ("input", "output"):
        if must not in options:
            raise ConfigError(
                Text("缺少价格", "a price is missing"),
                where=where,
                expected=must,
                remedy=Text("每百万词元的价格，例如 input: 2.0", "for a million tokens, for instance input: 2.0"),
            )
    as_of = raw.get("as_of") if isinstance(raw, Mapping) else None
    if as_of is not None and not isinstance(as_of, date):
        raise ConfigError(
            Text("日期写法不对", "this is not a date"),
            where=f"{where}.as_of",
            expected="YYYY-MM-DD",
            found=repr(as_of)[:40],
        )
    amounts = {name: options.number(name, 0.0, most=1e6) for name in ("input", "output", "cached") if name in options}
    currency = options.word("currency", "CNY", among=CURRENCIES)
    return Price(Tokens(**amounts), "USD" if currency == "USD" else "CNY", as_of.isoformat() if as_of else "")


def _price(
    catalogue: Catalogue, route: Route, own: Mapping[str, Price], model: str, currency: Currency, money: Money
) -> Tariff | None:
    said = own.get(model) or own.get(ANY)
    if said is not None:
        return of_tokens(said.tokens, currency, money, listed_in=said.currency, as_of=said.as_of)
    provider = catalogue.find(route.provider)
    host = None if route.stand_in else catalogue.by_host(route.base_url)
    if provider is not None and provider.is_engine:
        if host is None or host[0].is_engine:
            return free(currency)  # own weights on own machines: tokens are not what is paid for
        provider = host[0]
    if provider is None:
        return None
    side = provider.side_of(host[1] if host is not None and host[0].id == provider.id else None)
    site = "overseas" if provider.side == "overseas" else SITES.get(side, "cn_mainland")
    found = [t for q in _quotes(provider, model, site) if (t := listed(q, currency, money)) is not None]
    return max(found, key=lambda t: t.most(1000, 1000), default=None)  # of several versions the dearest


def _quotes(provider: Provider, model: str, site: str) -> list[Quote]:
    names = {model, *(row.id for row in provider.find(model))}
    return [Quote(o, row) for o in offers(provider.id) if o.site == site for row in o.rows if row.model in names]
