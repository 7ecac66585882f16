"""Laws of the assessment, on random profiles."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.assess.asking import ask

from banjia.assess.assessment import ORDER

FLAGS = [
    "actor.ciio", "actor.state_organ", "data.leaves_mainland", "data.personal_info", "data.important",
    "data.foreign_origin_only", "export.scenario_necessary", "service.offered_to_domestic_public",
    "service.opinion_attribute", "model.filed",
]  # fmt: skip
CHOICES = {
    "export.scenario": ["none", "individual-contract", "cross-border-hr", "emergency", "statutory-duty"],
    "actor.negative_list": ["none", "covered-off-list", "covered-on-list"],
    "export.mechanism": ["none", "security-assessment", "standard-contract-filed", "certification"],
    "model.adaptation": ["none", "prompt-or-rag", "fine-tuned", "self-trained"],
    "network.channel": ["none", "self-built-or-vpn", "carrier-private-line-internal"],
    "service.registered_or_filed": ["none", "registered", "filed"],
}
COUNTS = {
    "export.persons_nonsensitive_ytd": [0, 1, 99_999, 100_000, 999_999, 1_000_000],
    "export.persons_sensitive_ytd": [0, 1, 9_999, 10_000],
}
BASE = {
    "actor.mainland_entity": True,
    "actor.sector": ["other"],
    "route": "azure-openai-global",
    "actor.kind": "company",
}
FILLED = {"data.leaves_mainland", "model.filed"}  # the catalogue fills these for the route where they are not given
OPENABLE = sorted({*FLAGS, *CHOICES, *COUNTS} - FILLED)
DAYS = [date(2022, 9, 1), date(2024, 3, 21), date(2024, 3, 22), date(2025, 1, 1), date(2026, 11, 23)]

whole = st.fixed_dictionaries(
    {fact: st.booleans() for fact in FLAGS}
    | {fact: st.sampled_from(values) for fact, values in CHOICES.items()}
    | {fact: st.sampled_from(values) for fact, values in COUNTS.items()}
)
LAWFUL = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def reach(facts, on):
    answer = ask(BASE | facts, on=on, explain=False)
    return set(answer.reachable), {id_: set(axis.reachable) for id_, axis in answer.axes.items()}


@LAWFUL
@given(facts=whole, kept=st.sets(st.sampled_from(OPENABLE)), on=st.sampled_from(DAYS))
def test_the_answer_of_the_whole_is_among_those_of_every_part(facts, kept, on):
    overall, axes = reach(facts, on)
    wider, wider_axes = reach({fact: value for fact, value in facts.items() if fact in kept | FILLED}, on)
    assert overall <= wider
    assert all(outcomes <= wider_axes[id_] for id_, outcomes in axes.items())


@LAWFUL
@given(facts=whole, drop=st.sampled_from(OPENABLE), on=st.sampled_from(DAYS))
def test_a_further_fact_never_turns_one_settled_verdict_into_another(facts, drop, on):
    part, part_axes = reach({fact: value for fact, value in facts.items() if fact != drop}, on)
    overall, axes = reach(facts, on)
    if len(part) == 1:
        assert overall == part
    assert all(axes[id_] == outcomes for id_, outcomes in part_axes.items() if len(outcomes) == 1)


@LAWFUL
@given(
    facts=whole,
    fact=st.sampled_from(sorted(COUNTS)),
    low=st.integers(0, 50_000),
    more=st.one_of(st.none(), st.integers(0, 2_000_000)),
    on=st.sampled_from(DAYS),
)
def test_widening_a_count_never_removes_a_reachable_verdict(facts, fact, low, more, on):
    exact, exact_axes = reach(facts, on)
    value = facts[fact]
    wide = [max(0, value - low), None if more is None else value + more]
    wider, wider_axes = reach(facts | {fact: wide}, on)
    assert exact <= wider
    assert all(outcomes <= wider_axes[id_] for id_, outcomes in exact_axes.items())


@LAWFUL
@given(facts=whole, on=st.sampled_from(DAYS))
def test_the_overall_verdict_is_the_gravest_axis(facts, on):
    answer = ask(BASE | facts, on=on, explain=False)
    settled = [axis.verdict for axis in answer.axes.values()]
    if "indeterminate" not in settled:
        assert answer.verdict == max(settled, key=ORDER.index)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=whole, on=st.sampled_from(DAYS))
def test_the_reasons_alone_settle_what_they_explain(facts, on):
    answer = ask(BASE | facts, on=on)
    for id_ in {b.axis for b in answer.because}:
        kept = {b.fact for b in answer.because if b.axis == id_} | FILLED
        alone = ask({fact: value for fact, value in (BASE | facts).items() if fact in kept}, on=on, explain=False)
        if id_ in alone.axes and kept <= {*BASE, *facts}:
            assert alone.axes[id_].outcome == answer.axes[id_].outcome


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(facts=whole)
def test_a_lever_does_what_it_says(facts):
    on = DAYS[-1]
    answer = ask(BASE | facts, on=on)
    for lever in answer.levers[:3]:
        changed = ask(BASE | facts | {lever.fact: lever.after}, on=on, explain=False)
        assert changed.reachable[-1] == lever.verdict
        assert ORDER.index(lever.verdict) < ORDER.index(answer.verdict)


@pytest.mark.parametrize(("persons", "outcome"), [(99_999, "exempt"), (100_000, "standard-contract-or-certification")])
def test_the_line_includes_the_number_itself(persons, outcome):
    facts = {
        "data.leaves_mainland": True, "data.personal_info": True, "data.sensitive_pi": False, "data.important": False,
        "actor.ciio": False, "actor.state_organ": False, "data.foreign_origin_only": False, "export.scenario": "none",
        "actor.negative_list": "none", "export.persons_sensitive_ytd": 0, "export.persons_nonsensitive_ytd": persons,
    }  # fmt: skip
    assert ask(facts, explain=False).axes["export"].outcome == outcome
