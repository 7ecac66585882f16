"""banjia routes: lists, filters, shows and says loudly what is near its end."""

import json

import pytest

from banjia.cli import main

DAY = ["--on", "2026-11-23", "--lang", "en"]


def run(capsys, *words):
    code = main(["routes", *words, *DAY])
    return code, capsys.readouterr()


def test_the_list_names_every_provider_and_what_ends_soon(capsys):
    code, out = run(capsys)
    assert 0 == code
    assert "azure_openai" in out.out
    assert "! gpt-5.2: ends on 2026-12-12, 19 days left" in out.out


def test_json_is_one_document(capsys):
    code, out = run(capsys, "--json")
    found = json.loads(out.out)
    assert 0 == code
    assert "2026-11-23" == found["on"]
    assert {"id", "endpoints", "models", "serves_mainland", "side"} <= set(found["providers"][0])


@pytest.mark.parametrize(
    ("words", "present", "absent"),
    [
        (["--provider", "azure", "--model", "gpt-4o"], "x gpt-4o: ended on 2026-10-01", "gpt-5.2"),
        (["--home"], "deepseek", "anthropic"),
        (["--abroad"], "anthropic", "iflytek_spark"),
        (["--open-weights", "--model", "*bge*"], "bge-m3", "deepseek-flash"),
        (["--ending", "--provider", "kimi"], "! kimi-k2.6: ends on 2026-12-31", "kimi-k3.1-pro:"),
    ],
)
def test_filters(capsys, words, present, absent):
    code, out = run(capsys, *words)
    assert 0 == code
    assert present in out.out
    assert absent not in out.out


def test_an_unknown_model_names_the_nearest(capsys):
    code, out = run(capsys, "--model", "deepseek-flahs")
    assert 1 == code
    assert "did you mean deepseek-flash?" in out.out


def test_an_unknown_provider_names_the_nearest(capsys):
    code, out = run(capsys, "show", "deepsek")
    assert 1 == code
    assert "did you mean deepseek?" in out.err


@pytest.mark.parametrize("action", ["show", "guide", "simulate"])
def test_an_action_without_a_name_is_a_usage_error(capsys, action):
    with pytest.raises(SystemExit) as stopped:
        main(["routes", action])
    assert 2 == stopped.value.code
    assert "PROVIDER" in capsys.readouterr().err


def test_each_action_has_a_help_of_its_own(capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["routes", "simulate", "--help", "--lang", "en"])
    assert 0 == stopped.value.code
    out = capsys.readouterr().out
    assert "--port" in out
    assert "--volume" not in out


def test_a_stand_in_listens_on_loopback_only(capsys):
    assert 1 == main(["routes", "simulate", "deepseek", "--host", "0.0.0.0", "--lang", "en"])
    assert "loopback only" in capsys.readouterr().err


def test_advice_without_facts_says_that_nothing_was_assessed(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out = run(
        capsys, "advise", "--model", "gpt-4o-mini", "--tools", "--requests", "1000", "--input-tokens", "900000"
    )
    assert 0 == code
    assert "not assessed" in out.out
    assert "quality not measured" in out.out


def test_advice_follows_the_assessment(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    facts = ["--fact", "actor.establishment=CN", "--fact", "actor.mainland_entity=yes", "--fact", "actor.kind=company"]
    _, out = run(capsys, "advise", "--model", "gpt-4o-mini", "--json", *facts)
    found = json.loads(out.out)
    assert "openai" in {w["provider"] for w in found["closed"]}
    assert "openai" not in {o["provider"] for o in found["options"]}


def test_advice_of_open_facts_names_the_questions_and_says_how_bad_each_way_may_get(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, out = run(capsys, "advise", "--model", "gpt-4o-mini", "--fact", "gateway.country=CN")
    assert 3 == code
    assert out.out.startswith("no way is settled while facts are open; answer first:\n  ")
    assert "[indeterminate, at worst prohibited]" in out.out
    code, out = run(capsys, "advise", "--model", "gpt-4o-mini", "--fact", "gateway.country=CN", "--json")
    asked = json.loads(out.out)["ask"]
    assert 3 == code
    assert 1 <= len(asked) <= 3
    assert all(row["fact"] and row["question"]["zh"] and row["who"] for row in asked)


def test_volumes_come_from_a_csv_and_a_bad_line_is_named(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "use.csv").write_text("model,requests,input_tokens,output_tokens\ngpt-4o-mini,10,1000000,1000000\n")
    _, out = run(capsys, "advise", "--volume", "use.csv", "--json")
    assert json.loads(out.out)["options"][0]["price_per_month"]["amount"] > 0
    (tmp_path / "use.csv").write_text("model,requests,input_tokens,output_tokens\ngpt-4o-mini,ten,1,1\n")
    code, out = run(capsys, "advise", "--volume", "use.csv")
    assert 1 == code
    assert "use.csv:2" in out.err


def test_advice_as_csv_has_one_line_an_option(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    _, out = run(capsys, "advise", "--model", "gpt-4o-mini", "--csv")
    lines = out.out.splitlines()
    assert lines[0].startswith("for,provider,site,model,verdict,quality")
    assert all(line.startswith("gpt-4o-mini,") for line in lines[1:])


def test_ones_own_provider_files_join_the_list(capsys, tmp_path):
    (tmp_path / "mine.toml").write_text(
        'id = "mine"\nname = {zh = "我的", en = "My own"}\nside = "overseas"\n', "utf-8"
    )
    code, out = run(capsys, "--providers", str(tmp_path))
    assert 0 == code
    assert "My own" in out.out


def test_the_models_of_a_config_are_listed_with_their_life_and_an_ended_one_gates(tmp_path, capsys):
    config = tmp_path / "banjia.yaml"
    config.write_text(
        "routes: [{id: r, provider: openai, base_url: 'https://api.openai.com/v1', models: {a: gpt-4, b: gpt-5}}]\n"
    )
    assert main(["routes", "--config", str(config), "--on", "2026-11-24", "--lang", "en"]) == 4
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("x banjia.yaml:1 routes[0].models.a: gpt-4: ended on ")
    assert "successors: " in first
