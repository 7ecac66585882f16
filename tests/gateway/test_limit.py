from __future__ import annotations

import multiprocessing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import ConfigError
from banjia.gateway.limit import Board, Limits, read_limits

NOW = {"now": 1_000_000.0, "day": 100, "month": 3}


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
            counts.leave("a", limits, 0, **NOW)
            inside -= 1
        assert counts.in_flight("a") == inside


def test_a_minute_holds_its_requests_and_no_more(tmp_path):
    counts, limits = board(tmp_path), Limits(requests_per_minute=3)
    answers = [counts.enter("a", limits, **NOW) for _ in range(4)]
    assert answers[:3] == [None] * 3
    assert (answers[3].which, answers[3].wait) == ("requests", 20.0)
    assert counts.enter("a", limits, **(NOW | {"now": NOW["now"] + 19.9})) is not None
    assert counts.enter("a", limits, **(NOW | {"now": NOW["now"] + 20.1})) is None


def test_tokens_that_were_used_are_waited_for(tmp_path):
    counts, limits = board(tmp_path), Limits(tokens_per_minute=600)
    assert counts.enter("a", limits, **NOW) is None
    counts.leave("a", limits, 1200, **NOW)
    exceeded = counts.enter("a", limits, **NOW)
    assert exceeded.which == "tokens"
    later = NOW | {"now": NOW["now"] + exceeded.wait}
    assert counts.enter("a", limits, **later) is None


@pytest.mark.parametrize(
    ("which", "limits"), [("day", Limits(tokens_per_day=10)), ("month", Limits(tokens_per_month=10))]
)
def test_a_budget_is_closed_until_its_time_is_over(tmp_path, which, limits):
    counts = board(tmp_path)
    counts.enter("a", limits, **NOW)
    counts.leave("a", limits, 10, **NOW)
    assert counts.enter("a", limits, **NOW).which == which
    assert counts.enter("a", limits, **(NOW | {which: NOW[which] + 1})) is None


def test_a_budget_outlives_the_process(tmp_path):
    limits = Limits(tokens_per_day=10)
    first = board(tmp_path)
    first.enter("a", limits, **NOW)
    first.leave("a", limits, 10, **NOW)
    first.close()
    assert board(tmp_path).enter("a", limits, **NOW).which == "day"


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


def test_workers_together_never_exceed_the_limit(tmp_path):
    spawn = multiprocessing.get_context("fork")
    results = spawn.Queue()
    workers = [spawn.Process(target=hold, args=(tmp_path / "board", w, 3, 100, 500, results)) for w in range(3)]
    for worker in workers:
        worker.start()
    taken = dict(results.get(timeout=20) for _ in workers)
    for worker in workers:
        worker.join()
    counts = board(tmp_path, workers=3)
    assert sum(taken.values()) == 100 == counts.in_flight("a")
    counts.forget(0)
    assert counts.in_flight("a") == 100 - taken[0]


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
        read_limits(limits, None, where="apps[0]")
