"""The life of a model follows from the catalogue's dates: the day of the end counts as gone, ninety days before it warns."""

from datetime import date, timedelta

import pytest
from tests.assess.asking import ask

from banjia.assess.doubts import Choice

ENDS = [
    ("azure_openai", "gpt-35-turbo", "0613", "2025-02-13"),
    ("azure_openai", "gpt-35-turbo-16k", None, "2025-04-30"),
    ("azure_openai", "gpt-4-32k", None, "2025-06-06"),
    ("azure_openai", "gpt-4", "0613", "2025-06-06"),
    ("azure_openai", "gpt-4o", None, "2026-10-01"),
    ("azure_openai", "gpt-4o-mini", None, "2026-10-01"),
    ("azure_openai", "gpt-4.1", None, "2026-10-14"),
    ("azure_openai", "o3", None, "2026-10-16"),
    ("azure_openai", "gpt-5.2", None, "2026-12-12"),
    ("azure_openai", "whisper", None, "2026-12-15"),
    ("azure_openai", "gpt-5", None, "2027-02-06"),
    ("azure_openai", "gpt-5.4", None, "2027-03-05"),
    ("azure_openai", "text-embedding-3-small", None, "2027-04-15"),
    ("azure_openai", "gpt-5.5", None, "2027-04-23"),
    ("azure_openai", "gpt-5.1", None, "2027-05-15"),
    ("openai", "gpt-3.5-turbo", None, "2026-10-23"),
    ("openai", "o1", None, "2026-10-23"),
    ("openai", "gpt-5", None, "2026-12-11"),
    ("openai", "gpt-4o-mini", None, "2027-01-14"),
    ("openai", "gpt-5.1", None, "2027-04-01"),
]


def outcome(provider, model, version, on):
    facts = {"provider": provider, "model.id": model} | ({"model.version": version} if version else {})
    return ask(facts, on=on, explain=False).axes["lifecycle"].outcome


@pytest.mark.parametrize(("provider", "model", "version", "end"), ENDS, ids=[f"{p}-{m}" for p, m, _, _ in ENDS])
def test_a_model_is_gone_on_its_last_day_and_warned_of_before(provider, model, version, end):
    day = date.fromisoformat(end)
    assert outcome(provider, model, version, day) == "retired"
    assert outcome(provider, model, version, day - timedelta(days=1)) == "ending-soon"
    assert outcome(provider, model, version, day - timedelta(days=90)) == "ending-soon"
    assert outcome(provider, model, version, day - timedelta(days=91)) == "available"


def test_a_model_that_is_not_named_has_no_life():
    assert "lifecycle" not in ask({"provider": "azure_openai"}, explain=False).axes


def test_a_vendor_that_closed_its_interface_offers_nothing():
    assert outcome("lingyiwanwu", "yi-lightning", None, date(2026, 8, 25)) == "not-offered"


def test_versions_that_ended_on_different_days_stay_open_until_one_is_named():
    assert outcome("azure_openai", "gpt-35-turbo", None, date(2025, 3, 1)) == "indeterminate"
    assert outcome("azure_openai", "gpt-35-turbo", "0613", date(2025, 3, 1)) == "retired"


@pytest.mark.parametrize(
    ("option", "state"), [(None, "retired"), ("surest-source", "retired"), ("latest-announced", "available")]
)
def test_where_sources_disagree_the_earliest_end_counts_unless_another_reading_is_chosen(option, state):
    choices = (Choice("retirement-date", option, "the vendor confirmed it"),) if option else ()
    facts = {"provider": "azure_openai", "model.id": "gpt-4o"}
    answer = ask(facts, on=date(2026, 10, 2), choices=choices)
    assert answer.axes["lifecycle"].outcome == state
    assert ("retirement-date" in answer.law.readings) is bool(option)
