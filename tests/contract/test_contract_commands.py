"""Every command that outside programs may call: its exit code, its one JSON document, and nothing else beside it."""

import asyncio
import io
import json
import re
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from banjia.cli import main
from banjia.desk.policy import adopt
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.policy.file import read
from banjia.store.store import open_store

ROOT = Path(__file__).resolve().parents[2]
DAY = "2026-06-30"
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
CODE = "import openai\n\nclient = openai.OpenAI()\nclient.chat.completions.create(model='gpt-4o', messages=[])\n"
CASES = '{"id": "a", "on": "2026-06-30", "facts": {"route": "openai-direct"}}\n'
RECORDS = '{"id": "1", "text": "联系人 13800138000"}\n'
LEDGER = "--config banjia.yaml"

# what is called, and the exit codes that the contract allows it
COMMANDS = [
    ("--json", {0}),
    ("assess --json --on 2026-06-30", {0, 3, 4, 5}),
    ("assess --json --config banjia.yaml --app helpdesk --route local --on 2026-06-30 --lang zh", {0, 3, 4, 5}),
    ("assess --json --facts facts.yaml --route azure-openai-global --on 2026-06-30", {0, 3, 4, 5}),
    ("assess --json --route openai-direct --fact actor.establishment=CN", {4}),
    ("scan app --json", {0}),
    ("scan app --sarif", {0}),
    ("scan app --cyclonedx", {0}),
    ("scan app --json --jobs 1", {0}),
    ("check app --config banjia.yaml --on 2026-06-30 --json", {0, 3, 4, 5}),
    ("check app --config banjia.yaml --why --json", {0, 3, 4, 5}),
    ("check app --config banjia.yaml --sarif", {0, 3, 4, 5}),
    ("init fresh --json", {0}),
    ("move app --json", {0, 5}),
    ("policy compile --json", {0}),
    ("policy compile -o out.json --json", {0}),
    ("policy show --json", {0}),
    ("policy show a.json --json", {0}),
    ("policy diff a.json in-force --json", {0}),
    ("policy approve HASH --by dpo --reason read --json", {0}),
    ("policy close --abroad --by ops --reason night --json", {0}),
    ("ledger verify --json", {0}),
    ("ledger verify --store sqlite:///banjia.db --key keys/ledger.pub --since kept.txt --json", {0}),
    ("ledger tally --year 2026 --json", {0}),
    ("ledger tally --year 2026 --store sqlite:///banjia.db --keys keys --entity acme-cn --json", {0}),
    ("ledger subject person-1 --json", {0}),
    ("ledger subject person-1 --export --json", {0}),
    ("ledger subject person-1 --erase --json", {0}),
    ("ledger incident --from 2026-01-01 --to 2026-12-31 --route azure --json", {0}),
    ("ledger usage --from 2026-01-01 --to 2026-12-31 --json", {0}),
    ("ledger checkpoint --json", {0}),
    ("ledger retain --dry-run --json", {0}),
    ("ledger hold --json", {0}),
    ("ledger rotate signing --by ops --reason yearly --json", {0}),
    ("routes --json", {0}),
    ("routes show deepseek --json", {0}),
    ("routes guide deepseek --json", {0}),
    ("routes advise --model gpt-4o-mini --json", {0, 3, 4, 5}),
    ("law show --json", {0}),
    ("law timeline --route openai-direct --json", {0, 3, 4, 5}),
]


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A project with code, a config, a ledger of one export, a policy in force and one that waits."""
    folder = tmp_path_factory.mktemp("contract")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        for name, text in {
            "banjia.yaml": CONFIG,
            "key": "sk-contract",
            "app/llm.py": CODE,
            "fresh/llm.py": CODE,
            "cases.jsonl": CASES,
            "records.jsonl": RECORDS,
            "facts.yaml": "actor.establishment: CN\nactor.ciio: no\nexport.persons_sensitive_ytd: [0, null]\n",
        }.items():
            Path(name).parent.mkdir(exist_ok=True)
            Path(name).write_text(text, encoding="utf-8")
        store, at = open_store("sqlite:///banjia.db"), int(datetime(2026, 6, 30, tzinfo=UTC).timestamp() * 1000)
        journal = Journal.open(store, folder / "keys", "gateway/0", clock=lambda: at, terms=Terms(entity="acme-cn"))
        person = Person((Identifier("subject", "person-1"),), "ordinary")
        place = {"app": "helpdesk", "route": "azure", "model": "gpt-4o", "country": "US", "abroad": True}
        entry = Entry("decision", at, entity="acme-cn", data_class="ordinary", decision="pass", **place)
        journal.note(Entry("decision", at, entity="acme-cn", app="helpdesk", route="local", decision="pass"))
        asyncio.run(journal.commit(entry, Persons((person,), country="US", route="azure")))
        journal.close()
        assert main(["policy", "compile", "-o", "a.json", "--on", DAY]) == 0
        adopt(store, read(Path("a.json")), auto=False, by="test")
        store.close()
    return folder


@pytest.fixture
def folder(template, tmp_path, monkeypatch):
    shutil.copytree(template, tmp_path / "project")
    monkeypatch.chdir(tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def call(folder, capsys):
    def run(words):
        if "HASH" in words:
            words = words.replace("HASH", read(folder / "a.json").hash)
        if "kept.txt" in words:
            main(["ledger", "checkpoint"])
            (folder / "kept.txt").write_text(capsys.readouterr().out)
        capsys.readouterr()
        return main(words.split()), capsys.readouterr()

    return run


@pytest.mark.parametrize(("words", "codes"), COMMANDS, ids=[words for words, _ in COMMANDS])
def test_a_command_answers_with_its_exit_code_and_one_json_document(call, words, codes):
    code, shown = call(words)
    assert code in codes, shown.err
    assert isinstance(json.loads(shown.out), dict | list)


def test_cases_come_back_one_result_a_line(call):
    code, shown = call("assess --cases cases.jsonl --json")
    assert code == 0
    assert [json.loads(line)["id"] for line in shown.out.splitlines()] == ["a"]


@pytest.mark.parametrize("reading", ["current", "strict"])
def test_records_come_in_and_spans_go_out(call, monkeypatch, reading):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(RECORDS.encode()), encoding="utf-8"))
    code, shown = call(f"privacy detect --reading {reading}")
    assert code == 0
    [found] = [json.loads(line) for line in shown.out.splitlines()]
    assert [(s["type"], s["start"], s["end"]) for s in found["spans"]] == [("PHONE", 4, 15)]


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_the_ledger_is_exported_in_each_format(call, folder, form):
    code, _ = call(
        f"ledger export --from 2026-01-01 --to 2026-12-31 --format {form} --store sqlite:///banjia.db -o out"
    )
    assert code == 0
    assert (folder / "out").stat().st_size > 0


def test_a_tally_has_the_fields_of_the_contract(call):
    _, shown = call("ledger tally --year 2026 --json")
    found = json.loads(shown.out)
    assert found.keys() >= {"entity", "year", "destinations", "ordinary", "sensitive", "measured", "elsewhere"}
    assert (found["entity"], found["year"], list(found["destinations"])) == ("acme-cn", 2026, ["US"])
    assert found["ordinary"] == [1, None], "what left elsewhere is not declared"


def test_an_erased_person_is_gone_and_the_proof_is_whole(call):
    assert json.loads(call("ledger subject person-1 --json")[1].out)["entries"]
    assert call("ledger subject person-1 --erase")[0] == 0
    assert not json.loads(call("ledger subject person-1 --json")[1].out)["entries"]
    code, shown = call("ledger verify --json")
    assert (code, json.loads(shown.out)["ok"]) == (0, True)


def test_a_changed_ledger_is_exit_one_and_names_the_first_bad_entry(call, folder):
    whole = (folder / "banjia.db").read_bytes()
    at = whole.rindex(b'"route":"azure"')
    (folder / "banjia.db").write_bytes(whole[:at] + b'"route":"azurf"' + whole[at + 15 :])
    code, shown = call("ledger verify --json")
    assert code == 1
    assert json.loads(shown.out)["first_bad"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("assess --route self-hosted-open-weights --facts home.yaml", 0),
        ("assess --route opnai-direct", 1),
        ("assess --on soon", 2),
        ("assess --route azure-openai-global", 3),
        ("assess --route openai-direct --fact actor.establishment=CN", 4),
        ("nosuch", 2),
        ("scan nowhere", 1),
        ("check app --json --sarif", 2),
        ("init app --lang en", 0),
        ("init . --lang en", 1),
        ("init fresh --fact data.personal_info", 1),
        ("init fresh --fact data.personal_inf=no", 1),
        ("policy show none.json", 1),
        ("policy diff a.json", 2),
        ("policy approve sha256:none --by dpo --reason read", 1),
        ("policy approve sha256:none", 2),
        ("ledger tally --year soon", 2),
        ("ledger tally --year 2026 --store sqlite:///none.db", 1),
        ("ledger export --from 2026-01-01 --to 2026-12-31 --format xml", 2),
        ("ledger verify --since none.txt", 1),
        ("serve --config none.yaml", 1),
        ("serve --policy none.json", 1),
        ("serve --port many", 2),
    ],
)
def test_the_exit_code_says_what_kind_of_answer_it_is(folder, capsys, words, code):
    (folder / "home.yaml").write_text(
        "{actor.establishment: CN, actor.ciio: no, actor.sector: [other], service.offered_to_domestic_public: no, "
        "data.leaves_mainland: no, data.personal_info: no, data.important: no, network.channel: none}"
    )
    try:
        answered = main(words.split())
    except SystemExit as stopped:
        answered = stopped.code
    shown = capsys.readouterr()
    assert answered == code, shown.err
    if code in {1, 2}:
        assert shown.out == ""
        assert shown.err.strip()
    assert "Traceback" not in shown.err
    assert "a fault of the program" not in shown.err


def test_open_facts_that_close_every_route_stop_the_start_with_exit_three(folder, capfd):
    text = CONFIG.replace(", data.personal_info: no", "").replace("http://127.0.0.1:9/v1", "https://llm.example.com/v1")
    (folder / "banjia.yaml").write_text(text)
    with pytest.raises(SystemExit) as stopped:
        main(["serve", "--port", "0", "--lang", "en"])
    assert stopped.value.code == 3
    assert "open facts close every route of an application; found helpdesk: " in capfd.readouterr().err


def test_the_make_targets_of_the_contract_are_there():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets >= {"demo", "test", "bench", "conformance", "soak"}
