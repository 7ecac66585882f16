from __future__ import annotations

from dataclasses import replace
from fnmatch import fnmatchcase

from hypothesis import given
from hypothesis import strategies as st
from test_decide import DAY, TALLIES, ask, cell, policy, tables

from banjia.policy.change import changes, held, opens
from banjia.policy.decide import STRICTNESS, Index
from banjia.policy.policy import Band, Finer, RouteFacts


@given(tables(), tables(), TALLIES, TALLIES)
def test_what_is_held_is_never_more_open_than_either(old, new, ordinary, sensitive):
    question = ask(tally_ordinary=ordinary, tally_sensitive=sensitive)
    was, now, between = (Index(p).decide(question) for p in (old, new, held(old, new)))
    assert not between.passes or (was.passes and now.passes)
    if between.passes:
        assert STRICTNESS[between.treatment] >= max(STRICTNESS[was.treatment], STRICTNESS[now.treatment])


@given(tables(), tables(), st.integers(0, 80), st.integers(0, 80))
def test_what_both_allow_stays_open_while_an_approval_is_awaited(old, new, ordinary, sensitive):
    question = ask(tally_ordinary=(ordinary, ordinary), tally_sensitive=(sensitive, sensitive))
    was, now, between = (Index(p).decide(question) for p in (old, new, held(old, new)))
    assert between.passes == (was.passes and now.passes)


@given(tables(), tables())
def test_nothing_opens_from_the_held_policy_to_the_old(old, new):
    assert not opens(old, held(old, new))


@given(tables())
def test_a_policy_does_not_differ_from_itself(table):
    assert changes(table, table) == []


def test_a_closing_cell_acts_and_an_opening_one_waits():
    old = policy(cell(route="a"), cell(route="b", decision="refuse", rule="old"))
    new = policy(cell(route="a", decision="refuse", rule="new"), cell(route="b"))
    assert [(c.kind, c.cell.route) for c in changes(old, new)] == [("closes", "a"), ("opens", "b")]
    between = Index(held(old, new))
    assert between.decide(ask(route="a")).rule == "new"
    assert between.decide(ask(route="b")).rule == "approval-pending"


def test_only_the_stretch_that_opens_waits():
    old = policy(cell(band=Band((0, 10), (0, None))), cell(band=Band((10, None), (0, None)), decision="refuse"))
    new = policy(cell())
    between = Index(held(old, new))
    assert between.decide(ask(tally_ordinary=(9, 9))).passes
    assert between.decide(ask(tally_ordinary=(10, 10))).rule == "approval-pending"


def test_a_model_that_was_refused_by_name_is_not_opened_by_a_cell_for_any_model():
    old = policy(cell(), cell(model="gpt", decision="refuse"))
    new = policy(cell())
    between = Index(held(old, new))
    assert between.decide(ask(model="gpt")).rule == "approval-pending"
    assert between.decide(ask(model="other")).passes


def test_what_the_new_policy_no_longer_lists_closes():
    assert [c.kind for c in changes(policy(cell()), policy())] == ["closes"]
    assert not Index(held(policy(cell()), policy())).decide(ask()).passes


def test_a_route_that_counted_as_abroad_keeps_its_ledger_duty_until_approved():
    facts = RouteFacts("azure", "azure_openai", "azure-openai-global", "US", abroad=True)
    old = replace(policy(cell()), routes=(facts,))
    new = replace(policy(cell()), routes=(replace(facts, abroad=False),))
    assert held(old, new).routes[0].abroad
    assert new.law_date == DAY


PARTS = st.lists(
    st.builds(
        Finer,
        st.sampled_from(sorted(STRICTNESS)),
        st.sampled_from(["", "user", "metadata.*"]),
        st.sampled_from([(), ("ID_CN",), ("PHONE",)]),
    ).filter(lambda f: f.field or f.types),
    max_size=3,
    unique_by=lambda f: (f.field, f.types),
).map(tuple)


def says(decision, field, kind):
    """What a cell asks for one piece: the strictest part that fits it, else the whole."""
    fitting = [
        f.treatment
        for f in decision.cell.finer
        if (not f.types or kind in f.types) and (not f.field or fnmatchcase(field, f.field))
    ]
    return max(fitting, key=STRICTNESS.__getitem__, default=decision.treatment)


@given(
    st.sampled_from(["allow", "pseudonymise", "mask", "home"]), PARTS, st.sampled_from(["allow", "mask", "home"]), PARTS
)
def test_a_part_that_loosens_waits_and_none_is_looser_meanwhile(base, finer, new_base, new_finer):
    old, new = policy(cell(treatment=base, finer=finer)), policy(cell(treatment=new_base, finer=new_finer))
    was, now, between = (Index(p).decide(ask()) for p in (old, new, held(old, new)))
    for field in ("user", "metadata.name", "messages.0.content"):
        for kind in ("ID_CN", "PHONE", "PERSON"):
            before, after = STRICTNESS[says(was, field, kind)], STRICTNESS[says(now, field, kind)]
            assert after >= before or opens(old, new)
            assert STRICTNESS[says(between, field, kind)] >= max(before, after)


def test_persons_who_would_no_longer_be_counted_wait_for_an_approval():
    old, new = policy(cell()), policy(cell(basis="pseudonymised", uncounted=True))
    assert ["loosens"] == [c.kind for c in changes(old, new)]
    assert not Index(held(old, new)).decide(ask()).cell.uncounted
