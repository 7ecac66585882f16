"""What is handed to other programs is whole, stable and without keys."""

import json
import uuid
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from banjia.desk import scan as desk
from banjia.scan import cyclonedx
from banjia.scan.finding import without_credentials
from banjia.scan.page import page
from banjia.scan.scan import scan

ON = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
KEY = "sk-proj-" + "Ab3dEf6hIj9k" * 4
PASSWORD = "hunter" + "2hunter"


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "a b.py").write_text(
        'from openai import OpenAI\n\nc = OpenAI(base_url="https://api.openai.com/v1")\n'
        'c.chat.completions.create(model="gpt-4o", messages=[])\n'
    )
    (tmp_path / "key.py").write_text(f'import openai\n\nopenai.api_key = "{KEY}"\n')
    (tmp_path / ".env").write_text(
        f"OPENAI_API_KEY={KEY}\nOPENAI_BASE_URL=https://me:{PASSWORD}@api.openai.com/v1?api_key={KEY}\n"
    )
    (tmp_path / "requirements.txt").write_text("openai\n")
    (tmp_path / "nginx.conf").write_text("location / {\n proxy_pass https://api.openai.com;\n}\n")
    return tmp_path


@pytest.fixture
def inventory(tree):
    return scan(tree)


def bill(inventory, **more):
    return cyclonedx.document(inventory, **({"version": "1", "name": "shop", "time": ON} | more))


def forms(inventory):
    yield json.dumps(inventory.to_json())
    yield desk.sarif(inventory)
    yield json.dumps(bill(inventory))
    for lang in ("zh", "en"):
        yield page(inventory, lang, name="shop", time=ON)


def test_no_output_holds_a_secret(inventory):
    assert "secret" in {finding.kind for finding in inventory.findings}
    for text in forms(inventory):
        assert KEY not in text
        assert PASSWORD not in text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h.example/v1", "https://***@h.example/v1"),
        ("https://h.example/v1?key=abc&x=1", "https://h.example/v1?key=***&x=1"),
        ("https://h.example/v1?api-version=2024-10-21", "https://h.example/v1?api-version=2024-10-21"),
        ("http://localhost:8000/v1", "http://localhost:8000/v1"),
    ],
)
def test_an_address_is_shown_without_what_opens_a_door(url, shown):
    assert without_credentials(url) == shown


def test_sarif_names_every_finding_with_its_rule_and_fingerprint(inventory):
    run = json.loads(desk.sarif(inventory))["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(inventory.findings) == len(run["results"])
    for finding, result in zip(inventory.findings, run["results"], strict=True):
        assert finding.rule == result["ruleId"] == ids[result["ruleIndex"]]
        assert {"banjia/v2": finding.fingerprint} == result["partialFingerprints"]
        assert result["level"] in ("error", "warning", "note")
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert "a%20b.py" in places


def test_sarif_rules_lead_nowhere_outside(inventory):
    rules = json.loads(desk.sarif(inventory))["runs"][0]["tool"]["driver"]["rules"]
    assert all("helpUri" not in rule for rule in rules)


def test_sarif_raises_closed_findings_to_errors(inventory):
    closed = {finding.key for finding in inventory.findings if finding.kind == "call"}
    results = json.loads(desk.sarif(inventory, closed=closed))["runs"][0]["results"]
    assert {"error"} == {result["level"] for result in results if result["properties"]["kind"] == "call"}


def test_a_fingerprint_survives_moved_lines_and_not_a_changed_one(tree, inventory):
    place = tree / "a b.py"
    text = place.read_text()
    place.write_text("# a line\n\n" + text)
    moved = {finding.fingerprint for finding in scan(tree).findings}
    assert {finding.fingerprint for finding in inventory.findings} == moved
    place.write_text(text.replace("gpt-4o", "gpt-4.1"))
    assert {finding.fingerprint for finding in scan(tree).findings} != moved


def test_cyclonedx_has_the_hosted_api_as_a_service_beyond_the_boundary(inventory):
    service = next(s for s in bill(inventory)["services"] if s["bom-ref"] == "service:openai")
    assert service["x-trust-boundary"] is True
    assert service["authenticated"] is True
    assert service["provider"]["name"].startswith("OpenAI")
    assert "https://api.openai.com/v1" in service["endpoints"]
    assert [("bi-directional", "not-assessed")] == [(d["flow"], d["classification"]) for d in service["data"]]
    assert {"name": "banjia:occurrence", "value": "a b.py:3 client"} in service["properties"]


def test_a_server_of_ones_own_is_inside_the_boundary(inventory):
    client = next(finding for finding in inventory.findings if finding.kind == "client")
    own = replace(client, provider="vllm", url="http://127.0.0.1:8000/v1")
    (service,) = bill(replace(inventory, findings=(own,)))["services"]
    assert ["http://127.0.0.1:8000/v1"] == service["endpoints"]
    assert service["x-trust-boundary"] is False


def test_a_library_has_its_package_and_every_place_that_uses_it(inventory):
    library = next(c for c in bill(inventory)["components"] if c["bom-ref"] == "pkg:pypi/openai")
    assert ("library", "openai", "pkg:pypi/openai") == (library["type"], library["name"], library["purl"])
    places = {(place["location"], place["line"]) for place in library["evidence"]["occurrences"]}
    assert {("requirements.txt", 1), ("a b.py", 1), ("a b.py", 3), ("a b.py", 4)} <= places


def test_a_model_is_a_component_with_the_line_that_names_it(inventory):
    models = {c["name"]: c for c in bill(inventory)["components"] if c["type"] == "machine-learning-model"}
    assert {"gpt-4o"} == set(models)
    assert {"location": "a b.py", "line": 4} in [
        {"location": place["location"], "line": place["line"]} for place in models["gpt-4o"]["evidence"]["occurrences"]
    ]


def test_references_of_a_bill_are_unique_and_hang_on_the_application(inventory):
    document = bill(inventory)
    names = [part["bom-ref"] for part in (*document["services"], *document["components"])]
    assert len(set(names)) == len(names)
    assert set(names) == set(document["dependencies"][0]["dependsOn"])


def test_a_bill_is_the_same_for_the_same_tree_name_and_time(tree, inventory):
    assert bill(scan(tree)) == bill(inventory)
    assert bill(inventory)["metadata"]["timestamp"] == "2026-11-23T08:00:00Z"
    assert bill(inventory, name="other")["serialNumber"] != bill(inventory)["serialNumber"]
    serial = uuid.UUID(int=7)
    assert bill(inventory, serial=serial)["serialNumber"] == f"urn:uuid:{serial}"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_well_formed_and_loads_nothing(inventory, lang):
    text = page(inventory, lang, name="shop", time=ON)
    body = ET.fromstring(text.replace("<!doctype html>", ""))
    assert {"script", "link", "img", "iframe", "form"}.isdisjoint(part.tag for part in body.iter())
    assert not [part for part in body.iter() if {"src", "href", "style"} & set(part.attrib)]
    assert "url(" not in text
    assert "@import" not in text
    shown = "".join(body.itertext())
    assert all(finding.text.say(lang) in shown for finding in inventory.findings)


def test_the_page_takes_nothing_from_a_tree_as_markup(tmp_path):
    evil = '<img src=x onerror="1">'
    (tmp_path / f"{evil.replace('/', '')}.py").write_text(
        f"from openai import OpenAI\n\nOpenAI().chat.completions.create(model='{evil}', messages=[])\n"
    )
    text = page(scan(tmp_path), "en", name=evil, time=ON)
    assert "<img" not in text
    assert "&lt;img src=x" in text


def test_the_page_of_an_empty_tree_says_so(tmp_path):
    assert "No use of an AI service was found." in page(scan(tmp_path), "en", name="x", time=ON)
