import pytest

from banjia.errors import FactError
from banjia.facts.implies import close, implications
from banjia.facts.profile import Known, Profile, Provenance
from banjia.facts.value import Interval


def said(source, **facts):
    return Profile.read({name.replace("__", "."): raw for name, raw in facts.items()}, Provenance(source=source))


def test_unknown_values_are_not_in_the_profile():
    assert ["actor.ciio"] == list(said("a", actor__ciio="no", actor__kind="unknown"))


def test_a_profile_reads_where_a_wrong_id_stands():
    with pytest.raises(FactError, match=r"did you mean `actor.ciio`"):
        said("banjia.yaml:entity.facts", actor__cioo=True)


def test_scopes_complete_each_other():
    merged = Profile.merge(said("entity", actor__ciio=False), said("app", actor__kind="company"))
    assert {"actor.ciio": False, "actor.kind": "company"} == merged.to_json()


def test_a_contradiction_between_scopes_names_both_places():
    with pytest.raises(FactError) as caught:
        Profile.merge(said("entity.facts", actor__ciio=False), said("apps.helpdesk.facts", actor__ciio=True))
    assert "apps.helpdesk.facts" == caught.value.where
    assert "False (entity.facts)" == caught.value.expected.en


def test_two_intervals_are_narrowed_to_what_both_say():
    one, other = (said(f"{i}", export__persons_sensitive_ytd=span) for i, span in enumerate(([0, 50], [20, None])))
    assert Interval(20, 50) == Profile.merge(one, other)["export.persons_sensitive_ytd"].value


def test_intervals_that_exclude_each_other_contradict():
    with pytest.raises(FactError):
        Profile.merge(said("a", export__persons_sensitive_ytd=[0, 5]), said("b", export__persons_sensitive_ytd=[6, 9]))


def test_a_given_fact_wins_over_a_filled_one():
    filled = {"provider.serves_mainland": Known(True, Provenance("filled", "catalogue"))}
    profile = said("banjia.yaml", provider__serves_mainland=False).filled(filled)
    assert profile["provider.serves_mainland"].value is False
    assert "declared" == profile["provider.serves_mainland"].provenance.kind


def test_what_follows_is_added_with_its_ground():
    profile = close(said("banjia.yaml", actor__mainland_entity=True))
    known = profile["actor.establishment"]
    assert ("CN", "implied", "actor.mainland_entity = True") == (
        known.value,
        known.provenance.kind,
        known.provenance.source,
    )


def test_implications_are_read_backwards_too():
    profile = close(said("a", data__leaves_mainland=False))
    assert profile["data.sent_abroad"].value is False
    assert close(said("a", data__personal_info=False))["data.sensitive_pi"].value is False


def test_the_last_open_premise_is_concluded():
    facts = {"data__leaves_mainland": True, "data__sent_abroad": False, "data__accessible_from_abroad": False}
    assert close(said("a", **facts))["data.collected_by_offshore_handler"].value is True


def test_a_licence_follows_the_checkpoint():
    profile = close(said("a", model__id="llama-4-scout", route="self-hosted-open-weights"))
    expected = {"model.licence": "llama-community-multimodal", "model.vendor": "meta"}
    assert expected == {name: profile[name].value for name in expected}


@pytest.mark.parametrize(
    "facts",
    [
        {"actor__mainland_entity": True, "actor__establishment": "DE"},
        {"data__sensitive_pi": True, "data__personal_info": False},
        {"data__collected_by_offshore_handler": True, "actor__mainland_entity": True},
        {"users__countries": ["DE"], "service__offered_to_domestic_public": True},
        {"route": "reverse-proxy", "provider": "openai"},
        {"data__sent_abroad": True, "data__leaves_mainland": False},
    ],
)
def test_an_impossible_pair_is_an_input_error_that_names_both(facts):
    with pytest.raises(FactError) as caught:
        close(said("banjia.yaml", **facts))
    for name in facts:
        assert name.replace("__", ".") in caught.value.found.en


def test_a_changed_fact_takes_its_consequences_along():
    profile = close(said("a", route="openai-direct"))
    assert "openai" == profile["provider"].value
    assert "azure_openai" == close(profile.with_("route", "azure-openai-global"))["provider"].value


def test_closing_twice_is_closing_once():
    profile = close(said("a", route="openai-direct", data__sent_abroad=True, actor__mainland_entity=True))
    assert profile == close(profile)
    assert dict(profile) == dict(close(profile))


def test_every_implication_speaks_of_facts_and_values_that_exist():
    from banjia.facts.catalogue import load

    for rule in implications():
        for literal in (*rule.when, rule.then):
            fact = load()[literal.fact]
            if fact.values:
                assert literal.values <= set(fact.values)
