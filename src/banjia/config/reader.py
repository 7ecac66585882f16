"""Reader: banjia.yaml -> Config. Every unknown key, wrong type and dangling name is one clear error with its line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, cast

from banjia.config import field
from banjia.config import treatment as treatments
from banjia.config.alias import aliases
from banjia.config.config import (
    Acceptance,
    App,
    Attestation,
    Config,
    Elsewhere,
    Entity,
    Labels,
    ReadingChoice,
    Route,
)
from banjia.config.confirmation import confirmations
from banjia.config.document import Document, load
from banjia.config.secret import Secret
from banjia.config.treatment import TreatmentRule
from banjia.errors import ConfigError
from banjia.text import Text

TOP = {"store", "keys", "gateway", "entity", "elsewhere", "apps", "routes", "attestations", "acceptances", "readings",
       "packs", "auto_approve", "treatment", "labels", "facts", "key", "filings"}  # fmt: skip
ROOMS = {"limits", "moderation", "privacy", "observability", "checkpoints", "timeouts"}
APP = {"id", "keys", "key", "facts", "purposes", "routes", "treatment", "labels"}
APP_ROOMS = {
    "limits",
    "budget",
    "moderation",
    "rollout",
    "hard_loss",
    "inline_images",
    "embeddings",
    "from",
    "privacy",
    "fallback",
}
ROUTE = {
    "id",
    "provider",
    "base_url",
    "key",
    "channel",
    "api_version",
    "stand_in",
    "models",
    "facts",
    "country",
    "reason",
}
ROUTE_ROOMS = {
    "auth",
    "timeouts",
    "overrides",
    "ca",
    "proxy",
    "weight",
    "inline_images",
    "retries",
    "limits",
    "prices",
    "headers",
}


def read(path: Path) -> Config:
    """Read and type one banjia.yaml. Raises ConfigError; reveals no secret."""
    return config(load(path))


def config(doc: Document) -> Config:
    data = doc.data
    field.known(doc, (), data, TOP | ROOMS)
    base = doc.path.parent
    for room in ROOMS & data.keys():
        field.name(doc, (room,), data[room]) if room == "checkpoints" else field.mapping(doc, (room,), data[room])
    labels = _labels(doc, ("labels",), data.get("labels"))
    routes = tuple(_route(doc, i, r, base) for i, r in enumerate(field.listing(doc, ("routes",), data.get("routes"))))
    field.unique(doc, "routes", [r.id for r in routes])
    treatment = treatments.read(doc, ("treatment",), data.get("treatment"), [r.id for r in routes])
    apps = tuple(
        _app(doc, i, a, base, treatment, labels, {r.id for r in routes})
        for i, a in enumerate(field.listing(doc, ("apps",), data.get("apps")))
    )
    field.unique(doc, "apps", [a.id for a in apps])
    gateway = field.mapping(doc, ("gateway",), data.get("gateway"))
    entity = field.mapping(doc, ("entity",), data.get("entity"))
    field.known(doc, ("entity",), entity, {"id", "facts"})
    names = {a.id for a in apps}, {r.id for r in routes}
    return Config(
        path=doc.path,
        store=_store(field.name(doc, ("store",), data.get("store", "sqlite:///banjia.db")), base),
        keys=base / field.name(doc, ("keys",), data.get("keys", "keys/")),
        gateway_country=field.country(doc, ("gateway", "country"), gateway.get("country")),
        gateway_facts=field.mapping(doc, ("gateway", "facts"), gateway.get("facts")),
        entity=Entity(
            field.name(doc, ("entity", "id"), entity.get("id", "default")),
            _facts(doc, ("entity", "facts"), entity.get("facts"), _facts(doc, ("facts",), data.get("facts"))),
        ),
        elsewhere=tuple(
            _elsewhere(doc, y, e) for y, e in field.mapping(doc, ("elsewhere",), data.get("elsewhere")).items()
        ),
        apps=apps,
        routes=routes,
        attestations=tuple(
            _attestation(doc, i, a, names)
            for i, a in enumerate(field.listing(doc, ("attestations",), data.get("attestations")))
        ),
        acceptances=tuple(
            _acceptance(doc, i, a, names)
            for i, a in enumerate(field.listing(doc, ("acceptances",), data.get("acceptances")))
        ),
        readings=tuple(
            _reading(doc, i, r) for i, r in enumerate(field.listing(doc, ("readings",), data.get("readings")))
        ),
        packs=tuple(str(p) for p in field.listing(doc, ("packs",), data.get("packs"))),
        auto_approve=field.flag(doc, ("auto_approve",), data.get("auto_approve", False)),
        treatment=treatment,
        labels=labels,
        options={k: v for k, v in data.items() if k in ROOMS},
        filings=confirmations(doc, data.get("filings"), [r.id for r in routes]),
        document=doc,
    )


def _app(
    doc: Document, i: int, raw: Any, base: Path, treatment: TreatmentRule, labels: Labels, routes: set[str]
) -> App:
    at: tuple[str | int, ...] = ("apps", i)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, APP | APP_ROOMS)
    chosen = tuple(str(r) for r in field.listing(doc, (*at, "routes"), data.get("routes")))
    for j, name in enumerate(chosen):
        field.one_of(doc, (*at, "routes", j), name, routes, Text("没有这条路线", "no such route"))
    keys = [data["key"]] if "key" in data else field.listing(doc, (*at, "keys"), data.get("keys"))
    purposes = field.mapping(doc, (*at, "purposes"), data.get("purposes"))
    own = treatments.read(doc, (*at, "treatment"), data.get("treatment"), routes)
    return App(
        id=field.name(doc, (*at, "id"), data.get("id")),
        keys=tuple(Secret.parse(k, base=base, where=doc.where(*at, "keys", j)) for j, k in enumerate(keys)),
        facts=_facts(doc, (*at, "facts"), data.get("facts")),
        purposes={str(k): _facts(doc, (*at, "purposes", k), v) for k, v in purposes.items()},
        routes=chosen,
        treatment=own.over(treatment),
        labels=_labels(doc, (*at, "labels"), data.get("labels"), labels),
        options={k: v for k, v in data.items() if k in APP_ROOMS},
    )


def _route(doc: Document, i: int, raw: Any, base: Path) -> Route:
    at: tuple[str | int, ...] = ("routes", i)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, ROUTE | ROUTE_ROOMS)
    for must in ("provider", "base_url"):
        if not data.get(must):
            raise field.missing(doc, (*at, must))
    key = data.get("key")
    names = aliases(doc, (*at, "models"), data.get("models"))
    return Route(
        id=field.name(doc, (*at, "id"), data.get("id")),
        provider=field.name(doc, (*at, "provider"), data["provider"]),
        base_url=field.name(doc, (*at, "base_url"), data["base_url"]),
        key=Secret.parse(key, base=base, where=doc.where(*at, "key")) if key is not None else None,
        channel=None if data.get("channel") is None else field.name(doc, (*at, "channel"), data["channel"]),
        api_version=None if data.get("api_version") is None else _version(doc, (*at, "api_version"), data),
        stand_in=field.flag(doc, (*at, "stand_in"), data.get("stand_in", False)),
        models={a.asked: a.model for a in names if a.since is None and a.until is None},
        dated=tuple(a for a in names if a.since is not None or a.until is not None),
        facts=_facts(doc, (*at, "facts"), data.get("facts")),
        country=field.country(doc, (*at, "country"), data.get("country")),
        reason=str(data.get("reason", "")),
        options={k: v for k, v in data.items() if k in ROUTE_ROOMS},
    )


def _version(doc: Document, at: tuple[Any, ...], data: Mapping[str, Any]) -> str:
    """A dated version without quotes is a date to YAML."""
    raw = data["api_version"]
    return raw.isoformat() if isinstance(raw, date) else field.name(doc, at, raw)


def _attestation(doc: Document, i: int, raw: Any, names: tuple[set[str], set[str]]) -> Attestation:
    at: tuple[str | int, ...] = ("attestations", i)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, {"duty", "apps", "routes", "by", "on", "until", "evidence"})
    apps, routes = _scope(doc, at, data, names)
    return Attestation(
        duty=field.name(doc, (*at, "duty"), data.get("duty")),
        by=field.name(doc, (*at, "by"), data.get("by")),
        on=field.day(doc, (*at, "on"), data.get("on")),
        apps=apps,
        routes=routes,
        until=field.day(doc, (*at, "until"), data["until"]) if data.get("until") else None,
        evidence=str(data.get("evidence", "")),
    )


def _acceptance(doc: Document, i: int, raw: Any, names: tuple[set[str], set[str]]) -> Acceptance:
    at: tuple[str | int, ...] = ("acceptances", i)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, {"route", "apps", "by", "on", "until", "reason"})
    apps, _ = _scope(doc, at, data, names)
    route = field.name(doc, (*at, "route"), data.get("route"))
    field.one_of(doc, (*at, "route"), route, names[1], Text("没有这条路线", "no such route"))
    return Acceptance(
        route=route,
        by=field.name(doc, (*at, "by"), data.get("by")),
        reason=field.name(doc, (*at, "reason"), data.get("reason")),
        on=field.day(doc, (*at, "on"), data.get("on")),
        apps=apps,
        until=field.day(doc, (*at, "until"), data["until"]) if data.get("until") else None,
    )


def _reading(doc: Document, i: int, raw: Any) -> ReadingChoice:
    at: tuple[str | int, ...] = ("readings", i)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, {"reading", "option", "reason", "by"})
    fields = {k: field.name(doc, (*at, k), data.get(k)) for k in ("reading", "option", "reason")}
    return ReadingChoice(**fields, by=str(data.get("by", "")))


def _elsewhere(doc: Document, year: Any, raw: Any) -> Elsewhere:
    at = ("elsewhere", year)
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, {"ordinary", "sensitive", "by", "on", "evidence"})
    if isinstance(year, str) and year.isdecimal():  # in quotes, as JSON has it
        year = int(year)
    if not isinstance(year, int):
        raise ConfigError(Text("年份应为整数", "a year is a number"), where=doc.where(*at), found=str(year))
    return Elsewhere(
        year=year,
        ordinary=field.interval(doc, (*at, "ordinary"), data.get("ordinary", 0)),
        sensitive=field.interval(doc, (*at, "sensitive"), data.get("sensitive", 0)),
        by=field.name(doc, (*at, "by"), data.get("by")),
        on=field.day(doc, (*at, "on"), data.get("on")),
        evidence=str(data.get("evidence", "")),
    )


def _labels(doc: Document, at: tuple[Any, ...], raw: Any, default: Labels | None = None) -> Labels:
    default = default or Labels()
    data = field.mapping(doc, at, raw)
    field.known(doc, at, data, {"explicit", "implicit", "shown_by_app", "position", "producer"})
    modes: dict[str, Any] = {}
    for name in ("explicit", "implicit"):
        value = data.get(name, getattr(default, name))
        modes[name] = ("off", "on")[value] if isinstance(value, bool) else value  # YAML reads on/off as true/false
        field.one_of(
            doc,
            (*at, name),
            str(modes[name]),
            {"auto", "on", "off"},
            Text("标识应为 auto、on 或 off", "a label is auto, on or off"),
        )
    shown = str(data.get("shown_by_app", default.shown_by_app))
    if "off" in modes.values() and not shown:
        raise ConfigError(
            Text("关闭标识须写明应用在哪里显示", "labels may be off only where the app shows them"),
            where=doc.where(*at),
            expected="shown_by_app: WHERE",
        )
    position = str(data.get("position", default.position))
    field.one_of(
        doc,
        (*at, "position"),
        position,
        {"start", "end"},
        Text("提示语的位置应为 start 或 end", "a notice stands at the start or at the end"),
    )
    producer = str(data.get("producer", default.producer))
    return Labels(**modes, shown_by_app=shown, position=cast("Any", position), producer=producer)


def _scope(
    doc: Document, at: tuple[Any, ...], data: Mapping[str, Any], names: tuple[set[str], set[str]]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    out = []
    for scope, known in zip(("apps", "routes"), names, strict=True):
        values = tuple(str(v) for v in field.listing(doc, (*at, scope), data.get(scope)))
        for j, value in enumerate(values):
            field.one_of(doc, (*at, scope, j), value, known, Text("配置里没有这个名字", "the config has no such name"))
        out.append(values)
    return out[0], out[1]


def _facts(doc: Document, at: tuple[Any, ...], raw: Any, base: Mapping[str, object] | None = None) -> dict[str, object]:
    return {**(base or {}), **{str(k): v for k, v in field.mapping(doc, at, raw).items()}}


def _store(url: str, base: Path) -> str:
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        return f"sqlite:///{(base / url.removeprefix('sqlite:///')).resolve()}"
    return url
