"""argparse speaks the reader's language, its own errors included."""

from __future__ import annotations

import re

import pytest

from banjia.cli import main
from banjia.cli.verbs import VERBS

WRONG = [
    (["serve", "--port", "x"], "参数 --port：应为 0-65535"),
    (["serve", "--workers"], "参数 --workers：需要一个取值"),
    (["policy"], "缺少参数：action"),
    (["policy", "approve", "h"], "缺少参数：--by, --reason"),
    (["policy", "close", "--by", "x", "--reason", "y"], "缺少参数：--abroad"),
    (["policy", "compil"], "没有 'compil' 这个取值，可选："),
    (["policy", "compile", "--on", "soon"], "参数 --on：应为 YYYY-MM-DD"),
    (["check", "--on", "soon"], "参数 --on：'soon' 不是日期，应为 YYYY-MM-DD"),
    (["check", "--json", "--sarif"], "不能与"),
    (["routes", "simulate", "x", "--port", "y"], "参数 --port：'y' 不是整数"),
    (["routes", "advise", "--rate", "y"], "参数 --rate：'y' 不是数"),
    (["ledger", "tally", "--year", "0"], "参数 --year：应为 1970-9999"),
    (["serve", "--no-such"], "不认识的参数：--no-such"),
    (["serve", "--json=1"], "不认识的参数"),
    (["check", "--json=1"], "不带取值"),
]


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_a_wrong_word_is_explained_in_chinese(words, said, capsys):
    with pytest.raises(SystemExit) as stop:
        main([*words, "--lang", "zh"])
    assert stop.value.code == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.startswith("用法：banjia")
    assert not re.search(r"\b(usage|error|required|invalid|argument)\b", err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["serve", "--port", "x"], "argument --port: expected 0-65535"),
        (["policy", "compile", "--on", "soon"], "argument --on: expected YYYY-MM-DD"),
        (["routes", "simulate", "x", "--port", "y"], "argument --port: invalid int value: 'y'"),
    ],
)
def test_a_wrong_word_is_explained_in_english(words, said, capsys):
    with pytest.raises(SystemExit):
        main([*words, "--lang", "en"])
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [w for w, _ in WRONG])
def test_in_english_nothing_is_chinese(words, capsys):
    with pytest.raises(SystemExit):
        main([*words, "--lang", "en"])
    assert capsys.readouterr().err.isascii()


@pytest.mark.parametrize("verb", [v.name for v in VERBS])
def test_the_headings_of_help_are_chinese(verb, capsys):
    with pytest.raises(SystemExit):
        main([verb, "--help", "--lang", "zh"])
    out = capsys.readouterr().out
    assert "用法：" in out
    assert "显示本帮助后退出" in out
    assert not re.search(r"usage:|^options:|positional arguments|show this help", out, re.MULTILINE)


def test_a_span_that_ends_before_it_begins_says_how_to_mend_it(capsys):
    code = main(["ledger", "export", "--from", "2026-03-01", "--to", "2026-01-01", "--lang", "en"])
    assert code == 1
    assert "swap the days: --from 2026-01-01 --to 2026-03-01" in capsys.readouterr().err
