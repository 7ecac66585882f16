"""The command line says what it can do, in both languages, at once."""

import subprocess
import sys

import pytest

from banjia.cli import main
from banjia.cli.verbs import VERBS


def test_help_names_the_four_first_verbs_before_the_expert_ones(capsys):
    assert main(["--help", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    first, expert = out.split("expert:")
    assert [line.split()[0] for line in first.splitlines() if line.startswith("  ")] == [
        "init",
        "check",
        "move",
        "serve",
    ]
    assert all(f"  {v.name}" in expert for v in VERBS if v.expert)


def test_help_speaks_chinese(capsys):
    assert main(["--help", "--lang", "zh"]) == 0
    assert "进阶" in capsys.readouterr().out


def test_help_imports_nothing_that_costs():
    code = "import sys; from banjia.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"msgspec", "yaml", "numpy", "cryptography", "uvicorn", "asyncio", "banjia.desk", "banjia.law"}


def test_an_unknown_verb_names_the_nearest_and_is_a_usage_error(capsys):
    assert main(["asess", "--lang", "en"]) == 2
    assert "did you mean assess?" in capsys.readouterr().err


@pytest.mark.parametrize("verb", [v.name for v in VERBS])
def test_every_verb_explains_itself_in_both_languages(verb, capsys):
    texts = []
    for lang in ("zh", "en"):
        with pytest.raises(SystemExit) as stop:
            main([verb, "--help", "--lang", lang])
        assert stop.value.code == 0
        texts.append(capsys.readouterr().out)
    assert texts[0] != texts[1]


@pytest.mark.parametrize("verb", [v.name for v in VERBS])
def test_an_option_that_does_not_exist_is_a_usage_error(verb):
    with pytest.raises(SystemExit) as stop:
        main([verb, "--no-such-option"])
    assert stop.value.code == 2
