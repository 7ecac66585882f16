from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import ConfigError
from banjia.gateway.board import Board
from banjia.gateway.breaker import BREAK_AFTER, BREAK_SECONDS
from banjia.gateway.router import WAITED, Rollout, Router, Routing, read_routing

NAMES = ["a", "b", "c", "d"]


def tell(router, routing, route, *, failed, seconds=1.0, now=0.0):
    ticket = router.enter(route, now)
    router.report("app", routing, route, ticket, failed=failed, seconds=seconds, now=now)
    router.leave(route, ticket)


def give_up(router, routing, route, *, seconds, now=0.0):
    ticket = router.enter(route, now)
    router.given_up("app", routing, route, ticket, seconds=seconds, now=now)
    router.leave(route, ticket)


ALLOWED = st.lists(st.sampled_from(NAMES), min_size=1, unique=True).map(lambda names: [(n, n) for n in names])
ROUTINGS = st.builds(
    Routing,
    st.dictionaries(st.sampled_from(NAMES), st.floats(0, 9)).map(lambda d: tuple(d.items())),
    st.none() | st.builds(Rollout, st.sampled_from(NAMES), st.floats(0, 100)),
    st.just(True),
)


@given(ALLOWED, ROUTINGS, st.text(max_size=5), st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=30))
def test_an_order_holds_exactly_what_is_allowed(allowed, routing, conversation, history):
    router = Router()
    for name, failed in history:
        tell(router, routing, name, failed=failed, seconds=1, now=0.0)
    order = router.order(allowed, routing, app="app", conversation=conversation, now=1.0)
    assert sorted(order) == sorted(name for name, _ in allowed)


@given(ALLOWED, ROUTINGS, st.text(min_size=1, max_size=5))
def test_a_conversation_keeps_its_route(allowed, routing, conversation):
    router = Router()
    orders = [router.order(allowed, routing, app="app", conversation=conversation, now=0.0) for _ in range(3)]
    assert orders[0] == orders[1] == orders[2]


def first(router, routing, conversation, now=0.0, names="ab"):
    return router.order([(n, n) for n in names], routing, app="app", conversation=conversation, now=now)[0]


def share(router, routing, name):
    return sum(first(router, routing, str(i)) == name for i in range(2000)) / 2000


def test_weights_share_the_calls_out():
    assert share(Router(), Routing((("a", 3.0), ("b", 1.0))), "a") == pytest.approx(0.75, abs=0.05)


def test_a_rollout_takes_its_share_and_no_more():
    assert share(Router(), Routing(rollout=Rollout("b", 10)), "b") == pytest.approx(0.10, abs=0.03)


@pytest.mark.parametrize(("failed", "seconds"), [(True, 0.1), (False, 9.0)])
def test_a_guard_that_is_passed_aborts_the_rollout(failed, seconds):
    router, routing = Router(), Routing(rollout=Rollout("b", 100, max_seconds=2.0, window=10))
    assert first(router, routing, "x") == "b"
    for _ in range(10):
        tell(router, routing, "b", failed=failed, seconds=seconds, now=0.0)
        tell(router, routing, "b", failed=False, seconds=seconds, now=0.0)
    assert first(router, routing, "x") == "a"


def test_an_abort_holds_for_every_worker_and_after_a_restart_until_the_rollout_is_another(tmp_path):
    workers = [Router(Board(tmp_path / "board", worker=w, workers=2)) for w in range(2)]
    routing = Routing(rollout=Rollout("b", 100, window=4))
    for _ in range(4):
        tell(workers[0], routing, "b", failed=True, seconds=0.1, now=-100.0)
    later = Router(Board(tmp_path / "board"))
    assert [first(r, routing, "x") for r in (*workers, later)] == ["a", "a", "a"]
    assert first(later, Routing(rollout=Rollout("b", 100, window=5)), "x") == "b"


def test_a_rollout_that_does_well_goes_on():
    router, routing = Router(), Routing(rollout=Rollout("b", 100, max_seconds=2.0, window=10))
    for _ in range(50):
        tell(router, routing, "b", failed=False, seconds=1.0, now=0.0)
    assert first(router, routing, "x") == "b"


def test_a_route_that_keeps_failing_goes_last_until_a_trial_has_succeeded():
    router, routing = Router(), Routing()
    for n in range(BREAK_AFTER):
        assert first(router, routing, "x") == "a", n
        tell(router, routing, "a", failed=True)
    assert first(router, routing, "x") == "b"
    assert first(router, routing, "x", now=BREAK_SECONDS) == "a"
    trial = router.enter("a", BREAK_SECONDS)
    assert [first(router, routing, "x", now=BREAK_SECONDS) for _ in range(3)] == ["b", "b", "b"]
    router.report("app", routing, "a", trial, failed=False, seconds=1, now=BREAK_SECONDS + 1)
    assert first(router, routing, "x", now=BREAK_SECONDS + 1) == "a"


def test_what_was_seen_of_a_route_that_leads_elsewhere_now_is_forgotten():
    router, routing = Router(), Routing()
    old = router.enter("a", 0.0)
    for _ in range(BREAK_AFTER):
        tell(router, routing, "a", failed=True)
    router.forget("a")
    assert router.state("a", 0.0) == "closed"
    router.report("app", routing, "a", old, failed=True, seconds=1, now=0.0)
    router.leave("a", old)
    assert first(router, routing, "x") == "a"


def test_turns_of_a_breaker_are_told():
    told = []
    router, routing = Router(turned=lambda route, state: told.append((route, state))), Routing()
    for _ in range(BREAK_AFTER):
        tell(router, routing, "a", failed=True)
    tell(router, routing, "a", failed=True, now=BREAK_SECONDS)
    tell(router, routing, "a", failed=False, now=3 * BREAK_SECONDS)
    assert [("a", state) for state in ("open", "half-open", "open", "half-open", "closed")] == told


def test_a_rollout_to_a_route_that_hangs_is_aborted_by_the_callers_who_give_up():
    router, routing = Router(), Routing(rollout=Rollout("b", 100, max_seconds=0.5, window=4))
    for n in range(4):
        assert first(router, routing, "x") == "b", n
        give_up(router, routing, "b", seconds=1.0, now=0.0)
    assert first(router, routing, "x") == "a"


@pytest.mark.parametrize(("seconds", "route"), [(WAITED - 1, "a"), (WAITED, "b")])
def test_a_route_that_lets_callers_wait_in_vain_goes_last_and_one_they_leave_soon_does_not(seconds, route):
    router, routing = Router(), Routing()
    for _ in range(BREAK_AFTER):
        give_up(router, routing, "a", seconds=seconds, now=0.0)
    assert first(router, routing, "x") == route


def test_an_app_without_fallback_has_one_route():
    router, routing = Router(), Routing(fallback=False)
    ways = [("a", 1), ("b", 2)]
    assert router.order(ways, routing, app="x", conversation="", now=0.0) == [1]
    for _ in range(BREAK_AFTER):
        tell(router, routing, "a", failed=True, seconds=1.0, now=0.0)
    assert router.order(ways, routing, app="x", conversation="", now=0.0) == [1]


def test_a_wrong_rollout_names_its_place():
    with pytest.raises(ConfigError, match=r"apps\[0\]\.rollout\.percents"):
        read_routing({"rollout": {"route": "a", "percents": 1}}, {}, where="apps[0]")
