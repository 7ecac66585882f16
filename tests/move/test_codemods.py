"""Every codemod does what its own pairs show, once, and byte for byte outside the edit."""

import pytest

from banjia.move.codemod import every
from banjia.move.plan import plan
from banjia.move.target import Target
from banjia.scan.scan import scan

PAIRS = [
    pytest.param(codemod.ID, name, before, after, id=f"{codemod.ID} {i}")
    for codemod in every()
    for i, (name, before, after) in enumerate(codemod.PAIRS)
]


def moved(folder, name, text, only=()):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())
    return plan(folder, scan(folder), Target(), only=only)


@pytest.mark.parametrize(("codemod", "name", "before", "after"), PAIRS)
def test_before_becomes_after(codemod, name, before, after, tmp_path):
    found = moved(tmp_path, name, before)
    assert [after] == [c.after for c in found.changes]
    assert codemod in {e.codemod for e in found.edits}


@pytest.mark.parametrize(("codemod", "name", "before", "after"), PAIRS)
def test_a_second_run_changes_nothing(codemod, name, before, after, tmp_path):
    assert () == moved(tmp_path, name, after).changes


@pytest.mark.parametrize(("codemod", "name", "before", "after"), PAIRS)
def test_line_ends_and_other_scripts_are_kept(codemod, name, before, after, tmp_path):
    if name.endswith(".ipynb"):
        note = ""
    else:
        note = {".py": "# ", ".go": "// ", ".ts": "// ", ".js": "// ", "ava": "// ", ".cs": "// "}.get(
            name[-3:], "# "
        ) + "备注：中文 🙂\n"
    text = note + before
    if name.endswith(".go"):
        text = before + note
    found = moved(tmp_path, name, text)
    expected = after + note if name.endswith(".go") else note + after
    assert [expected] == [c.after for c in found.changes]
