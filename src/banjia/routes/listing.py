"""Listing: providers and models of a day, filtered; what is near its end or past it comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Literal

from banjia.routes import filings
from banjia.routes.catalogue import Catalogue
from banjia.routes.lifecycle import Life, life
from banjia.routes.model import Model
from banjia.routes.provider import Provider
from banjia.text import Text

Place = Literal["home", "abroad", ""]
_LOUD = ("retired", "not-offered", "ending-soon")


@dataclass(frozen=True, slots=True)
class Filter:
    provider: str = ""
    model: str = ""  # a glob
    place: Place = ""
    open_weights: bool = False
    ending: bool = False

    @property
    def asks_for_models(self) -> bool:
        return bool(self.provider or self.model or self.open_weights or self.ending)


@dataclass(frozen=True, slots=True)
class ModelLine:
    provider: str
    model: Model
    life: Life
    licence: str  # "" where none is known; only weights have one here
    filing: filings.Coverage

    def to_json(self) -> dict[str, Any]:
        m = self.model
        return {
            "provider": self.provider,
            "id": m.id,
            "version": m.version or None,
            "kind": m.kind,
            "maker": m.maker or None,
            "context": m.context,
            "max_output": m.max_output,
            "inputs": list(m.inputs),
            "tools": m.tools,
            "json_schema": m.json_schema,
            "reasoning": m.reasoning,
            "dims": list(m.dims) or None,
            "state": self.life.state,
            "ends": self.life.ends.isoformat() if self.life.ends else None,
            "contested": self.life.is_contested,
            "successors": list(self.life.successors),
            "licence": self.licence or None,
            "filing": {
                "reading": self.filing.reading,
                "numbers": [r.number for r in self.filing.rows],
                "confirmed": False,
            },
            "certainty": m.sure,
            "sources": list(m.src),
        }


@dataclass(frozen=True, slots=True)
class ProviderLine:
    provider: Provider
    serves_mainland: str
    models: tuple[ModelLine, ...]

    @property
    def loud(self) -> tuple[ModelLine, ...]:
        """Models that end within 90 days, the soonest first."""
        soon = [m for m in self.models if m.life.state == "ending-soon"]
        return tuple(sorted(soon, key=lambda m: (m.life.ends or date.max, m.model.id)))

    @property
    def alive(self) -> int:
        return sum(m.life.state in ("available", "ending-soon") for m in self.models)

    def to_json(self) -> dict[str, Any]:
        p = self.provider
        return {
            "id": p.id,
            "name": p.name.as_dict(),
            "aliases": list(p.aliases),
            "side": p.side,
            "status": p.status,
            "serves_mainland": self.serves_mainland,
            "operator": p.operator.headquarters if p.operator else None,
            "endpoints": [
                {
                    "match": e.match,
                    "side": p.side_of(e),
                    "store": e.store,
                    "infer": list(e.infer),
                    "pinned": e.pinned,
                    "closed": e.closed.isoformat() if e.closed else None,
                    "certainty": e.sure,
                }
                for e in p.endpoints
            ],
            "models": [m.to_json() for m in self.models],
        }


def listing(routes: Catalogue, wanted: Filter, *, on: date) -> tuple[ProviderLine, ...]:
    """Providers in the catalogue's order, each with the models the filter leaves."""
    only = routes.by_id(wanted.provider).id if wanted.provider else ""
    lines = []
    for provider in routes.providers.values():
        if (only and provider.id != only) or not _in_place(provider, wanted.place):
            continue
        models = tuple(_models(routes, provider, wanted, on))
        if models or not (wanted.model or wanted.open_weights or wanted.ending):
            lines.append(ProviderLine(provider, routes.serves(provider, "CN", on).answer, models))
    return tuple(lines)


def unknown_model(routes: Catalogue, wanted: Filter) -> Text | None:
    """What to say when a model filter left nothing."""
    import difflib  # noqa: PLC0415  (only a miss pays for it)

    names = [m.id for p in routes.providers.values() for m in p.models]
    if not wanted.model or any(fnmatchcase(n.lower(), wanted.model.lower()) for n in names):
        return None
    near = difflib.get_close_matches(wanted.model, names, n=1)
    hint = Text(f"；是不是 {near[0]}？", f"; did you mean {near[0]}?") if near else Text("", "")
    return Text(f"目录中没有模型 {wanted.model}", f"the catalogue has no model {wanted.model}") + hint


def _models(routes: Catalogue, provider: Provider, wanted: Filter, on: date) -> Iterator[ModelLine]:
    lines = []
    for model in provider.models:
        if wanted.model and not any(fnmatchcase(n.lower(), wanted.model.lower()) for n in (model.id, *model.names)):
            continue
        if wanted.open_weights and model.weights is None:
            continue
        span = life(provider, model.id, on, model.version)
        if wanted.ending and span.state not in _LOUD:
            continue
        licence = routes.licences.of(model.id) if model.weights is not None else None
        lines.append(
            ModelLine(provider.id, model, span, licence.id if licence else "", filings.coverage(provider, model.id))
        )
    if wanted.ending:
        lines.sort(key=lambda line: (line.life.ends or date.max, line.model.id))
    yield from lines


def _in_place(provider: Provider, place: Place) -> bool:
    if not place:
        return True
    sides = {provider.side_of(e) for e in provider.endpoints} or {provider.side}
    home = bool(sides & {"cn_mainland", "self_hosted", "mixed"})
    abroad = bool(sides & {"overseas", "hk", "mixed"})
    return home if place == "home" else abroad
