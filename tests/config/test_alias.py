"""Names that applications ask for, with the days on which a model answers for them."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.config.config import ReadingChoice
from banjia.config.document import parse
from banjia.config.lifetime import lifetimes, require_alive
from banjia.config.reader import config
from banjia.errors import ConfigError
from banjia.gateway.alias import Aliases
from banjia.routes.catalogue import load

ROUTE = """
routes:
  - id: r
    provider: {provider}
    base_url: {url}
    models: {models}
    {more}
"""
OPENAI = {"provider": "openai", "url": "https://api.openai.com/v1"}
GONE = "gpt-4"


def read(tmp_path, models: str, *, provider="vllm", url="http://10.0.0.1/v1", more=""):
    text = ROUTE.format(provider=provider, url=url, models=models, more=more)
    return config(parse(tmp_path / "banjia.yaml", text))


def names(found, day: date):
    return found.routes[0].names(day)


def test_a_name_changes_its_model_on_the_day_that_config_says(tmp_path):
    found = read(tmp_path, "{gpt-4o: [{model: a, until: 2026-11-30}, {model: b, from: 2026-12-01}]}")
    assert names(found, date(2026, 11, 30)) == {"gpt-4o": "a"}
    assert names(found, date(2026, 12, 1)) == {"gpt-4o": "b"}


def test_a_pattern_may_have_dates_too_and_an_undated_name_stands_in(tmp_path):
    found = read(tmp_path, '{"gpt-4*": {model: new, from: 2027-01-01}, "*": old}')
    before, after = (Aliases(names(found, day)) for day in (date(2026, 12, 31), date(2027, 1, 1)))
    assert (before.resolve("gpt-4o"), after.resolve("gpt-4o")) == ("old", "new")


def test_names_that_do_not_hold_yet_do_not_let_every_name_through(tmp_path):
    route = read(tmp_path, "{gpt-4o: {model: a, from: 2027-01-01}}").routes[0]
    on = date(2026, 11, 24)
    assert Aliases(route.names(on), takes_all=not route.aliases).resolve("gpt-4o") is None
    assert Aliases({}).resolve("gpt-4o") == "gpt-4o"


def test_the_policy_knows_the_models_that_are_still_to_come(tmp_path):
    route = read(tmp_path, "{a: [{model: x, until: 2026-01-01}, {model: y, from: 2027-01-01}], b: '*'}").routes[0]
    assert route.upstream(date(2026, 11, 24)) == ("b", "y")


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=1, max_size=4))
def test_two_periods_of_a_name_never_share_a_day(tmp_path_factory, spans):
    spans = [(min(s), max(s)) for s in spans]
    rows = ", ".join(
        f"{{model: m{i}, from: 2026-12-{a + 1:02}, until: 2026-12-{b + 1:02}}}" for i, (a, b) in enumerate(spans)
    )
    shared = any(a[0] <= b[1] and b[0] <= a[1] for i, a in enumerate(spans) for b in spans[i + 1 :])
    try:
        read(tmp_path_factory.getbasetemp(), f"{{a: [{rows}]}}") if all(b < 31 for _, b in spans) else None
    except ConfigError as error:
        assert shared, error
    else:
        assert not shared


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ("{a: 4}", r"banjia.yaml:6 routes\[0\].models.a: .*expected MODEL"),
        ("{a: {modell: x}}", "did you mean model"),
        ("{a: {model: x, from: soon}}", r"models.a.from: .*YYYY-MM-DD"),
        ("{a: {model: x, from: 2026-02-01, until: 2026-01-01}}", r"models.a.until: .*>= 2026-02-01"),
        ("{a: 'qwen-*'}", "holds no wildcard"),
        ("{a: []}", "no model is named"),
        ("[a]", "must be a mapping"),
        ("{a: {from: 2026-01-01}}", "a field is missing"),
    ],
)
def test_a_wrong_alias_says_line_and_remedy(tmp_path, models, said):
    with pytest.raises(ConfigError, match=said):
        read(tmp_path, models)


def test_a_model_whose_life_is_over_is_refused_with_its_successors(tmp_path):
    found = read(tmp_path, f"{{old: {GONE}}}", **OPENAI)
    with pytest.raises(ConfigError) as raised:
        require_alive(found, load(), date(2026, 11, 24))
    assert raised.value.where == "banjia.yaml:6 routes[0].models.old"
    successors = lifetimes(found, load(), date(2026, 11, 24))[0].successors
    assert successors
    assert successors[0] in raised.value.say("en")
    assert successors[0] in raised.value.say("zh")


def test_an_alias_that_was_over_before_the_model_was_does_not_matter(tmp_path):
    found = read(
        tmp_path, f"{{old: [{{model: {GONE}, until: 2024-01-01}}, {{model: gpt-4o, from: 2024-01-02}}]}}", **OPENAI
    )
    assert {each.life.model for each in lifetimes(found, load(), date(2026, 11, 24))} == {"gpt-4o"}


def test_where_sources_disagree_the_model_is_over_unless_config_reads_them_otherwise(tmp_path):
    with pytest.raises(ConfigError, match=r"2027-04-14.*use gpt-5\.1; .*reading retirement-date"):
        require_alive(read(tmp_path, "{old: gpt-4o}", **SOON), load(), date(2026, 11, 24))
    lenient = dataclasses.replace(
        read(tmp_path, "{old: gpt-4o}", **SOON),
        readings=(ReadingChoice("retirement-date", "latest-announced", "the vendor's letter", "cto"),),
    )
    assert [each.life.ends for each in require_alive(lenient, load(), date(2027, 3, 1))] == [date(2027, 4, 14)]


def test_a_name_that_is_kept_is_looked_up_like_any_other(tmp_path):
    with pytest.raises(ConfigError, match="life of this model is over"):
        require_alive(read(tmp_path, f"{{{GONE}: '*'}}", **OPENAI), load(), date(2026, 11, 24))


def test_what_the_vendor_confirmed_is_declared_and_goes_before_the_catalogue(tmp_path):
    found = read(tmp_path, f"{{old: {GONE}}}", **OPENAI, more="facts: {model.life: available}")
    assert require_alive(found, load(), date(2026, 11, 24)) == []


def test_a_stand_in_has_no_life_span(tmp_path):
    found = read(tmp_path, f"{{old: {GONE}}}", provider="openai", url="http://127.0.0.1:9/v1", more="stand_in: true")
    assert lifetimes(found, load(), date(2026, 11, 24)) == []


SOON = {"provider": "azure_openai", "url": "https://acme.openai.azure.com"}


def test_a_model_that_ends_soon_is_warned_of(tmp_path):
    found = read(tmp_path, "{a: gpt-5}", **SOON)
    [near] = require_alive(found, load(), date(2026, 11, 24))
    assert (near.route, near.life.state) == ("r", "ending-soon")
    assert "gpt-5: ends on 2027-02-0" in near.say().en


def test_an_alias_may_not_promise_more_days_than_its_model_has(tmp_path):
    found = read(tmp_path, "{a: {model: gpt-5, until: 2027-12-31}}", **SOON)
    with pytest.raises(ConfigError, match=r"does not live to the last day.*until: 2027-02-0"):
        require_alive(found, load(), date(2026, 11, 24))
    kept = read(tmp_path, "{a: {model: gpt-5, until: 2027-01-31}}", **SOON)
    assert len(require_alive(kept, load(), date(2026, 11, 24))) == 1


def test_a_model_that_begins_after_the_end_is_refused(tmp_path):
    found = read(tmp_path, "{a: {model: gpt-5, from: 2027-06-01}}", **SOON)
    with pytest.raises(ConfigError, match="life of this model is over"):
        require_alive(found, load(), date(2026, 11, 24))
