"""Whatever way a file is written, and whatever happens in between: only the edit changes, and undo gives the bytes back."""

import subprocess

import pytest

from banjia.cli import main
from banjia.desk import move
from banjia.errors import ConfigError
from banjia.move import journal
from banjia.move.target import Target

CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\n"
GO = 'package main\n\nimport (\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar c = openai.NewClient(os.Getenv("K"))\n'
NODE = 'import { openai } from "@ai-sdk/openai";\nexport const m = openai("gpt-4o");\n'
SHARP = 'using System;\nusing OpenAI.Chat;\nclass A { ChatClient c = new ChatClient("gpt-4o", "key"); }\n'
ENV = "OPENAI_API_KEY=\nOPENAI_BASE_URL=https://api.openai.com/v1\n"
TEXTS = [("a.py", CLIENT), ("main.go", GO), ("a.ts", NODE), ("A.cs", SHARP), (".env", ENV)]
WAYS = {
    "utf-8": lambda text: text.encode(),
    "mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "windows": lambda text: text.replace("\n", "\r\n").encode(),
    "mark-windows": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(),
    "no-last-end": lambda text: text.rstrip("\n").encode(),
}


def tree(folder):
    return {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("name", "text"), TEXTS)
def test_marks_and_line_ends_stay_whatever_is_inserted(name, text, way, tmp_path):
    (tmp_path / name).write_bytes(WAYS[way](text))
    plain = tmp_path / "plain"
    plain.mkdir()
    (plain / name).write_bytes(text.encode())
    expected = move.look(plain, Target()).changes[0].after
    (plain / name).unlink()
    before = tree(tmp_path)
    assert main(["move", str(tmp_path), "--apply"]) == 0
    assert WAYS[way](expected) == (tmp_path / name).read_bytes()
    assert () == move.look(tmp_path, Target()).changes
    assert main(["move", str(tmp_path), "--undo"]) == 0
    assert before == tree(tmp_path)


@pytest.mark.parametrize("encoding", ["gb18030", "latin-1", "utf-16-le"])
def test_a_file_in_another_encoding_moves_and_its_bytes_come_back(encoding, tmp_path):
    note = "价格" if encoding != "latin-1" else "caf\xe9"
    text = f"# {note}\n{ENV}"
    data = (b"\xff\xfe" if encoding == "utf-16-le" else b"") + text.encode(encoding)
    (tmp_path / ".env").write_bytes(data)
    main(["move", str(tmp_path), "--apply"])
    moved = text.replace("https://api.openai.com/v1", "http://127.0.0.1:8420/v1")
    assert data[:2] * (encoding == "utf-16-le") + moved.encode(encoding) == (tmp_path / ".env").read_bytes()
    main(["move", str(tmp_path), "--undo"])
    assert data == (tmp_path / ".env").read_bytes()


def test_a_python_file_that_declares_its_encoding_moves_in_it(tmp_path):
    text = f"# -*- coding: latin-1 -*-\nname = 'caf\xe9'\n{CLIENT}"
    (tmp_path / "a.py").write_bytes(text.encode("latin-1"))
    main(["move", str(tmp_path), "--apply"])
    after = (tmp_path / "a.py").read_bytes()
    assert b"name = 'caf\xe9'\n" in after
    assert b"OPENAI_BASE_URL" in after


def test_a_link_stays_a_link_and_its_file_moves_once(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.py").write_text(CLIENT, encoding="utf-8")
    (tmp_path / "link.py").symlink_to("real/a.py")
    assert ["real/a.py"] == [c.path for c in move.look(tmp_path, Target()).changes]
    main(["move", str(tmp_path), "--apply"])
    assert (tmp_path / "link.py").is_symlink()
    assert "OPENAI_BASE_URL" in (tmp_path / "link.py").read_text(encoding="utf-8")


def test_a_read_only_file_stops_the_move_before_anything_is_written(tmp_path, capsys):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
    (tmp_path / "b.py").chmod(0o444)
    assert main(["move", str(tmp_path), "--apply", "--lang", "en"]) == 1
    assert "b.py: the file is read-only" in capsys.readouterr().err
    assert CLIENT == (tmp_path / "a.py").read_text(encoding="utf-8")
    assert main(["move", str(tmp_path), "--apply", "--force"]) == 0
    assert 0o444 == (tmp_path / "b.py").stat().st_mode & 0o777


def test_a_file_that_changed_since_it_was_read_stops_the_move(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
    found = move.look(tmp_path, Target())
    (tmp_path / "b.py").write_text(CLIENT + "# more\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="changed since it was read"):
        move.apply(tmp_path, found)
    assert CLIENT == (tmp_path / "a.py").read_text(encoding="utf-8")


def test_a_move_that_was_cut_short_is_taken_back_and_leaves_nothing(tmp_path):
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
    before = tree(tmp_path)
    main(["move", str(tmp_path), "--apply"])
    (tmp_path / "b.py").write_text(CLIENT, encoding="utf-8")  # as it is where the process ended before it
    (tmp_path / "c.py").write_text(CLIENT, encoding="utf-8")
    (tmp_path / ".banjia-b.py.part").write_text("from ope", encoding="utf-8")
    assert main(["move", str(tmp_path), "--undo"]) == 0
    assert before == tree(tmp_path)


def test_a_move_that_is_stopped_by_hand_puts_back_what_it_wrote(tmp_path, monkeypatch):
    for name in ("a.py", "b.py", "c.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
    before, found, real = tree(tmp_path), move.look(tmp_path, Target()), journal._replace

    def stopped(path, data):
        if path.name == "b.py" and b"OPENAI_BASE_URL" in data:
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(journal, "_replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        move.apply(tmp_path, found)
    assert before == tree(tmp_path)
    assert [] == list((tmp_path / ".banjia" / "moves").glob("*.json"))


def test_undo_takes_the_move_out_and_leaves_what_was_edited_elsewhere_since(tmp_path, capsys):
    (tmp_path / "a.py").write_text(f"A = 1\n\n\n\n{CLIENT}\n\n\n\nB = 2\n", encoding="utf-8")
    main(["move", str(tmp_path), "--apply"])
    moved = (tmp_path / "a.py").read_text(encoding="utf-8")
    (tmp_path / "a.py").write_text(moved.replace("B = 2", "B = 3"), encoding="utf-8")
    capsys.readouterr()
    assert main(["move", str(tmp_path), "--undo", "--lang", "en"]) == 0
    assert "a.py: the move is out" in capsys.readouterr().out
    assert f"A = 1\n\n\n\n{CLIENT}\n\n\n\nB = 3\n" == (tmp_path / "a.py").read_text(encoding="utf-8")


def test_the_journal_shows_nobody_what_only_the_owner_may_read(tmp_path):
    (tmp_path / ".env").write_text(ENV, encoding="utf-8")
    (tmp_path / ".env").chmod(0o600)
    main(["move", str(tmp_path), "--apply"])
    [record] = (tmp_path / ".banjia" / "moves").glob("*.json")
    assert [0o600, 0o600] == [f.stat().st_mode & 0o777 for f in (record, tmp_path / ".env")]


def test_a_single_file_moves_and_comes_back(tmp_path):
    for name in ("a.py", "b.py"):
        (tmp_path / name).write_text(CLIENT, encoding="utf-8")
    assert main(["move", str(tmp_path / "a.py"), "--apply"]) == 0
    assert "OPENAI_BASE_URL" in (tmp_path / "a.py").read_text(encoding="utf-8")
    assert CLIENT == (tmp_path / "b.py").read_text(encoding="utf-8")
    assert main(["move", str(tmp_path / "a.py"), "--undo"]) == 0
    assert CLIENT == (tmp_path / "a.py").read_text(encoding="utf-8")
    assert main(["move", str(tmp_path / "a.py"), "--verify"]) == 1


def test_what_git_does_not_keep_is_written_and_in_no_commit(tmp_path):
    (tmp_path / "a.py").write_text(CLIENT, encoding="utf-8")
    (tmp_path / ".env").write_text(ENV, encoding="utf-8")
    (tmp_path / ".gitignore").write_text(".env\n", encoding="utf-8")
    (tmp_path / "staged.txt").write_text("1", encoding="utf-8")
    for words in (
        ["init", "-q"],
        ["config", "user.name", "a"],
        ["config", "user.email", "a@b.example"],
        ["add", "a.py", ".gitignore"],
        ["commit", "-qm", "x"],
        ["add", "staged.txt"],
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    assert main(["move", str(tmp_path), "--commit"]) == 0
    assert "8420" in (tmp_path / ".env").read_text(encoding="utf-8")
    said = subprocess.run(["git", "status", "--short"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "A  staged.txt\n" == said.stdout
