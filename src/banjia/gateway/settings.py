"""Settings: everything the gateway goes by, frozen; a reload swaps them as one reference."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

from banjia.config.config import App, Config, Labels
from banjia.config.confirmation import Confirmation
from banjia.config.located import located
from banjia.errors import ConfigError
from banjia.gateway.budget import Budget, Prices, read_budget
from banjia.gateway.image import ImageSettings, read_images
from banjia.gateway.key import KeyRing, digest
from banjia.gateway.limit import Limits
from banjia.gateway.moderation import Screen, read_screen
from banjia.gateway.observability import Observability, read_observability
from banjia.gateway.option import Options
from banjia.gateway.personal import PrivacySettings, read_privacy
from banjia.gateway.route import RouteSettings, build_route
from banjia.gateway.router import Routing, read_routing
from banjia.gateway.target import Target
from banjia.gateway.telemetry import Telemetry, telemetry_for
from banjia.gateway.treatment import REPLACING, check_types, finer_of, id_number_reading
from banjia.gateway.vector import VectorSettings, read_vectors
from banjia.policy.decide import CLASS_ORDER, Ask, Index
from banjia.policy.policy import DATA_CLASSES, DataClass, Policy, RouteFacts
from banjia.routes.dialect.translator import Translator
from banjia.routes.tariff import Tariff
from banjia.text import Lang, Text

TOP_LIMITS = frozenset({"in_flight", "body_bytes", "body_seconds", "drain", "held_bytes"})
SINGLE = frozenset({"hard_loss", "from"})
APP_PRIVACY = frozenset({"allow_unreadable", "images"})
IMAGES = ("refuse", "ocr")  # on routes abroad
MAX_BODY = 64 * 1024 * 1024
MAX_HELD = 512 * 1024 * 1024  # bytes of all requests and answers in a worker's hands
BODY_SECONDS = 300.0  # in which the whole body of a request has to be here
MAX_IN_FLIGHT = 4096
BEARER = ("authorization", "Bearer {key}")
API_KEY = ("api-key", "{key}")

Held = tuple[bytes, str]  # digest of a key, and the application that it is of


@dataclass(frozen=True, slots=True)
class AppSettings:
    id: str
    purposes: frozenset[str]
    declared: Mapping[str, DataClass]  # purpose ("" without one) -> the class of its data as declared
    routes: tuple[str, ...]
    limits: Limits
    budget: Budget = field(default_factory=Budget)
    counts_usage: bool = False  # usage is asked for where the caller does not ask
    routing: Routing = field(default_factory=Routing)
    vectors: VectorSettings = field(default_factory=VectorSettings)
    images: ImageSettings | None = None
    labels: Labels = field(default_factory=Labels)
    screen: Screen | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A route that answers for the model asked for, under the model's name there."""

    route: RouteSettings
    model: str
    tariff: Tariff | None = None  # None: no price is known
    _heads: dict[str, bytes] = field(default_factory=dict, compare=False)

    @property
    def vector_space(self) -> str:
        """Vectors of two spaces cannot be compared, however alike their width is."""
        return f"{self.route.provider}/{self.model}"

    def head(self, operation: str) -> bytes:
        head = self._heads.get(operation)
        if head is None:
            head = self._heads[operation] = self.route.head(operation, self.model)
        return head


@dataclass(frozen=True, slots=True)
class Settings:
    entity: str
    apps: Mapping[str, AppSettings]
    routes: Mapping[str, RouteSettings]
    keys: KeyRing[AppSettings]
    index: Index
    policy_hash: str
    law_day: str
    max_body: int = MAX_BODY
    body_seconds: float = BODY_SECONDS
    max_in_flight: int = MAX_IN_FLIGHT
    max_held: int = MAX_HELD
    drain: float = 30.0
    lang: Lang = "en"  # of callers who do not say
    endings: Mapping[tuple[str, str], str] = field(default_factory=dict)  # (provider, model) -> first day without it
    filings: Mapping[tuple[str, str], Confirmation] = field(default_factory=dict)  # (route id, model) -> as confirmed
    privacy: PrivacySettings = field(default_factory=PrivacySettings)
    prices: Prices | None = None
    observability: Observability = field(default_factory=Observability)
    telemetry: Telemetry | None = None
    _watched: dict[tuple[str, str, str, DataClass], bool] = field(default_factory=dict)
    _plans: dict[tuple[str, str], tuple[Candidate, ...]] = field(default_factory=dict)

    def with_keys(self, held: frozenset[Held]) -> Settings:
        """With the keys that config has now, of the same applications; one that two claim stays whose it was."""
        claims = Counter(key for key, _ in held)
        mine = [(key, self.apps[app]) for key, app in held if app in self.apps]
        return replace(
            self, keys=KeyRing((k, app) for k, app in mine if claims[k] == 1 or self.keys.owner_of(k) is app)
        )

    @property
    def targets(self) -> set[Target]:
        """Every place that may be connected to."""
        services = {a.screen.service for a in self.apps.values() if a.screen is not None}
        return {r.target for r in self.routes.values()} | {s for s in services if s is not None}

    def candidates(self, app: AppSettings, asked: str) -> tuple[Candidate, ...]:
        """The routes of an application that answer for a model, in the order of its preference."""
        plan = self._plans.get((app.id, asked))
        if plan is None:
            pairs = ((self.routes[r], self.routes[r].aliases.resolve(asked)) for r in app.routes)
            plan = tuple(self._candidate(app, route, model) for route, model in pairs if model is not None)
            if app.limits.counts_money:  # what nobody can price, no budget can hold
                plan = tuple(c for c in plan if c.tariff is not None)
            if len(self._plans) < 4096:  # names asked for are the callers' choice
                self._plans[(app.id, asked)] = plan
        return plan

    def _candidate(self, app: AppSettings, route: RouteSettings, model: str) -> Candidate:
        price = self.prices
        tariff = None if price is None else price(route.id, model, app.budget.currency, app.budget.rate)
        return Candidate(route, model, tariff)

    def is_looked_into(self, app: AppSettings, purpose: str, asked: str, declared: DataClass, on: date) -> bool:
        """Whether what a call holds may matter: it may go abroad, or a graver class of data has another answer."""
        key = (app.id, purpose, asked, declared)
        found = self._watched.get(key)
        if found is None:
            found = self.privacy.detect and any(
                self._hangs_on_class(app, purpose, c, declared, on) for c in self.candidates(app, asked)
            )
            if len(self._watched) < 4096:
                self._watched[key] = found
        return found

    def looks_into_calls(self, on: date) -> bool:
        """Whether any call that config and policy know of would be looked into."""
        known = {cell.model for cell in self.index.policy.cells}
        return self.privacy.detect and any(
            self.is_looked_into(app, purpose, asked, declared, on)
            for app in self.apps.values()
            for asked in known.union(*(self.routes[route].aliases.kinds for route in app.routes))
            for purpose, declared in app.declared.items()
        )

    def _hangs_on_class(
        self, app: AppSettings, purpose: str, candidate: Candidate, declared: DataClass, on: date
    ) -> bool:
        graver: list[DataClass] = [c for c in DATA_CLASSES if CLASS_ORDER[c] >= CLASS_ORDER[declared]]
        answers = {
            (d.passes, d.treatment if d.passes else "", bool(finer_of(d)))
            for c in graver
            for tally in ((0, 0), (0, None))
            for d in [self.index.decide(Ask(app.id, purpose, candidate.route.id, candidate.model, c, on, tally, tally))]
        }
        if any(passes and (treatment in REPLACING or finer) for passes, treatment, finer in answers):
            return True
        return (candidate.route.abroad and any(passes for passes, *_ in answers)) or len(answers) > 1


def held_keys(config: Config) -> frozenset[Held]:
    """Every key that can be read now, with its application; one whose file is gone is held by nobody."""
    found: set[Held] = set()
    for app in config.apps:
        for key in app.keys:
            with contextlib.suppress(ConfigError):
                found.add((digest(key.reveal().encode()), app.id))
    return frozenset(found)


def build_settings(
    config: Config,
    policy: Policy,
    *,
    auth: Mapping[str, tuple[str, str]] = MappingProxyType({}),
    translators: Mapping[str, Translator] = MappingProxyType({}),
    apis: Mapping[str, frozenset[str]] = MappingProxyType({}),
    endings: Mapping[tuple[str, str], str] = MappingProxyType({}),
    filings: Mapping[tuple[str, str], Confirmation] = MappingProxyType({}),
    lang: Lang = "en",
    on: date | None = None,
    prices: Prices | None = None,
) -> Settings:
    """As of a day, by default the policy's. Raises ConfigError with file and line.

    `auth` names, by provider, the header that carries the key.
    """
    with located(config):
        settings = _built(config, policy, auth, translators, apis, endings, filings, lang, on or policy.law_date)
        _priced(config, settings.apps.values(), prices, on or policy.law_date)
        return replace(settings, prices=prices)


def check_settings(config: Config, on: date, prices: Prices | None = None) -> None:
    """Read all that the gateway reads, but no application's key. Raises ConfigError with file and line."""
    with located(config):
        read_privacy(config.options.get("privacy"), id_number_reading(config))
        check_types(config)
        read_observability(config.options.get("observability"), config.path.parent)
        _whole(config)
        for route in _routes(config, (), {}, {}, {}, on).values():
            route.target.context()
        _priced(config, [_app(app, config, f"apps[{i}]") for i, app in enumerate(config.apps)], prices, on)


def _priced(config: Config, apps: Iterable[AppSettings], prices: Prices | None, on: date) -> None:
    """Raises ConfigError where money is to be counted and a model that is named has no price."""
    if prices is None:
        return
    for i, app in enumerate(apps):
        for name in app.routes if app.limits.counts_money else ():
            route = config.route(name)
            for model in route.upstream(on) if route is not None else ():
                if prices(name, model, app.budget.currency, app.budget.rate) is None:
                    raise ConfigError(
                        Text(
                            "这个模型的价格未知，预算无法计算",
                            "this model has no known price, so no budget can hold it",
                        ),
                        where=f"apps[{i}].budget",
                        expected=Text("每个模型都有价格", "a price of every model"),
                        found=f"{name}: {model}",
                        remedy=Text(
                            f"在路线 {name} 写 prices: {{{model}: {{input: 2.0, output: 8.0, currency: CNY}}}}",
                            f"write prices: {{{model}: {{input: 2.0, output: 8.0, currency: CNY}}}} at route {name}",
                        ),
                    )


def _built(
    config: Config,
    policy: Policy,
    auth: Mapping[str, tuple[str, str]],
    translators: Mapping[str, Translator],
    apis: Mapping[str, frozenset[str]],
    endings: Mapping[tuple[str, str], str],
    filings: Mapping[tuple[str, str], Confirmation],
    lang: Lang,
    on: date,
) -> Settings:
    routes = _routes(config, policy.routes, auth, translators, apis, on)
    told = read_observability(config.options.get("observability"), config.path.parent)
    apps = {a.id: _app(a, config, f"apps[{i}]") for i, a in enumerate(config.apps)}
    keys = [(digest(k.reveal().encode()), apps[a.id]) for a in config.apps for k in a.keys]
    if not keys:
        raise ConfigError(
            Text("没有任何应用有密钥，谁也无法调用网关", "no application has a key, so nobody could call the gateway"),
            where="apps",
            expected="keys: [env:NAME]",
        )
    _unshared(keys)
    max_body, max_in_flight, drain, body_seconds, max_held = _whole(config)
    check_types(config)
    return Settings(
        entity=config.entity.id,
        apps=apps,
        routes=routes,
        keys=KeyRing(keys),
        index=Index(policy),
        policy_hash=policy.hash,
        law_day=policy.law_date.isoformat(),
        max_body=max_body,
        body_seconds=body_seconds,
        max_in_flight=max_in_flight,
        drain=drain,
        max_held=max_held,
        lang=lang,
        privacy=read_privacy(config.options.get("privacy"), id_number_reading(config)),
        endings=endings,
        filings=filings,
        observability=told,
        telemetry=telemetry_for(told),
    )


def _whole(config: Config) -> tuple[int, int, float, float, int]:
    """Of the whole gateway: bytes of a body, calls in hand, seconds to finish them and for a body, bytes in hand."""
    limits = Options(config.options.get("limits"), "limits", TOP_LIMITS)
    body = limits.count("body_bytes", default=MAX_BODY)
    return (
        body,
        limits.count("in_flight", default=MAX_IN_FLIGHT),
        limits.number("drain", 30.0),
        limits.number("body_seconds", BODY_SECONDS, least=0.05),
        limits.count("held_bytes", least=body, default=max(MAX_HELD, body)),
    )


def _routes(
    config: Config,
    known: Iterable[RouteFacts],
    auth: Mapping[str, tuple[str, str]],
    translators: Mapping[str, Translator],
    apis: Mapping[str, frozenset[str]],
    on: date,
) -> dict[str, RouteSettings]:
    facts = {r.id: r for r in known}
    timeouts = config.options.get("timeouts")
    return {
        r.id: build_route(
            r,
            facts.get(r.id),
            where=f"routes[{i}]",
            on=on,
            defaults=timeouts if isinstance(timeouts, Mapping) else {},
            auth=auth.get(r.provider, API_KEY if r.provider.startswith("azure") else BEARER),
            translator=translators.get(r.id),
            apis=apis.get(r.id, frozenset()),
            base=config.path.parent,
        )
        for i, r in enumerate(config.routes)
    }


def declared_class(facts: Mapping[str, object]) -> DataClass:
    """The gravest class that the declared facts leave open: what was not said is taken at its worst."""
    personal, sensitive = _flag(facts.get("data.personal_info")), _flag(facts.get("data.sensitive_pi"))
    if personal is False:
        return "none"
    return "ordinary" if sensitive is False else "sensitive"


def _app(app: App, config: Config, where: str) -> AppSettings:
    base = {**config.entity.facts, **app.facts}
    names = app.routes or tuple(r.id for r in config.routes)
    weights = {
        r.id: float(w) for r in config.routes if r.id in names and isinstance(w := r.options.get("weight"), int | float)
    }
    _check_words(app.options, where)
    always = read_observability(config.options.get("observability"), config.path.parent).usage == "always"
    budget, limits = read_budget(app.options.get("budget"), app.options.get("limits"), where=where)
    own = "moderation" in app.options
    return AppSettings(
        id=app.id,
        purposes=frozenset(app.purposes),
        declared={p: declared_class({**base, **f}) for p, f in {"": {}, **app.purposes}.items()},
        routes=names,
        limits=limits,
        budget=budget,
        counts_usage=limits.counts_tokens or always,
        routing=read_routing(app.options, weights, where=where, routes=names),
        vectors=read_vectors(app.options.get("embeddings"), config.path.parent, where=f"{where}.embeddings"),
        images=read_images(app.options.get("inline_images"), f"{where}.inline_images", config.path.parent),
        labels=app.labels,
        screen=read_screen(
            app.options["moderation"] if own else config.options.get("moderation"),
            config.path.parent,
            where=f"{where}.moderation" if own else "moderation",
        ),
        options=app.options,
    )


def _check_words(options: Mapping[str, Any], where: str) -> None:
    """The settings of an application that are read where they are used."""
    single = Options({k: v for k, v in options.items() if k in SINGLE}, where, SINGLE)
    single.word("hard_loss", "warn", among=("warn", "refuse"))
    single.word("from")
    privacy = Options(options.get("privacy"), f"{where}.privacy", APP_PRIVACY)
    privacy.flag("allow_unreadable")
    privacy.word("images", "refuse", among=IMAGES)


def _unshared(keys: list[tuple[bytes, AppSettings]]) -> None:
    owners: dict[bytes, str] = {}
    for key, app in keys:
        if owners.setdefault(key, app.id) != app.id:
            raise ConfigError(
                Text("两个应用用了同一把密钥", "two applications have the same key"),
                where="apps",
                found=f"{owners[key]}, {app.id}",
                remedy=Text("每个应用一把密钥", "give each application its own"),
            )


def _flag(value: object) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"yes": True, "true": True, "no": False, "false": False}.get(str(value).lower())
