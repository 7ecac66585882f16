"""banjia check says on one screen what is used, what is closed, and what is open instead."""

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from banjia.cli import main
from banjia.desk.check import check
from banjia.desk.scan import scan

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "helpdesk"
DAY = date(2026, 11, 24)
CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\nclient.chat.completions.create(model='gpt-4o', messages=[])\n"


@pytest.fixture
def example(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", ".banjia"))
    return tmp_path / "app"


def answer(path, on=DAY):
    return check(path, scan(path, remember=False), config=None, on=on)


def test_direct_calls_and_the_relay_are_closed_and_the_local_model_is_open(example):
    found = answer(example)
    assert {"openai-direct", "reverse-proxy"} == {u.kind for u in found.stop}
    assert found.use is not None
    assert found.use.route.startswith("local-chat")
    assert found.use.verdict == "permitted"
    assert found.exit_code == 4


def test_a_closed_use_names_its_places_and_the_citation_that_closes_it(example):
    direct = next(u for u in answer(example).stop if u.kind == "openai-direct")
    assert "openai-services-agreement s. 16.12" in direct.cites[:2]
    assert "helpdesk/settings.py" in {f.path for f in direct.findings}


def test_settings_that_point_at_a_private_host_are_the_gateway_and_stop_nothing(example):
    (example / ".env").write_text("OPENAI_BASE_URL=http://127.0.0.1:8420/v1\nOPENAI_API_KEY=\n", encoding="utf-8")
    found = answer(example)
    assert found.behind_gateway
    assert "openai-direct" not in {u.kind for u in found.uses}


def test_a_tree_without_ai_services_has_nothing_to_do(tmp_path):
    (tmp_path / "sum.py").write_text("print(sum(range(10)))\n", encoding="utf-8")
    found = answer(tmp_path)
    assert (0, ()) == (found.exit_code, found.uses)


def test_without_a_config_the_entity_is_not_guessed(tmp_path):
    (tmp_path / "app.py").write_text(CLIENT, encoding="utf-8")
    found = answer(tmp_path)
    assert found.exit_code == 3
    assert 0 < len(found.ask) <= 3
    assert found.next.en == "banjia init"


def test_the_json_has_the_fields_of_the_contract(example, capsys):
    assert main(["check", str(example), "--json", "--on", DAY.isoformat()]) == 4
    document = json.loads(capsys.readouterr().out)
    assert {"stop", "use", "first", "ask", "routes", "findings"} <= document.keys()
    assert len(document["first"]) <= 5
    assert len(document["ask"]) <= 3


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_one_screen_is_enough(example, capsys, lang):
    main(["check", str(example), "--lang", lang])
    out = capsys.readouterr().out
    assert len(out.splitlines()) <= 40
    assert "lawful" not in out
    assert "合法" not in out


def test_sarif_marks_closed_uses_as_errors(example, capsys):
    assert main(["check", str(example), "--sarif"]) == 4
    results = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert {"error"} == {
        r["level"] for r in results if r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == ".env"
    }


def test_a_path_that_is_not_there_is_one_clear_error(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nothing"), "--lang", "en"]) == 1
    assert "nothing" in capsys.readouterr().err


TWO_WAYS = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme, facts: {actor.establishment: CN}}
apps: [{id: helpdesk, keys: ["file:key"], routes: [local, azure]}]
routes:
  - {id: azure, provider: azure_openai, base_url: "https://acme.openai.azure.com/openai/v1", models: {gpt-4o: gpt-5.1}}
  - {id: local, provider: self_hosted, base_url: "http://10.0.0.5:8000/v1", channel: none, models: {gpt-4o: qwen3-32b}}
"""


@pytest.mark.parametrize(
    "client", [CLIENT, CLIENT.replace("OpenAI()", "OpenAI(base_url='https://acme.openai.azure.com/openai/v1')")]
)
def test_what_is_asked_first_changes_something_for_the_best_route_that_is_configured(tmp_path, client):
    (tmp_path / "banjia.yaml").write_text(TWO_WAYS, encoding="utf-8")
    (tmp_path / "app.py").write_text(client, encoding="utf-8")
    found = answer(tmp_path)
    local = next(a for a in found.routes if a.route.startswith("local"))
    assert found.ask
    assert {m.fact for m in found.ask} <= {m.fact for m in local.missing}
    assert "network.channel" not in {m.fact for m in found.ask}
