from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.policy.decide import Ask, Index, decide, raised
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Policy
from banjia.text import same

DAY = date(2026, 11, 23)


def cell(**changes) -> Cell:
    base = {
        "app": "helpdesk",
        "purpose": "",
        "route": "azure",
        "model": "*",
        "data_class": "ordinary",
        "band": Band(),
        "decision": "pass",
        "verdict": "permitted",
        "settled": True,
        "treatment": "allow",
        "rule": "rule",
        "reason": same("reason"),
    }
    return Cell(**(base | changes))


def policy(*cells: Cell, expires: date | None = None) -> Policy:
    return Policy(
        entity="acme",
        law_date=DAY,
        expires=expires,
        packs=(("cn", "2026.11.23"),),
        law_hash="sha256:0",
        routes=(),
        cells=cells,
    )


def ask(**changes) -> Ask:
    base = {"app": "helpdesk", "purpose": "", "route": "azure", "model": "gpt", "data_class": "ordinary", "on": DAY}
    return Ask(**(base | changes))


@pytest.mark.parametrize(
    "change",
    [{"app": "other"}, {"purpose": "other"}, {"route": "other"}, {"data_class": "none"}, {"data_class": "sensitive"}],
)
def test_what_the_table_does_not_list_is_refused(change):
    assert decide(policy(cell()), ask()).passes
    answer = decide(policy(cell()), ask(**change))
    assert (answer.passes, answer.rule) == (False, "unlisted")


def test_a_cell_of_the_named_model_comes_before_the_cell_of_any_model():
    table = policy(cell(), cell(model="gpt", decision="refuse", rule="named"))
    assert decide(table, ask()).rule == "named"
    assert decide(table, ask(model="other")).rule == "rule"


def test_a_policy_holds_on_its_last_day_and_not_on_the_next():
    table = policy(cell(), expires=DAY)
    assert decide(table, ask()).passes
    late = decide(table, ask(on=DAY + timedelta(days=1)))
    assert (late.passes, late.rule) == (False, "policy-expired")
    assert DAY.isoformat() in late.reason.zh


def test_a_permission_lapses_after_its_last_day_but_a_refusal_keeps_its_rule():
    table = policy(cell(until=DAY), cell(route="relay", decision="refuse", rule="closed", until=DAY))
    assert decide(table, ask()).passes
    assert decide(table, ask(on=DAY + timedelta(days=1))).rule == "cell-expired"
    assert decide(table, ask(route="relay", on=DAY + timedelta(days=1))).rule == "closed"


def test_the_band_edge_counts_to_the_single_person():
    table = policy(
        cell(band=Band((0, 100_000), (0, None))),
        cell(band=Band((100_000, None), (0, None)), decision="refuse", verdict="prohibited", rule="volume"),
    )
    assert decide(table, ask(tally_ordinary=(99_999, 99_999))).passes
    assert decide(table, ask(tally_ordinary=(100_000, 100_000))).rule == "volume"
    assert decide(table, ask(tally_ordinary=(0, None))).rule == "volume", "an open upper end reaches the graver band"


def test_a_tally_between_two_bands_is_refused():
    table = policy(cell(band=Band((0, 10), (0, None))), cell(band=Band((20, None), (0, None))))
    assert not decide(table, ask(tally_ordinary=(5, 25))).passes
    assert not decide(table, ask(tally_ordinary=(10, 19))).passes
    assert decide(table, ask(tally_ordinary=(5, 9))).passes
    assert decide(table, ask(tally_ordinary=(20, None))).passes


def test_the_strictest_treatment_of_the_bands_in_reach_applies():
    table = policy(
        cell(band=Band((0, 10), (0, None))), cell(band=Band((10, None), (0, None)), treatment="mask", rule="masked")
    )
    assert decide(table, ask(tally_ordinary=(3, 9))).treatment == "allow"
    assert decide(table, ask(tally_ordinary=(3, 10))).treatment == "mask"


def test_a_treatment_of_refuse_closes_only_calls_with_personal_information():
    assert not decide(policy(cell(treatment="refuse")), ask()).passes
    assert decide(policy(cell(treatment="refuse", data_class="none")), ask(data_class="none")).passes


def test_edges_name_the_tallies_at_which_the_answer_may_change():
    table = Index(
        policy(
            cell(band=Band((0, 10), (0, None))),
            cell(band=Band((10, None), (0, 3))),
            cell(band=Band((10, None), (3, None))),
        )
    )
    assert table.edges(ask()) == ((10,), (3,))
    assert table.edges(ask(route="other")) == ((), ())


CLASSES = st.sampled_from(DATA_CLASSES)
EDGES = st.lists(st.integers(1, 60), max_size=3, unique=True).map(sorted)


def stretches(edges: list[int]) -> list[tuple[int, int | None]]:
    return list(zip([0, *edges], [*edges, None], strict=True))


@st.composite
def tables(draw):
    ordinary, sensitive = stretches(draw(EDGES)), stretches(draw(EDGES))
    bands = [Band(o, s) for o in ordinary for s in sensitive]
    return policy(
        *(
            cell(
                band=band,
                decision=draw(st.sampled_from(["pass", "refuse"])),
                treatment=draw(st.sampled_from(["allow", "pseudonymise", "mask"])),
                rule=str(i),
            )
            for i, band in enumerate(bands)
            if draw(st.integers(0, 9))
        )
    )


TALLIES = st.tuples(st.integers(0, 70), st.integers(0, 20) | st.none()).map(
    lambda t: (t[0], None if t[1] is None else t[0] + t[1])
)


@given(tables(), TALLIES, TALLIES)
def test_an_interval_passes_exactly_when_each_count_in_it_passes(table, ordinary, sensitive):
    index = Index(table)

    def points(tally):
        return range(tally[0], 140 if tally[1] is None else tally[1] + 1)

    each = all(
        index.decide(ask(tally_ordinary=(o, o), tally_sensitive=(s, s))).passes
        for o in points(ordinary)
        for s in points(sensitive)
    )
    assert each == index.decide(ask(tally_ordinary=ordinary, tally_sensitive=sensitive)).passes


@given(CLASSES, CLASSES)
def test_the_detected_class_raises_and_never_lowers(declared, detected):
    both = raised(declared, detected)
    assert both in {declared, detected}
    assert DATA_CLASSES.index(both) == max(DATA_CLASSES.index(declared), DATA_CLASSES.index(detected))


@given(tables(), TALLIES)
def test_one_question_answers_like_an_index_of_the_same_policy(table, tally):
    question = ask(tally_ordinary=tally)
    assert Index(table).decide(question) == decide(table, question)
