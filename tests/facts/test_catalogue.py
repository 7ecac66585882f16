import pytest

from banjia.errors import FactError
from banjia.facts.catalogue import load

PEOPLE = {"scan", "catalogue", "ledger", "engineer", "product", "legal", "finance", "vendor"}
FREE = {"scan", "catalogue", "ledger"}


@pytest.mark.parametrize("fact", load().values(), ids=lambda fact: fact.id)
def test_every_question_can_be_asked(fact):
    assert fact.who in PEOPLE
    assert 0 <= fact.cost <= 20
    for text in (fact.question, fact.meaning):
        assert text.zh
        assert text.en
        assert any("\u4e00" <= mark <= "\u9fff" for mark in text.zh)
        assert not any("\u4e00" <= mark <= "\u9fff" for mark in text.en)
    assert "unknown" not in fact.values
    if fact.kind in {"choice", "set"}:
        assert bool(fact.values) != bool(fact.form)
    else:
        assert not fact.values


@pytest.mark.parametrize("fact", load().values(), ids=lambda fact: fact.id)
def test_a_prior_speaks_of_values_the_fact_can_have(fact):
    assert all(0 <= chance <= 1 for chance in fact.prior.values())
    if fact.kind == "flag":
        assert {"yes"} == set(fact.prior) or not fact.prior
    if fact.kind in {"choice", "set"} and fact.values:
        assert set(fact.prior) <= {*fact.values, "*"}
    if fact.kind == "choice":
        assert sum(fact.prior.values()) <= 1.001
    if fact.kind == "count":
        points = [(int(at), chance) for at, chance in fact.prior.items()]
        assert sorted(points) == points
        assert sorted((chance for _, chance in points), reverse=True) == [chance for _, chance in points]


def test_an_unknown_id_names_the_nearest():
    with pytest.raises(FactError) as caught:
        load().need("actor.cioo", "banjia.yaml:4")
    assert "banjia.yaml:4: no fact is called `actor.cioo`; did you mean `actor.ciio`?" == caught.value.say("en")


def test_every_scope_occurs():
    assert {"entity", "app", "purpose", "route"} == {fact.scope for fact in load().values()}
