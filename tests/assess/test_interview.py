"""The interview asks what settles most, takes a don't know, narrows the verdict, stops and goes on, and keeps its answers."""

import io
import json
from datetime import date

import pytest
import yaml

from banjia.cli import main
from banjia.desk.assess import Request
from banjia.desk.interview import Interview
from banjia.errors import FactError
from banjia.facts.catalogue import load

ASKED = Request(route="azure-openai-global", facts=("actor.mainland_entity=yes",), on=date(2026, 11, 23))


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def talk(tmp_path):
    return Interview(ASKED, tmp_path / "facts.yaml")


def test_what_is_asked_is_open_and_not_yet_known(tmp_path):
    session = talk(tmp_path)
    answers = session.answers()
    missing, fact = session.next(answers)
    assert missing.fact == fact.id
    assert fact.id not in {f for f, _, _ in session.known(answers)}


def test_a_dont_know_is_not_asked_again(tmp_path):
    session = talk(tmp_path)
    _, first = session.next(session.answers())
    assert session.take(first, "") is None
    _, second = session.next(session.answers())
    assert second.id != first.id


def test_a_wrong_word_changes_nothing(tmp_path):
    session = talk(tmp_path)
    with pytest.raises(FactError):
        session.take(load()["network.channel"], "carrier pigeon")
    assert not session.given
    assert not session.skipped


def test_an_answer_is_kept_with_its_source_and_day(tmp_path):
    session = talk(tmp_path)
    session.take(load()["actor.ciio"], "no")
    kept = yaml.safe_load(session.out.read_text(encoding="utf-8"))["facts"]["actor.ciio"]
    assert (kept["value"], kept["kind"], kept["source"]) == (False, "declared", "interview")
    assert date.fromisoformat(kept["on"])


def test_it_goes_on_where_it_stopped(tmp_path):
    session = talk(tmp_path)
    session.take(load()["actor.ciio"], "no")
    session.take(load()["actor.sector"], "")
    again = talk(tmp_path)
    assert again.given["actor.ciio"].value is False
    assert again.skipped == {"actor.sector"}


def test_answers_narrow_the_verdict(tmp_path):
    session = talk(tmp_path)
    before = set(session.answers().assessments[0].reachable)
    session.take(load()["network.channel"], "self-built-or-vpn")
    after = set(session.answers().assessments[0].reachable)
    assert after < before
    assert after == {"prohibited"}


def test_the_answers_are_a_file_of_facts(tmp_path, capsys):
    session = talk(tmp_path)
    session.take(load()["network.channel"], "self-built-or-vpn")
    words = ["--facts", str(session.out), "--fact", "actor.mainland_entity=yes", "--route", "azure-openai-global"]
    assert main(["assess", *words, "--on", "2026-11-23"]) == 4
    capsys.readouterr()


def test_on_the_terminal_it_can_be_left_at_any_time(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("h\nnonsense\n\nq\n"))
    words = ["--route", "azure-openai-global", "--fact", "actor.mainland_entity=yes", "--on", "2026-11-23"]
    assert main(["assess", "-i", *words, "--out", str(tmp_path / "f.yaml"), "--lang", "en"]) == 3
    err = capsys.readouterr().err
    assert "known provider = azure_openai (implied" in err
    assert "answers are in" in err


def test_a_file_that_is_no_file_of_facts_is_one_clear_error(tmp_path, capsys):
    (tmp_path / "f.yaml").write_text("- just\n- a list\n", encoding="utf-8")
    assert main(["assess", "-i", "--out", str(tmp_path / "f.yaml"), "--lang", "en"]) == 1
    assert "f.yaml" in capsys.readouterr().err


def test_with_json_standard_output_holds_one_document_and_the_questions_go_elsewhere(monkeypatch, capsys):
    monkeypatch.setattr("sys.stdin", io.StringIO("perhaps\n\nq\n"))
    code = main(["assess", "-i", "--json", "--route", "azure-openai-global", "--on", "2026-11-23", "--lang", "en"])
    shown = capsys.readouterr()
    assert (code, json.loads(shown.out)["verdict"]) == (3, "indeterminate")
    assert "; please answer: " in shown.err
