"""What clients rely on at the gateway, and programs in its ledger: a real process before a scripted upstream."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from banjia.cli import main
from banjia.policy.file import write
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Cite, Policy, RouteFacts
from banjia.text import Text

KEYS = {"helpdesk": "sk-open-contract", "closed": "sk-closed-contract"}
CONFIG = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme, facts: {data.personal_info: no, actor.establishment: CN}}
apps:
  - {id: helpdesk, keys: ["file:helpdesk.key"], routes: [local], purposes: {support: {}}}
  - {id: closed, keys: ["file:closed.key"], routes: [local]}
routes:
  - {id: local, provider: self_hosted, base_url: "http://127.0.0.1:PORT/v1", models: {"gpt-4o": small, "*": small}}
"""
ANSWER = {
    "id": "c-1",
    "object": "chat.completion",
    "created": 1,
    "model": "small",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "hello"}, "finish_reason": "stop"}],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}
PRIVATE = {
    "x-banjia-subject": "person-42",
    "x-banjia-purpose": "support",
    "x-banjia-conversation": "talk-1",
    "x-banjia-lang": "zh",
}


class Upstream(BaseHTTPRequestHandler):
    seen: list[tuple[dict[str, str], bytes]]

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        self.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
        data = json.dumps(ANSWER).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


@dataclass
class Running:
    port: int
    folder: Path
    seen: list[tuple[dict[str, str], bytes]]

    def send(self, method, path, body=None, **headers):
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            wire.request(method, path, json.dumps(body).encode() if body else None, headers)
            answer = wire.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
        finally:
            wire.close()

    def chat(self, app, path="/v1/chat/completions", **headers):
        body = {"model": "gpt-4o", "messages": [{"role": "user", "content": "hello"}]}
        return self.send("POST", path, body, **({"authorization": f"Bearer {KEYS[app]}"} | headers))


def ready(running: Running) -> bool:
    """Whether it may serve; a worker accepts a moment after the supervisor has said where."""
    try:
        return running.send("GET", "/readyz")[0] == 200
    except ConnectionRefusedError:
        threading.Event().wait(0.02)
        return False


def table() -> Policy:
    bar, cite = Text("不许可", "not allowed"), Cite("cbdf art. 8", Text("标准合同", "Standard contract"))
    cells = [
        Cell(
            app=app,
            purpose=purpose,
            route="local",
            model="*",
            data_class=data_class,
            band=Band(),
            decision="refuse" if app == "closed" else "pass",
            verdict="prohibited" if app == "closed" else "permitted",
            settled=True,
            treatment="allow",
            rule="cbdf.volume" if app == "closed" else "no-bar",
            reason=bar,
            cites=(cite,) if app == "closed" else (),
        )
        for app, purpose in (("helpdesk", ""), ("helpdesk", "support"), ("closed", ""))
        for data_class in DATA_CLASSES
    ]
    facts = (RouteFacts("local", "self_hosted", "self-hosted-open-weights", "CN", False),)
    return Policy("acme", date(2026, 11, 23), None, (("cn", "1"),), "sha256:law", facts, tuple(cells))


@pytest.fixture(scope="module")
def gateway(tmp_path_factory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("serve")
    seen = []
    upstream = ThreadingHTTPServer(("127.0.0.1", 0), type("Seen", (Upstream,), {"seen": seen}))
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    for app, key in KEYS.items():
        (folder / f"{app}.key").write_text(key)
    (folder / "banjia.yaml").write_text(CONFIG.replace("PORT", str(upstream.server_port)))
    write(table(), folder / "policy.json")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "banjia", "serve", "--policy", "policy.json", "--port", str(port), "--lang", "en"]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, text=True)
    try:
        assert any("serves http" in line for line in process.stderr)
        running = Running(port, folder, seen)
        assert any(ready(running) for _ in range(2_000))
        yield running
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        upstream.shutdown()
        upstream.server_close()
    assert process.returncode == 0


def test_an_answer_says_route_model_decision_and_treatment(gateway):
    status, headers, body = gateway.chat("helpdesk")
    assert status == 200
    assert json.loads(body)["choices"][0]["message"]["content"] == "hello"
    assert headers["x-banjia-route"] == "local"
    assert headers["x-banjia-model"] == "small"
    assert headers["x-banjia-decision"]
    assert headers["x-banjia-treatment"] == "allow"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_refusal_is_openais_error_with_rule_citation_and_no_retry(gateway, lang):
    before = len(gateway.seen)
    status, headers, body = gateway.chat("closed", **{"x-banjia-lang": lang})
    error = json.loads(body)["error"]
    assert status == 403
    assert headers["x-should-retry"] == "false"
    assert error["type"] == "policy_refusal"
    assert error["code"] == "cbdf.volume"
    assert "cbdf art. 8" in error["message"]
    assert ("标准合同" in error["message"]) == (lang == "zh")
    assert len(gateway.seen) == before


def test_nothing_of_the_callers_own_goes_upstream(gateway):
    assert gateway.chat("helpdesk", **PRIVATE)[0] == 200
    headers, body = gateway.seen[-1]
    assert not [name for name in headers if name.startswith("x-banjia")]
    assert KEYS["helpdesk"] not in json.dumps(headers)
    assert "person-42" not in json.dumps(headers) + body.decode()
    assert json.loads(body)["model"] == "small"


@pytest.mark.parametrize(
    "path",
    [
        "/v1/chat/completions",
        "/chat/completions",
        "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
        "/openai/v1/chat/completions",
    ],
)
def test_both_vendors_paths_are_served(gateway, path):
    assert gateway.chat("helpdesk", path)[0] == 200


def test_azures_key_header_is_accepted_and_a_wrong_key_is_not(gateway):
    body = {"model": "gpt-4o", "messages": []}
    assert gateway.send("POST", "/v1/chat/completions", body, **{"api-key": KEYS["helpdesk"]})[0] == 200
    status, _, answer = gateway.send("POST", "/v1/chat/completions", body, authorization="Bearer sk-wrong")
    assert status == 401
    assert json.loads(answer)["error"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/console"])
def test_health_readiness_metrics_and_console_are_there(gateway, path):
    assert gateway.send("GET", path)[0] in {200, 302, 303, 307, 308, 401}


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"[", b"[" * 50_000, b"[]", b'{"model": 3}', b'{"model":"gpt-4o"'])
def test_garbage_is_answered_as_an_error_without_a_trace(gateway, body):
    wire = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=10)
    wire.request("POST", "/v1/chat/completions", body, {"authorization": f"Bearer {KEYS['helpdesk']}"})
    answer = wire.getresponse()
    said = answer.read()
    wire.close()
    assert 400 <= answer.status < 500
    assert json.loads(said)["error"]["message"]
    assert b"Traceback" not in said


def ledger(gateway, capsys, *words):
    code = main(["ledger", *words, "--config", str(gateway.folder / "banjia.yaml")])
    return code, capsys.readouterr().out


def test_the_ledger_verifies_tallies_and_exports(gateway, capsys):
    gateway.chat("helpdesk")
    code, out = ledger(gateway, capsys, "verify", "--json")
    assert (code, json.loads(out)["ok"]) == (0, True)
    _, out = ledger(gateway, capsys, "tally", "--year", "2026", "--json")
    found = json.loads(out)
    assert found.keys() >= {"entity", "year", "destinations", "ordinary", "sensitive", "measured", "elsewhere"}
    assert (found["entity"], found["year"], found["ordinary"], found["sensitive"]) == (
        "acme",
        2026,
        [0, None],
        [0, None],
    )
    for form in ("jsonl", "csv"):
        code, out = ledger(gateway, capsys, "export", "--from", "2000-01-01", "--to", "2999-12-31", "--format", form)
        assert code == 0
        assert out.strip()
        assert "hello" not in out
    code, out = ledger(gateway, capsys, "subject", "person-42", "--json")
    assert (code, isinstance(json.loads(out), dict)) == (0, True)


def test_a_port_in_use_is_one_clear_error(gateway, capsys):
    words = ["serve", "--config", str(gateway.folder / "banjia.yaml"), "--policy", str(gateway.folder / "policy.json")]
    done = subprocess.run(
        [sys.executable, "-m", "banjia", *words, "--port", str(gateway.port), "--lang", "en"],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    assert done.returncode == 1
    assert "the address cannot be used" in done.stderr
    assert "Traceback" not in done.stderr
