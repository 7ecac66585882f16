from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.errors import FactError
from banjia.facts.catalogue import load
from banjia.facts.value import Interval, parse, say, show


def read(name, raw):
    return parse(load()[name], raw, "banjia.yaml:3")


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("actor.ciio", True, True),
        ("actor.ciio", "no", False),
        ("actor.ciio", "是", True),
        ("export.persons_sensitive_ytd", 7, Interval(7, 7)),
        ("export.persons_sensitive_ytd", "10_000", Interval(10_000, 10_000)),
        ("export.persons_sensitive_ytd", [0, 20000], Interval(0, 20000)),
        ("export.persons_sensitive_ytd", "[1, null]", Interval(1, None)),
        ("actor.kind", "company", "company"),
        ("actor.establishment", "cn", "CN"),
        ("provider", "dashscope", "alibaba_bailian"),
        ("provider", "llama.cpp", "llamacpp"),
        ("actor.sector", ["banking", "other"], frozenset({"banking", "other"})),
        ("actor.sector", "banking, other", frozenset({"banking", "other"})),
        ("actor.sector", [], frozenset()),
        ("actor.sector", "[]", frozenset()),
        ("endpoint.infer_countries", ["GLOBAL"], frozenset({"GLOBAL"})),
        ("service.placed_on", "2026-08-02", date(2026, 8, 2)),
        ("service.placed_on", date(2026, 8, 2), date(2026, 8, 2)),
        ("model.version", "0613", "0613"),
    ],
)
def test_values_are_read_as_people_write_them(name, raw, expected):
    assert expected == read(name, raw)


@pytest.mark.parametrize(
    "name", ["actor.ciio", "export.persons_sensitive_ytd", "actor.kind", "actor.sector", "model.id"]
)
@pytest.mark.parametrize("raw", [None, "unknown", " Unknown "])
def test_unknown_is_the_same_as_saying_nothing(name, raw):
    assert read(name, raw) is None


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("actor.ciio", 1),
        ("actor.ciio", "perhaps"),
        ("actor.ciio", ["yes"]),
        ("export.persons_sensitive_ytd", -1),
        ("export.persons_sensitive_ytd", 1.5),
        ("export.persons_sensitive_ytd", True),
        ("export.persons_sensitive_ytd", [5, 2]),
        ("export.persons_sensitive_ytd", [1, 2, 3]),
        ("export.persons_sensitive_ytd", [None, 2]),
        ("export.persons_sensitive_ytd", "many"),
        ("export.persons_sensitive_ytd", float("inf")),
        ("export.persons_sensitive_ytd", float("nan")),
        ("export.persons_sensitive_ytd", 10**30),
        ("export.persons_sensitive_ytd", "[" * 5000),
        ("actor.kind", "compny"),
        ("actor.kind", False),
        ("actor.establishment", "China"),
        ("actor.establishment", "GLOBAL"),
        ("actor.sector", "bank"),
        ("actor.sector", {"banking": True}),
        ("actor.sector", ["banking"] * 2000),
        ("service.placed_on", "2026-13-01"),
        ("service.placed_on", 20260802),
        ("model.id", 4),
        ("model.id", "a\nb"),
        ("model.id", "x" * 201),
    ],
)
def test_a_wrong_value_says_where_and_what_was_expected(name, raw):
    with pytest.raises(FactError) as caught:
        read(name, raw)
    assert "banjia.yaml:3" == caught.value.where
    assert caught.value.expected.en
    assert caught.value.expected.zh
    assert len(caught.value.found.en) <= 80


def test_a_wrong_value_names_the_nearest():
    with pytest.raises(FactError) as caught:
        read("actor.kind", "compny")
    assert "did you mean `company`?" == caught.value.remedy.en


def test_an_unquoted_norway_is_explained():
    with pytest.raises(FactError) as caught:
        read("users.countries", ["SE", False])
    assert '"NO"' in caught.value.remedy.en


intervals = st.builds(
    lambda low, more: Interval(low, None if more is None else low + more),
    st.integers(0, 50),
    st.none() | st.integers(0, 50),
)


@given(intervals, intervals, st.integers(0, 120))
def test_two_intervals_meet_in_what_both_allow(one, other, n):
    def inside(interval):
        return interval is not None and interval.low <= n and (interval.high is None or n <= interval.high)

    assert (inside(one) and inside(other)) == inside(one.meet(other))


@given(intervals)
def test_what_is_shown_reads_back(interval):
    assert interval == read("export.persons_sensitive_ytd", show(interval))


@given(st.from_type(object) | st.text() | st.lists(st.text()))
def test_any_raw_value_is_read_or_refused_but_never_crashes(raw):
    for name in (
        "actor.ciio",
        "export.persons_sensitive_ytd",
        "actor.kind",
        "users.countries",
        "service.placed_on",
        "model.id",
    ):
        try:
            read(name, raw)
        except FactError as error:
            assert "banjia.yaml:3" == error.where


@pytest.mark.parametrize(
    ("value", "zh", "en"),
    [
        (True, "是", "yes"),
        (False, "否", "no"),
        (Interval(5, 5), "5", "5"),
        (Interval(1000, None), "≥ 1,000", "≥ 1,000"),
        (Interval(0, 99999), "0 – 99,999", "0 – 99,999"),
        (frozenset({"CN", "SG"}), "CN, SG", "CN, SG"),
        (frozenset(), "无", "none"),
        ("none", "none", "none"),
        (date(2026, 11, 24), "2026-11-24", "2026-11-24"),
    ],
)
def test_a_value_is_said_as_people_read_it(value, zh, en):
    assert (say(show(value)).zh, say(show(value)).en) == (zh, en)
