"""banjia law: show, cite, timeline, diff, filings."""

import json

import pytest

from banjia.cli import main

PROFILE = [
    "--fact", "actor.mainland_entity=yes", "--fact", "actor.kind=company", "--fact", "actor.sector=[other]", "--fact",
    "actor.ciio=no", "--fact", "actor.state_organ=no", "--fact", "service.offered_to_domestic_public=no", "--fact",
    "data.personal_info=yes", "--fact", "data.sensitive_pi=no", "--fact", "data.important=no", "--fact",
    "data.foreign_origin_only=no", "--fact", "export.scenario=none", "--fact", "actor.negative_list=none", "--fact",
    "export.persons_nonsensitive_ytd=250000", "--fact", "export.persons_sensitive_ytd=0", "--fact",
    "export.persons_since_prev_year=250000", "--fact", "export.mechanism=none", "--fact", "network.channel=none",
]  # fmt: skip


@pytest.fixture(autouse=True)
def elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def run(capsys, *words):
    code = main(["law", *words, "--lang", "en"])
    return code, capsys.readouterr().out


def test_show_gives_the_text_of_a_place(capsys):
    code, out = run(capsys, "show", "cbdf", "art.", "8")
    assert code == 0
    assert "Standard contract or certification" in out


def test_what_is_from_memory_can_be_listed(capsys):
    _, out = run(capsys, "show", "--confidence", "memory", "--json")
    statutes = json.loads(out)["statutes"]
    assert statutes
    assert {p["confidence"] for s in statutes for p in s["provisions"]} == {"memory"}


def test_cite_resolves_each_article(capsys):
    _, out = run(capsys, "cite", "pipl", "arts.", "36,", "37", "--json")
    assert [c["id"] for c in json.loads(out)["cites"]] == ["pipl art. 36", "pipl art. 37"]


def test_the_timeline_follows_the_three_regimes(capsys):
    _, out = run(capsys, "timeline", "--route", "azure-openai-global", *PROFILE, "--json")
    (route,) = json.loads(out)["routes"]
    export = {band["from"]: band["axes"]["export"] for band in route["bands"]}
    assert export["2022-09-01"] == ["security-assessment"]
    assert export["2024-03-22"] == ["standard-contract-or-certification"]
    firsts = [band["from"] for band in route["bands"]]
    assert firsts[0] == "2021-01-01"
    assert firsts == sorted(firsts)


def test_diff_names_what_changed_with_a_witness(capsys):
    _, out = run(capsys, "diff", "2024-03-21", "2024-03-22", "--json")
    (change,) = [c for c in json.loads(out)["changes"] if c["pack"] == "cn"]
    assert {"id": "cbdf", "change": "begun"}.items() <= {
        k: v for k, v in change["statutes"][0].items() if k != "title"
    }.items() or any(s["id"] == "cbdf" for s in change["statutes"])
    moves = {(m["from"], m["to"]) for m in change["moves"] if m["axis"] == "export"}
    assert ("security-assessment", "exempt") in moves
    assert all(m["witness"] for m in change["moves"])


def test_nothing_changes_between_two_days_of_one_law(capsys):
    _, out = run(capsys, "diff", "2024-05-01", "2024-05-02")
    assert "nothing changed" in out


def test_the_register_is_searched_and_a_number_stays_a_proposal(capsys):
    _, out = run(capsys, "filings", "search", "DeepSeek")
    assert "Beijing-DeepseekChat-202404280016" in out
    assert "a number is a proposal until confirmed" in out


def test_an_unknown_statute_names_the_nearest(capsys):
    assert main(["law", "show", "cbdff", "--lang", "en"]) == 1
    assert "did you mean `cbdf`" in capsys.readouterr().err


def test_a_sweep_answers_every_row_and_goes_on_where_it_stopped(tmp_path, capsys):
    table, out = tmp_path / "entities.csv", tmp_path / "verdicts.csv"
    table.write_text(
        "id,on,route,actor.mainland_entity,actor.sector\na,2024-08-01,openai-direct,yes,[other]\nb,,opanai,yes,\n",
        encoding="utf-8",
    )
    assert run(capsys, "sweep", str(table), "-o", str(out))[0] == 1
    first = out.read_text(encoding="utf-8").splitlines()
    assert first[1].startswith("a,2024-08-01,prohibited")
    assert "openai-direct" in first[2]
    table.write_text(table.read_text(encoding="utf-8") + "c,2024-08-01,openai-direct,yes,\n", encoding="utf-8")
    assert run(capsys, "sweep", str(table), "-o", str(out))[0] == 0
    assert out.read_text(encoding="utf-8").splitlines()[:3] == first
    assert len(out.read_text(encoding="utf-8").splitlines()) == 4


def test_a_place_without_a_summary_is_said_and_the_nearest_named(capsys):
    assert main(["law", "show", "cbdf", "art.", "88", "--lang", "en"]) == 1
    assert "no summary of art. 88 of cbdf is loaded" in (said := capsys.readouterr().err)
    assert "did you mean `art. 8`?" in said
    assert main(["law", "cite", "cbdf", "art.", "88", "--lang", "en"]) == 0
    assert "no summary of this place is loaded" in capsys.readouterr().out
