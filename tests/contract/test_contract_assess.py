"""What other programs rely on in `assess`: one document, its fields, values, ids and exit codes."""

import json
import re

import pytest

from banjia.cli import main

VERDICTS = {"permitted", "conditional", "doubtful", "prohibited", "indeterminate"}
OUTCOMES = {
    "genai": {"out-of-scope", "baseline", "registration", "filing", "barred", "indeterminate"},
    "export": {
        "not-an-export",
        "exempt",
        "standard-contract-or-certification",
        "security-assessment",
        "indeterminate",
    },
    "sector": {"no-special-rule", "barred", "indeterminate"},
}
FIELDS = {
    "on",
    "verdict",
    "reachable",
    "exact",
    "axes",
    "duties",
    "cites",
    "filled",
    "missing",
    "because",
    "levers",
    "doubts",
    "law",
}
EXITS = {"permitted": {0}, "conditional": {0, 5}, "doubtful": {5}, "prohibited": {4}, "indeterminate": {3}}
DAY = "2026-06-30"


def assess(capsys, *words):
    code = main(["assess", "--json", "--on", DAY, "--lang", "en", *words])
    return code, json.loads(capsys.readouterr().out)


def both(text):
    return bool(text["zh"] and text["en"])


def refused(capsys, *words):
    assert main(["assess", "--json", "--on", DAY, "--lang", "en", "--route", "openai-direct", *words]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_route_is_one_document_with_every_field(capsys, folder):
    code, found = assess(capsys, "--route", "openai-direct", "--fact", "actor.establishment=CN")
    assert found.keys() >= FIELDS
    assert found["on"] == DAY
    assert found["verdict"] in VERDICTS
    assert code in EXITS[found["verdict"]]
    assert set(found["reachable"]) <= VERDICTS - {"indeterminate"}
    assert found["exact"] is True
    assert set(found["axes"]) >= {"vendor_terms", "genai", "export", "network", "sector"}
    assert set(found["duties"]) == {"certain", "possible", "excluded"}
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", found["law"]["hash"])
    assert isinstance(found["law"]["packs"]["cn"], str)


def test_every_axis_keeps_its_outcome_verdict_basis_and_citations(capsys, folder):
    _, found = assess(capsys, "--route", "openai-direct", "--fact", "actor.establishment=CN")
    for name, axis in found["axes"].items():
        assert axis.keys() >= {"outcome", "verdict", "reachable", "basis", "cites", "rules"}, name
        assert axis["verdict"] in VERDICTS
        assert axis["basis"] in {"statute", "standard", "practice", "contract", None, ""}
        assert axis["outcome"] in OUTCOMES.get(name, {axis["outcome"]})


def test_citations_duties_and_questions_have_their_fields(capsys, folder):
    _, found = assess(capsys, "--route", "azure-openai-global", "--fact", "actor.establishment=CN")
    ids = {cite["id"] for cite in found["cites"]}
    assert {c for axis in found["axes"].values() for c in axis["cites"]} <= ids
    for cite in found["cites"]:
        assert both(cite["title"])
        assert len(cite["in_force"]) == 2
        assert cite["confidence"] in {"text", "secondary", "memory"}
        assert "source" in cite
    for duty in [*found["duties"]["certain"], *found["duties"]["possible"]]:
        assert duty["when"] in {"before-use", "deadline", "continuing"}
        assert isinstance(duty["met"], bool)
        assert both(duty["text"])
    bits = [row["settles"] for row in found["missing"]]
    assert bits and all(isinstance(b, (int, float)) for b in bits)
    assert all(row["fact"] and both(row["question"]) and row["who"] for row in found["missing"])
    assert all(row["kind"] in {"open", "contested", "silent", "stale"} for row in found["doubts"])
    assert all(row.keys() >= {"fact", "from", "to", "verdict"} for row in found["levers"])


def test_law_and_duty_ids_are_those_of_the_facts_files(capsys, folder):
    facts = ["actor.establishment=CN", "data.personal_info=yes", "export.scenario=none", "data.leaves_mainland=yes"]
    _, found = assess(capsys, "--route", "azure-openai-global", *[w for f in facts for w in ("--fact", f)])
    known = {d["id"] for part in found["duties"].values() for d in part}
    assert known >= {"notice", "separate-consent", "impact-assessment"}
    assert any(c["id"].startswith("cbdf art. ") for c in found["cites"])


def test_openai_direct_from_the_mainland_is_prohibited(capsys, folder):
    code, found = assess(
        capsys, "--route", "openai-direct", "--fact", "actor.establishment=CN", "--fact", "users.countries=[CN]"
    )
    assert (code, found["verdict"], found["axes"]["vendor_terms"]["verdict"]) == (4, "prohibited", "prohibited")


def test_without_a_route_every_route_is_answered(capsys, folder):
    code, found = assess(capsys, "--fact", "actor.establishment=CN")
    assert set(found) == {"routes"}
    assert len(found["routes"]) >= 8
    assert code in {c for r in found["routes"] for c in EXITS[r["verdict"]]}


@pytest.mark.parametrize(
    ("fact", "values"),
    [
        ("actor.ciio", ["yes", "true"]),
        ("actor.ciio", ["no", "false"]),
        ("actor.ciio", ["unknown", None]),
        ("export.persons_sensitive_ytd", ["3", "[3, 3]"]),
        ("export.persons_nonsensitive_ytd", ["[0, null]", "unknown", None]),
        ("users.countries", ["[CN]", "CN"]),
    ],
)
def test_spellings_of_one_value_have_one_answer(capsys, folder, fact, values):
    base = ["--route", "azure-openai-global", "--fact", "actor.establishment=CN"]
    found = [assess(capsys, *base, *(["--fact", f"{fact}={v}"] if v else [])) for v in values]
    assert len({json.dumps([code, r["verdict"], r["reachable"], r["axes"]], sort_keys=True) for code, r in found}) == 1


def test_unknown_facts_values_and_routes_name_the_nearest(capsys, folder):
    assert "actor.ciio" in refused(capsys, "--fact", "actor.ciioo=yes")
    assert "true, false" in refused(capsys, "--fact", "actor.ciio=maybe")
    assert "openai-direct" in refused(capsys, "--route", "openai-dirct")
    assert "[low, high]" in refused(capsys, "--fact", "export.persons_sensitive_ytd=[5, 2]")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_permitted_never_reads_lawful(capsys, folder, lang):
    main(["assess", "--on", DAY, "--lang", lang, "--route", "self-hosted-open-weights"])
    shown = capsys.readouterr().out
    assert shown.strip()
    assert "合法" not in shown
    assert not re.search(r"\blawful\b", shown)


@pytest.mark.parametrize(
    ("familiar", "id_"),
    {
        "dashscope": "alibaba_bailian",
        "bailian": "alibaba_bailian",
        "qwen": "alibaba_bailian",
        "qianfan": "baidu_qianfan",
        "ernie": "baidu_qianfan",
        "ark": "volcengine_ark",
        "doubao": "volcengine_ark",
        "tokenhub": "tencent",
        "hunyuan": "tencent",
        "spark": "iflytek_spark",
        "yi": "lingyiwanwu",
        "glm": "zhipu",
        "kimi": "moonshot",
        "azure": "azure_openai",
        "gemini": "google_gemini_api",
        "llama.cpp": "llamacpp",
    }.items(),
)
def test_a_familiar_name_is_answered_with_the_id(familiar, id_):
    from banjia.routes.catalogue import load

    assert load().by_id(familiar).id == id_


def test_every_provider_of_the_contract_is_there():
    from banjia.routes.catalogue import load

    ids = """openai azure_openai azure_21vianet anthropic aws_bedrock google_gemini_api google_vertex mistral xai
    alibaba_bailian baidu_qianfan zhipu deepseek moonshot volcengine_ark tencent iflytek_spark baichuan minimax
    lingyiwanwu stepfun siliconflow sensenova qihoo_360 cn_aggregators self_hosted foreign_aggregator vllm sglang
    ollama llamacpp xinference"""
    assert all(load().by_id(id_).id == id_ for id_ in ids.split())


def test_cases_are_answered_one_a_line_in_order(capsys, folder):
    rows = [
        {"id": "a", "on": DAY, "facts": {"route": "openai-direct", "actor.establishment": "CN"}},
        {"id": 2, "on": "2024-08-01", "facts": {"route": "domestic-filed-api"}},
    ]
    (folder / "cases.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    assert main(["assess", "--cases", "cases.jsonl", "--json"]) == 0
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [str(r["id"]) for r in found] == ["a", "2"]
    assert [r["on"] for r in found] == [DAY, "2024-08-01"]
    assert all(r.keys() >= FIELDS for r in found)


def test_a_broken_case_costs_only_its_own_line(capsys, folder):
    good = json.dumps({"id": "x", "on": DAY, "facts": {}})
    (folder / "cases.jsonl").write_text(f"{good}\n{{broken\n{good}\n")
    assert main(["assess", "--cases", "cases.jsonl", "--json", "--lang", "en"]) == 1
    shown = capsys.readouterr()
    assert ["verdict" in json.loads(line) for line in shown.out.splitlines()] == [True, False, True]
    assert "cases.jsonl:2" in shown.err
