"""The text of a scan is short where nothing is to be done, and shows no more than text."""

import json

import pytest

from banjia.cli import main
from banjia.scan.file import scripts
from banjia.scan.scan import scan


def shown(capsys, *arguments):
    assert main(["scan", *map(str, arguments), "--no-cache", "--jobs", "1"]) == 0
    return capsys.readouterr().out


def test_it_begins_with_how_much_was_found(tmp_path, capsys):
    (tmp_path / "a.py").write_text('import openai\n\nopenai.api_key = os.environ["OPENAI_API_KEY"]\n')
    assert "uses: 3 · files: 1 · openai" == shown(capsys, tmp_path, "--lang", "en").splitlines()[0]
    assert "使用：3 处 · 文件：1 个 · openai" == shown(capsys, tmp_path, "--lang", "zh").splitlines()[0]


def test_what_is_for_information_only_is_cut_short(tmp_path, capsys):
    for number in range(30):
        (tmp_path / f"{number}.py").write_text("import openai\n")
    rows = shown(capsys, tmp_path, "--lang", "en").splitlines()
    assert 10 == sum("import:" in row for row in rows)
    assert "  … 20 more in --json or --html" in rows


def test_a_name_commands_no_terminal_and_stays_on_its_line(tmp_path, capsys):
    (tmp_path / "a\x1b[31m\nb.py").write_text("import openai\n")
    text = shown(capsys, tmp_path)
    assert "\x1b" not in text
    assert "a\\x1b[31m\\nb.py:1" in text


def test_a_program_of_one_endless_line_is_named_and_not_waited_for(tmp_path):
    (tmp_path / "A.kt").write_text("import com.openai.client.OpenAIClient\n" + "a=" * 100_000)
    (tmp_path / "many.py").write_text("import openai\nx = [" + "0.0123, -0.5678, " * 1_536 + "]\n")
    inventory = scan(tmp_path)
    assert [("A.kt", "broken")] == [(skipped.path, skipped.reason) for skipped in inventory.skipped]
    assert ["many.py"] == [finding.path for finding in inventory.findings]


@pytest.mark.parametrize(
    ("name", "sign", "reasons"),
    [
        ("a.toml", "[", []),
        ("a.ini", "[ ", []),
        ("a.vue", "<script>", ["part"]),
        ("a.vue", "<script ", ["part"]),
        ("a.vue", "---\n", ["part"]),  # more programs than are read
    ],
)
def test_signs_without_end_are_read_once(tmp_path, name, sign, reasons):
    (tmp_path / name).write_text('openai = "1"\n' + sign * (500_000 // len(sign)))
    assert reasons == [skipped.reason for skipped in scan(tmp_path).skipped]


def test_the_programs_of_a_component_are_told_from_its_marks():
    text = '<script setup lang="ts">\nA\n</script>\n<template/>\n<script>\nB</script><script>'
    *whole, last = scripts(text)
    assert ["\nA\n", "\nB"] == [text[start:stop] for start, stop in whole]
    assert (text.rindex("<script>"), -1) == last


def test_a_component_of_more_programs_than_are_read_is_named(tmp_path):
    part = '<script>\nimport OpenAI from "openai";\n</script>\n'
    (tmp_path / "a.vue").write_text(part * 100)
    (tmp_path / "b.vue").write_text(part * 101)
    inventory = scan(tmp_path)
    assert [("b.vue", "part")] == [(skipped.path, skipped.reason) for skipped in inventory.skipped]
    assert 200 == len(inventory.findings)


def test_what_a_cell_written_to_a_file_accepts_is_counted(tmp_path):
    source = ["%%writefile a.py\n", "import openai  # banjia: ignore[import] a type only\n", "import anthropic"]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": [{"cell_type": "code", "source": source}]}, indent=1))
    inventory = scan(tmp_path)
    assert ["anthropic"] == [finding.provider for finding in inventory.findings]
    assert 1 == inventory.suppressed
