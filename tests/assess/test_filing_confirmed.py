"""A filing number counts once a person confirmed it with evidence, and not a day before."""

import json
from hashlib import sha256

import pytest

from banjia.cli import main
from banjia.config.reader import read
from banjia.gateway.provided import filings
from banjia.law.corpus import load as load_law

CONFIG = """\
entity: {id: a, facts: {actor.establishment: CN}}
apps: [{id: x, key: 'env:K'}]
routes:
  - {id: bailian, provider: dashscope, base_url: 'https://dashscope.aliyuncs.com/compatible-mode/v1', models: {gpt-4o: qwen-plus}}
"""
NUMBER = "ZheJiang-TongYiQianWen-20230901"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "banjia.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "attachment.pdf").write_bytes(b"as published")
    return path


def confirm(config, *words, number=NUMBER):
    evidence = str(config.parent / "attachment.pdf")
    given = ["--route", "bailian", "--model", "qwen-plus", "--from", "vendor", "--evidence", evidence, "--by", "dpo"]
    return main(["law", "filings", "confirm", number, "--config", str(config), *given, "--lang", "en", *words])


def filed(config, capsys, *words):
    main(["assess", "--config", str(config), "--route", "bailian", "--json", *words])
    answer = json.loads(capsys.readouterr().out)
    return [entry["fact"] for entry in answer["missing"]], answer["reachable"]


def test_a_confirmed_number_answers_the_open_question_from_its_day_on(config, capsys):
    before, _ = filed(config, capsys, "--on", "2026-11-20")
    assert confirm(config, "--on", "2026-11-10") == 0
    assert "confirmed by dpo on 2026-11-10 from the vendor's statement" in capsys.readouterr().out
    after, _ = filed(config, capsys, "--on", "2026-11-20")
    early, _ = filed(config, capsys, "--on", "2026-11-09")
    assert "model.filed" in before
    assert "model.filed" not in after
    assert "model.filed" in early


def test_the_digest_of_the_evidence_stands_in_the_config_and_the_number_is_there_for_the_app(config, capsys):
    assert confirm(config, "--on", "2026-11-10", "--until", "2026-12-31") == 0
    held = read(config)
    [filing] = held.filings
    assert filing.evidence == "sha256:" + sha256(b"as published").hexdigest()
    shown = filings(held, filing.on)
    assert shown[("bailian", "qwen-plus")].number == NUMBER
    assert filings(held, filing.until.replace(year=2027)) == {}


def test_the_register_alone_files_nothing(config, capsys):
    main(["law", "filings", "covers", "dashscope", "qwen-plus", "--json"])
    assert json.loads(capsys.readouterr().out)["rows"]
    assert "model.filed" in filed(config, capsys)[0]


@pytest.mark.parametrize(
    ("number", "says"),
    [
        ("Shanghai-TongYi-20250512S0081", "registers an application"),
        ("网信算备330110507206401230035号", "files an algorithm"),
        ("abc", "has not the form of a filing number"),
    ],
)
def test_a_number_that_files_no_model_is_refused_and_nothing_written(config, capsys, number, says):
    assert confirm(config, number=number) == 1
    assert says in capsys.readouterr().err
    assert config.read_text(encoding="utf-8") == CONFIG


def test_a_number_that_the_catalogue_reads_otherwise_is_taken_with_a_note(config, capsys):
    assert confirm(config, number="Beijing-DeepseekChat-202404280016") == 0
    assert "does not tie this number to qwen-plus" in capsys.readouterr().out


def test_confirming_needs_everything_and_says_what_is_missing(config, capsys):
    assert main(["law", "filings", "confirm", NUMBER, "--config", str(config), "--lang", "en"]) == 2
    assert "--route, --model, --from, --evidence, --by" in capsys.readouterr().err


def test_evidence_that_cannot_be_read_is_named(config, capsys):
    (config.parent / "attachment.pdf").unlink()
    assert confirm(config) == 1
    assert "the evidence cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize(
    "lack", ["models: [m], ", "routes: [bailian], ", "from: vendor, ", "by: d, ", "on: 2026-01-01, "]
)
def test_a_confirmation_lacking_a_part_is_refused_with_its_line(config, lack):
    parts = f"number: {NUMBER}, models: [m], routes: [bailian], from: vendor, by: d, on: 2026-01-01, "
    line = "{" + parts.replace(lack, "") + f"evidence: 'sha256:{'a' * 64}'" + "}"
    config.write_text(CONFIG + "filings:\n  - " + line + "\n", encoding="utf-8")
    with pytest.raises(Exception, match=r"banjia\.yaml:6"):
        read(config)


def test_a_policy_ends_with_the_confirmation(config):
    from banjia.assess.compile import compile_policy
    from banjia.routes.catalogue import load as load_routes

    assert confirm(config, "--on", "2026-11-10", "--until", "2026-11-30") == 0
    held = read(config)
    compiled = compile_policy(held, law=load_law(()), routes=load_routes(), on=held.filings[0].on)
    assert all(cell.until == held.filings[0].until for cell in compiled.policy.cells)
