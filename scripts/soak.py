"""A gateway under load for ten minutes (`SECONDS=60` for less): streams, callers that leave, errors of every kind; memory must not grow.

Three applications: one whose bytes pass, one in another dialect, one abroad with names and numbers replaced and every call in the ledger
before it leaves. Prints figures; a run of ten minutes or more keeps them in docs/soak.json. Exit 1 where memory grows by 1 MB or more in
100,000 requests, an answer is not what it should be, or anything is left open at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from banjia.desk.clock import today
from banjia.policy.file import write
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Policy, RouteFacts
from banjia.text import same

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "bench"))

from soak_upstream import serve  # noqa: E402

from gateway import free_port, tree  # noqa: E402 - the same figures as the bench

SECONDS = float(os.environ.get("SECONDS", "600"))
CALLERS = int(os.environ.get("CALLERS", "24"))
KEEP = 600  # seconds of a run whose figures are kept
LIMIT = 1.0  # MB in 100,000 requests
WARM = 0.25  # of the time: caches and pools fill first
TODAY = today()
APPS = ("near", "other", "abroad")


@dataclass(slots=True)
class Score:
    requests: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    samples: list[tuple[int, float]] = field(default_factory=list)


# kind -> (share, text, stream, status, what the body ends with or holds)
KINDS: dict[str, tuple[int, str, bool, int, bytes]] = {
    "json": (50, "hello", False, 200, b"word"),
    "stream": (20, "hello", True, 200, b"[DONE]"),
    "leaves": (3, "do-slow", True, 200, b""),
    "leaves early": (1, "do-slow", True, 0, b""),
    "large": (2, "do-large", False, 200, b"word"),
    "busy": (3, "do-busy", False, 429, b"rate_limit_exceeded"),
    "down": (3, "do-down", False, 500, b"error"),
    "hidden": (3, "do-hidden", False, 502, b"error"),
    "garbage": (2, "do-garbage", False, 502, b"upstream_garbage"),
    "silent": (2, "do-silent", False, 502, b"upstream_closed"),
    "cut": (3, "do-cut", True, 200, b"upstream_broken"),
    "late": (3, "do-late", True, 200, b"error"),
    "bad json": (2, "", False, 400, b"error"),
    "wrong key": (1, "", False, 401, b"error"),
    "half a body": (1, "", False, 0, b""),
    "embeddings": (4, "", False, 200, b"embedding"),
}


class Caller:
    def __init__(self, port: int, seed: int, score: Score) -> None:
        self.port, self.random, self.score = port, random.Random(seed), score
        self.names, self.shares = list(KINDS), [k[0] for k in KINDS.values()]
        self.stream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def run(self, until: float) -> None:
        while time.monotonic() < until:
            kind = self.random.choices(self.names, self.shares)[0]
            try:
                async with asyncio.timeout(30):
                    await self.call(kind)
            except (OSError, asyncio.IncompleteReadError, TimeoutError, ValueError) as error:
                self.score.wrong[f"{kind}: {type(error).__name__} {error}"[:100]] += 1
                self.drop()
            self.score.requests += 1
            self.score.kinds[kind] += 1
        self.drop()

    async def call(self, kind: str) -> None:
        _, text, stream, status, words = KINDS[kind]
        app = self.random.choice(APPS)
        reader, writer = await self.connection()
        writer.write(self.request(kind, app, text, stream=stream))
        if kind in {"half a body", "leaves early"}:
            self.drop()
            return
        found, body = await self.answer(reader, stops=3 if kind == "leaves" else 0)
        if kind == "leaves":
            self.drop()
        right = found == status and words in body
        if kind in {"cut", "late"}:
            right = right and b"[DONE]" not in body
        if not right:
            self.score.wrong[f"{kind} ({app}): {found} {body[-60:]!r}"] += 1

    def request(self, kind: str, app: str, text: str, *, stream: bool) -> bytes:
        phone = f"1390000{self.random.randrange(60):04d}"
        said = f"{text} please call me back at {phone}, thank you"
        body: dict[str, object] = {"model": "mock", "messages": [{"role": "user", "content": said}], "stream": stream}
        path = "chat/completions"
        if kind == "embeddings":
            path, body = "embeddings", {"model": "mock", "input": said}
        data = b'{"model": "mock", "messages": [' if kind == "bad json" else json.dumps(body).encode()
        key = "wrong" if kind == "wrong key" else f"sk-{app}"
        head = f"POST /v1/{path} HTTP/1.1\r\nhost: soak\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n"
        length = len(data) + (500 if kind == "half a body" else 0)
        return f"{head}content-length: {length}\r\n\r\n".encode() + data

    async def connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.stream is None or self.stream[1].is_closing() or self.stream[0].at_eof():
            self.stream = await asyncio.open_connection("127.0.0.1", self.port)
        return self.stream

    async def answer(self, reader: asyncio.StreamReader, *, stops: int) -> tuple[int, bytes]:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        status, body = int(head[9:12]), b""
        if b"content-length:" in head:
            body = await reader.readexactly(int(head.split(b"content-length:")[1].split(b"\r\n")[0]))
        else:
            pieces = 0
            while size := int(await reader.readuntil(b"\r\n"), 16):
                body += (await reader.readexactly(size + 2))[:-2]
                pieces += 1
                if stops and pieces >= stops:
                    return status, body
            await reader.readexactly(2)
        if b"connection: close" in head:
            self.drop()
        return status, body

    def drop(self) -> None:
        if self.stream is not None:
            self.stream[1].transport.abort()
            self.stream = None


def lay_out(folder: Path, upstream: int) -> None:
    base = f"http://127.0.0.1:{upstream}/v1"
    providers = {"near": "self_hosted", "other": "deepseek", "abroad": "openai"}
    apps, routes, cells = [], [], []
    for app, provider in providers.items():
        (folder / f"{app}.key").write_text(f"sk-{app}")
        limits = "{in_flight: 1000, requests_per_minute: 1000000000}"
        apps.append(f"  - {{id: {app}, keys: ['file:{app}.key'], routes: [{app}], limits: {limits}}}")
        routes.append(
            f"  - {{id: {app}, provider: {provider}, base_url: '{base}', key: 'file:near.key', stand_in: true, retries: 0, models: {{mock: mock}}}}"
        )
        treatment = "pseudonymise" if app == "abroad" else "allow"
        cells += [
            Cell(app, "", app, "*", c, Band(), "pass", "permitted", True, treatment, "no-bar", same("no bar"))
            for c in DATA_CLASSES
        ]
    (folder / "banjia.yaml").write_text(
        "store: sqlite:///banjia.db\nkeys: keys/\ngateway: {country: CN}\nprivacy: {detect: true}\n"
        f"elsewhere: {{{TODAY.year}: {{ordinary: 0, sensitive: 0, by: soak, on: {TODAY}}}}}\n"
        "entity: {id: soak, facts: {data.personal_info: yes, data.sensitive_pi: no}}\n"
        + "\n".join(["apps:", *apps, "routes:", *routes, ""])
    )
    facts = tuple(
        RouteFacts(
            a,
            p,
            "foreign-api" if a == "abroad" else "domestic-filed-api",
            "US" if a == "abroad" else "CN",
            a == "abroad",
            True,
        )
        for a, p in providers.items()
    )
    write(Policy("soak", TODAY, None, (), "none", facts, tuple(cells)), folder / "policy.json")


async def load(port: int, pid: int, score: Score) -> None:
    until = time.monotonic() + SECONDS
    callers = [asyncio.create_task(Caller(port, seed, score).run(until)) for seed in range(CALLERS)]
    while not all(c.done() for c in callers):
        await asyncio.sleep(min(2.0, SECONDS / 60))
        score.samples.append((score.requests, memory(pid)))
        if len(score.samples) % 30 == 0:
            print(f"  {score.requests:>9,} requests  {score.samples[-1][1]:6.1f} MB", flush=True)
    await asyncio.gather(*callers)


def slope(samples: list[tuple[int, float]]) -> float:
    """MB in 100,000 requests, by least squares."""
    n = len(samples)
    x0, y0 = sum(x for x, _ in samples) / n, sum(y for _, y in samples) / n
    spread = sum((x - x0) ** 2 for x, _ in samples)
    return sum((x - x0) * (y - y0) for x, y in samples) / spread * 100_000 if spread else 0.0


def gauge(port: int, name: str) -> float:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    return next((float(line.rsplit(" ", 1)[1]) for line in lines if line.startswith(f"{name} ")), -1.0)


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
        return True
    return False


def memory(pid: int) -> float:
    """MB of the process tree's own: pages of files are shared with whatever else runs, and come and go with it."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss_Anon:"))
    return total / 1024


def left_open(port: int, upstream: int) -> dict[str, float]:
    until = time.monotonic() + 3
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{upstream}/busy", timeout=5) as answer:
            busy = float(answer.read())
        found = {
            "calls": gauge(port, "banjia_in_flight"),
            "connections": gauge(port, "banjia_upstream_connections"),
            "streams": busy,
        }
        if not any(found.values()) or time.monotonic() > until:
            return found
        time.sleep(0.05)


def main() -> int:
    if sys.argv[1:2] == ["upstream"]:
        uvloop.run(serve(int(sys.argv[2])))
    score = Score()
    with serving() as (port, upstream, pid, log):
        uvloop.run(load(port, pid, score))
        still = left_open(port, upstream)
        unexpected = gauge(port, "banjia_unexpected_total")
        traces = log.read_text(errors="replace").count("Traceback")
    return told(score, still, traces, unexpected)


@contextlib.contextmanager
def serving() -> Iterator[tuple[int, int, int, Path]]:
    """A gateway and its upstream: the ports of both, the gateway's process, the log."""
    with tempfile.TemporaryDirectory() as made, contextlib.ExitStack() as stack:
        folder = Path(made)
        upstream, port = free_port(), free_port()
        lay_out(folder, upstream)
        log = stack.enter_context((folder / "log").open("wb"))
        serve_words = ["-m", "banjia", "serve", "--policy", "policy.json", "--port", str(port)]
        pids = []
        for words in ([str(Path(__file__)), "upstream", str(upstream)], serve_words):
            process = subprocess.Popen([sys.executable, *words], cwd=folder, stdout=log, stderr=log)
            stack.callback(process.wait, 15)
            stack.callback(process.terminate)
            pids.append(process.pid)
        until = time.monotonic() + 60
        while not answers(port):
            if process.poll() is not None or time.monotonic() > until:
                sys.exit((folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)
        yield port, upstream, pids[1], folder / "log"


def told(score: Score, still: dict[str, float], traces: int, unexpected: float) -> int:
    steady = score.samples[int(len(score.samples) * WARM) :]
    grows = slope(steady)
    kept = {
        "on": TODAY.isoformat(),
        "seconds": SECONDS,
        "callers": CALLERS,
        "requests": score.requests,
        "a_second": round(score.requests / SECONDS),
        "memory_mb": {
            "first": round(steady[0][1], 1),
            "last": round(steady[-1][1], 1),
            "most": round(max(y for _, y in score.samples), 1),
        },
        "mb_in_100000_requests": round(grows, 3),
        "kinds": dict(sorted(score.kinds.items())),
        "wrong": sum(score.wrong.values()),
        "left_open": still,
        "traces": traces,
        "unexpected": max(0.0, unexpected),
    }
    print(json.dumps(kept, indent=1))
    for words, times in score.wrong.most_common(20):
        print(f"  {times:>6} × {words}")
    if SECONDS >= KEEP:
        (ROOT / "docs" / "soak.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    fails = grows >= LIMIT or score.wrong or any(still.values()) or traces or unexpected > 0
    if SECONDS < KEEP and grows >= LIMIT:
        print(f"the growth of a run under {KEEP} seconds is mostly that of caches and pools which fill")
    print("fails" if fails else "passes")
    return int(bool(fails))


if __name__ == "__main__":
    sys.exit(main())
