"""banjia init writes a config that loads, and never touches one that stands."""

import io

import pytest

from banjia.cli import main
from banjia.config.place import place
from banjia.config.reader import read
from banjia.desk.init import questions, read_answer
from banjia.errors import FactError
from banjia.routes.catalogue import load


@pytest.fixture
def project(tmp_path):
    (tmp_path / "app.py").write_text(
        "from openai import OpenAI\nclient = OpenAI()\nMODEL = 'gpt-4o-mini'\n", encoding="utf-8"
    )
    return tmp_path


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("country", ["CN", "NO", "unknown"])
def test_what_it_writes_loads_and_every_route_is_placed(project, lang, country, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["init", str(project), "--lang", lang, "--fact", f"actor.establishment={country}"]) == 0
    config = read(project / "banjia.yaml")
    assert config.entity.facts["actor.establishment"] == country
    assert [p.provider.id for p in place(config, load())] == ["vllm"]
    assert "gpt-4o-mini" in config.routes[0].models


def test_it_never_overwrites(project, capsys):
    (project / "banjia.yaml").write_text("entity: {id: mine}\n", encoding="utf-8")
    assert main(["init", str(project), "--lang", "en"]) == 1
    assert "not overwritten" in capsys.readouterr().err
    assert (project / "banjia.yaml").read_text(encoding="utf-8") == "entity: {id: mine}\n"


def test_it_asks_at_most_five_questions_in_both_languages():
    assert 0 < len(questions()) <= 5
    assert all(q.text.zh and q.text.en for q in questions())


def test_an_answer_the_question_does_not_take_is_refused_with_what_it_takes():
    assert read_answer("actor.ciio", "") == "unknown"
    assert read_answer("actor.establishment", "cn") == "CN"
    with pytest.raises(FactError):
        read_answer("actor.ciio", "perhaps")
