"""What other programs rely on in scan, check, privacy, policy and ledger."""

import json
import sys
from io import BytesIO, TextIOWrapper

import pytest

from banjia.cli import main

CONFIG = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme-cn, facts: {actor.establishment: CN, data.personal_info: no}}
apps:
  - {id: helpdesk, keys: ["file:key"], routes: [local]}
routes:
  - {id: local, provider: self_hosted, base_url: "http://127.0.0.1:9/v1", models: {"*": small}}
"""
CODE = "import openai\n\nclient = openai.OpenAI(api_key='sk-abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGH')\n"
KINDS = {
    "dependency",
    "import",
    "client",
    "call",
    "http",
    "env",
    "config",
    "model",
    "tokenizer",
    "embed_dim",
    "state",
    "proxy",
    "secret",
}


@pytest.fixture
def folder(tmp_path, monkeypatch):
    (tmp_path / "banjia.yaml").write_text(CONFIG)
    (tmp_path / "key").write_text("sk-contract")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "llm.py").write_text(CODE)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(capsys, *words):
    code = main([*words])
    return code, json.loads(capsys.readouterr().out)


def test_scan_answers_findings_summary_and_skipped(capsys, folder):
    code, found = run(capsys, "scan", "app", "--json")
    assert code == 0
    assert found.keys() >= {"findings", "summary", "skipped"}
    assert found["findings"]
    for row in found["findings"]:
        assert row.keys() >= {"path", "line", "end", "kind", "provider", "model", "rule", "fix", "text"}
        assert row["path"] == "llm.py"
        assert 1 <= row["line"] <= row["end"]
        assert row["kind"] in KINDS
        assert row["fix"] in {"auto", "config", "manual", "none"}
        assert row["text"]["zh"] and row["text"]["en"]
    assert "abcdefghijklmnop" not in json.dumps(found)


def test_check_answers_on_one_document_and_gates(capsys, folder):
    code, found = run(capsys, "check", "app", "--config", "banjia.yaml", "--on", "2026-06-30", "--json")
    assert found.keys() >= {"stop", "use", "first", "ask", "routes", "findings"}
    assert code in {0, 3, 4, 5}
    assert len(found["first"]) <= 5
    assert len(found["ask"]) <= 3
    assert code == 4 or not found["stop"]


def test_init_never_overwrites(capsys, folder):
    before = (folder / "banjia.yaml").read_text()
    assert main(["init", str(folder), "--lang", "en"]) == 1
    assert (folder / "banjia.yaml").read_text() == before


def test_privacy_detect_counts_code_points(capsys, monkeypatch):
    text = "𝒳𝒳 张伟 13800138000"
    feed = TextIOWrapper(BytesIO(json.dumps({"id": "1", "text": text}).encode() + b"\n"))
    monkeypatch.setattr(sys, "stdin", feed)
    code, found = run(capsys, "privacy", "detect")
    assert code == 0
    assert found["id"] == "1"
    spans = {s["type"]: s for s in found["spans"]}
    assert text[spans["PHONE"]["start"] : spans["PHONE"]["end"]] == "13800138000"
    for span in found["spans"]:
        assert span.keys() >= {"start", "end", "type", "class", "score", "subject"}
        assert span["class"] in {"pi", "sensitive"}
        assert 0 <= span["score"] <= 1
        assert isinstance(span["subject"], str)


def test_a_broken_record_says_its_line(capsys, folder):
    (folder / "r.jsonl").write_text('{"id": "1", "text": "a"}\n{broken\n')
    assert main(["privacy", "detect", "r.jsonl", "--lang", "en"]) == 1
    assert "r.jsonl:2" in capsys.readouterr().err


def test_policies_compile_show_and_compare(capsys, folder):
    assert main(["policy", "compile", "-o", "a.json", "--on", "2026-06-30"]) == 0
    assert main(["policy", "compile", "-o", "b.json", "--on", "2026-06-30"]) == 0
    assert (folder / "a.json").read_bytes() == (folder / "b.json").read_bytes()
    capsys.readouterr()
    code, _ = run(capsys, "policy", "show", "a.json", "--json")
    assert code == 0
    code, _ = run(capsys, "policy", "diff", "a.json", "b.json", "--json")
    assert code == 0
    assert main(["policy", "approve", "sha256:none", "--by", "dpo", "--reason", "read"]) == 1


def test_a_policy_needs_who_and_why_to_be_approved(folder):
    with pytest.raises(SystemExit) as stopped:
        main(["policy", "approve", "sha256:none"])
    assert stopped.value.code == 2


@pytest.mark.parametrize(("lang", "word"), [("zh", "banjia init"), ("en", "there is no such file")])
@pytest.mark.parametrize("verb", [["assess"], ["serve"], ["policy", "compile"]])
def test_errors_speak_the_language_asked_for(capsys, tmp_path, lang, word, verb):
    assert main([*verb, "--config", str(tmp_path / "none.yaml"), "--lang", lang]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    assert word in shown.err
    assert ("找不到" in shown.err) == (lang == "zh")
