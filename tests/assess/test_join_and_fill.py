"""Which packs speak, and what the catalogue fills in: listed with its source, and a given fact wins."""

from datetime import date

import pytest
from tests.assess.asking import ask


def packs(facts, **options):
    return set(ask(facts, explain=False, **options).law.packs)


def filled(facts, **options):
    return {f.fact: f for f in ask(facts, explain=False, **options).filled}


def test_the_mainland_pack_joins_unless_known_facts_exclude_it():
    assert "cn" in packs({})
    abroad = {
        "actor.mainland_entity": False, "actor.establishment": "DE", "service.offered_to_domestic_public": False,
        "data.leaves_mainland": False, "users.countries": ["DE"], "staff.countries": ["DE"], "data.subjects_in": ["DE"],
    }  # fmt: skip
    assert "cn" not in packs(abroad)


@pytest.mark.parametrize(
    ("facts", "pack"),
    [
        ({"actor.establishment": "FR"}, "eu"),
        ({"data.subjects_in": ["DE"]}, "eu"),
        ({"actor.establishment": "US"}, "us_dsp"),
        ({"actor.establishment": "HK"}, "hk"),
        ({"users.countries": ["KR"]}, "kr"),
        ({"actor.establishment": "VN"}, "vn"),
    ],
)
def test_another_pack_joins_where_known_facts_point(facts, pack):
    assert pack in packs(facts)
    assert pack not in packs({})


def test_a_pack_that_does_not_speak_is_reported_silent():
    silent = {d.pack for d in ask({}, explain=False).doubts if type(d).__name__ == "Silent"}
    assert {"eu", "us_dsp", "hk", "kr", "vn"} <= silent


def test_a_listed_pack_joins_whatever_the_facts():
    assert "eu" in packs({}, listed=("eu",))


def test_licence_and_life_speak_only_of_a_named_model():
    assert not {"licence", "lifecycle"} & set(ask({"provider": "self_hosted"}, explain=False).axes)
    assert {"licence", "lifecycle"} <= set(ask({"provider": "self_hosted", "model.id": "qwen3"}, explain=False).axes)


def test_what_is_filled_names_its_source():
    found = filled({"route": "azure-openai-global", "actor.mainland_entity": True})
    assert found["model.filed"].value is False
    assert found["provider.serves_mainland"].source.startswith("routes/azure_openai")
    assert found["provider"].kind == "implied"
    assert all(item.source for item in found.values())


def test_a_given_fact_wins_over_a_filled_one():
    facts = {"route": "azure-openai-global", "actor.mainland_entity": True, "provider.serves_mainland": False}
    assert "provider.serves_mainland" not in filled(facts)
    assert ask(facts, explain=False).axes["vendor_terms"].outcome != "served"


def test_a_filing_is_never_filled_from_the_register():
    assert "model.filed" not in filled({"provider": "deepseek", "model.id": "deepseek-v4-pro"})


def test_a_host_that_proves_no_place_fills_none():
    found = filled({"provider": "alibaba_bailian", "actor.mainland_entity": True})
    assert not {"endpoint.store_country", "endpoint.infer_countries", "data.leaves_mainland"} & set(found)


def test_a_pinned_home_host_keeps_data_at_home():
    found = filled({"provider": "deepseek", "actor.mainland_entity": True})
    assert found["endpoint.infer_countries"].value == frozenset({"CN"})
    assert found["data.leaves_mainland"].value is False


def test_the_vendor_s_answer_follows_the_day():
    closed = {"provider": "lingyiwanwu"}
    assert filled(closed, on=date(2026, 8, 24)).get("route.api_available", None) is None or (
        filled(closed, on=date(2026, 8, 24))["route.api_available"].value is True
    )
    assert filled(closed, on=date(2026, 8, 25))["route.api_available"].value is False


def test_before_the_first_rule_an_axis_is_silent():
    answer = ask({"actor.establishment": "KR", "users.countries": ["KR"]}, on=date(2022, 1, 1), explain=False)
    silent = {d.axis for d in answer.doubts if type(d).__name__ == "Silent"}
    assert "kr_ai" in silent


def test_a_source_not_re_read_in_time_is_a_doubt():
    fresh = ask({"route": "openai-direct"}, today=date(2026, 11, 24), explain=False)
    stale = ask({"route": "openai-direct"}, today=date(2027, 9, 1), explain=False)
    assert not [d for d in fresh.doubts if type(d).__name__ == "Stale"]
    assert [d for d in stale.doubts if type(d).__name__ == "Stale"]


def test_an_attested_duty_is_met():
    facts = {"route": "azure-openai-global", "actor.mainland_entity": True, "actor.kind": "company"}
    answer = ask(facts, attested=frozenset({"enterprise-eligibility"}), explain=False)
    assert {d.id for d in answer.duties.certain if d.met} >= {"enterprise-eligibility"}


def test_place_tokens_stand_for_places_or_for_nothing_known():
    facts = {
        "actor.establishment": "FR",
        "data.personal_info": True,
        "actor.private_use": False,
        "endpoint.store_country": "DE",
    }
    facts |= {"endpoint.infer_countries": ["REGION"], "endpoint.remote_access_countries": ["SELF"]}
    assert ask(facts, explain=False).axes["eu_transfer"].outcome == "no-transfer"
    open_place = {k: v for k, v in facts.items() if k != "endpoint.store_country"}
    assert "endpoint.infer_countries" in {m.fact for m in ask(open_place).missing}


def test_a_duty_of_another_day_is_excluded_not_forgotten():
    facts = {"service.offered_to_domestic_public": True}
    before = ask(facts, on=date(2025, 8, 31), explain=False).duties
    after = ask(facts, on=date(2025, 9, 1), explain=False).duties
    assert "explicit-label" in {d.id for d in before.excluded}
    assert "explicit-label" in {d.id for d in after.certain}
    assert "conspicuous-label" in {d.id for d in after.excluded}
