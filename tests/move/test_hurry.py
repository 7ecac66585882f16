"""What a person in a hurry does: a word misspelt, two wishes at once, a repository inside another, a move cut short."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.cli import main
from banjia.desk import move
from banjia.move.change import Change
from banjia.move.edit import Edit, applied
from banjia.move.target import Target
from banjia.text import Text

CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n"


def git(folder, *words):
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", *words], cwd=folder, check=True, capture_output=True
    )


def test_a_misspelt_rule_that_begins_as_one_does_is_an_error_with_the_nearest(tmp_path, capsys):
    (tmp_path / "a.py").write_text(CLIENT, encoding="utf-8")
    assert 1 == main(["move", str(tmp_path), "--only", "py-openai-cleint", "--lang", "en"])
    assert "py-openai-client" in capsys.readouterr().err
    assert 5 == main(["move", str(tmp_path), "--only", "py-openai-client", "--lang", "en"])


def test_taking_back_goes_with_no_other_action(tmp_path, capsys):
    (tmp_path / "a.py").write_text(CLIENT, encoding="utf-8")
    assert 1 == main(["move", str(tmp_path), "--undo", "--apply", "--lang", "en"])
    assert "--apply" in capsys.readouterr().err
    assert CLIENT == (tmp_path / "a.py").read_text(encoding="utf-8")


def test_uncommitted_changes_in_a_repository_inside_the_tree_stop_the_move(tmp_path, capsys):
    for folder, name in ((tmp_path, "a.py"), (tmp_path / "inner", "b.py")):
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(CLIENT, encoding="utf-8")
        git(folder, "init", "-q")
        git(folder, "add", name)
        git(folder, "commit", "-q", "-m", "x")
    (tmp_path / "inner" / "b.py").write_text(CLIENT + "# mine\n", encoding="utf-8")
    assert 1 == main(["move", str(tmp_path), "--apply", "--lang", "en"])
    assert "inner/b.py: files have uncommitted changes" in capsys.readouterr().err
    assert CLIENT == (tmp_path / "a.py").read_text(encoding="utf-8")


def test_after_taking_back_it_is_said_that_an_earlier_move_stands(tmp_path, capsys):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
        move.apply(tmp_path, move.look(tmp_path, Target()))
    for said in ("1 file is as it was; 1 earlier: --undo again takes it back", "1 file is as it was\n"):
        assert 0 == main(["move", str(tmp_path), "--undo", "--lang", "en"])
        assert said in capsys.readouterr().out
    assert CLIENT == (tmp_path / "a.py").read_text(encoding="utf-8")


def test_no_colour_where_it_is_not_wanted(tmp_path, monkeypatch, capsys):
    (tmp_path / "a.py").write_text(CLIENT, encoding="utf-8")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    for value, coloured in (("", True), ("1", False)):
        monkeypatch.setenv("NO_COLOR", value)
        main(["move", str(tmp_path), "--lang", "en"])
        assert coloured == ("\033[32m" in capsys.readouterr().out)


LINES = st.lists(st.sampled_from(["a", "b", "", "c c"]), min_size=1, max_size=30)


@given(lines=LINES, end=st.sampled_from(["", "\n"]), data=st.data())
def test_hunks_are_a_true_diff_of_both_sides(lines, end, data):
    before = "\n".join(lines) + end
    cuts = sorted(data.draw(st.sets(st.integers(0, len(before)), max_size=6)))
    edits = tuple(
        Edit("a.txt", i, j, data.draw(st.sampled_from(["", "x", "x\ny", "\n", "z\n"])), "test", Text("改", "change"))
        for i, j in zip(cuts[::2], cuts[1::2], strict=False)
    )
    change = Change("a.txt", before, applied(before, edits), edits)
    rows = change.diff.split("\n")[2:-1]
    shown = [row for row in rows if not row.startswith(("@@", "\\"))]
    olds = [row[1:] for row in shown if row[:1] in " -"]
    news = [row[1:] for row in shown if row[:1] in " +"]
    assert _within(olds, before.split("\n"))
    assert _within(news, change.after.split("\n"))
    assert (change.before != change.after) == bool(rows)


def _within(part, whole):
    rest = iter(whole)
    return all(any(row == line for line in rest) for row in part)


@pytest.mark.parametrize("count", [1, 40])
def test_edits_far_apart_give_hunks_of_their_own(tmp_path, count):
    text = "from openai import OpenAI\n" + "client = OpenAI()\n" + ("\n" * 20 + "other = OpenAI()\n") * count
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    (change,) = move.look(tmp_path, Target()).changes
    assert count + 1 == len(list(change.hunks()))
    git(tmp_path, "init", "-q")
    (tmp_path / "it.patch").write_bytes(change.diff.encode())
    git(tmp_path, "apply", "it.patch")
    assert change.after == (tmp_path / "a.py").read_text(encoding="utf-8")
