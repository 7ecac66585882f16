"""Run: many talks through a real gateway, and what became of every value in them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

from crossing.forms import leaked
from crossing.gate import ask, lay_out, serving
from crossing.mirror import answer, read
from crossing.stand_in import Recorder
from crossing.talk import Talk, talk

CALLERS = 4


@dataclass
class Crossing:
    talks: int = 0
    values: int = 0
    names: int = 0
    recorded: int = 0  # bytes
    crossed: list[tuple[int, str]] = field(default_factory=list)  # (talk, value) that stands in what was recorded
    named: list[tuple[int, str]] = field(default_factory=list)  # (talk, name) likewise
    changed: list[tuple[int, str]] = field(default_factory=list)  # talks whose client read something else, and what
    kept: list[tuple[str, str]] = field(default_factory=list)  # (file, value) in the gateway's own files
    logprobs: int = 0  # answers that brought log-probabilities


def run(count: int, folder: Path, *, seed: int = 0) -> Crossing:
    """`count` talks through `banjia serve` to a recording stand-in abroad."""
    found = Crossing(talks=count)
    lock = threading.Lock()
    with Recorder() as stand_in:
        lay_out(folder, stand_in.url)
        with serving(folder) as (_, port):
            numbers = iter(range(count))
            made: dict[int, Talk] = {}

            def caller() -> None:
                line = HTTPConnection("127.0.0.1", port, timeout=120)
                while True:
                    with lock:
                        number = next(numbers, None)
                        if number is None:
                            line.close()
                            return
                    one = made[number] = talk(number, seed)
                    conversation = {"x-banjia-conversation": f"talk-{number // 9}"} if number % 4 == 1 else {}
                    status, _, told = ask(line, one.request, **conversation)
                    if status != 200:
                        found.changed.append((number, f"{status} {told}"))
                        continue
                    wanted = read(answer(one.request))
                    if read(told) != wanted:
                        found.changed.append((number, f"{read(told)} instead of {wanted}"[:600]))
                    found.logprobs += '"token"' in str(told).replace("'", '"')

            callers = [threading.Thread(target=caller) for _ in range(CALLERS)]
            for each in callers:
                each.start()
            for each in callers:
                each.join()
        _search(found, made, stand_in.bytes, folder)
    return found


def _search(found: Crossing, made: dict[int, Talk], recorded: dict[int, bytes], folder: Path) -> None:
    for number, one in sorted(made.items()):
        found.values += len(one.values)
        found.names += len(one.names)
        sent = recorded.get(number, b"")
        found.recorded += len(sent)
        found.crossed += [(number, v) for v in leaked(one.values, sent)]
        found.named += [(number, v) for v in leaked(one.names, sent)]
    long = {v for one in made.values() for v in (*one.values, *one.names) if len(v.encode()) > 6}
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        found.kept += [(path.name, v) for v in long if v.encode() in content]
