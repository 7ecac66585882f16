"""A whole `banjia serve` as a process of its own, on loopback, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from scripted import Scripted, play

from banjia.policy.file import write
from house import open_cells, policy

HERE = Path(__file__).parent
KEY = "sk-serve-test"
CONFIG = """
store: sqlite:///banjia.db
keys: keys/
gateway: {country: CN}
entity: {id: acme, facts: {data.personal_info: no, data.important: no, service.offered_to_domestic_public: no,
  actor.kind: company, actor.establishment: CN, actor.sector: [other], actor.ciio: no}}
apps:
  - {id: helpdesk, keys: ["file:key"], routes: [ROUTES]}
routes:
"""
ROUTE = "  - {{id: {name}, provider: {provider}, base_url: '{url}'{more}}}\n"


SLOWLY = """
import os, sys, time
while "compile" in sys.orig_argv and os.path.exists("slowly"):
    time.sleep(0.05)
"""


def lay_out(path: Path, routes: dict[str, tuple[str, str]], table, more: str = "") -> None:
    (path / "key").write_text(KEY)
    lines = [ROUTE.format(name=n, provider=p, url=u, more=more) for n, (p, u) in routes.items()]
    (path / "banjia.yaml").write_text(CONFIG.replace("ROUTES", ", ".join(routes)) + "".join(lines))
    write(facts(table, routes), path / "policy.json")


def facts(table, routes):
    known = tuple(dataclasses.replace(f, provider=routes[f.id][0]) for f in table.routes if f.id in routes)
    return dataclasses.replace(table, routes=known)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def serving(
    path: Path, *words: str, allowed: int = 0, compiles: bool = False
) -> Iterator[tuple[subprocess.Popen, int]]:
    """With `compiles` the gateway makes its policy itself; `slowly` in the folder holds the compiler up."""
    port = free_port()
    command = [
        sys.executable,
        str(HERE / "denying.py"),
        "serve",
        *(() if compiles else ("--policy", "policy.json")),
        "--port",
        str(port),
        "--lang",
        "en",
        *words,
    ]
    env = {**os.environ, "ALLOWED_PORTS": str(allowed)}
    if compiles:
        (path / "sitecustomize.py").write_text(SLOWLY)
        env["PYTHONPATH"] = str(path)
    with (path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=path, env=env, stderr=log, stdout=log)
        try:
            until = time.monotonic() + 180
            while time.monotonic() < until and process.poll() is None:
                with contextlib.suppress(OSError):
                    get(port, "/readyz")
                    break
                time.sleep(0.02)
            yield process, port
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


def get(port: int, path: str) -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return json.load(answer) if path != "/metrics" else {"text": answer.read().decode()}


def call(port: int, model: str = "m", key: str = KEY) -> tuple[int, dict]:
    body = json.dumps({"model": model, "messages": []}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/v1/chat/completions", body, {"authorization": f"Bearer {key}"}
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error)


def until(probe, seconds: float = 60.0):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (found := probe()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("did not come about in time")


def behind(tmp_path, scene, *words, routes=("local",), table=None, more="", compiles=False):
    """Run `scene(process, port, upstream)` in a thread, beside a gateway process and its upstream."""

    async def main():
        async with Scripted() as upstream:
            named = dict.fromkeys(routes, ("self_hosted", upstream.url))
            lay_out(tmp_path, named, table or policy(open_cells(*routes)), more)

            def run():
                with serving(tmp_path, *words, allowed=upstream.port, compiles=compiles) as (process, port):
                    return scene(process, port, upstream)

            return await asyncio.to_thread(run)

    return play(main())


def log_of(path: Path) -> str:
    return (path / "log").read_text()
