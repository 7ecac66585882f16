"""Gate: a real gateway process, `banjia serve`, before one route abroad that asks for pseudonyms."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from banjia.desk.clock import today
from banjia.policy.file import write
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Policy, RouteFacts, Treatment
from banjia.text import Text

KEY = "sk-banjia-crossing"
START = 180  # seconds that a busy machine may need
CONFIG = """
store: "{store}"
keys: keys/
gateway: {{country: CN}}
entity: {{id: acme, facts: {{data.personal_info: yes, data.sensitive_pi: no, actor.establishment: CN}}}}
elsewhere: {{{year}: {{ordinary: 0, sensitive: 0, by: dpo, on: {year}-01-02}}}}
apps:
  - {{id: desk, keys: ["file:key"], routes: [abroad]{app}}}
routes:
  - {{id: abroad, provider: self_hosted, base_url: '{url}'}}
"""


def lay_out(
    folder: Path,
    url: str,
    *,
    treatment: Treatment = "pseudonymise",
    cells: list[Cell] | None = None,
    app: str = "",
    store: str = "sqlite:///banjia.db",
) -> None:
    (folder / "key").write_text(KEY)
    day = today()
    (folder / "banjia.yaml").write_text(CONFIG.format(url=url, year=day.year, app=app, store=store))
    abroad = RouteFacts("abroad", "self_hosted", "foreign-api", "US", abroad=True)
    table = cells or [cell(c, treatment=treatment) for c in DATA_CLASSES]
    write(Policy("acme", day, None, (("cn", "1"),), "sha256:law", (abroad,), tuple(table)), folder / "policy.json")


def cell(data_class: Any, **changes: Any) -> Cell:
    base: dict[str, Any] = {
        "app": "desk", "purpose": "", "route": "abroad", "model": "*", "data_class": data_class, "band": Band(),
        "decision": "pass", "verdict": "conditional", "settled": True, "treatment": "pseudonymise", "rule": "no-bar",
        "reason": Text("未发现禁止", "no bar found"),
    }  # fmt: skip
    return Cell(**(base | changes))


@contextlib.contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """The gateway's process and port, once it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "banjia", "serve", "--policy", "policy.json", "--port", str(port), "--lang", "en"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([*command, *words], cwd=folder, stderr=log, stdout=log)
        try:
            _wait(process, port)
            yield process, port
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.send_signal(signal.SIGTERM)
            process.wait(30)


def ask(line: HTTPConnection, request: dict[str, Any], **headers: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and what a client reads: a whole answer, or the events of a stream."""
    head = {"authorization": f"Bearer {KEY}", "content-type": "application/json", **headers}
    line.request("POST", "/v1/chat/completions", json.dumps(request, ensure_ascii=False).encode(), head)
    with line.getresponse() as answered:
        body = answered.read()
        told = {k.lower(): v for k, v in answered.getheaders()}
        if not told.get("content-type", "").startswith("text/event-stream"):
            return answered.status, told, json.loads(body)
    found = [e[6:] for e in body.decode().split("\n\n") if e.startswith("data: ")]
    return answered.status, told, [json.loads(e) for e in found if e != "[DONE]"]


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
            return
        time.sleep(0.02)
    raise RuntimeError("the gateway did not become ready; see its log")
