"""banjia assess from the command line: the contract's JSON, exit codes, cases, errors with the nearest name."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from tests.assess.contract import RESULT

from banjia.cli import main

CLOSED = ["--route", "openai-direct", "--fact", "actor.mainland_entity=yes"]
OPEN = ["--route", "azure-openai-global", "--fact", "actor.mainland_entity=yes"]
CLEAR = [
    "--route", "domestic-filed-api", "--fact", "actor.mainland_entity=yes", "--fact", "actor.sector=[other]", "--fact",
    "service.offered_to_domestic_public=no", "--fact", "data.personal_info=no", "--fact", "data.leaves_mainland=no",
    "--fact", "network.channel=none", "--fact", "provider=alibaba_bailian", "--fact", "data.subjects_in=[CN]",
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(capsys, *words):
    code = main(["assess", "--on", "2026-11-23", "--lang", "en", *words])
    out, err = capsys.readouterr()
    return code, out, err


@pytest.mark.parametrize("words", [CLOSED, OPEN, CLEAR])
def test_one_route_is_one_document_of_the_contract(capsys, words):
    _, out, _ = run(capsys, *words, "--json")
    jsonschema.validate(json.loads(out), RESULT)


@pytest.mark.parametrize(("words", "code"), [(CLEAR, 0), (OPEN, 3), (CLOSED, 4)])
def test_the_exit_code_says_the_verdict(capsys, words, code):
    assert run(capsys, *words)[0] == code


def test_a_condition_that_is_not_met_asks_for_action(capsys):
    facts = [*CLEAR, "--fact", "service.offered_to_domestic_public=yes"]
    facts = [word for word in facts if word != "service.offered_to_domestic_public=no"]
    facts = [word for i, word in enumerate(facts) if not (word == "--fact" and facts[i + 1 : i + 2] == ["--fact"])]
    more = [
        "--fact",
        "service.opinion_attribute=no",
        "--fact",
        "model.adaptation=none",
        "--fact",
        "service.generates_media=[text]",
    ]
    code, out, _ = run(capsys, *facts, *more, "--json")
    assert (json.loads(out)["verdict"], code) == ("conditional", 5)


def test_without_a_route_every_kind_is_answered_and_the_best_decides(capsys):
    code, out, _ = run(capsys, "--fact", "actor.mainland_entity=yes", "--json")
    routes = json.loads(out)["routes"]
    assert len(routes) == 8
    assert code in {0, 3, 5}
    for result in routes:
        jsonschema.validate(result, RESULT)


def test_cases_are_answered_line_by_line(capsys, tmp_path):
    cases = [
        {"id": "a", "on": "2026-06-30", "facts": {"actor.ciio": True}},
        {"id": "b", "on": "2024-08-01", "facts": {"route": "openai-direct", "actor.mainland_entity": True}},
    ]
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(json.dumps(case) for case in cases), encoding="utf-8")
    code = main(["assess", "--cases", str(path), "--json"])
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (code, [line["id"] for line in lines]) == (0, ["a", "b"])
    for line in lines:
        jsonschema.validate(line, RESULT)


def test_a_bad_case_does_not_end_the_others(capsys, tmp_path):
    path = tmp_path / "cases.jsonl"
    good = json.dumps({"id": "good", "on": "2026-06-30", "facts": {}})
    path.write_text(
        f'{{"id": 1\n{good}\n{{"id": "c", "on": "2026-06-30", "facts": {{"actor.cioo": true}}}}\n', encoding="utf-8"
    )
    code = main(["assess", "--cases", str(path), "--json", "--lang", "en"])
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [line.get("verdict") is not None for line in lines] == [False, True, False]
    assert "actor.ciio" in err


def test_cases_in_yaml_are_read_too(capsys, tmp_path):
    path = tmp_path / "cases.yaml"
    path.write_text(yaml.safe_dump({"cases": [{"id": "y", "on": "2026-06-30", "facts": {}}]}), encoding="utf-8")
    assert main(["assess", "--cases", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "y"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--fact", "actor.cioo=no"], "actor.ciio"),
        (["--fact", "route=azure-global"], "azure-openai-global"),
        (["--route", "opanai"], "openai"),
        (["--fact", "actor.ciio"], "ID=VALUE"),
        (["--facts", "nowhere.yaml"], "nowhere.yaml"),
        (["--reading", "nonsense=x:because"], "nonsense"),
    ],
)
def test_what_is_not_known_is_one_error_that_helps(capsys, words, said):
    code, _, err = run(capsys, *words)
    assert code == 1
    assert said in err
    assert "Traceback" not in err


def test_two_facts_that_exclude_each_other_are_an_error(capsys):
    code, _, err = run(capsys, "--fact", "actor.mainland_entity=yes", "--fact", "actor.establishment=DE")
    assert code == 1
    assert "actor.establishment" in err


def test_no_verdict_is_ever_called_lawful(capsys):
    for lang in ("zh", "en"):
        main(["assess", *CLEAR, "--on", "2026-11-23", "--lang", lang])
        out = capsys.readouterr().out
        assert "合法" not in out.split("\n")[0]
        assert "lawful" not in out.lower()
        assert ("未发现禁止" in out) if lang == "zh" else ("no bar found" in out)


def test_every_answer_names_the_law_and_that_counsel_decides(capsys):
    _, out, _ = run(capsys, *CLOSED)
    assert "sha256:" in out
    assert "counsel decides" in out


def test_the_page_needs_nothing_from_outside(capsys, tmp_path):
    path = tmp_path / "page.html"
    run(capsys, *CLOSED, "--html", str(path))
    text = Path(path).read_text(encoding="utf-8")
    assert text.startswith("<!doctype html>")
    assert not any(word in text for word in ("<script", "<link", "src=", "@import"))


def test_a_chosen_reading_is_said_with_its_reason(capsys):
    words = [
        *OPEN,
        "--fact",
        "data.personal_info=yes",
        "--reading",
        "pseudonymised-tally=outside:board decision 7",
        "--json",
    ]
    code, out, err = run(capsys, *words)
    assert code in {3, 4, 5}, err
    result = json.loads(out)
    assert result["law"]["readings"]["pseudonymised-tally"]["reason"] == "board decision 7"
    (doubt,) = [d for d in result["doubts"] if d.get("reading") == "pseudonymised-tally"]
    assert (doubt["chosen"], doubt["default"], doubt["reason"]) == ("outside", False, "board decision 7")
