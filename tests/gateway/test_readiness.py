from __future__ import annotations

from banjia.gateway.readiness import STARTING, Readiness


def test_one_worker_is_ready_when_it_has_what_it_needs(tmp_path):
    readiness = Readiness(tmp_path)
    readiness.waits_for = "the engine"
    assert readiness.reason == "the engine"
    readiness.done()
    assert readiness.reason == ""


def test_a_worker_answers_for_its_fellows(tmp_path):
    first, second = (Readiness(tmp_path, n, 2) for n in range(2))
    first.done()
    assert first.reason == STARTING
    second.waits_for = "the engine"
    assert second.reason == "the engine"
    second.done()
    assert (first.reason, second.reason) == ("", "")


def test_a_worker_that_is_started_again_takes_no_readiness_away(tmp_path):
    first, second = (Readiness(tmp_path, n, 2) for n in range(2))
    first.done()
    second.done()
    again = Readiness(tmp_path, 1, 2)
    again.waits_for = "the engine"
    assert (again.reason, first.reason) == ("", "")
