"""The compiled table: finite, closed by default, and true to the assessment it was made from."""

from datetime import date

import pytest
import yaml

from banjia.assess.compile import compile_policy
from banjia.config.reader import read
from banjia.errors import ConfigError
from banjia.law.corpus import load as load_law
from banjia.policy.decide import Ask, decide
from banjia.routes.catalogue import load as load_routes

ON = date(2026, 11, 24)
ENTITY = {
    "actor.establishment": "CN",
    "actor.mainland_entity": True,
    "actor.kind": "company",
    "actor.sector": ["other"],
    "actor.ciio": False,
    "actor.state_organ": False,
    "actor.negative_list": "none",
}
APP = {
    "service.offered_to_domestic_public": False,
    "users.countries": ["CN"],
    "staff.countries": ["CN"],
    "data.important": False,
    "data.foreign_origin_only": False,
    "export.scenario": "none",
}
AZURE = {
    "id": "azure",
    "provider": "azure_openai",
    "base_url": "https://shop.openai.azure.com",
    "channel": "carrier-private-line-internal",
    "models": {"*": "gpt-5.1"},
}
HOME = {
    "id": "home",
    "provider": "self_hosted",
    "base_url": "http://127.0.0.1:8081/v1",
    "channel": "none",
    "models": {"*": "qwen3"},
}
DONE = (
    "enterprise-eligibility",
    "notice",
    "separate-consent",
    "impact-assessment",
    "recipient-contract-and-supervision",
)


def table(tmp_path, **changes):
    data = {
        "gateway": {"country": "CN"},
        "entity": {"id": "shop", "facts": ENTITY},
        "apps": [{"id": "desk", "facts": APP, "routes": ["home", "azure"], "treatment": {"abroad": "pseudonymise"}}],
        "routes": [HOME, AZURE],
    } | changes
    path = tmp_path / "banjia.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return compile_policy(read(path), law=load_law(), routes=load_routes(), on=ON)


def attest(*duties, until="2027-09-30"):
    return [
        {
            "duty": duty,
            "by": "dpo",
            "on": date(2026, 10, 1),
            "until": date.fromisoformat(until),
            "evidence": "sha256:" + "0" * 64,
        }
        for duty in duties
    ]


def ask(route, data_class="none", *, ordinary=(0, 0), sensitive=(0, 0), model="gpt-5.1"):
    return Ask("desk", "", route, model, data_class, ON, ordinary, sensitive)


def test_a_route_without_a_bar_passes_every_class(tmp_path):
    policy = table(tmp_path).policy
    assert [decide(policy, ask("home", c, model="qwen3")).passes for c in ("none", "ordinary", "sensitive")] == [
        True
    ] * 3


def test_a_conditional_route_waits_for_every_before_use_duty(tmp_path):
    assert not decide(table(tmp_path).policy, ask("azure")).passes
    assert decide(table(tmp_path, attestations=attest("enterprise-eligibility")).policy, ask("azure")).passes


def test_personal_information_needs_its_own_duties(tmp_path):
    some = table(tmp_path, attestations=attest("enterprise-eligibility")).policy
    assert not decide(some, ask("azure", "ordinary", ordinary=(1, 1))).passes
    every = table(tmp_path, attestations=attest(*DONE)).policy
    passed = decide(every, ask("azure", "ordinary", ordinary=(1, 1)))
    assert (passed.passes, passed.treatment) == (True, "pseudonymise")


def test_the_tally_that_reaches_the_line_closes_the_route(tmp_path):
    policy = table(tmp_path, attestations=attest(*DONE)).policy
    assert decide(policy, ask("azure", "ordinary", ordinary=(99_999, 99_999))).passes
    assert not decide(policy, ask("azure", "ordinary", ordinary=(100_000, 100_000))).passes
    assert not decide(policy, ask("azure", "ordinary", ordinary=(1, None))).passes


def test_one_sensitive_person_needs_a_mechanism(tmp_path):
    policy = table(tmp_path, attestations=attest(*DONE)).policy
    refused = decide(policy, ask("azure", "sensitive", sensitive=(1, 1)))
    assert not refused.passes
    assert "cbdf art. 8" in {cite.id for cite in refused.cites}


def test_an_open_fact_acts_on_the_worst_reachable_verdict(tmp_path):
    facts = {k: v for k, v in ENTITY.items() if k != "actor.ciio"}
    policy = table(tmp_path, entity={"id": "shop", "facts": facts}, attestations=attest(*DONE)).policy
    cell = next(c for c in policy.cells if c.route == "azure" and c.data_class == "ordinary")
    assert (cell.settled, cell.decision, cell.verdict) == (False, "refuse", "prohibited")


def test_open_facts_that_close_every_route_stop_the_start(tmp_path):
    facts = {k: v for k, v in ENTITY.items() if k != "actor.sector"}
    app = {"id": "desk", "facts": {}, "routes": ["azure"]}
    compiled = table(tmp_path, entity={"id": "shop", "facts": facts}, apps=[app])
    with pytest.raises(ConfigError) as caught:
        compiled.require_open()
    assert caught.value.exit_code == 3
    assert "desk: " in str(caught.value)


def test_the_refusal_to_start_names_the_duties_that_would_still_be_unmet(tmp_path):
    facts = APP | {"data.personal_info": True, "data.sensitive_pi": False}
    compiled = table(tmp_path, apps=[{"id": "desk", "facts": facts, "routes": ["azure"]}])
    with pytest.raises(ConfigError, match=r"desk: .*export\.mechanism \(and duties that are not attested: .*notice"):
        compiled.require_open()


def test_persons_are_counted_and_never_asked_for(tmp_path):
    facts = {k: v for k, v in ENTITY.items() if k != "actor.sector"}
    app = {"id": "desk", "facts": {}, "routes": ["azure"]}
    [blocked] = table(tmp_path, entity={"id": "shop", "facts": facts}, apps=[app]).blocked
    assert blocked.facts
    assert not [fact for fact in blocked.facts if fact.startswith("export.persons_")]


def test_an_application_that_only_duties_close_is_named_with_them_and_holds_up_no_start(tmp_path):
    facts = {"data.personal_info": False, "data.important": False, "service.offered_to_domestic_public": False}
    app = {"id": "desk", "facts": facts, "routes": ["azure"]}
    compiled = table(tmp_path, apps=[app])
    assert compiled.require_open() is compiled.policy
    [blocked] = compiled.blocked
    assert (blocked.app, blocked.facts) == ("desk", ())
    assert "enterprise-eligibility" in blocked.duties
    assert "enterprise-eligibility" in blocked.say().en


def test_a_closed_vendor_is_refused_with_its_citation(tmp_path):
    openai = {"id": "direct", "provider": "openai", "base_url": "https://api.openai.com/v1", "models": {"*": "gpt-5.5"}}
    policy = table(tmp_path, routes=[HOME, AZURE, openai], apps=[{"id": "desk", "facts": APP}]).policy
    refused = decide(policy, ask("direct", model="gpt-5.5"))
    assert not refused.passes
    assert "openai-services-agreement s. 16.12" in {cite.id for cite in refused.cites}


def test_a_relay_in_front_of_a_closed_vendor_is_refused(tmp_path):
    relay = {"id": "relay", "provider": "relay", "base_url": "https://relay.example/v1", "models": {"*": "gpt-4o"}}
    relay["country"], relay["reason"] = "SG", "told by its operator"
    policy = table(tmp_path, routes=[HOME, AZURE, relay], apps=[{"id": "desk", "facts": APP}]).policy
    assert not decide(policy, ask("relay", model="gpt-4o")).passes


def test_a_cell_lasts_as_long_as_its_attestation(tmp_path):
    policy = table(tmp_path, attestations=attest("enterprise-eligibility", until="2026-12-31")).policy
    cell = next(c for c in policy.cells if c.route == "azure" and c.data_class == "none")
    assert cell.until == date(2026, 12, 31)


def test_the_same_config_gives_the_same_bytes(tmp_path):
    assert table(tmp_path).policy.hash == table(tmp_path).policy.hash


def test_what_is_not_listed_is_refused(tmp_path):
    assert not decide(table(tmp_path).policy, Ask("stranger", "", "home", "qwen3", "none", ON)).passes


def counted(tmp_path, app, readings, data_class="ordinary"):
    apps = [{"id": "desk", "facts": APP | app, "routes": ["azure"], "treatment": {"abroad": "pseudonymise"}}]
    given = [{"reading": r, "option": o, "reason": "counsel", "by": "dpo"} for r, o in readings]
    policy = table(tmp_path, apps=apps, readings=given, attestations=attest(*DONE)).policy
    found = decide(policy, ask("azure", data_class, ordinary=(1, 1), sensitive=(0, 0))).cell
    return found.decision, found.basis, found.uncounted


HR = {"export.scenario": "cross-border-hr", "export.scenario_necessary": True}


@pytest.mark.parametrize(
    ("app", "readings", "expected"),
    [
        ({}, [], ("pass", "", False)),
        (HR, [], ("pass", "cross-border-hr", False)),
        (HR, [("exempt-flows-tally", "outside")], ("pass", "cross-border-hr", True)),
        ({}, [("exempt-flows-tally", "outside")], ("pass", "", False)),
        ({}, [("pseudonymised-tally", "outside")], ("pass", "pseudonymised", True)),
    ],
)
def test_the_readings_on_the_tally_say_whose_persons_are_counted(tmp_path, app, readings, expected):
    assert expected == counted(tmp_path, app, readings)


def test_the_finer_treatments_of_the_config_stand_in_every_open_cell_with_persons(tmp_path):
    apps = [
        {
            "id": "desk",
            "facts": APP,
            "routes": ["azure"],
            "treatment": {"azure": {"ordinary": "mask"}, "abroad": "home", "types": {"ID_CN": "home"}},
        }
    ]
    policy = table(tmp_path, apps=apps, attestations=attest(*DONE)).policy
    passed = decide(policy, ask("azure", "ordinary", ordinary=(1, 1)))
    assert "mask" == passed.treatment
    assert [("home", ("ID_CN",))] == [(f.treatment, f.types) for f in passed.cell.finer]
    assert () == decide(policy, ask("azure", "none")).cell.finer
