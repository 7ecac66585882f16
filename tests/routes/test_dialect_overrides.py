"""An override of a route takes the place of what the vendor's file says, or lifts it, with a reason and an end."""

from datetime import date

import pytest

from banjia.errors import RouteError
from banjia.routes import catalogue
from banjia.routes.dialect import wire

ROUTES = catalogue.load(plugins=False)


def provider(name):
    return ROUTES.by_id(name)


def test_an_override_takes_the_place_of_the_file_until_it_expires():
    raw = [
        {
            "reason": "probed",
            "until": date(2026, 12, 1),
            "request": [{"op": "clamp", "field": "temperature", "min": 0, "max": 1}],
        }
    ]
    warm = {"messages": [], "temperature": 2}
    held = wire.overrides(raw, where="routes[0].overrides", on=date(2026, 12, 1))
    assert 1 == wire.prepare(provider("kimi"), "kimi-k3", "chat", warm, held).request["temperature"]
    assert () == wire.overrides(raw, where="routes[0].overrides", on=date(2026, 12, 2))


@pytest.mark.parametrize(
    "raw", [{"until": date(2026, 12, 1)}, {"reason": " ", "until": date(2026, 12, 1)}, {"reason": "x"}]
)
def test_an_override_needs_a_reason_and_an_end(raw):
    with pytest.raises(RouteError, match=r"routes\[0\]\.overrides\[0\]"):
        wire.overrides([raw], where="routes[0].overrides", on=date(2026, 11, 1))


SCHEMA = {"type": "json_schema", "json_schema": {"name": "a", "schema": {"type": "object"}}}


def without(*names, models=()):
    raw = {"reason": "probed", "until": date(2026, 12, 31), "without": list(names), "models": list(models)}
    return wire.overrides([raw], where="routes[0].overrides", on=date(2026, 12, 1))


def test_an_override_lifts_an_operation_by_its_name():
    asked = {"messages": [], "n": 3, "user": "u", "response_format": SCHEMA}
    lifted = wire.prepare(
        provider("deepseek"), "deepseek-v4-pro", "chat", asked, without("emulate_json_schema", "fanout")
    )
    assert (lifted.request["response_format"], lifted.request["n"]) == (SCHEMA, 3)
    assert lifted.plan.json_schema is None
    assert not [w for w in lifted.warnings if w.op in {"emulate_json_schema", "fanout"}]
    kept = wire.prepare(provider("deepseek"), "deepseek-v4-pro", "chat", asked)
    assert (kept.plan.json_schema, kept.plan.calls) == ("json_object", 3)


def test_an_override_lifts_whatever_acts_on_a_field():
    warm = {"messages": [], "temperature": 1.9, "top_p": 0.5}
    lifted = wire.prepare(provider("kimi"), "kimi-k3", "chat", warm, without("temperature")).request
    assert (lifted["temperature"], "top_p" in lifted) == (1.9, False)


def test_an_override_of_one_model_leaves_the_others_alone():
    held = without("temperature", models=["kimi-k3"])
    warm = {"messages": [], "temperature": 1.9}
    assert wire.prepare(provider("kimi"), "kimi-k3", "chat", warm, held).request["temperature"] == 1.9
    assert "temperature" not in wire.prepare(provider("kimi"), "kimi-k3.1-pro", "chat", warm, held).request
