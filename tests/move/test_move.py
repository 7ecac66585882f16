"""banjia move shows first, writes only when told, takes back exactly, and proves that the application still runs."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.cli import main
from banjia.desk import move
from banjia.errors import ConfigError
from banjia.move.edit import Edit, applied, merged
from banjia.move.target import Target
from banjia.text import same

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "helpdesk"
CLIENT = "from openai import OpenAI\n\nclient = OpenAI()\nprint(client.chat.completions.create(model='gpt-4o', messages=[]))\n"


@pytest.fixture
def app(tmp_path):
    shutil.copytree(EXAMPLE, tmp_path / "app", ignore=shutil.ignore_patterns("__pycache__", ".banjia"))
    return tmp_path / "app"


def bytes_of(folder):
    return {
        p.relative_to(folder): p.read_bytes() for p in folder.rglob("*") if p.is_file() and ".banjia" not in p.parts
    }


def test_without_apply_nothing_is_written(app, capsys):
    before = bytes_of(app)
    assert main(["move", str(app)]) == 5
    assert "+OPENAI_BASE_URL=http://127.0.0.1:8420/v1" in capsys.readouterr().out
    assert bytes_of(app) == before


def test_apply_changes_only_files_with_findings_and_undo_takes_it_back_exactly(app):
    before = bytes_of(app)
    assert main(["move", str(app), "--apply"]) == 0
    after = bytes_of(app)
    assert {str(p) for p in before if before[p] != after[p]} == {".env", "helpdesk/settings.py"}
    assert main(["move", str(app), "--undo"]) == 0
    assert bytes_of(app) == before


def test_a_second_move_changes_nothing(app):
    main(["move", str(app), "--apply"])
    after = bytes_of(app)
    assert main(["move", str(app), "--apply"]) == 0
    assert bytes_of(app) == after


def test_a_file_with_uncommitted_changes_is_refused_and_stays(tmp_path, capsys):
    (tmp_path / "app.py").write_text(CLIENT, encoding="utf-8")
    for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    (tmp_path / "app.py").write_text(CLIENT + "# more\n", encoding="utf-8")
    assert main(["move", str(tmp_path), "--apply", "--lang", "en"]) == 1
    assert "uncommitted" in capsys.readouterr().err
    assert (tmp_path / "app.py").read_text(encoding="utf-8") == CLIENT + "# more\n"


def test_undo_refuses_a_file_that_was_edited_since(app):
    main(["move", str(app), "--apply"])
    (app / ".env").write_text("OPENAI_BASE_URL=elsewhere\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="edited after the move"):
        move.undo(app)
    assert (app / ".env").read_text(encoding="utf-8") == "OPENAI_BASE_URL=elsewhere\n"


def test_relays_in_code_are_retired_not_moved(tmp_path):
    (tmp_path / "nginx.conf").write_text(
        "location /v1/ {\n  proxy_pass https://api.openai.com/v1/;\n}\n", encoding="utf-8"
    )
    found = move.look(tmp_path, Target())
    assert found.changes == ()
    assert {i.group for i in found.checklist} == {"retire"}


def test_what_lives_at_the_provider_is_saved_first(tmp_path):
    text = "from openai import OpenAI\nclient = OpenAI()\nclient.beta.threads.retrieve('thread_abcdefghijklmnopqrstuvwx')\n"
    (tmp_path / "state.py").write_text(text, encoding="utf-8")
    assert "save-first" in {i.group for i in move.look(tmp_path, Target()).checklist}


def test_an_import_goes_before_the_decorator_of_the_first_function(tmp_path):
    text = "@print\ndef call(post):\n    post('https://api.openai.com/v1/chat/completions')\n"
    (tmp_path / "call.py").write_text(text, encoding="utf-8")
    assert move.look(tmp_path, Target()).changes[0].after.startswith("import os\n@print\n")


def test_a_route_of_the_config_can_be_the_target(app, monkeypatch):
    monkeypatch.chdir(app)
    assert main(["move", ".", "--to", "local-chat", "--apply"]) == 0
    assert "OPENAI_BASE_URL=http://127.0.0.1:18081/v1" in (app / ".env").read_text(encoding="utf-8")


def test_an_unknown_route_is_one_clear_error(app, monkeypatch, capsys):
    monkeypatch.chdir(app)
    assert main(["move", ".", "--to", "nowhere", "--lang", "en"]) == 1
    assert "no such route" in capsys.readouterr().err


@given(
    st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.text(max_size=3)), max_size=6)
)
def test_edits_that_stand_together_leave_every_other_character_alone(text, spans):
    edits = [Edit("a", min(a, len(text)), min(a + n, len(text)), new, "x", same("")) for a, n, new in spans]
    kept, dropped = merged(edits)
    assert len(kept) + len(dropped) <= len(edits)
    outside = "".join(c for i, c in enumerate(text) if not any(e.start <= i < e.end for e in kept))
    assert len(applied(text, kept)) == len(outside) + sum(len(e.new) for e in kept)
