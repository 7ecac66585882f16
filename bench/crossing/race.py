"""Race: many clients at once, each with a person of its own, towards a line that fewer may reach."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from banjia.policy.policy import Band
from banjia.text import Text
from crossing.gate import ask, cell, lay_out, serving
from crossing.stand_in import Recorder

OVER = Text("当年出境人数已到线", "this year's line is reached")


@dataclass
class Raced:
    """Numbers of persons: who were answered, refused at the line, and sent, that is seen by the stand-in."""

    answered: set[int] = field(default_factory=set)
    refused: set[int] = field(default_factory=set)
    sent: set[int] = field(default_factory=set)
    other: list[object] = field(default_factory=list)
    cut: int = 0  # calls that found no gateway


def race(
    folder: Path, store: str, *, clients: int, line: int, workers: int, kill_after: int = 0, again: int = 1
) -> Raced:
    """Each client sends its person `again` times. With `kill_after` answers all processes are killed, then it goes on."""
    found = Raced()
    bands = [Band((0, line), (0, None)), Band((line, None), (0, None))]
    cells = [cell("none"), cell("ordinary", band=bands[0])]
    cells.append(cell("ordinary", band=bands[1], decision="refuse", verdict="prohibited", rule="line", reason=OVER))
    with Recorder() as stand_in:
        lay_out(folder, stand_in.url, cells=cells, store=store)
        if kill_after:
            with serving(folder, "--workers", str(workers)) as (process, port):
                enough = threading.Event()
                with _calling(found, port, clients, again, enough, kill_after) as threads:
                    enough.wait(60)
                    for pid in (process.pid, *_children(process.pid)):
                        with contextlib.suppress(ProcessLookupError):
                            os.kill(pid, signal.SIGKILL)
                    for each in threads:
                        each.join()
        with serving(folder, "--workers", str(workers)) as (_, port), _calling(found, port, clients, again) as threads:
            for each in threads:
                each.join()
        found.sent = set(stand_in.bytes)
    return found


def phone(number: int) -> str:
    return f"138{2100 + number:04d}{(4321 + number * 7919) % 10000:04d}"


@contextlib.contextmanager
def _calling(
    found: Raced, port: int, clients: int, again: int, enough: threading.Event | None = None, many: int = 0
) -> Iterator[list[threading.Thread]]:
    lock, gate = threading.Lock(), threading.Barrier(clients)

    def client(number: int) -> None:
        line = HTTPConnection("127.0.0.1", port, timeout=120)
        messages = [{"role": "user", "content": f"请给手机{phone(number)}回电"}]
        gate.wait()
        for _ in range(again):
            try:
                status, _, told = ask(line, {"model": "m", "seed": number, "messages": messages})
            except (OSError, HTTPException, ValueError):
                with lock:
                    found.cut += 1
                line.close()
                continue
            with lock:
                if status == 200:
                    found.answered.add(number)
                elif status == 403 and told["error"]["code"] == "line":
                    found.refused.add(number)
                else:
                    found.other.append((status, told))
                if enough is not None and len(found.answered) >= many:
                    enough.set()
        line.close()

    threads = [threading.Thread(target=client, args=(n,)) for n in range(clients)]
    for each in threads:
        each.start()
    yield threads
    for each in threads:
        each.join()


def _children(pid: int) -> list[int]:
    done = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True, check=False)
    return [int(word) for word in done.stdout.split()]
