"""What is handed to other programs is whole, stable and without keys."""

import json
import xml.etree.ElementTree as ET

import pytest

from banjia.desk.scan import cyclonedx, html, sarif
from banjia.scan.scan import scan


@pytest.fixture
def inventory(tmp_path):
    (tmp_path / "a b.py").write_text(
        'from openai import OpenAI\n\nc = OpenAI(base_url="https://api.openai.com/v1")\n'
        'c.chat.completions.create(model="gpt-4o", messages=[])\n'
    )
    (tmp_path / "requirements.txt").write_text("openai\n")
    (tmp_path / "nginx.conf").write_text("location / {\n proxy_pass https://api.openai.com;\n}\n")
    return scan(tmp_path)


def test_sarif_names_every_finding_with_its_rule_and_fingerprint(inventory):
    run = json.loads(sarif(inventory))["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(inventory.findings) == len(run["results"])
    for finding, result in zip(inventory.findings, run["results"], strict=True):
        assert finding.rule == result["ruleId"] == ids[result["ruleIndex"]]
        assert {"banjia/v1": finding.fingerprint} == result["partialFingerprints"]
    places = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]}
    assert "a%20b.py" in places


def test_sarif_raises_closed_findings_to_errors(inventory):
    closed = {finding.fingerprint for finding in inventory.findings if finding.kind == "call"}
    results = json.loads(sarif(inventory, closed=closed))["runs"][0]["results"]
    assert ["error"] == [result["level"] for result in results if result["properties"]["kind"] == "call"]


def test_cyclonedx_has_the_hosted_api_as_a_service_beyond_the_boundary(inventory):
    document = json.loads(cyclonedx(inventory))
    service = next(service for service in document["services"] if service["name"] == "openai")
    assert service["x-trust-boundary"] is True
    assert ["https://api.openai.com/v1"] == service["endpoints"]
    assert {"library", "machine-learning-model"} == {component["type"] for component in document["components"]}
    assert cyclonedx(inventory) == cyclonedx(inventory)


def test_references_of_a_bill_are_unique(inventory):
    document = json.loads(cyclonedx(inventory))
    names = [part["bom-ref"] for part in (*document["services"], *document["components"])]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_is_well_formed_and_loads_nothing(inventory, lang):
    page = html(inventory, lang)
    ET.fromstring(page.replace("<!doctype html>", "").replace('<meta charset="utf-8">', ""))
    assert "src=" not in page
    assert "<script" not in page
    assert "a b.py:3" in page
