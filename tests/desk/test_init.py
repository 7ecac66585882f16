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


def test_facts_told_beforehand_stand_where_they_belong(project, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    told = ["actor.sector=[education, other]", "users.countries=[CN, NO]", "actor.ciio=no", "data.important=no"]
    assert main(["init", str(project), *(w for t in told for w in ("--fact", t))]) == 0
    config = read(project / "banjia.yaml")
    assert config.entity.facts["actor.sector"] == ["education", "other"]
    assert config.entity.facts["actor.ciio"] in {False, "no"}
    assert config.apps[0].facts["users.countries"] == ["CN", "NO"]
    assert (project / "banjia.yaml").read_text(encoding="utf-8").count("data.important") == 1


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("data.personal_info", "--fact is written ID=VALUE"),
        ("data.personal_inf=no", "did you mean `data.personal_info`?"),
        ("actor.ciio=perhaps", "expected true, false"),
        ("network.channel=none", "a fact of a single route"),
    ],
)
def test_a_fact_that_cannot_be_taken_writes_nothing(project, word, said, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["init", str(project), "--lang", "en", "--fact", word]) == 1
    assert said in capsys.readouterr().err
    assert not (project / "banjia.yaml").exists()
