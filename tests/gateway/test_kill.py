"""A gateway that is killed in the middle of its work owes no entry for any call it has answered."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import urllib.request
from typing import Self

from scripted import Scripted, play
from served import KEY, get, lay_out, serving
from test_serve import children

from house import open_cells, policy

CALLERS = 8
BEFORE_THE_KILL = 60


class Load:
    """Callers that keep asking until the gateway is gone; `answered` are the ledger ids that reached them."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answered: list[str] = []
        self.enough = threading.Event()
        self.over = threading.Event()
        self.callers = [threading.Thread(target=self.call) for _ in range(CALLERS)]

    def __enter__(self) -> Self:
        for caller in self.callers:
            caller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for caller in self.callers:
            caller.join()

    def call(self) -> None:
        body = json.dumps({"model": "m", "messages": []}).encode()
        head = {"authorization": f"Bearer {KEY}"}
        while not self.over.is_set():
            with contextlib.suppress(OSError, ValueError):
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v1/chat/completions", body, head)
                with urllib.request.urlopen(request, timeout=5) as answer:
                    answer.read()
                    self.answered.append(answer.headers["x-banjia-decision"])
            if len(self.answered) >= BEFORE_THE_KILL:
                self.enough.set()


def test_every_foreign_call_that_was_answered_before_kill_9_stands_in_a_ledger_that_verifies(tmp_path):
    async def main():
        async with Scripted() as upstream:
            named = {"abroad": ("self_hosted", upstream.url)}
            lay_out(tmp_path, named, policy(open_cells("abroad", treatment="allow"), abroad=("abroad",)))

            def run():
                with serving(tmp_path, "--workers", "2", allowed=upstream.port) as (process, port), Load(port) as load:
                    assert load.enough.wait(30)
                    for pid in (process.pid, *children(process.pid)):
                        os.kill(pid, signal.SIGKILL)
                    return load

            load = await asyncio.to_thread(run)
            with serving(tmp_path, "--workers", "2", allowed=upstream.port) as (_, port):
                assert get(port, "/readyz")["status"] == "ready"
            return load.answered

    answered = play(main())
    assert len(set(answered)) >= BEFORE_THE_KILL
    assert ledger(tmp_path, "verify", "--json").returncode == 0
    export = ledger(tmp_path, "export", "--from", "2020-01-01", "--to", "2100-01-01", "--format", "jsonl")
    entries = {json.loads(line)["id"] for line in export.stdout.splitlines()}
    assert set(answered) <= entries


def ledger(path, *words) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "banjia", "ledger", *words]
    done = subprocess.run(command, cwd=path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done
