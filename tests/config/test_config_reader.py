"""banjia.yaml is read whole or refused with the line of the fault."""

from datetime import date
from pathlib import Path

import pytest

from banjia.config.reader import read
from banjia.errors import ConfigError

WHOLE = """\
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme-cn, facts: {actor.establishment: CN, actor.sector: [other], actor.ciio: no}}
elsewhere: {2026: {ordinary: [0, 20000], sensitive: 0, by: dpo, on: 2026-11-01}}
apps:
  - id: helpdesk
    keys: [env:HELPDESK_KEY]
    facts: {service.offered_to_domestic_public: no}
    purposes: {customer-service: {export.scenario: none}}
    routes: [local, azure]
    treatment: {abroad: {ordinary: pseudonymise, sensitive: home}}
    labels: {explicit: auto, implicit: on}
routes:
  - id: local
    provider: self_hosted
    base_url: http://127.0.0.1:8081/v1
    key: env:LOCAL_KEY
    channel: none
    models: {gpt-4o: smollm2, "text-embedding-*": multilingual-e5-small, "*": smollm2}
  - {id: azure, provider: azure_openai, base_url: "https://acme.openai.azure.com", key: "file:azure.key", api_version: v1}
attestations:
  - {duty: separate-consent, apps: [helpdesk], routes: [azure], by: dpo, on: 2026-10-01, until: 2027-09-30, evidence: "sha256:00"}
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "banjia.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_of_the_contract_is_read_whole(tmp_path):
    config = read(written(tmp_path, WHOLE))
    app = config.app("helpdesk")
    assert app is not None
    assert "acme-cn" == config.entity.id
    assert {"export.scenario": "none"} == app.purposes["customer-service"]
    assert "on" == app.labels.implicit
    assert "home" == app.treatment.of(abroad=True, data_class="sensitive")
    assert "pseudonymise" == app.treatment.of(abroad=True, data_class="ordinary")
    assert (0, 20000) == config.elsewhere[0].ordinary
    assert f"sqlite:///{tmp_path / 'banjia.db'}" == config.store
    assert config.attestations[0].covers("separate-consent", app="helpdesk", route="azure", on=date(2027, 9, 30))
    assert not config.attestations[0].covers("separate-consent", app="helpdesk", route="azure", on=date(2027, 10, 1))


def test_top_level_facts_stand_for_the_entity_of_a_single_application(tmp_path):
    config = read(written(tmp_path, "facts: {actor.ciio: no}\napps: [{id: one, key: env:K}]\n"))
    assert {"actor.ciio": False} == config.entity.facts
    assert 1 == len(config.apps[0].keys)


@pytest.mark.parametrize(
    ("old", "new", "where", "says"),
    [
        ("keys: [env:HELPDESK_KEY]", "keys: [sk-abc]", ":8", "env:NAME"),
        ("routes: [local, azure]", "routes: [locale]", ":11", "did you mean local?"),
        ("    channel: none\n", "    chanel: none\n", ":19", "did you mean channel?"),
        ("gateway: {country: CN}", "gateway: {country: no}", ":3", "in quotes"),
        ("on: 2026-11-01", "on: yesterday", ":5", "YYYY-MM-DD"),
        ("sensitive: 0, by", "sensitive: [5, 1], by", ":5", "[low, high]"),
        ("provider: self_hosted", "provider:", ":15", "provider"),
        ("pseudonymise", "hide", ":12", "pseudonymise"),
        ("- id: local", "- id: azure", ":21", "azure"),
        ("entity: {id: acme-cn", "entity: {id: acme-cn, id: b", ":4", "id"),
        ("routes:\n  - id", "routes:\n\t- id", ":15", "YAML"),
        ("implicit: on", "implicit: off", ":13", "shown_by_app"),
    ],
)
def test_a_fault_is_named_with_its_line_and_remedy(tmp_path, old, new, where, says):
    text = WHOLE.replace(old, new, 1)
    assert text != WHOLE
    with pytest.raises(ConfigError) as caught:
        read(written(tmp_path, text))
    assert where in caught.value.where
    assert says in caught.value.say("en")
    assert caught.value.say("zh") != caught.value.say("en")


@pytest.mark.parametrize("text", ["[1, 2]", "a: [", "\x00", "a: &a [*a]", "? {a: 1}\n: 2\n", "- " * 200])
def test_a_broken_file_is_one_clear_error(tmp_path, text):
    with pytest.raises(ConfigError):
        read(written(tmp_path, text))


def test_a_missing_secret_says_which_variable_to_set(tmp_path, monkeypatch):
    monkeypatch.delenv("HELPDESK_KEY", raising=False)
    secret = read(written(tmp_path, WHOLE)).apps[0].keys[0]
    with pytest.raises(ConfigError, match="env:HELPDESK_KEY"):
        secret.reveal()
    monkeypatch.setenv("HELPDESK_KEY", " value\n")
    assert "value" == secret.reveal()
    assert "value" not in repr(secret)


FINE = """\
apps:
  - id: helpdesk
    treatment:
      azure: {sensitive: refuse}
      SG: mask
      fields: {"metadata.*": mask, user: refuse}
      types: {ID_CN: mask}
treatment: {abroad: pseudonymise, types: {ID_CN: home, PHONE: fake}}
routes:
  - {id: azure, provider: azure_openai, base_url: "https://acme.openai.azure.com"}
"""


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({"route": "azure", "country": "US", "data_class": "sensitive"}, "refuse"),
        ({"route": "azure", "country": "US", "data_class": "ordinary"}, "pseudonymise"),
        ({"route": "other", "country": "SG", "data_class": "ordinary"}, "mask"),
        ({"route": "other", "country": "", "data_class": "ordinary"}, "pseudonymise"),
    ],
)
def test_a_route_goes_before_a_country_and_a_country_before_abroad(tmp_path, where, expected):
    chosen = read(written(tmp_path, FINE)).app("helpdesk").treatment
    assert expected == chosen.of(abroad=True, **where)


def test_fields_and_types_have_treatments_and_the_application_goes_before_the_default(tmp_path):
    finer = read(written(tmp_path, FINE)).app("helpdesk").treatment.finer
    assert {("metadata.*", "mask"), ("user", "refuse")} == {(f.field, f.treatment) for f in finer if f.field}
    assert {("ID_CN", "mask"), ("PHONE", "fake")} == {(f.types[0], f.treatment) for f in finer if f.types}


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [
        ("treatment: {abroad: pseudonymize}\n", "banjia.yaml:1", "pseudonymise"),
        ("treatment: {abrod: mask}\n", "banjia.yaml:1", "abroad"),
        ("treatment: {types: {id_cn: mask}}\n", "banjia.yaml:1", "ID_CN"),
        ("treatment: {fields: {user: hide}}\n", "banjia.yaml:1", ""),
    ],
)
def test_a_treatment_that_is_none_is_refused_with_its_line(tmp_path, text, line, near):
    with pytest.raises(ConfigError) as found:
        read(written(tmp_path, text))
    said = found.value.say("en")
    assert line in said
    assert near in said


@pytest.mark.parametrize("as_json", [True, False])
def test_what_the_audit_prints_can_be_declared_as_it_stands(tmp_path, capsys, as_json):
    import json

    from banjia.cli import main

    row = {"created": 1_770_000_000, "body": "客户贺雨桐，手机13812345678"}
    (tmp_path / "log.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    assert 0 == main(["privacy", "audit", str(tmp_path / "log.jsonl"), *(["--json"] if as_json else ["--lang", "en"])])
    said = capsys.readouterr().out
    text = json.dumps({"elsewhere": json.loads(said)["elsewhere"]}) if as_json else said[said.index("elsewhere:") :]
    text = text if as_json else "\n".join(text.splitlines()[:2])
    declared = read(written(tmp_path, text)).elsewhere[0]
    assert (2026, (1, 1), (0, 0)) == (declared.year, declared.ordinary, declared.sensitive)
    assert declared.evidence.startswith("sha256:")
