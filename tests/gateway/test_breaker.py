from __future__ import annotations

import asyncio
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, completion, http, play, write

from banjia.gateway.breaker import BREAK_AFTER, BREAK_SECONDS, MOST_SECONDS, TRIAL_SECONDS, Breaker
from banjia.gateway.metric import Metrics
from house import KEY, chat, house, open_cells, policy, route

BOTH = policy(open_cells("one", "two"))


def broken(now=0.0):
    breaker = Breaker()
    for _ in range(BREAK_AFTER):
        ticket = breaker.enter(now)
        breaker.failed(ticket, now)
        breaker.leave(ticket)
    return breaker


def test_one_call_alone_tries_a_route_whose_wait_is_over():
    breaker = broken()
    assert not breaker.admits(BREAK_SECONDS - 0.1)
    assert breaker.enter(BREAK_SECONDS).is_trial
    assert not breaker.admits(BREAK_SECONDS)
    assert not breaker.enter(BREAK_SECONDS).is_trial


def test_each_trial_that_fails_doubles_the_wait_up_to_a_bound():
    breaker, now, waits = broken(), 0.0, []
    for _ in range(6):
        waits.append(breaker.wait)
        now += breaker.wait
        ticket = breaker.enter(now)
        breaker.failed(ticket, now)
        breaker.leave(ticket)
    assert [30.0, 60.0, 120.0, 240.0, 300.0, 300.0] == waits
    assert waits[-1] == MOST_SECONDS


def test_a_success_closes_and_the_next_wait_is_the_first_again():
    breaker = broken()
    breaker.failed(breaker.enter(BREAK_SECONDS), BREAK_SECONDS)
    now = 3 * BREAK_SECONDS
    assert breaker.succeeded(breaker.enter(now))
    assert breaker.state(now) == "closed"
    for _ in range(BREAK_AFTER):
        breaker.failed(breaker.enter(now), now)
    assert breaker.wait == BREAK_SECONDS


def test_a_trial_that_comes_to_nothing_frees_its_place_at_once():
    breaker = broken()
    breaker.leave(breaker.enter(BREAK_SECONDS))
    assert breaker.state(BREAK_SECONDS) == "half-open"
    assert breaker.enter(BREAK_SECONDS).is_trial


def test_a_trial_that_takes_long_lets_another_one_in_and_still_counts():
    breaker = broken()
    slow = breaker.enter(BREAK_SECONDS)
    now = BREAK_SECONDS + TRIAL_SECONDS
    assert breaker.enter(now).is_trial
    breaker.leave(slow)  # does not free the other's place
    assert not breaker.admits(now)
    assert breaker.succeeded(slow)


def test_what_began_before_a_turn_says_nothing_after_it():
    breaker = Breaker()
    early = breaker.enter(0.0)
    for _ in range(BREAK_AFTER):
        breaker.failed(breaker.enter(0.0), 0.0)
    assert not breaker.succeeded(early)
    assert not breaker.failed(early, 1.0)
    assert breaker.state(1.0) == "open"


def test_calls_with_nowhere_else_to_go_close_and_never_lengthen_the_wait():
    breaker = broken()
    for _ in range(20):
        breaker.failed(breaker.enter(1.0), 1.0)
    assert breaker.wait == BREAK_SECONDS
    assert breaker.state(BREAK_SECONDS) == "half-open"
    assert breaker.succeeded(breaker.enter(1.0))


@given(
    st.lists(st.tuples(st.sampled_from(["enter", "succeed", "fail", "leave", "wait"]), st.integers(0, 5)), max_size=60)
)
def test_never_are_two_trials_let_in_within_the_time_of_one(steps):
    """Whatever comes, in whatever order; and a route is always admitted again within the longest wait."""
    breaker, now = broken(), 0.0
    live: list = []
    trials: dict = {}
    for step, which in steps:
        if step == "wait":
            now += 10.0 * which
        elif step == "enter":
            due = breaker.state(now) == "half-open" and breaker.admits(now)
            ticket = breaker.enter(now)
            assert ticket.is_trial == due
            if ticket.is_trial:
                young = [t for t, since in trials.items() if now - since < TRIAL_SECONDS and t.term is ticket.term]
                assert not young
                trials[ticket] = now
            live.append(ticket)
        elif live:
            ticket = live.pop(which % len(live))
            if step == "succeed":
                breaker.succeeded(ticket)
            elif step == "fail":
                breaker.failed(ticket, now)
            breaker.leave(ticket)
            trials.pop(ticket, None)
    for ticket in live:
        breaker.leave(ticket)
    assert breaker.wait <= MOST_SECONDS
    assert breaker.admits(now + MOST_SECONDS)


class Timed:
    """The gateway's clock, as far forward as the test wants it."""

    def __init__(self, clock):
        self._clock = clock
        self.ahead = 0.0

    def __getattr__(self, name):
        return getattr(self._clock, name)

    def monotonic(self):
        return self._clock.monotonic() + self.ahead


def asked(body):
    data = json.dumps(body).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nhost: h\r\nauthorization: Bearer {KEY}\r\ncontent-length: {len(data)}"
    )
    return head.encode() + b"\r\n\r\n" + data


async def with_two(tmp_path, handler, use):
    async with Scripted(handler) as one, Scripted() as two:
        routes = [route("one", one.url, options={"retries": 0}), route("two", two.url)]
        async with house(tmp_path, routes, BOTH) as h:
            clock = Timed(h.gateway._clock)
            object.__setattr__(h.gateway._tools, "clock", clock)
            return await use(h, one, two, clock)


def test_while_one_call_tries_a_route_the_others_are_answered_elsewhere(tmp_path):
    gate = asyncio.Event()
    state = {"works": False}

    async def handler(seen, writer):
        if not state["works"]:
            await write(writer, http({"error": {"message": "down"}}, status="500 Error"))
            return
        await gate.wait()
        await write(writer, http(completion()))

    async def use(h, one, two, clock):
        for _ in range(BREAK_AFTER):
            assert (await h.post()).headers["x-banjia-route"] == "two"
        state["works"] = True
        clock.ahead = BREAK_SECONDS + 1
        one.arrived.clear()
        trial = asyncio.ensure_future(h.post())
        await one.arrived.wait()
        meanwhile = [(await h.post()).headers["x-banjia-route"] for _ in range(3)]
        metrics = (await h.get("/metrics")).body
        gate.set()
        tried = (await trial).headers["x-banjia-route"]
        return meanwhile, tried, (await h.post()).headers["x-banjia-route"], metrics, (await h.get("/metrics")).body

    meanwhile, tried, after, during, closed = play(with_two(tmp_path, handler, use))
    assert meanwhile == ["two", "two", "two"]
    assert (tried, after) == ("one", "one")
    assert b'banjia_breaker_state{route="one"} 1' in during
    assert b'banjia_breaker_state{route="one"} 0' in closed
    assert b'banjia_breaker_total{route="one",state="open"} 1' in closed
    assert b'banjia_breaker_total{route="one",state="closed"} 1' in closed


@pytest.mark.parametrize("body", [chat(), chat(stream=True)])
def test_a_trial_whose_caller_hangs_up_leaves_its_place_to_the_next_call(tmp_path, body):
    state = {"works": False}

    async def handler(seen, writer):
        if not state["works"]:
            await write(writer, http({"error": {"message": "down"}}, status="500 Error"))
        else:
            await asyncio.Event().wait()

    async def use(h, one, two, clock):
        for _ in range(BREAK_AFTER):
            await h.post()
        state["works"] = True
        clock.ahead = BREAK_SECONDS + 1
        tried = []
        for _ in range(2):
            one.arrived.clear()
            _, caller = await asyncio.open_connection("127.0.0.1", h.port)
            caller.write(asked(body))
            async with asyncio.timeout(10):
                await one.arrived.wait()
            tried.append(len(one.seen))
            caller.close()
            one.gone.clear()
            async with asyncio.timeout(10):
                await one.gone.wait()
                while h.gateway.active:  # noqa: ASYNC110 - nobody tells when a call is over
                    await asyncio.sleep(0.01)
        return tried, h.gateway._router.state("one", clock.monotonic())

    tried, left = play(with_two(tmp_path, handler, use))
    assert tried == [BREAK_AFTER + 1, BREAK_AFTER + 2]
    assert left == "half-open"


def test_the_state_of_a_breaker_has_metrics_of_its_own():
    metrics = Metrics()
    metrics.count("banjia_breaker_total", "one", "open")
    assert b'banjia_breaker_total{route="one",state="open"} 1' in metrics.render()
