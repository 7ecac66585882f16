"""A model's state turns on the very day, and disagreeing sources are both shown."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.lifecycle import NOTICE, life, state_at

ROUTES = catalogue.load(plugins=False)
DAYS = st.dates(date(2023, 1, 1), date(2030, 1, 1))


@pytest.mark.parametrize(
    ("provider", "model", "on", "state"),
    [
        ("openai", "gpt-4", "2026-07-24", "available"),
        ("openai", "gpt-4", "2026-07-25", "ending-soon"),
        ("openai", "gpt-4", "2026-10-22", "ending-soon"),
        ("openai", "gpt-4", "2026-10-23", "retired"),
        ("openai", "gpt-4o", "2026-10-15", "available"),
        ("openai", "gpt-4o", "2026-10-16", "ending-soon"),
        ("openai", "gpt-4o", "2027-01-14", "retired"),
        ("azure_openai", "gpt-5.2", "2026-09-12", "available"),
        ("azure_openai", "gpt-5.2", "2026-09-13", "ending-soon"),
        ("azure_openai", "gpt-5.2", "2026-12-12", "retired"),
        ("azure_openai", "gpt-4o", "2026-10-01", "retired"),
        ("azure_openai", "text-embedding-ada-002", "2026-11-23", "available"),
        ("moonshot", "moonshot-v1-8k", "2026-08-31", "retired"),
        ("deepseek", "deepseek-chat", "2026-07-24", "retired"),
        ("tencent", "hunyuan-turbos-latest", "2026-06-22", "retired"),
        ("openai", "gpt-6-sol", "2026-09-21", "not-offered"),
        ("openai", "gpt-6-sol", "2026-09-22", "available"),
        ("lingyiwanwu", "yi-lightning", "2026-08-25", "not-offered"),
    ],
)
def test_the_state_on_a_day(provider, model, on, state):
    assert state == life(ROUTES.by_id(provider), model, date.fromisoformat(on)).state


def test_sources_that_disagree_are_both_shown_and_the_vendors_own_decides():
    found = life(ROUTES.by_id("azure_openai"), "gpt-4o", date(2026, 11, 23))
    assert "retired" == found.state
    assert frozenset({"retired", "available"}) == found.possible
    assert [date(2026, 10, 1), date(2027, 4, 14)] == [e.on for e in found.sources]
    assert "sources disagree" in found.say().en


def test_versions_of_one_deployment_end_apart():
    azure = ROUTES.by_id("azure_openai")
    day = date(2025, 6, 6)
    assert "retired" == life(azure, "gpt-4", day, "0613").state
    assert "retired" != life(azure, "gpt-4", day, "turbo-2024-04-09").state


def test_a_successor_is_named():
    assert "successors: kimi-k3" in life(ROUTES.by_id("kimi"), "kimi-k2.6", date(2026, 11, 23)).say().en


def test_a_model_that_the_catalogue_does_not_know_is_said_to_be_unknown():
    found = life(ROUTES.by_id("openai"), "gpt-99", date(2026, 11, 23))
    assert not found.known
    assert "not in the catalogue" in found.say().en


@given(DAYS, DAYS)
def test_a_state_never_goes_back(end, day):
    order = ("available", "ending-soon", "retired")
    assert order.index(state_at(end, day)) <= order.index(state_at(end, day + timedelta(days=1)))


@given(DAYS)
def test_the_borders_are_exact(end):
    assert "retired" == state_at(end, end)
    assert "ending-soon" == state_at(end, end - timedelta(days=1))
    assert "ending-soon" == state_at(end, end - NOTICE)
    assert "available" == state_at(end, end - NOTICE - timedelta(days=1))
