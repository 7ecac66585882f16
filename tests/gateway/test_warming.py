"""What a call needs is loaded before the gateway says that it may serve, and nobody at home waits for it."""

from __future__ import annotations

import asyncio
import dataclasses
import threading

import pytest
from scripted import Scripted, play

from banjia.gateway.personal import Personal, PrivacySettings
from house import closed_cells, house, open_cells, policy, route

ABROAD = policy(open_cells("home", "far"), abroad=("far",))
HOME = policy(open_cells("home"))
NAMES = {"home": {"gpt-4o": "m"}, "far": {"far": "far"}}


async def ready(h):
    answer = await h.get("/readyz")
    return answer.status, answer.json["status"], answer.json["reason"]


async def warmed(h):
    """When what was queued for the engine's one thread is done."""
    await asyncio.wrap_future(h.gateway._personal._thread.submit(lambda: None))


def warming(tmp_path, monkeypatch, use, table=ABROAD, loaded=lambda: None, **more):
    """`use(h, gate)` with an engine that is not loaded before the gate is open."""
    gate, load = threading.Event(), Personal._load

    def slow(self):
        gate.wait(300)
        loaded()
        return load(self)

    monkeypatch.setattr(Personal, "_load", slow)

    async def main():
        async with Scripted() as upstream:
            names = dict.fromkeys(cell.route for cell in table.cells)
            routes = [route(name, upstream.url, models=NAMES[name]) for name in names]
            async with house(tmp_path, routes, table, **more) as h:
                try:
                    return await use(h, gate)
                finally:
                    gate.set()

    return play(main())


def test_a_gateway_that_looks_into_calls_is_not_ready_before_it_can_and_serves_home_meanwhile(tmp_path, monkeypatch):
    async def use(h, gate):
        before, home = await ready(h), await h.post()
        gate.set()
        await warmed(h)
        return before, home.status, await ready(h)

    before, home, after = warming(tmp_path, monkeypatch, use)
    assert before == (503, "loading", "detection of personal information is being loaded")
    assert home == 200
    assert after == (200, "ready", "")


def test_all_that_a_call_needs_has_been_used_once_when_the_gateway_is_ready(tmp_path, monkeypatch):
    from banjia.privacy.treater import Treater

    texts, inspect = [], Treater.inspect

    def seen(self, request, **more):
        texts.append(request["messages"][0]["content"])
        return inspect(self, request, **more)

    monkeypatch.setattr(Treater, "inspect", seen)

    async def use(h, gate):
        gate.set()
        await warmed(h)
        return list(texts)

    (text,) = warming(tmp_path, monkeypatch, use)
    assert not text.isascii()  # the reader of Chinese sentences is the largest part


@pytest.mark.parametrize("more", [{"table": HOME}, {"settings": {"privacy": PrivacySettings(detect=False)}}])
def test_a_gateway_that_looks_into_nothing_is_ready_at_once_and_loads_nothing(tmp_path, monkeypatch, more):
    loads = []
    warming(tmp_path, monkeypatch, lambda h, gate: check(h), loaded=lambda: loads.append(1), **more)
    assert loads == []


async def check(h):
    assert await ready(h) == (200, "ready", "")


def test_routes_that_the_policy_closes_need_no_detection(tmp_path, monkeypatch):
    table = policy([*open_cells("home"), *closed_cells("far")], abroad=("far",))
    warming(tmp_path, monkeypatch, lambda h, gate: check(h), table=table)


def test_a_route_at_home_that_is_closed_to_one_class_needs_detection_too(tmp_path, monkeypatch):
    cells = [c for c in open_cells("home") if c.data_class != "sensitive"]
    closed = [c for c in closed_cells("home") if c.data_class == "sensitive"]

    async def use(h, gate):
        return await ready(h)

    facts = {"data.personal_info": True, "data.sensitive_pi": False}
    status, *_ = warming(tmp_path, monkeypatch, use, table=policy([*cells, *closed]), facts=facts)
    assert status == 503


def test_an_engine_that_cannot_be_loaded_is_named_until_a_call_could_be_looked_into(tmp_path, monkeypatch):
    broken = [OSError("the model's file is gone")]

    def loaded():
        if broken:
            raise broken[0]

    async def use(h, gate):
        gate.set()
        await warmed(h)
        failed, home = await ready(h), (await h.post()).status
        broken.clear()
        far = await h.post(body={"model": "far", "messages": []})
        return failed, home, far.status, await ready(h)

    failed, home, far, after = warming(tmp_path, monkeypatch, use, loaded=loaded)
    assert failed[:2] == (503, "loading")
    assert "the model's file is gone" in failed[2]
    assert (home, far, after[0]) == (200, 200, 200)


def test_a_reload_that_needs_detection_loads_it_at_once_and_drops_no_readiness(tmp_path, monkeypatch):
    loads = threading.Event()

    async def use(h, gate):
        before = h.gateway.settings
        h.gateway.replace(dataclasses.replace(before, privacy=PrivacySettings(), _watched={}))
        during = await ready(h)
        gate.set()
        await warmed(h)
        return during, loads.is_set(), await ready(h)

    off = {"privacy": PrivacySettings(detect=False)}
    during, loaded, after = warming(tmp_path, monkeypatch, use, loaded=loads.set, settings=off)
    assert (during[0], loaded, after[0]) == (200, True, 200)


def test_a_reload_that_needs_no_detection_waits_for_none(tmp_path, monkeypatch):
    async def use(h, gate):
        before = await ready(h)
        off = dataclasses.replace(h.gateway.settings, privacy=PrivacySettings(detect=False), _watched={})
        h.gateway.replace(off)
        return before[0], (await ready(h))[0]

    assert warming(tmp_path, monkeypatch, use) == (503, 200)


def test_an_engine_of_former_settings_is_never_used_after_a_reload():
    personal = Personal(PrivacySettings())
    first = personal._load()
    personal.replace(PrivacySettings(reading="strict"))
    assert personal._load() is not first
    assert personal._load()._engine.reading == "strict"
    personal.close()
