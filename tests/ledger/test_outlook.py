"""Warnings of the tally: at four fifths of a line, on the day it will be reached, and at the first sensitive person."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.facts.value import Interval
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.outlook import Pace, outlook
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.ledger.tally import Elsewhere, tally_of
from banjia.store.people import CensusRow

LINES = {"ordinary": (100_000, 1_000_000), "sensitive": (1, 10_000)}
DAY = date(2026, 7, 1)
NONE = Elsewhere(Interval(0, 0), Interval(0, 0))


def tally(ordinary=0, sensitive=0, elsewhere=NONE):
    return tally_of(CensusRow(1, "acme", 2026, 1, 1, ordinary, ordinary, sensitive, sensitive), elsewhere)


STILL = Pace(30)


def told(*args, pace=STILL, lines=LINES, **more):
    return [(a.kind, a.data_class, a.line, a.on) for a in outlook(tally(*args, **more), lines, pace, DAY)]


@pytest.mark.parametrize(
    ("ordinary", "expected"),
    [
        (79_999, []),
        (80_000, [("near", "ordinary", 100_000, None)]),
        (99_999, [("near", "ordinary", 100_000, None)]),
        (100_000, [("reached", "ordinary", 100_000, None)]),
        (800_000, [("reached", "ordinary", 100_000, None), ("near", "ordinary", 1_000_000, None)]),
        (2_000_000, [("reached", "ordinary", 1_000_000, None)]),
    ],
)
def test_four_fifths_of_a_line_are_told_and_the_line_itself(ordinary, expected):
    assert expected == told(ordinary)


def test_the_first_sensitive_person_is_told():
    assert [] == told(0, 0)
    assert [("first-sensitive", "sensitive", 0, None)] == told(0, 1)


def test_the_day_on_which_a_line_is_reached_is_told_while_it_lies_in_this_year():
    assert [("projected", "ordinary", 100_000, date(2026, 9, 29))] == told(10_000, pace=Pace(30, ordinary=30_000))
    assert [] == told(10_000, pace=Pace(30, ordinary=3_000))


def test_what_is_declared_elsewhere_is_looked_at_too():
    assert [("near", "ordinary", 100_000, None)] == told(1, elsewhere=Elsewhere(Interval(0, 79_999), Interval(0, 0)))


def test_without_a_declaration_what_was_measured_is_looked_at():
    assert [("near", "ordinary", 100_000, None)] == told(80_000, elsewhere=None)


def test_lines_are_those_of_the_policy():
    assert [("near", "ordinary", 50, None)] == told(40, lines={"ordinary": (50,)})
    assert [] == told(40, lines={})


@given(st.integers(0, 2_000_000), st.integers(0, 20_000), st.integers(0, 100_000))
def test_a_day_that_is_told_is_the_first_on_which_the_pace_has_reached_the_line(count, sensitive, fresh):
    pace = Pace(30, ordinary=fresh)
    for alert in outlook(tally(count, sensitive), LINES, pace, DAY):
        if alert.on is not None:
            days = (alert.on - DAY).days
            assert count + days * pace.daily("ordinary") >= alert.line > count + (days - 1) * pace.daily("ordinary")


def test_each_warning_is_entered_once_by_whichever_process(store, keys_dir, clock, open_journal):
    terms = Terms(entity="acme", elsewhere={2026: NONE})
    first, second = (Journal.open(store, keys_dir, "gateway", clock=clock, terms=terms) for _ in range(2))
    for n in range(4):
        person = Person((Identifier("PHONE", f"1380000000{n}"),), "sensitive" if n == 3 else "ordinary")
        first.commit_now(Entry("decision", clock()), Persons((person,), country="US", route="r"))
    lines = {"ordinary": (3,), "sensitive": (1,)}
    found = second.warnings(lines, date(2026, 12, 31))
    assert ["first-sensitive", "reached"] == [a.kind for a in found]
    assert [True, True] == [second.warn_once(a, DAY) for a in found]
    assert [False, False] == [first.warn_once(a, DAY) for a in found]
    for journal in (first, second):
        journal.close()
    with store.snapshot() as tx:
        assert 2 == tx.rows("SELECT count(*) FROM entry WHERE kind = 'warning'")[0][0]


def test_the_pace_counts_each_person_on_the_first_day(store, journal, clock):
    from banjia.ledger.pace import pace_of

    for n in (1, 1, 2):
        person = Person((Identifier("PHONE", f"1380000000{n}"),))
        journal.commit_now(Entry("decision", clock()), Persons((person,), country="US", route=f"r{n}"))
    with store.snapshot() as tx:
        row = tx.rows("SELECT year FROM census")[0][0]
        at = tx.rows("SELECT min(first_at) FROM exposure")[0][0]
        day = date.fromtimestamp(at / 1000 + 8 * 3600)
        entity = tx.rows("SELECT entity FROM census")[0][0]
        assert day.year == row
        assert 2 == pace_of(tx, entity, day).ordinary
        assert 0 == pace_of(tx, entity, date(day.year, 12, 31)).ordinary or (date(day.year, 12, 31) - day).days < 30
