from hypothesis import given
from hypothesis import strategies as st

from banjia.logic.frame import tile
from banjia.logic.truth import Truth

FULL = (1 << 24) - 1


@st.composite
def truths(draw):
    yes = draw(st.integers(0, FULL))
    return Truth(yes, draw(st.integers(0, FULL)) & ~yes)


@given(truths())
def test_double_negation_is_nothing(a):
    assert a == ~~a


@given(truths(), truths())
def test_de_morgan(a, b):
    assert ~(a & b) == ~a | ~b
    assert ~(a | b) == ~a & ~b


@given(truths(), truths(), truths())
def test_and_and_or_distribute_absorb_and_associate(a, b, c):
    assert a & (b | c) == (a & b) | (a & c)
    assert a | (a & b) == a
    assert (a & b) & c == a & (b & c)
    assert a & b == b & a


@given(truths())
def test_true_and_false_everywhere_are_neutral(a):
    assert a & Truth(FULL, 0) == a
    assert a | Truth(0, FULL) == a


@given(truths(), truths())
def test_nothing_is_both_true_and_false_in_one_world(a, b):
    for each in (a & b, a | b, ~a):
        assert 0 == each.yes & each.no


@given(st.integers(1, 9), st.integers(0, 40), st.data())
def test_tiling_repeats_a_pattern(width, times, data):
    unit = data.draw(st.integers(0, (1 << width) - 1))
    assert sum(unit << i * width for i in range(times)) == tile(unit, width, times)


@given(truths())
def test_what_holds_everywhere_is_told_from_what_differs(a):
    complete = Truth(a.yes, FULL & ~a.yes)
    assert {FULL: True, 0: False}.get(a.yes) is complete.everywhere
