"""Limits hold for all workers together, at any time; what is refused is not counted."""

from __future__ import annotations

import multiprocessing
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import ConfigError
from banjia.gateway.board import Board
from banjia.gateway.budget import read_budget
from banjia.gateway.limit import Limits, Use

NOW = {"now": 1_000_000.0, "day": 100, "month": 3}
NOTHING = Use()


def board(tmp_path, **more) -> Board:
    return Board(tmp_path / "board", **more)


@given(st.integers(1, 5), st.lists(st.booleans(), max_size=40))
def test_in_flight_never_exceeds_the_limit(tmp_path_factory, limit, moves):
    counts, inside = board(tmp_path_factory.mktemp("b")), 0
    limits = Limits(in_flight=limit)
    for come in moves:
        if come:
            let_in = counts.enter("a", limits, **NOW) is None
            assert let_in == (inside < limit)
            inside += let_in
        elif inside:
            counts.leave("a", limits, NOTHING, NOTHING, **NOW)
            inside -= 1
        assert counts.in_flight("a") == inside


@given(st.integers(1, 6), st.lists(st.floats(0, 40), max_size=40))
def test_no_span_of_sixty_seconds_holds_more_requests_than_a_minute_may(tmp_path_factory, limit, pauses):
    counts, limits, now = board(tmp_path_factory.mktemp("b")), Limits(requests_per_minute=limit), 1000.0
    inside: deque[float] = deque()
    for pause in pauses:
        now += pause
        if counts.enter("a", limits, **(NOW | {"now": now})) is None:
            inside.append(now)
        while inside and inside[0] < now - 60:
            inside.popleft()
        assert len(inside) <= limit


@given(
    st.integers(50, 300),
    st.lists(st.tuples(st.floats(0, 30), st.integers(0, 150), st.floats(0, 1)), min_size=1, max_size=40),
)
def test_no_span_of_sixty_seconds_uses_more_tokens_than_a_minute_may(tmp_path_factory, limit, calls):
    counts, limits, now = board(tmp_path_factory.mktemp("b")), Limits(tokens_per_minute=limit), 1000.0
    used: deque[tuple[float, int]] = deque()
    hand: list[tuple[Use, Use]] = []
    for pause, need, share in calls:
        now += pause
        if counts.enter("a", limits, Use(need), **(NOW | {"now": now})) is None:
            hand.append((Use(need), Use(int(need * share))))
        if len(hand) > 2:
            reserved, spent = hand.pop(0)
            counts.leave("a", limits, reserved, spent, **(NOW | {"now": now}))
            used.append((now, spent.tokens))
        while used and used[0][0] < now - 60:
            used.popleft()
        assert sum(tokens for _, tokens in used) + sum(need.tokens for need, _ in hand) <= limit


MOVES = st.lists(
    st.tuples(st.sampled_from(["come", "go", "die", "night"]), st.integers(0, 1), st.integers(0, 60), st.floats(0, 1)),
    max_size=60,
)


@given(st.integers(40, 200), MOVES)
def test_money_that_was_spent_and_reserved_never_exceeds_the_budget(tmp_path_factory, limit, moves):
    """Two workers, calls that end, workers that are killed, and midnight in between."""
    path = tmp_path_factory.mktemp("b")
    workers = [board(path, worker=w, workers=2) for w in range(2)]
    limits = Limits(money_per_day=limit)
    hand: list[list[Use]] = [[], []]
    day, spent = 100, 0
    for move, worker, amount, share in moves:
        when = {"now": 1_000_000.0, "day": day, "month": 3}
        if move == "come":
            if workers[worker].enter("a", limits, Use(0, amount), **when) is None:
                hand[worker].append(Use(0, amount))
        elif move == "go" and hand[worker]:
            need = hand[worker].pop(0)
            used = int(need.money * share)
            workers[worker].leave("a", limits, need, Use(0, used), **when)
            spent += used
        elif move == "die":
            workers[0].forget(worker, **when)
            spent += sum(need.money for need in hand[worker])
            hand[worker] = []
        elif move == "night":
            day, spent = day + 1, 0
        reserved = sum(need.money for calls in hand for need in calls)
        assert spent + reserved <= limit
        assert workers[0].spent("a", day=day, month=3)[2] == spent


def test_a_minute_holds_its_requests_and_says_when_there_is_room_again(tmp_path):
    counts, limits = board(tmp_path), Limits(requests_per_minute=3)
    answers = [counts.enter("a", limits, **NOW) for _ in range(4)]
    assert answers[:3] == [None] * 3
    assert answers[3].which == "requests"
    just = NOW["now"] + answers[3].wait
    assert counts.enter("a", limits, **(NOW | {"now": just - 0.5})) is not None
    assert counts.enter("a", limits, **(NOW | {"now": just})) is None


def test_tokens_that_were_used_are_waited_for(tmp_path):
    counts, limits = board(tmp_path), Limits(tokens_per_minute=600)
    assert counts.enter("a", limits, **NOW) is None
    counts.leave("a", limits, NOTHING, Use(1200), **NOW)
    exceeded = counts.enter("a", limits, **NOW)
    assert exceeded.which == "tokens"
    later = NOW | {"now": NOW["now"] + exceeded.wait}
    assert counts.enter("a", limits, **later) is None


def test_a_call_that_no_minute_can_hold_is_not_to_be_tried_again(tmp_path):
    exceeded = board(tmp_path).enter("a", Limits(tokens_per_minute=100), Use(101), **NOW)
    assert (exceeded.which, exceeded.wait) == ("tokens", None)


def test_what_only_calls_in_hand_hold_is_worth_waiting_for(tmp_path):
    counts, limits = board(tmp_path), Limits(money_per_day=100)
    assert counts.enter("a", limits, Use(0, 60), **NOW) is None
    assert counts.enter("a", limits, Use(0, 60), **NOW).wait == 1.0
    counts.leave("a", limits, Use(0, 60), Use(0, 60), **NOW)
    assert counts.enter("a", limits, Use(0, 60), **NOW).wait is None


BUDGETS = [
    ("day", Limits(tokens_per_day=10), Use(10)),
    ("month", Limits(tokens_per_month=10), Use(10)),
    ("money_day", Limits(money_per_day=10), Use(0, 10)),
    ("money_month", Limits(money_per_month=10), Use(0, 10)),
]


@pytest.mark.parametrize(("which", "limits", "used"), BUDGETS)
def test_a_budget_is_closed_until_its_time_is_over(tmp_path, which, limits, used):
    counts = board(tmp_path)
    counts.enter("a", limits, **NOW)
    counts.leave("a", limits, NOTHING, used, **NOW)
    assert counts.enter("a", limits, **NOW).which == which
    time = which.removeprefix("money_")
    assert counts.enter("a", limits, **(NOW | {time: NOW[time] + 1})) is None


@pytest.mark.parametrize(("which", "limits", "used"), BUDGETS)
def test_a_budget_outlives_the_process(tmp_path, which, limits, used):
    first = board(tmp_path)
    first.enter("a", limits, **NOW)
    first.leave("a", limits, NOTHING, used, **NOW)
    first.close()
    assert board(tmp_path).enter("a", limits, **NOW).which == which


def test_a_call_over_midnight_wipes_nothing_of_the_new_day(tmp_path):
    counts, limits = board(tmp_path), Limits(tokens_per_day=10)
    tomorrow = NOW | {"day": 101}
    counts.enter("a", limits, **NOW)
    counts.leave("a", limits, NOTHING, Use(8), **tomorrow)
    counts.leave("a", limits, NOTHING, Use(2), **NOW)  # of a worker whose clock is a little behind
    assert counts.spent("a", day=101, month=3)[0] == 10
    assert counts.enter("a", limits, **tomorrow).which == "day"


def test_what_a_gateway_that_was_killed_had_in_hand_counts_as_used(tmp_path):
    limits = Limits(money_per_day=100)
    first = board(tmp_path, worker=1, workers=2)
    assert first.enter("a", limits, Use(7, 40), **NOW) is None
    first.close()
    after = board(tmp_path)
    after.forget(**NOW)
    assert after.spent("a", day=100, month=3) == (7, 7, 40, 40)
    assert after.in_flight("a") == 0


def test_applications_do_not_count_for_each_other(tmp_path):
    counts, limits = board(tmp_path), Limits(in_flight=1)
    assert counts.enter("a", limits, **NOW) is None
    assert counts.enter("b", limits, **NOW) is None
    assert counts.enter("a", limits, **NOW) is not None


def test_a_clock_that_goes_back_gives_nothing_away(tmp_path):
    counts, limits = board(tmp_path), Limits(requests_per_minute=1)
    assert counts.enter("a", limits, **NOW) is None
    assert counts.enter("a", limits, **(NOW | {"now": 0.0})) is not None


def hold(path, worker, workers, limit, tries, results):
    counts, limits = Board(path, worker=worker, workers=workers), Limits(in_flight=limit)
    results.put((worker, sum(counts.enter("a", limits, **NOW) is None for _ in range(tries))))


def spend(path, worker, workers, limit, tries, results):
    """Each call reserves seven and uses five."""
    counts, limits = Board(path, worker=worker, workers=workers), Limits(money_per_day=limit)
    made = 0
    for _ in range(tries):
        if counts.enter("a", limits, Use(0, 7), **NOW) is None:
            counts.leave("a", limits, Use(0, 7), Use(0, 5), **NOW)
            made += 1
    results.put((worker, made))


def together(path, work, limit) -> dict[int, int]:
    spawn = multiprocessing.get_context("fork")
    results = spawn.Queue()
    workers = [spawn.Process(target=work, args=(path, w, 3, limit, 500, results)) for w in range(3)]
    for worker in workers:
        worker.start()
    taken = dict(results.get(timeout=120) for _ in workers)
    for worker in workers:
        worker.join()
    return taken


def test_workers_together_never_exceed_the_limit(tmp_path):
    taken = together(tmp_path / "board", hold, 100)
    counts = board(tmp_path, workers=3)
    assert sum(taken.values()) == 100 == counts.in_flight("a")
    counts.forget(0, **NOW)
    assert counts.in_flight("a") == 100 - taken[0]


def test_workers_together_spend_exactly_what_they_counted(tmp_path):
    taken = together(tmp_path / "board", spend, 3000)
    spent = board(tmp_path, workers=3).spent("a", day=100, month=3)[2]
    assert spent == 5 * sum(taken.values())
    assert 3000 - 3 * 7 < spent <= 3000


@pytest.mark.parametrize(
    ("limits", "place"),
    [
        ({"in_flight": 0}, "limits.in_flight"),
        ({"in_flights": 1}, "limits.in_flights"),
        ({"in_flight": True}, "limits.in_flight"),
    ],
)
def test_a_wrong_limit_names_its_place(limits, place):
    with pytest.raises(ConfigError, match=rf"apps\[0\]\.{place}"):
        read_budget(None, limits, where="apps[0]")
