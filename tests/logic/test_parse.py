import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import cases, conditions, true

from banjia.errors import LawError
from banjia.logic.condition import AtLeast, Refers, show, to_json
from banjia.logic.parse import LONGEST, parse


def read(text):
    return parse(text, where="pack/a.md:7")


def refusal(text):
    with pytest.raises(LawError) as caught:
        read(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("actor.ciio", "actor.ciio"),
        ("actor.ciio == yes", "actor.ciio"),
        ("actor.ciio != True", "not actor.ciio"),
        ("actor.ciio == no", "not actor.ciio"),
        ("export.persons_sensitive_ytd > 9_999", "export.persons_sensitive_ytd >= 10000"),
        ("export.persons_sensitive_ytd < 1", "not export.persons_sensitive_ytd >= 1"),
        ("1 <= export.persons_sensitive_ytd", "export.persons_sensitive_ytd >= 1"),
        ("actor.kind != 'company'", "not actor.kind in ['company']"),
        ("route not in ['reverse-proxy']", "not route in ['reverse-proxy']"),
        ("'banking' in actor.sector", "actor.sector & ['banking']"),
        ("users.countries & list.eea", "users.countries & [list.eea]"),
        ("users.countries <= [list.eea, 'CH']", "users.countries <= ['CH', list.eea]"),
        ("len(ai_act.role) >= 2", "len(ai_act.role) >= 2"),
        ("service.placed_on < '2026-08-02'", "not service.placed_on >= '2026-08-02'"),
        ("service.placed_on > '2026-08-01'", "service.placed_on >= '2026-08-02'"),
        ("True", "True"),
        ("us_dsp.bulk or\n  actor.ciio", "us_dsp.bulk or actor.ciio"),
        ("data.destinations <= list.eea", "data.destinations <= [list.eea]"),
    ],
)
def test_every_form_is_read(text, expected):
    assert expected == show(read(text))


def test_a_chain_of_comparisons_is_both_bounds():
    condition = read("100 <= export.persons_sensitive_ytd < 10_000")
    assert "export.persons_sensitive_ytd >= 100 and not export.persons_sensitive_ytd >= 10000" == show(condition)


def test_a_name_that_is_no_fact_is_left_for_the_law_to_resolve():
    assert Refers("terms.openai") == read("terms.openai")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "__import__('os').system('x')",
        "actor.ciio.__class__",
        "().__class__.__bases__",
        "[x for x in actor.sector]",
        "{x: 1 for x in y}",
        "lambda: actor.ciio",
        "actor.ciio if actor.ciio else actor.ciio",
        "actor.ciio + 1",
        "actor.ciio | actor.state_organ",
        "f'{actor.ciio}'",
        "await actor.ciio",
        "(y := actor.ciio)",
        "actor.ciio, actor.ciio",
        "len(actor.sector, 1) >= 1",
        "len(actor.ciio) >= 1",
        "len(us_dsp.bulk) >= 1",
        "print('x') == 1",
        "actor['ciio']",
        "'a'",
        "1",
        "None",
        "...",
        "actor.ciio = True",
        "actor.ciio; actor.ciio",
        "actor.ciio) or (actor.ciio",
        "import os",
        "not",
        "actor.kind",
        "actor.kind >= 'company'",
        "actor.kind == 'compny'",
        "actor.sector == 'banking'",
        "actor.sector <= 'banking'",
        "export.persons_sensitive_ytd",
        "export.persons_sensitive_ytd >= 1.5",
        "export.persons_sensitive_ytd >= -1",
        "export.persons_sensitive_ytd >= 10**9",
        "export.persons_sensitive_ytd >= 999999999999999999999999",
        "export.persons_sensitive_ytd >= export.persons_nonsensitive_ytd",
        "service.placed_on >= '2026-13-01'",
        "service.placed_on >= 2026",
        "users.countries <= ['China']",
        "actor.ciio == 'yes, please'",
        "'a' 'b' in actor.sector",
        "actor.ciio\x00",
        "actor.kind == 'a\\x62'",
        "a" * 81 + ".b",
        "Actor.Ciio",
        "actor.ciio is True",
        "not " * 200 + "actor.ciio",
        "(" * 60 + "actor.ciio" + ")" * 60,
        " and ".join(["actor.ciio"] * 2000),
        "x" * (LONGEST + 1),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place(text):
    assert refusal(text).where.startswith("pack/a.md:")


def test_an_error_names_the_line_inside_the_text():
    assert "pack/a.md:9" == refusal("actor.ciio and\n\nactor.kind").where


def test_an_error_says_expected_found_and_remedy():
    error = refusal("actor.kind == 'compny'")
    assert "company, individual, public-body" == error.expected.en
    assert "'compny'" == error.found.en
    assert "did you mean 'company'?" == error.remedy.en
    assert "是否应为 'company'？" == error.remedy.zh


@given(st.text(max_size=80))
@settings(max_examples=300)
def test_any_text_is_read_or_refused_but_never_crashes(text):
    try:
        read(text)
    except LawError as error:
        assert error.where.startswith("pack/a.md:")


pieces = st.sampled_from(
    [
        "actor.ciio",
        "actor.sector",
        "users.countries",
        "route",
        "list.eea",
        "'CN'",
        "10",
        "and",
        "or",
        "not",
        "in",
        "(",
        ")",
        "[",
        "]",
        ",",
        "&",
        "|",
        "<",
        "<=",
        ">=",
        "==",
        "-",
        "len",
        "**",
        ":",
        ".",
        "lambda",
    ]
)


@given(st.lists(pieces, max_size=14).map(" ".join))
@settings(max_examples=400)
def test_any_mixture_of_words_is_read_or_refused_but_never_crashes(text):
    try:
        read(text)
    except LawError as error:
        assert error.where.startswith("pack/a.md:")


@given(conditions, cases)
def test_what_is_shown_reads_back_as_the_same_condition(condition, case):
    assert true(condition, case) == true(read(show(condition)), case)


@given(conditions)
def test_every_condition_is_json(condition):
    assert json.loads(json.dumps(to_json(condition))) == to_json(condition)


def test_a_bound_is_inclusive():
    assert AtLeast("export.persons_sensitive_ytd", 10_000) == read("export.persons_sensitive_ytd >= 10_000")
