from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import axes, parts

from banjia.errors import FactError
from banjia.facts.value import Interval
from banjia.logic.answer import possible
from banjia.logic.ask import EFFORT, next_question, questions
from banjia.logic.change import bands, diff
from banjia.logic.check import check
from banjia.logic.condition import TRUE
from banjia.logic.inquiry import Inquiry, inquire
from banjia.logic.lever import levers
from banjia.logic.parse import parse
from banjia.logic.program import assemble
from banjia.logic.rules import Axis, Outcome, Rule, RuleBase
from banjia.logic.trace import trace
from banjia.logic.why import because, because_axis

DAY = date(2026, 11, 23)
OUTCOMES = (
    Outcome("exempt", ((TRUE, "permitted"),)),
    Outcome("contract", ((TRUE, "conditional"),)),
    Outcome("assessment", ((TRUE, "prohibited"),)),
)


def when(text):
    return parse(text, where="a.md:1")


def law(*rules, outcomes=OUTCOMES, on=DAY, **more):
    made = [
        Rule(name, "export", outcome, when(text), cites=(f"{name} art. 1",), **extra)
        for name, outcome, text, extra in (rule if len(rule) == 4 else (*rule, {}) for rule in rules)
    ]
    base = RuleBase(tuple(made), (Axis("export", outcomes, default=outcomes[0].id, **more),))
    return base.on(on).axes["export"]


EXPORT = law(
    ("volume.large", "assessment", "export.persons_nonsensitive_ytd >= 1_000_000"),
    ("volume.middle", "contract", "export.persons_nonsensitive_ytd >= 100_000"),
    ("important", "assessment", "data.important"),
    ("transit", "exempt", "data.foreign_origin_only", {"defeats": ("volume.*",)}),
)


def test_only_facts_that_bear_on_the_verdict_are_asked():
    asked = {question.fact.id for question in questions(inquire([EXPORT], {"data.important": True}))}
    assert set() == asked
    asked = {question.fact.id for question in questions(inquire([EXPORT], {"data.foreign_origin_only": True}))}
    assert {"data.important"} == asked


def test_of_two_facts_that_settle_as_much_the_cheaper_is_asked_first():
    both = law(("a", "assessment", "actor.ciio or export.scenario_necessary"))
    ranked = [question.fact.id for question in questions(inquire([both], {}))]
    assert {"actor.ciio", "export.scenario_necessary"} == set(ranked)
    values = {question.fact.id: question for question in questions(inquire([both], {}))}
    assert all(each.worth == pytest.approx(each.bits / (EFFORT + each.fact.cost), abs=1e-3) for each in values.values())


def test_a_question_already_asked_in_vain_is_not_asked_again():
    inquiry = inquire([EXPORT], {})
    first = next_question(inquiry)
    second = next_question(inquiry, skip=[first.fact.id])
    assert first.fact.id != second.fact.id


def test_the_same_inquiry_asks_the_same_questions():
    assert questions(inquire([EXPORT], {})) == questions(inquire([EXPORT], {}))


@given(axes(), parts)
@settings(max_examples=60, deadline=None)
def test_nothing_is_asked_of_what_is_settled_and_something_of_what_is_open(law, known):
    inquiry = Inquiry(assemble((law,)), known)
    answer = possible(inquiry)
    asked = questions(inquiry)
    if answer.exact and len(answer.axes[law.id].outcomes) == len(answer.verdicts) == 1:
        assert not asked
    if len(answer.verdicts) > 1:
        assert asked


@given(axes(), parts)
@settings(max_examples=60, deadline=None)
def test_reasons_suffice_and_none_can_be_left_out(law, known):
    inquiry = Inquiry(assemble((law,)), known)
    answer = possible(inquiry)
    if answer.verdict is None or not answer.exact:
        return
    reasons = because(inquiry, answer.verdict)
    case = {fact: known[fact] for fact in reasons}
    assert answer.verdicts == possible(Inquiry(inquiry.program, case)).verdicts
    for fact in reasons:
        fewer = {other: value for other, value in case.items() if other != fact}
        assert answer.verdicts != possible(Inquiry(inquiry.program, fewer)).verdicts


def test_reasons_of_one_axis():
    known = {
        "data.important": True,
        "data.foreign_origin_only": True,
        "export.persons_nonsensitive_ytd": Interval(5, 5),
    }
    assert ("data.important",) == because_axis(inquire([EXPORT], known), "export", "assessment")


def test_an_unsettled_verdict_has_no_reasons():
    assert () == because(inquire([EXPORT], {}), "permitted")


def test_levers_name_the_change_and_what_then_results():
    known = {
        "data.important": False,
        "data.foreign_origin_only": False,
        "export.persons_nonsensitive_ytd": Interval(250_000, 250_000),
    }
    found = {(lever.fact, lever.verdicts) for lever in levers(inquire([EXPORT], known))}
    assert {
        ("data.important", ("prohibited",)),
        ("data.foreign_origin_only", ("permitted",)),
        ("export.persons_nonsensitive_ytd", ("permitted",)),
        ("export.persons_nonsensitive_ytd", ("prohibited",)),
    } == found


def test_levers_come_easiest_first():
    found = [lever.effort for lever in levers(inquire([EXPORT], {"data.important": True}))]
    assert sorted(found) == found


def test_what_a_change_takes_along_is_asked_of_the_caller():
    def redo(fact, value):
        return None if fact == "data.important" else {fact: value}

    assert () == levers(inquire([EXPORT], {"data.important": True}), redo=redo)


@given(axes(most=4), parts)
@settings(max_examples=30, deadline=None)
def test_no_lever_is_missed_and_none_is_empty(law, known):
    inquiry = Inquiry(assemble((law,)), known)
    before = possible(inquiry).verdicts
    for lever in levers(inquiry):
        after = possible(inquiry.with_({lever.fact: lever.new})).verdicts
        assert after == lever.verdicts != before


def test_facts_that_no_world_fulfils_are_an_error_that_shows_them():
    known = {"data.sensitive_pi": True, "data.personal_info": False}
    with pytest.raises(FactError, match=r"data\.personal_info"):
        possible(inquire([law(("a", "assessment", "data.important"))], known))


def test_a_search_says_so_too_where_no_world_is_left():
    known = {"data.sensitive_pi": True, "data.personal_info": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("banjia.logic.frame.LIMIT", 1)
        patch.setattr("banjia.logic.search.SMALL", 1)
        with pytest.raises(FactError):
            possible(inquire([law(("a", "assessment", "data.important"))], known))


def test_a_trace_shows_each_node_and_what_defeats_a_rule():
    known = {"data.foreign_origin_only": True, "export.persons_nonsensitive_ytd": Interval(100_000, 200_000)}
    rules = {each.rule.id: each for each in trace(inquire([EXPORT], known), "export").rules}
    middle, important = rules["volume.middle"], rules["important"]
    assert (True, False, ("transit",)) == (middle.when.truth, middle.fires, middle.defeated_by)
    assert (None, None) == (important.when.truth, important.fires)
    assert {"volume.middle art. 1"} == set(middle.to_json()["cites"])


def kinds(axis):
    return {(finding.kind, finding.names[0]) for finding in check(axis)}


def test_a_sound_axis_has_only_its_default_to_report():
    assert {("gap", "exempt")} == kinds(EXPORT) - {("subsumed", "volume.large")}


def test_a_rule_that_never_fires_is_found():
    assert ("dead", "never") in kinds(law(("never", "contract", "actor.ciio and not actor.ciio")))
    assert ("dead", "never") in kinds(law(("never", "contract", "data.sensitive_pi and not data.personal_info")))


def test_a_rule_within_another_is_found():
    axis = law(("a", "contract", "actor.ciio"), ("b", "contract", "actor.ciio and data.important"))
    assert ("subsumed", "b") in kinds(axis)


def test_an_outcome_that_nothing_leads_to_is_found():
    assert ("unreachable", "contract") in kinds(law(("a", "assessment", "actor.ciio")))


def test_an_exception_without_a_rule_to_defeat_is_found():
    assert ("aimless", "a") in kinds(law(("a", "contract", "actor.ciio", {"defeats": ("b.*",)})))


def test_a_lighter_outcome_that_takes_precedence_is_found_with_a_witness():
    swapped = (OUTCOMES[0], OUTCOMES[2], OUTCOMES[1])
    axis = law(("a", "assessment", "actor.ciio"), ("b", "contract", "data.important"), outcomes=swapped)
    (found,) = [finding for finding in check(axis) if finding.kind == "collision"]
    assert (("contract", "a"), {"actor.ciio": True, "data.important": True}) == (found.names, dict(found.witness))


def test_an_outcome_without_a_verdict_for_some_case_is_found_with_a_witness():
    needs = Outcome("needs", ((when("export.mechanism == 'certification'"), "conditional"),))
    axis = law(("a", "needs", "actor.ciio"), outcomes=(OUTCOMES[0], needs))
    (found,) = [finding for finding in check(axis) if finding.kind == "unjudged"]
    assert "certification" != found.witness["export.mechanism"]


def test_days_are_cut_where_a_rule_begins_or_has_ended():
    rule = Rule("a", "export", "contract", TRUE, since=date(2024, 3, 22), until=date(2025, 1, 1))
    base = RuleBase((rule,), (Axis("export", OUTCOMES, default="exempt"),))
    found = [(band.first, band.last) for band in bands((base,), date(2024, 1, 1), date(2025, 12, 31))]
    assert [
        (date(2024, 1, 1), date(2024, 3, 21)),
        (date(2024, 3, 22), date(2025, 1, 1)),
        (date(2025, 1, 2), date(2025, 12, 31)),
    ] == found


def test_a_change_of_law_is_shown_as_moves_with_a_witness():
    before = law(("a", "assessment", "export.persons_nonsensitive_ytd >= 10"))
    after = law(("a", "assessment", "export.persons_nonsensitive_ytd >= 100"))
    (move,) = diff(before, after)
    assert ("assessment", "exempt") == (move.old, move.new)
    assert Interval(10, 99) == move.witness["export.persons_nonsensitive_ytd"]


def test_the_same_law_does_not_differ_from_itself():
    assert () == diff(EXPORT, EXPORT)


@given(st.integers(0, 2_000_000))
@settings(max_examples=30)
def test_a_tally_on_a_line_belongs_to_the_graver_band(n):
    known = {
        "data.important": False,
        "data.foreign_origin_only": False,
        "export.persons_nonsensitive_ytd": Interval(n, n),
    }
    expected = "assessment" if n >= 1_000_000 else "contract" if n >= 100_000 else "exempt"
    assert expected == possible(inquire([EXPORT], known)).axes["export"].outcome
