"""Listing: the models that an application may ask for, as `GET /v1/models` shows them."""

from __future__ import annotations

from typing import Any

import msgspec

from banjia.gateway.refusal import Refusal
from banjia.gateway.settings import AppSettings, Settings
from banjia.text import Text


def model_list(app: AppSettings, settings: Settings) -> bytes:
    return msgspec.json.encode({"object": "list", "data": list(_entries(app, settings).values())})


def model_entry(app: AppSettings, settings: Settings, name: str) -> bytes:
    entry = _entries(app, settings).get(name)
    if entry is None:
        candidates = settings.candidates(app, name)
        if not candidates:
            text = Text(f"应用 {app.id} 没有模型 {name}", f"application {app.id} has no model {name}")
            raise Refusal(404, "invalid_request_error", "model_not_found", text, param="model")
        entry = _entry(name, candidates[0].model, candidates[0].route.id, settings)
    return msgspec.json.encode(entry)


def _entries(app: AppSettings, settings: Settings) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for route_id in app.routes:
        route = settings.routes[route_id]
        for name in route.aliases.names:
            model = route.aliases.resolve(name)
            if name not in found and model is not None:
                found[name] = _entry(name, model, route_id, settings)
    return found


def _entry(name: str, model: str, route: str, settings: Settings) -> dict[str, Any]:
    """`answers_as` is the model that really answers; `shutdown_date` is null where none is known.

    `filing` is the number to display, null until a person confirmed one with evidence.
    """
    confirmed = settings.filings.get((route, model))
    return {
        "id": name,
        "object": "model",
        "created": 0,
        "owned_by": settings.routes[route].provider,
        "answers_as": model,
        "route": route,
        "shutdown_date": settings.endings.get((settings.routes[route].provider, model)),
        "filing": {"number": confirmed.number, "confirmed_on": confirmed.on.isoformat()} if confirmed else None,
    }
