"""The pieces of a proof: shapes of calls, names, certificates, complaints of compilers, items of the checklist."""

import socket
import ssl
import struct
import urllib.request
from collections import Counter

import pytest

from banjia.desk import move
from banjia.errors import ConfigError
from banjia.move import compilers, names
from banjia.move.authority import Authority
from banjia.move.call import Call, difference
from banjia.move.ladder import settings
from banjia.move.proof import compiles
from banjia.move.recorder import Recording, recording
from banjia.move.target import Target


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("chat/completions", "/v1/chat/completions"),
        ("chat/completions", "/openai/deployments/mine/chat/completions"),
        ("chat/completions", "/openai/v1/chat/completions"),
        ("embeddings", "/v1/engines/ada/embeddings"),
        ("threads/{id}/messages", "/v1/threads/thread_abc123/messages"),
        ("files/{id}", "/v1/files/file-abc"),
    ],
)
def test_the_kind_of_a_path_knows_no_version_deployment_or_id(kind, path):
    assert kind == Call("POST", path, ()).kind


def test_two_runs_differ_in_what_was_asked_and_how_often_but_not_in_its_order():
    a, b = Call("POST", "/v1/chat/completions", ("model",)), Call("POST", "/v1/embeddings", ("input",))
    assert () == difference([a, b], [b, a])
    assert ("- 1 x POST embeddings [input]", "+ 1 x POST chat/completions [model]") == difference([a, b], [a, a])
    more = Call("POST", "/v1/embeddings", ("cache", "input"))
    assert () == difference([more], [b], frozenset({"cache"}))


def asked(name, kind=names.ADDRESS):
    labels = b"".join(bytes([len(p)]) + p.encode() for p in name.split("."))
    return b"\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00" + labels + b"\x00" + struct.pack("!HH", kind, 1)


def test_a_known_name_is_loopback_and_any_other_is_denied_and_named():
    reply, denied = names.answer(asked("api.openai.com"), {"api.openai.com"}.__contains__)
    assert ("", b"\x7f\x00\x00\x01") == (denied, reply[-4:])
    reply, denied = names.answer(asked("example.org"), {"api.openai.com"}.__contains__)
    assert ("example.org", names.UNKNOWN_NAME) == (denied, reply[3] & 15)
    reply, denied = names.answer(asked("api.openai.com", names.QUAD), {"api.openai.com"}.__contains__)
    assert ("", 0) == (denied, struct.unpack_from("!H", reply, 6)[0])
    with pytest.raises(ValueError, match="no question"):
        names.answer(b"\x00" * 5, bool)


def test_a_stand_in_speaks_tls_under_any_name_and_denies_what_is_meant_for_others(tmp_path):
    authority = Authority(tmp_path)
    kept = Recording(serves={"api.openai.com"}.__contains__)
    with recording(kept, authority=authority):
        trust = ssl.create_default_context(cafile=str(authority.bundle))
        for host, status in (("api.openai.com", b"200"), ("example.org", b"502")):
            with (
                socket.create_connection(("127.0.0.1", kept.port)) as plain,
                trust.wrap_socket(plain, server_hostname=host) as secure,
            ):
                secure.sendall(f"GET /v1/models HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
                assert status == secure.recv(4096).split()[1]
    assert (["api.openai.com"], ["example.org"]) == ([c.host for c in kept.calls], kept.denied)


def test_a_recording_keeps_names_of_fields_and_never_what_they_hold():
    with recording() as kept:
        body = b'{"model": "gpt-4o", "messages": [{"role": "user", "content": "my secret"}]}'
        urllib.request.urlopen(urllib.request.Request(f"{kept.root}/v1/chat/completions", data=body))
    assert ("messages", "model") == kept.calls[0].keys
    assert "secret" not in repr(kept.calls)


def test_only_a_complaint_that_is_new_counts():
    old, new = {"tsc": Counter({"a.ts: error TS1": 1})}, {"tsc": Counter({"a.ts: error TS1": 1, "a.ts: error TS2": 1})}
    assert "holds" == compiles(old, old, ()).state
    step = compiles(old, new, ())
    assert ("fails", ("tsc: a.ts: error TS2",)) == (step.state, step.details)


def test_a_complaint_on_another_line_is_the_same_complaint(tmp_path):
    for folder, text in (("a", "echo 'x\n"), ("b", "true\necho 'x\n")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "run.sh").write_text(text, encoding="utf-8")
    found = [compilers.complaints(tmp_path / folder, ["run.sh"]) for folder in ("a", "b")]
    assert found[0] == found[1]
    assert found[0]["bash -n"]


def test_an_env_file_is_read_as_a_shell_would():
    assert {"A": "1", "B": "x y"} == settings("# c\nexport A=1\nB='x y'\nnot a line\n#C=3\n")


def items(folder, text, name="app.py"):
    (folder / name).write_text(text, encoding="utf-8")
    found = move.look(folder, Target())
    return {(i.group, i.finding.line, i.remedy.say("en").partition(":")[0]) for i in found.checklist}


def test_account_paths_are_items_whether_moved_or_not(tmp_path):
    text = 'import requests\nrequests.get("https://api.openai.com/dashboard/billing/usage")\n'
    assert ("by-hand", 2, "account, billing and usage paths belong to the provider and the gateway has none") in items(
        tmp_path, text
    )


def test_what_must_be_saved_is_named_by_kind_and_the_account_once(tmp_path):
    text = "from openai import OpenAI\nclient = OpenAI()\nclient.vector_stores.list()\nclient.fine_tuning.jobs.list()\n"
    saved = {i for i in items(tmp_path, text) if i[0] == "save-first"}
    assert {"the account", "vector stores", "fine-tunes"} <= {i[2] for i in saved}
    assert 1 == sum(i[2] == "the account" for i in saved)


def test_a_client_whose_address_is_computed_stays_an_item_of_a_changed_file(tmp_path):
    text = "import os\nfrom openai import AzureOpenAI, OpenAI\na = OpenAI()\nb = AzureOpenAI(azure_endpoint=os.environ['MINE'])\n"
    found = items(tmp_path, text)
    assert any(group == "setting" and line == 4 for group, line, _ in found)
    assert not any(group == "setting" and line == 3 for group, line, _ in found)


def test_the_base_of_the_module_ends_in_a_slash_for_it_is_joined_as_it_stands(tmp_path):
    (tmp_path / "a.py").write_text(
        "import os\nimport openai\nopenai.chat.completions.create(model='m')\n", encoding="utf-8"
    )
    assert '.rstrip("/") + "/"' in move.look(tmp_path, Target()).changes[0].after


def test_commits_need_git_and_without_it_nothing_is_written(tmp_path):
    (tmp_path / "a.py").write_text("from openai import OpenAI\nclient = OpenAI()\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="git"):
        move.apply(tmp_path, move.look(tmp_path, Target()), commit=True)
    assert "client = OpenAI()\n" in (tmp_path / "a.py").read_text(encoding="utf-8")


COMPOSE = "services:\n  chat:\n    environment:\n      OPENAI_BASE_URL: https://api.openai.com/v1\n"


def test_a_loopback_gateway_in_a_containers_file_is_an_item_and_a_named_one_is_not(tmp_path):
    (tmp_path / "docker-compose.yml").write_text(COMPOSE, encoding="utf-8")

    def asked(where):
        found = move.look(tmp_path, where).checklist
        return [i.finding.line for i in found if "container itself" in i.remedy.say("en")]

    assert [4] == asked(Target())
    assert [] == asked(Target.parse("http://banjia:8420", where="--gateway"))
    move.apply(tmp_path, move.look(tmp_path, Target()))
    assert [4] == asked(Target())


@pytest.mark.parametrize(
    "line",
    ['requests.post("https://api.openai.com/v1/moderations", json={})', "OpenAI().moderations.create(input='x')"],
)
def test_moderations_are_an_item_for_no_model_at_home_has_them(tmp_path, line):
    found = items(tmp_path, f"import requests\nfrom openai import OpenAI\n{line}\n")
    assert ("by-hand", 3, "models at home have no moderations endpoint, so the gateway answers 501") in found


def test_an_import_goes_where_a_sorter_of_imports_has_it(tmp_path):
    text = '"""Doc."""\nimport json\nimport sys\nfrom typing import Any\n\nfrom openai import OpenAI\n\nclient = OpenAI()\n'
    (tmp_path / "a.py").write_text(text, encoding="utf-8")
    after = move.look(tmp_path, Target()).changes[0].after
    assert (
        '"""Doc."""\nimport json\nimport os\nimport sys\nfrom typing import Any\n'
        == after.partition("\nfrom openai")[0]
    )


def test_a_file_of_another_vendor_gets_no_gateway_where_its_address_is_handed_in(tmp_path):
    text = "import os\nfrom openai import OpenAI\n\ndef make(base_url):\n    return OpenAI(base_url=base_url)\n"
    for name in ("ollama.py", "chat.py"):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert ["chat.py"] == [c.path for c in move.look(tmp_path, Target()).changes]
