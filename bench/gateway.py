"""CPU per request of the gateway beside nginx as a reverse proxy, on the same stand-in, in one run.

Everything that the product does is on: key, policy, limits, ledger, usage, metrics. Figures are CPU time of the whole
process tree, so they hold on a busy machine; compare only rows of one run. nginx is left out where it is not installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import uvloop

from banjia.policy.file import write
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Policy, RouteFacts
from banjia.text import same

SECONDS = float(os.environ.get("BENCH_SECONDS", "2"))
CONNECTIONS = 16
EVENTS = 50
TICKS = os.sysconf("SC_CLK_TCK")
KEY = "sk-bench"
ANSWER = json.dumps(
    {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1,
        "model": "mock",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 90}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 200, "completion_tokens": 90, "total_tokens": 290},
    }
).encode()


Figures = dict[str, tuple[float, float]]  # case -> (CPU microseconds a request, median seconds alone)


# the stand-in


class StandIn(asyncio.Protocol):
    """Answers chat completions: JSON, or a stream of one event a write."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.held) < end + 4 + length:
                return
            body, self.held = self.held[end + 4 : end + 4 + length], self.held[end + 4 + length :]
            self.answer(stream=b'"stream":true' in body.replace(b" ", b""))

    def write(self, data: bytes) -> None:
        """One event, one write to the socket: a model says its words one by one."""
        if self.transport.get_write_buffer_size() == 0:
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(self.transport.get_extra_info("socket").fileno(), data) :]
        if data:
            self.transport.write(data)

    def answer(self, *, stream: bool) -> None:
        if not stream:
            self.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                % (len(ANSWER), ANSWER)
            )
            return
        self.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for n in range(EVENTS):
            finish = b'"stop"' if n == EVENTS - 1 else b"null"
            data = (
                b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"mock","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":%b}]}\n\n'
                % finish
            )
            self.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


async def stand_in(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(StandIn, "127.0.0.1", port)
    await server.serve_forever()


# the load


class Caller(asyncio.Protocol):
    """One connection in a closed loop: the next request leaves when the answer is whole."""

    def __init__(self, request: bytes, times: list[float], *, stream: bool) -> None:
        self.request, self.stream, self.times = request, stream, times
        self.held = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter()
        self.held = b""
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.held += data
        if self.stream:
            whole = self.held.endswith(b"0\r\n\r\n")
        else:
            head, mark, body = self.held.partition(b"\r\n\r\n")
            whole = bool(mark) and len(body) >= int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        if whole:
            if not self.held.startswith(b"HTTP/1.1 200") or (self.stream and b'"stop"' not in self.held):
                sys.exit(f"unexpected answer: {self.held[-300:]!r}")
            self.times.append(time.perf_counter() - self.began)
            self.ask()


async def load(port: int, request: bytes, connections: int, seconds: float, *, stream: bool) -> list[float]:
    times: list[float] = []
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(lambda: Caller(request, times, stream=stream), "127.0.0.1", port)
        for _ in range(connections)
    ]
    await asyncio.sleep(seconds)
    for transport, _ in opened:
        transport.abort()
    return times


def request_of(size: int, *, stream: bool) -> bytes:
    body = {"model": "mock", "messages": [{"role": "user", "content": ""}], "stream": stream}
    body["messages"][0]["content"] = ("Please keep the meaning of this text. " * (size // 30))[
        : size - len(json.dumps(body))
    ]
    data = json.dumps(body).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n\r\n"
    return head.encode() + data


# the targets


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(command: list[str], cwd: Path, port: int) -> Iterator[tuple[int, float]]:
    """(pid, seconds until it listens)"""
    with (cwd / "log").open("ab") as log:
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=cwd, stdout=log, stderr=log, start_new_session=True)
        try:
            while process.poll() is None and time.monotonic() - began < 30:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
                    break
                time.sleep(0.01)
            else:
                sys.exit(f"did not start: {(cwd / 'log').read_text()[-800:]}")
            yield process.pid, time.monotonic() - began
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)


def nginx(folder: Path, port: int, upstream: int) -> list[str]:
    conf = folder / "nginx.conf"
    temp = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    conf.write_text(
        f"daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr crit; events {{ worker_connections 1024; }}\n"
        f"http {{ access_log off; {temp} client_body_buffer_size 1m; keepalive_requests 10000000;\n"
        f"upstream up {{ server 127.0.0.1:{upstream}; keepalive 64; keepalive_requests 10000000; }}\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://up; proxy_http_version 1.1;\n"
        'proxy_set_header Connection ""; proxy_buffering off; } } }\n'
    )
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(conf), "-p", str(folder)]


def gateway(
    folder: Path, port: int, upstream: int, *, abroad: bool = False, provider: str = "self_hosted", workers: int = 1
) -> list[str]:
    (folder / "key").write_text(KEY)
    (folder / "banjia.yaml").write_text(
        "store: sqlite:///banjia.db\nkeys: keys/\ngateway: {country: CN}\nprivacy: {detect: false}\n"
        "entity: {id: bench, facts: {data.personal_info: no}}\n"
        "apps: [{id: bench, keys: ['file:key'], routes: [r], limits: {in_flight: 1000, requests_per_minute: 1000000000}}]\n"
        f"routes: [{{id: r, provider: {provider}, base_url: 'http://127.0.0.1:{upstream}/v1', stand_in: true, models: {{mock: mock}}}}]\n"
    )
    cells = tuple(
        Cell("bench", "", "r", "*", c, Band(), "pass", "permitted", True, "allow", "no-bar", same("no bar"))
        for c in DATA_CLASSES
    )
    facts = RouteFacts("r", provider, "self-hosted-open-weights", "US" if abroad else "CN", abroad, True)
    write(Policy("bench", date(2026, 1, 1), None, (), "none", (facts,), cells), folder / "policy.json")
    words = ["serve", "--policy", "policy.json", "--port", str(port), "--workers", str(workers)]
    return [sys.executable, "-m", "banjia", *words]


def tree(pid: int) -> list[int]:
    found = [pid]
    for at in found:
        with contextlib.suppress(OSError):
            found += [int(x) for x in Path(f"/proc/{at}/task/{at}/children").read_text().split()]
    return found


def cpu(pid: int) -> float:
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory(pid: int) -> float:
    """Proportional set size of the process tree, in MB."""
    total = 0
    for each in tree(pid):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


CASES = {"JSON 1 kB": (1024, False), "JSON 16 kB": (16384, False), f"stream of {EVENTS}": (1024, True)}


def measure(port: int, pid: int) -> Figures:
    found = {}
    for name, (size, stream) in CASES.items():
        request = request_of(size, stream=stream)
        uvloop.run(load(port, request, CONNECTIONS, 0.4, stream=stream))
        before = cpu(pid)
        times = uvloop.run(load(port, request, CONNECTIONS, SECONDS, stream=stream))
        used = cpu(pid) - before
        alone = sorted(uvloop.run(load(port, request, 1, 0.5, stream=stream)))
        found[name] = used / max(1, len(times)) * 1e6, alone[len(alone) // 2]
    return found


def main() -> None:
    upstream = free_port()
    with (
        tempfile.TemporaryDirectory() as base,
        running([sys.executable, __file__, "--stand-in", str(upstream)], Path(base), upstream) as (mock, _),
    ):
        direct = measure(upstream, mock)
        rows: dict[str, tuple[Figures, float, float]] = {}
        wanted = {
            "nginx": lambda f, p: nginx(f, p, upstream),
            "gateway": lambda f, p: gateway(f, p, upstream),
            "gateway, route abroad": lambda f, p: gateway(f, p, upstream, abroad=True),
            "gateway, translated": lambda f, p: gateway(f, p, upstream, provider="minimax"),
            "gateway, 2 workers": lambda f, p: gateway(f, p, upstream, workers=2),
        }
        if not Path(shutil.which("nginx") or "/usr/sbin/nginx").exists():
            wanted.pop("nginx")
            print("nginx is not installed: no ratios")
        for name, command in wanted.items():
            folder, port = Path(base) / name.replace(" ", "-").replace(",", ""), free_port()
            folder.mkdir()
            with running(command(folder, port), folder, port) as (pid, start):
                if "gateway" in name:
                    ready(port)
                rows[name] = measure(port, pid), memory(pid), start
        table(rows, direct)


def ready(port: int) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
            return
        time.sleep(0.02)


def table(rows: dict[str, tuple[Figures, float, float]], direct: Figures) -> None:
    base = rows.get("nginx")
    print(f"{'':24}" + "".join(f"{name:>30}" for name in CASES) + f"{'memory':>10}{'start':>9}")
    print(f"{'':24}" + f"{'CPU us (x nginx)  +median ms':>30}" * len(CASES))
    for name, (found, used, start) in rows.items():
        cells = ""
        for case, (micros, median) in found.items():
            ratio = f"({micros / base[0][case][0]:.1f}x)" if base else ""
            cells += f"{micros:.0f} {ratio:>8} {(median - direct[case][1]) * 1000:+8.2f}".rjust(30)
        print(f"{name:24}{cells}{used:>7.0f} MB{start:>7.2f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stand-in"]:
        uvloop.run(stand_in(int(sys.argv[2])))
    else:
        main()
