"""Pricing: what a model costs over a route: as config says, else as the vendor's list has it, else nothing is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from banjia.config.config import Config
from banjia.errors import ConfigError
from banjia.gateway import unit
from banjia.gateway.budget import CURRENCIES, Prices
from banjia.gateway.option import Options
from banjia.gateway.unit import OWN, UnitPrices
from banjia.routes.catalogue import load
from banjia.routes.price import Currency, Money, Quote, Tokens, offers
from banjia.routes.tariff import Tariff, free, listed, of_tokens
from banjia.text import Text

PRICE = frozenset({"input", "output", "cached", *OWN, "currency", "as_of"})
ANY = "*"
MOST_KNOWN = 4096
SITES = {"cn_mainland": "cn_mainland", "overseas": "intl", "hk": "intl"}


@dataclass(frozen=True, slots=True)
class Price:
    """Money for a million tokens, or for other units, as a contract or an own account says."""

    tokens: Tokens | None
    units: Mapping[str, float]
    currency: Currency
    as_of: str


class PriceList:
    """The prices of one config. What is answered is remembered: names of models may be the callers' choice."""

    def __init__(self, config: Config) -> None:
        """Raises ConfigError where `prices` of a route is wrong."""
        self._catalogue = load()
        self._own = {
            r.id: read_prices(r.options.get("prices"), where=f"routes[{i}].prices") for i, r in enumerate(config.routes)
        }
        self._routes = {r.id: r for r in config.routes}
        self._known: dict[tuple[str, str, Currency, float], Tariff | None] = {}

    def __call__(self, route: str, model: str, currency: Currency, money: Money, /) -> Tariff | None:
        key = (route, model, currency, money.usd_cny)
        if key not in self._known:
            if len(self._known) > MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._tariff(route, model, currency, money)
        return self._known[key]

    def units(self, route: str, model: str, currency: Currency, money: Money, /) -> UnitPrices:
        """By the picture, the second, the character: as config says, else as the vendor's list has it."""
        own = self._own_price(route, model)
        if own is not None:
            amounts = {OWN[name]: amount for name, amount in own.units.items()}
            return unit.priced(amounts, currency, money, listed_in=own.currency)
        found = [unit.listed(q, currency, money) for q in self._quotes(route, model)]
        return next((u for u in found if u.of), UnitPrices(currency, {}))

    def _own_price(self, route: str, model: str) -> Price | None:
        own = self._own[route]
        return own.get(model) or own.get(ANY)

    def _tariff(self, name: str, model: str, currency: Currency, money: Money) -> Tariff | None:
        said = self._own_price(name, model)
        if said is not None and said.tokens is not None:
            return of_tokens(said.tokens, currency, money, listed_in=said.currency, as_of=said.as_of)
        if self._is_free(name):
            return free(currency)  # own weights on own machines: tokens are not what is paid for
        found = [t for q in self._quotes(name, model) if (t := listed(q, currency, money)) is not None]
        return max(found, key=lambda t: t.most(1000, 1000), default=None)  # of several versions the dearest

    def _is_free(self, name: str) -> bool:
        route = self._routes[name]
        provider = self._catalogue.find(route.provider)
        host = None if route.stand_in else self._catalogue.by_host(route.base_url)
        return provider is not None and provider.is_engine and (host is None or host[0].is_engine)

    def _quotes(self, name: str, model: str) -> list[Quote]:
        route = self._routes[name]
        provider = self._catalogue.find(route.provider)
        host = None if route.stand_in else self._catalogue.by_host(route.base_url)
        if provider is not None and provider.is_engine and host is not None:
            provider = host[0]
        if provider is None or provider.is_engine:
            return []
        side = provider.side_of(host[1] if host is not None and host[0].id == provider.id else None)
        site = "overseas" if provider.side == "overseas" else SITES.get(side, "cn_mainland")
        names = {model, *(row.id for row in provider.find(model))}
        return [Quote(o, row) for o in offers(provider.id) if o.site == site for row in o.rows if row.model in names]


def prices(config: Config) -> Prices:
    """Raises ConfigError where `prices` of a route is wrong."""
    return PriceList(config)


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
    units = {name: options.number(name, 0.0, most=1e6) for name in OWN if name in options}
    for must in () if units and "input" not in options and "output" not in options else ("input", "output"):
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
    tokens = Tokens(**amounts) if "input" in amounts else None
    return Price(tokens, units, "USD" if currency == "USD" else "CNY", as_of.isoformat() if as_of else "")
