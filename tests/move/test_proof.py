"""The ladder: the application runs before and after the move where only stand-ins answer, and both runs ask the same."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from banjia.cli import main
from banjia.desk import move, move_proof
from banjia.desk.move_proof import Wishes
from banjia.move import network
from banjia.move.target import Target

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "helpdesk"
KINDS = [
    pytest.param(
        "namespace", marks=pytest.mark.skipif(not network.available(), reason="the system gives no network of its own")
    ),
    "process",
]
BY_URLLIB = """\
import json, urllib.request
request = urllib.request.Request("https://api.openai.com/v1/embeddings", method="POST",
                                 data=json.dumps({"model": "m", "input": "x"}).encode())
print(urllib.request.urlopen(request, timeout=10).status)
"""


def proved(folder, **wishes):
    return move_proof.verify(folder, move.look(folder, Target()), Wishes(run=f"{sys.executable} app.py", **wishes))


def states(record):
    return {s.id: s.state for s in record.steps}


@pytest.mark.parametrize("kind", KINDS)
def test_the_edit_alone_brings_the_call_to_the_target(kind, tmp_path):
    (tmp_path / "app.py").write_text(BY_URLLIB, encoding="utf-8")
    record = proved(tmp_path, enclosure=kind, gateway=False)
    assert record.holds, record.text("en")
    assert ["api.openai.com"] == [c.host for c in record.runs["before"].calls]
    assert ["127.0.0.1"] == [c.host for c in record.runs["recorded"].calls]
    assert (tmp_path / "app.py").read_text(encoding="utf-8") == BY_URLLIB


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_that_still_goes_to_the_left_service_fails(kind, tmp_path):
    text = BY_URLLIB + "import base64\nhost = base64.b64decode('YXBpLm9wZW5haS5jb20=').decode()\n"
    text += "urllib.request.urlopen(f'https://{host}/v1/models', timeout=10)\n"
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    record = proved(tmp_path, enclosure=kind, gateway=False)
    assert {"before": "holds", "recorded": "fails", "same": "fails"}.items() <= states(record).items()
    assert "api.openai.com" in record.runs["recorded"].denied


@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_that_leaves_fails_the_proof_and_is_named(kind, tmp_path):
    text = BY_URLLIB + "try:\n    urllib.request.urlopen('http://192.0.2.1/', timeout=10)\nexcept OSError:\n    pass\n"
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    record = proved(tmp_path, enclosure=kind, gateway=False)
    assert "fails" == states(record)["recorded"]
    assert ("192.0.2.1",) == record.runs["recorded"].denied
    assert proved(tmp_path, enclosure=kind, gateway=False, accepted=frozenset({"192.0.2.1"})).holds


def test_a_move_that_changes_what_is_asked_fails(tmp_path):
    (tmp_path / "app.py").write_text(BY_URLLIB, encoding="utf-8")
    found = move.look(tmp_path, Target())
    move.apply(tmp_path, found)
    spoiled = (tmp_path / "app.py").read_text(encoding="utf-8").replace('"input": "x"', '"prompt": "x"')
    (tmp_path / "app.py").write_text(BY_URLLIB, encoding="utf-8")
    change = found.changes[0]
    object.__setattr__(change, "after", spoiled)
    record = move_proof.verify(tmp_path, found, Wishes(run=f"{sys.executable} app.py", enclosure="process"))
    step = next(s for s in record.steps if s.id == "same")
    assert ("- 1 x POST embeddings [input, model]", "+ 1 x POST embeddings [model, prompt]") == step.details


def test_variables_of_the_caller_do_not_help_the_proof(tmp_path, monkeypatch):
    text = 'import os, urllib.request\nbase = os.environ["OPENAI_" + "BASE_URL"]\nurllib.request.urlopen(base + "/models")\n'
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1")
    assert "fails" == states(proved(tmp_path, enclosure="process"))["recorded"]


def test_an_env_file_counts_as_it_was_before_and_as_it_is_after(tmp_path):
    text = 'import os, urllib.request\nbase = os.environ["OPENAI_BASE_URL"]\nurllib.request.urlopen(base + "/models")\n'
    (tmp_path / "app.py").write_text(text, encoding="utf-8")
    (tmp_path / ".env").write_text("OPENAI_API_KEY=\nOPENAI_BASE_URL=https://api.openai.com/v1\n", encoding="utf-8")
    record = proved(tmp_path, enclosure="process", env_files=(".env",))
    assert {"before": "holds", "recorded": "holds", "same": "holds"}.items() <= states(record).items()


def test_the_projects_own_tests_run_in_the_moved_tree(tmp_path):
    (tmp_path / "app.py").write_text(BY_URLLIB, encoding="utf-8")
    look = f"{sys.executable} -c \"import sys; sys.exit('8420' not in open('app.py').read())\""
    assert "holds" == states(proved(tmp_path, enclosure="process", tests=look))["tests"]
    other = f"{sys.executable} -c \"import sys; sys.exit('8420' in open('app.py').read())\""
    assert "fails" == states(proved(tmp_path, enclosure="process", tests=other))["tests"]


def test_a_new_complaint_of_a_type_checker_fails_and_an_old_one_does_not(tmp_path):
    (tmp_path / "app.py").write_text(BY_URLLIB, encoding="utf-8")
    always = f"{sys.executable} -c \"raise SystemExit('error: as ever')\""
    assert "holds" == states(proved(tmp_path, enclosure="process", types=always))["types"]
    fresh = f"{sys.executable} -c \"import sys; sys.exit('error: new' if '8420' in open('app.py').read() else 0)\""
    assert "fails" == states(proved(tmp_path, enclosure="process", types=fresh))["types"]


@pytest.mark.skipif(not network.available(), reason="the system gives no network of its own")
def test_the_applied_application_is_proved_through_a_real_gateway_and_recorded(tmp_path, capsys):
    app = tmp_path / "app"
    shutil.copytree(EXAMPLE, app, ignore=shutil.ignore_patterns("__pycache__", ".banjia"))
    main(["move", str(app), "--apply"])
    capsys.readouterr()
    command = f"{sys.executable} -m helpdesk stream hello"
    assert main(["move", str(app), "--verify", "--run", command, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    found = {s["id"]: s["state"] for s in document["proof"]["steps"]}
    assert {"not-run"} == {state for name, state in found.items() if name == "tests"}
    assert {"holds"} == {state for name, state in found.items() if name != "tests"}
    assert [("POST", "/v1/chat/completions")] == [(c["method"], c["path"]) for c in document["proof"]["calls"]]
    written, text = (Path(name) for name in document["records"])
    assert json.loads(written.read_text(encoding="utf-8")) == document["proof"]
    assert "[x] gateway" in text.read_text(encoding="utf-8")
