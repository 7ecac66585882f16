from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import CODES, COUNT, FLAGS, PLACES, SET, axes, cases, completions, conditions, judge, parts, true

from banjia.facts.value import Interval
from banjia.logic import frame as frames
from banjia.logic import search
from banjia.logic.answer import possible
from banjia.logic.compiled import compiled, plain
from banjia.logic.condition import All, Any, Not, both, either, negate, replace
from banjia.logic.inquiry import Inquiry
from banjia.logic.program import assemble
from banjia.logic.rules import VERDICTS


def answer(law, known):
    return possible(Inquiry(assemble((law,)), known)).axes[law.id]


@given(axes(), cases)
def test_a_complete_case_has_one_outcome_and_it_is_the_one_the_words_mean(law, case):
    found = answer(law, case)
    assert judge(law, case) == (found.outcome, found.verdict)
    assert found.exact


@given(axes(), cases)
def test_the_compiled_function_agrees(law, case):
    assert judge(law, case) == compiled(law)(plain(case))


@given(axes(), st.lists(cases, min_size=1, max_size=9))
@settings(max_examples=60)
def test_the_bit_planes_agree(law, many):
    np = pytest.importorskip("numpy")
    from banjia.logic.pack import planes

    plains = [plain(case) for case in many]
    columns = {}
    for fact in plains[0]:
        column = [case[fact] for case in plains]
        if isinstance(column[0], frozenset):
            packed = np.empty(len(column), object)
            packed[:] = column
        else:
            packed = np.array(column, "datetime64[D]" if hasattr(column[0], "year") else None)
        columns[fact] = packed
    found = planes(assemble((law,)), law.id, columns, len(many)).sweep()
    for i, case in enumerate(many):
        assert [judge(law, case)[0]] == [outcome for outcome, mask in found.items() if mask >> i & 1]


@given(axes(), cases, st.data())
def test_the_verdict_of_a_complete_case_is_among_those_of_every_part(law, case, data):
    kept = data.draw(st.sets(st.sampled_from(sorted(case))))
    outcome, verdict = judge(law, case)
    found = answer(law, {fact: case[fact] for fact in kept})
    assert outcome in found.outcomes
    assert verdict in found.verdicts


@given(axes(), parts, cases, st.data())
def test_a_further_fact_never_makes_anything_else_possible(law, known, case, data):
    fact = data.draw(st.sampled_from(sorted(case)))
    before, after = answer(law, known), answer(law, {fact: case[fact], **known})
    assert set(after.outcomes) <= set(before.outcomes)
    assert set(after.verdicts) <= set(before.verdicts)


@given(axes(), parts, st.integers(0, 20_000), st.integers(0, 20_000), st.integers(0, 500), st.integers(0, 500))
def test_a_wider_interval_never_takes_a_verdict_away(law, known, low, more, down, up):
    narrow = answer(law, {**known, COUNT: Interval(low, low + more)})
    for wide in (Interval(max(low - down, 0), low + more + up), Interval(max(low - down, 0), None)):
        assert set(narrow.verdicts) <= set(answer(law, {**known, COUNT: wide}).verdicts)


SMALL = {
    FLAGS[0]: [False, True],
    FLAGS[1]: [False, True],
    FLAGS[2]: [False, True],
    COUNT: [Interval(n, n) for n in (0, 1, 100, 10_000)],
    "export.mechanism": ["none", "security-assessment", "standard-contract-filed", "certification"],
    "model.id": ["gpt-4o", "qwen3", "llama-4-scout", "other"],
}
OTHERS = {
    SET: frozenset({"banking"}),
    PLACES: frozenset({CODES[0]}),
    "service.placed_on": __import__("datetime").date(2026, 3, 1),
}


@given(axes(most=4), parts)
@settings(max_examples=60)
def test_what_is_possible_is_exactly_what_some_completion_has(law, known):
    known = {**known, **OTHERS}
    expected = {judge(law, case) for case in completions(known, {**SMALL, **{fact: [v] for fact, v in known.items()}})}
    found = answer(law, known)
    assert {outcome for outcome, _ in expected} == set(found.outcomes)
    assert {verdict for _, verdict in expected} == set(found.verdicts)


@given(axes("one", most=3), axes("two", most=3), parts)
@settings(max_examples=60)
def test_axes_are_joined_over_the_facts_they_share(one, two, known):
    known = {**known, **OTHERS}
    complete = completions(known, {**SMALL, **{fact: [v] for fact, v in known.items()}})
    expected = {max(judge(one, case)[1], judge(two, case)[1], key=VERDICTS.index) for case in complete}
    found = possible(Inquiry(assemble((one, two)), known))
    assert expected == set(found.verdicts)
    assert found.exact


@given(axes("one", most=3), axes("two", most=3), parts)
@settings(max_examples=60)
def test_without_frames_the_search_finds_the_same(one, two, known):
    expected = possible(Inquiry(assemble((one, two)), known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "LIMIT", 2)
        patch.setattr(search, "SMALL", 2)
        found = possible(Inquiry(assemble((one, two)), known))
    for name, axis in expected.axes.items():
        assert axis.outcomes == found.axes[name].outcomes
        assert axis.verdicts == found.axes[name].verdicts
    assert expected.verdicts == found.verdicts


@given(axes("one", most=3), axes("two", most=3), parts)
@settings(max_examples=60)
def test_what_was_not_searched_to_the_end_may_widen_but_never_settles(one, two, known):
    exact = possible(Inquiry(assemble((one, two)), known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "LIMIT", 2)
        patch.setattr(search, "SMALL", 2)
        patch.setattr(search.find, "__kwdefaults__", {"budget": 1})
        rough = possible(Inquiry(assemble((one, two)), known))
    assert set(exact.verdicts) <= set(rough.verdicts)
    if rough.verdict is not None:
        assert exact.verdict == rough.verdict
    for name, axis in rough.axes.items():
        assert set(exact.axes[name].outcomes) <= set(axis.outcomes)
        if axis.outcome is not None:
            assert exact.axes[name].outcome == axis.outcome
        for rule in axis.rules:
            assert rule in exact.axes[name].rules


@given(conditions, cases)
def test_double_negation_and_constants_change_nothing(condition, case):
    expected = true(condition, case)
    assert expected == true(negate(negate(condition)), case)
    assert expected == true(both(condition, All(())), case)
    assert expected == true(either(condition, Any(())), case)
    assert expected == true(replace(condition, lambda atom: atom), case)


@given(conditions, conditions, cases)
def test_de_morgan_holds_of_trees(one, other, case):
    assert true(Not(All((one, other))), case) == true(either(negate(one), negate(other)), case)
    assert true(Not(Any((one, other))), case) == true(both(negate(one), negate(other)), case)


@given(axes(most=4), parts)
@settings(max_examples=40)
def test_axioms_drop_impossible_worlds(law, known):
    known = {**known, **OTHERS}
    never = [All((fact_one, fact_two)) for fact_one, fact_two in combinations([Any(()), *map(_flag, FLAGS)], 2)]
    complete = completions(known, {**SMALL, **{fact: [v] for fact, v in known.items()}})
    expected = {judge(law, case)[0] for case in complete if not any(true(condition, case) for condition in never)}
    if expected:
        found = possible(Inquiry(assemble((law,), tuple(never)), known)).axes[law.id]
        assert expected == set(found.outcomes)


def _flag(fact):
    from banjia.logic.condition import Flag

    return Flag(fact)
