"""The commands that README and docs show are run, on a copy of the example application, and the links lead somewhere."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from banjia.cli import main

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)\)")
ENDINGS = {0, 3, 4, 5}  # an answer, whatever it says; 1 and 2 are errors and are shown only with `# exit N`


def commands():
    for page in PAGES:
        for block in BLOCK.findall(page.read_text(encoding="utf-8")):
            for line in block.splitlines():
                if line.startswith("$ banjia") and " serve" not in line and " simulate" not in line:
                    yield pytest.param(line.removeprefix("$ "), id=f"{page.relative_to(ROOT)}: {line[2:60]}")


@pytest.mark.parametrize("command", list(commands()))
def test_a_command_of_the_docs_runs(command, tmp_path, monkeypatch, capsys):
    shutil.copytree(
        ROOT / "examples" / "helpdesk", tmp_path / "helpdesk", ignore=shutil.ignore_patterns("__pycache__", ".banjia")
    )
    monkeypatch.chdir(tmp_path / "helpdesk")
    for name in ("HELPDESK_KEY", "AZURE_OPENAI_API_KEY", "OPENAI_DIRECT_KEY"):
        monkeypatch.setenv(name, "none")
    shown, _, comment = command.partition("  # ")
    expected = {int(comment.removeprefix("exit "))} if comment.startswith("exit ") else ENDINGS
    code = main(shlex.split(shown, comments=True)[1:])
    assert code in expected, capsys.readouterr().err


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_link_inside_the_repository_leads_somewhere(page):
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target
