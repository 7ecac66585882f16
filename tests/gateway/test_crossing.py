"""Talks full of invented persons through `banjia serve` to a recording stand-in: the short form of the bench's run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from crossing.forms import forms, leaked
from crossing.run import run

TALKS = 150


@pytest.fixture(scope="module")
def crossing(tmp_path_factory):
    return run(TALKS, tmp_path_factory.mktemp("crossing"), seed=5)


def test_no_number_address_or_secret_stands_in_any_recorded_byte_in_any_form(crossing):
    assert crossing.recorded > TALKS * 300
    assert crossing.values > TALKS * 4
    assert [] == crossing.crossed


def test_names_are_recorded_as_seldom_as_detection_promises(crossing):
    assert len(crossing.named) <= 0.03 * crossing.names


def test_the_client_reads_exactly_what_it_would_have_read_untreated(crossing):
    assert [] == crossing.changed
    assert 0 == crossing.logprobs


def test_store_keys_and_log_hold_no_value_in_clear(crossing):
    assert [] == crossing.kept


@pytest.mark.parametrize("wrapped", ["{}", "x{}", "xy{}", "{}z"])
def test_the_search_finds_a_value_in_each_form(wrapped):
    import base64
    import json
    from urllib.parse import quote

    value = "诸葛孔明13812345678"
    text = wrapped.format(value)
    for said in (text, json.dumps(text), quote(text), quote(text).lower(), base64.b64encode(text.encode()).decode()):
        assert [value] == leaked([value], f"before {said} after".encode())
    assert [] == leaked([value], "诸葛孔明 1381234567".encode())
    assert all(len(f) > 5 for f in forms(value))
