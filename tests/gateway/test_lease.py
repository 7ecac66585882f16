"""Workers let calls in without the lock while there is room; what they count is as exact as if they held it."""

from __future__ import annotations

import multiprocessing
from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.gateway.board import Board
from banjia.gateway.limit import NOTHING, Limits

NOW = {"now": 1_000_000.0, "day": 100, "month": 3}
MOVES = st.lists(
    st.tuples(st.sampled_from(["come", "come", "come", "go", "wait", "die"]), st.integers(0, 2), st.integers(1, 70)),
    max_size=80,
)


def boards(path, workers: int) -> list[Board]:
    return [Board(path / "board", worker=number, workers=workers) for number in range(workers)]


@given(st.integers(1, 120), st.integers(1, 120), MOVES)
def test_every_call_is_let_in_exactly_where_one_count_would_let_it_in(tmp_path_factory, most, rate, moves):
    """Three workers against one plain count, with many calls at a time, so that leases are given, used up and revoked."""
    workers = boards(tmp_path_factory.mktemp("b"), 3)
    limits = Limits(in_flight=most, requests_per_minute=rate)
    now, hand, minute = 1000, [0, 0, 0], deque[int]()
    for move, worker, amount in moves:
        when = {"now": float(now), "day": 100, "month": 3}
        if move == "come":
            for _ in range(amount):
                while minute and minute[0] < now - 60:
                    minute.popleft()
                free = sum(hand) < most and len(minute) < rate
                assert (workers[worker].enter("a", limits, **when) is None) == free
                if free:
                    hand[worker] += 1
                    minute.append(now)
        elif move == "go":
            for _ in range(min(amount, hand[worker])):
                workers[worker].leave("a", limits, **when)
                hand[worker] -= 1
        elif move == "die":
            workers[0].forget(worker, **when)
            workers[worker] = Board(workers[worker].path, worker=worker, workers=3)
            hand[worker] = 0
        else:
            now += amount
        assert workers[0].in_flight("a") == sum(hand)


class Between:
    """In a fence's place: another worker is heard at the worst moment, when a call is counted and not yet let in."""

    def __init__(self, board: Board, app: str, act) -> None:
        self.leases, self.act = board.leases(app), act
        self.leases.fence = self

    def __enter__(self) -> None:
        act, self.act = self.act, lambda: None
        act()

    def __exit__(self, *_: object) -> None: ...


def leased(path, limits: Limits) -> tuple[Board, Board]:
    """Two workers, the first of which holds a lease."""
    first, second = boards(path, 2)
    assert first.enter("a", limits, **NOW) is None
    assert first.leases("a").held
    return first, second


@pytest.mark.parametrize("limits", [Limits(in_flight=40), Limits(requests_per_minute=40)])
def test_a_lease_that_is_revoked_while_a_call_comes_in_lets_in_no_call_too_many(tmp_path, limits):
    first, second = leased(tmp_path, limits)
    other = 0

    def all_others() -> None:
        nonlocal other
        while second.enter("a", limits, **NOW) is None:
            other += 1

    Between(first, "a", all_others)
    came = first.enter("a", limits, **NOW)
    assert 1 + other + (came is None) == 40
    assert first.in_flight("a") == 40
    assert first.enter("a", limits, **NOW) is not None
    assert second.enter("a", limits, **NOW) is not None


def test_a_call_taken_back_leaves_no_trace(tmp_path):
    limits = Limits(requests_per_minute=40)
    first, second = leased(tmp_path, limits)
    Between(first, "a", lambda: second.forget(0, **NOW))  # revokes, and counts what stands there
    assert first.enter("a", limits, **NOW) is None
    let_in = 2
    for board in (first, second):
        while board.enter("a", limits, **NOW) is None:
            let_in += 1
    assert let_in == 40


def test_a_lease_ends_with_its_second_and_with_the_limits_it_was_reckoned_by(tmp_path):
    first, _ = leased(tmp_path, Limits(in_flight=400))
    assert first.enter("a", Limits(in_flight=1), **NOW) is not None
    first, _ = leased(tmp_path, Limits(requests_per_minute=400))
    assert not first.leases("a").take(Limits(requests_per_minute=400), 1_000_000.0, 0)
    assert first.enter("a", Limits(requests_per_minute=1), **(NOW | {"now": 1_000_001.0})) is not None


def test_what_an_idle_worker_holds_is_there_for_the_others(tmp_path):
    limits = Limits(requests_per_minute=100)
    _, second = leased(tmp_path, limits)
    assert sum(second.enter("a", limits, **NOW) is None for _ in range(200)) == 99


def test_calls_let_in_by_lease_leave_the_minute_with_their_own_second(tmp_path):
    limits = Limits(requests_per_minute=100)
    first, second = leased(tmp_path, limits)
    for _ in range(9):
        assert first.enter("a", limits, **NOW) is None
    later = NOW | {"now": 1_000_030.0}
    for _ in range(5):
        assert first.enter("a", limits, **later) is None
    assert sum(second.enter("a", limits, **later) is None for _ in range(200)) == 85
    after = NOW | {"now": 1_000_061.0}
    assert sum(second.enter("a", limits, **after) is None for _ in range(200)) == 10


def use(path, worker: int, limits: Limits, keep: int, tries: int, results) -> None:
    """All tries; `keep` calls stay in hand, the others end at once."""
    board, let_in = Board(path, worker=worker, workers=3), 0
    for _ in range(tries):
        if board.enter("a", limits, **NOW) is None:
            let_in += 1
            if let_in > keep:
                board.leave("a", limits, NOTHING, NOTHING, **NOW)
    results.put(let_in)


@pytest.mark.parametrize(
    ("limits", "keep", "total"),
    [(Limits(requests_per_minute=7001), 0, 7001), (Limits(in_flight=2000, requests_per_minute=5000), 10**6, 2000)],
)
def test_three_workers_at_once_let_in_exactly_what_the_limit_allows(tmp_path, limits, keep, total):
    fork = multiprocessing.get_context("fork")
    results = fork.Queue()
    workers = [fork.Process(target=use, args=(tmp_path / "board", w, limits, keep, 4000, results)) for w in range(3)]
    for worker in workers:
        worker.start()
    assert sum(results.get(timeout=120) for _ in workers) == total
    for worker in workers:
        worker.join()
