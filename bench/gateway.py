"""CPU per request of the gateway beside nginx as a reverse proxy, on the same stand-in, in one run, with its limits.

Everything that the product does is on: key, policy, limits, ledger, usage, metrics. Figures are CPU time of the whole
process tree, and the targets take turns, so that a busy machine is busy for all of them. Compare only rows of one run.
Exits 1 where a limit is broken. nginx is left out where it is not installed; LiteLLM, ferrogw and Portkey get a row
where `litellm` or `ferrogw` can be started, or BENCH_PORTKEY names Portkey's start-server.js.
"""

from __future__ import annotations

import contextlib
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
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any

import uvloop
from gateways.load import EVENTS, KEY, load, request_of, stand_in
from gateways.peers import peers

from banjia.policy.file import write
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Policy, RouteFacts
from banjia.text import same

SECONDS = float(os.environ.get("BENCH_SECONDS", "0.4"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
SETTLE = 0.5  # seconds in which what was put off, as a ledger's notes, is written and counted too
CONNECTIONS = 16
TICKS = os.sysconf("SC_CLK_TCK")


STREAM = f"stream of {EVENTS}"
TWO = "gateway, 2 workers"
APART = "two gateways apart"
CASES = {"JSON 1 kB": (1024, False), "JSON 16 kB": (16384, False), STREAM: (1024, True)}


@dataclass
class Target:
    """One program under load, or several that share the callers, and what was measured of it."""

    name: str
    ports: tuple[int, ...]
    pids: tuple[int, ...]
    start: float
    headers: str = ""
    model: str = "mock"
    callers: int = CONNECTIONS
    is_peer: bool = False
    failed: set[str] = field(default_factory=set)  # cases that a peer answered wrongly
    cpu: dict[str, list[float]] = field(default_factory=dict)  # case -> microseconds a request, by round
    whole: dict[str, float] = field(default_factory=dict)  # case -> median seconds of an answer, alone
    first: dict[str, float] = field(default_factory=dict)  # case -> median seconds to its first byte or event, alone
    memory: float = 0.0

    def micros(self, case: str) -> float:
        return median(self.cpu[case])

    def times(self, other: Target, case: str) -> float:
        """Median of what each round found."""
        return median(a / b for a, b in zip(self.cpu[case], other.cpu[case], strict=True))


# the targets


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def running(
    command: list[str], cwd: Path, port: int, env: dict[str, str] | None = None, ready: str = ""
) -> Iterator[tuple[int, float]]:
    """(pid, seconds until it listens, or answers at the path `ready`). Raises RuntimeError with its last words."""
    with (cwd / "log").open("ab") as log:
        began = time.monotonic()
        process = subprocess.Popen(
            command, cwd=cwd, stdout=log, stderr=log, start_new_session=True, env={**os.environ, **(env or {})}
        )
        try:
            while process.poll() is None and time.monotonic() - began < 60:
                with contextlib.suppress(OSError):
                    if ready:
                        urllib.request.urlopen(f"http://127.0.0.1:{port}{ready}", timeout=1).close()
                    else:
                        socket.create_connection(("127.0.0.1", port), 0.2).close()
                    break
                time.sleep(0.005)
            else:
                raise RuntimeError((cwd / "log").read_text()[-800:])
            yield process.pid, time.monotonic() - began
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
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


# measuring


def tree(pids: tuple[int, ...]) -> list[int]:
    found = [*pids]
    for at in found:
        with contextlib.suppress(OSError):
            found += [int(x) for x in Path(f"/proc/{at}/task/{at}/children").read_text().split()]
    return found


def cpu(pids: tuple[int, ...]) -> float:
    """Seconds that the threads of the process trees have run, to the nanosecond where the kernel tells."""
    total = 0.0
    for each in tree(pids):
        with contextlib.suppress(OSError):
            tasks = list(Path(f"/proc/{each}/task").iterdir())
            try:
                total += sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9
            except FileNotFoundError:
                fields = Path(f"/proc/{each}/stat").read_text().rsplit(")", 1)[1].split()
                total += (int(fields[11]) + int(fields[12])) / TICKS
    return total


def memory(pids: tuple[int, ...]) -> float:
    """Proportional set size of the process trees, in MB."""
    total = 0
    for each in tree(pids):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{each}/smaps_rollup").read_text().splitlines()
            total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def measure(targets: list[Target]) -> None:
    """The targets take turns; alone means one connection. Where a peer answers wrongly it has no figure, and why is said."""
    for name, (size, stream) in CASES.items():
        for _ in range(ROUNDS + 1):
            for target in targets:
                request = request_of(size, stream=stream, model=target.model, headers=target.headers)
                before = cpu(target.pids)
                with excused(target, name) as goes_on:
                    if goes_on:
                        times = uvloop.run(load(target.ports, request, target.callers, SECONDS, stream=stream))
                        time.sleep(SETTLE)
                        target.cpu.setdefault(name, []).append((cpu(target.pids) - before) / len(times) * 1e6)
        for target in targets:
            request = request_of(size, stream=stream, model=target.model, headers=target.headers)
            with excused(target, name) as goes_on:
                if goes_on:
                    del target.cpu[name][0]  # that was the warm-up
                    times = uvloop.run(load(target.ports[:1], request, 1, max(0.4, SECONDS), stream=stream))
                    target.first[name], target.whole[name] = (median(each) for each in zip(*times, strict=True))


@contextlib.contextmanager
def excused(target: Target, case: str) -> Iterator[bool]:
    """Whether a target goes on with a case; a peer that answered it wrongly does not."""
    try:
        yield case not in target.failed
    except RuntimeError as error:
        if not target.is_peer:
            raise
        print(f"{target.name}, {case}: {error}")
        target.failed.add(case)


def used_alone(name: str, base: Path, upstream: int) -> float:
    """Memory after all kinds of load, of a gateway beside which no other runs that would share its pages."""
    folder, port = base / f"{name} alone", free_port()
    folder.mkdir()
    with running(gateway(folder, port, upstream, **GATEWAYS[name]), folder, port, ready="/readyz") as (pid, _):
        for size, stream in CASES.values():
            uvloop.run(load((port,), request_of(size, stream=stream), CONNECTIONS, SECONDS, stream=stream))
        return memory((pid,))


def main() -> int:
    upstream = free_port()
    with contextlib.ExitStack() as stack:
        base = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        mock, _ = stack.enter_context(running([sys.executable, __file__, "--stand-in", str(upstream)], base, upstream))
        targets = [Target("direct", (upstream,), (mock,), 0.0)]
        others = stack.enter_context(contextlib.ExitStack())

        def start(name: str, folder: Path, port: int, command: list[str], **more: Any) -> None:
            env, ready = more.pop("env", None), more.pop("ready", "")
            try:
                pid, seconds = others.enter_context(running(command, folder, port, env, ready))
            except RuntimeError as error:
                print(f"{name} did not start: {error}")
            else:
                targets.append(Target(name, (port,), (pid,), seconds, **more))

        def place(name: str) -> tuple[Path, int]:
            folder = base / name.replace(" ", "-").replace(",", "")
            folder.mkdir()
            return folder, free_port()

        if Path(shutil.which("nginx") or "/usr/sbin/nginx").exists():
            folder, port = place("nginx")
            start("nginx", folder, port, nginx(folder, port, upstream))
        else:
            print("nginx is not installed: no ratios")
        for name, options in GATEWAYS.items():
            folder, port = place(name)
            start(name, folder, port, gateway(folder, port, upstream, **options), ready="/readyz")
        for name in peers(base, 0, upstream):
            folder, port = place(name)
            command, env, headers, model, ready = peers(folder, port, upstream)[name]
            start(name, folder, port, command, env=env, headers=headers, model=model, ready=ready, is_peer=True)
        two = next(t for t in targets if t.name == TWO)
        targets.append(
            Target(f"{TWO}, {2 * CONNECTIONS} callers", two.ports, two.pids, two.start, callers=2 * CONNECTIONS)
        )
        for half in ("first", "second"):
            folder, port = place(half)
            start(half, folder, port, gateway(folder, port, upstream), ready="/readyz")
        second, first = targets.pop(), targets.pop()
        targets.append(Target(APART, first.ports + second.ports, first.pids + second.pids, first.start))
        measure(targets)
        for target in targets:
            target.memory = memory(target.pids)
        others.close()
        for target in targets:
            if target.name in GATEWAYS:
                target.memory = used_alone(target.name, base, upstream)
    table(targets)
    return limits({target.name: target for target in targets})


GATEWAYS: dict[str, dict[str, Any]] = {
    "gateway": {},
    "gateway, route abroad": {"abroad": True},
    "gateway, translated": {"provider": "minimax"},
    TWO: {"workers": 2},
}


def table(targets: list[Target]) -> None:
    direct, base = targets[0], next((t for t in targets if t.name == "nginx"), None)
    print(f"{'':32}" + "".join(f"{name:>33}" for name in CASES) + f"{'memory':>10}{'start':>9}")
    print(f"{'':32}" + f"{'CPU us (x nginx) +ms whole, first':>33}" * len(CASES))
    for target in targets:
        cells = ""
        for case in CASES:
            if case in target.failed:
                cells += f"{'-':>33}"
                continue
            ratio = f"({target.times(base, case):.1f}x)" if base is not None else ""
            whole, first = (1000 * (a[case] - b[case]) for a, b in _pairs(target, direct))
            cells += f"{target.micros(case):.0f} {ratio:>8} {whole:+7.2f} {first:+7.2f}".rjust(33)
        print(f"{target.name:32}{cells}{target.memory:>7.0f} MB{target.start:>7.2f} s")


def _pairs(one: Target, other: Target) -> tuple[tuple[dict[str, float], dict[str, float]], ...]:
    return (one.whole, other.whole), (one.first, other.first)


def limits(rows: dict[str, Target]) -> int:
    """Print every limit beside its figure; 1 where one is broken."""
    ours, direct, base = rows["gateway"], rows["direct"], rows.get("nginx")
    abroad, translated = rows["gateway, route abroad"], rows["gateway, translated"]
    two, apart = rows[TWO], rows[APART]
    found: list[tuple[str, float, float, str]] = []
    if base is not None:
        for case, most in (("JSON 1 kB", 7.0), ("JSON 16 kB", 12.0), (STREAM, 2.2)):
            found.append((f"{case}, CPU", ours.times(base, case), most, "x nginx"))
    found += [
        *(
            (f"{case}, added median", 1000 * (ours.whole[case] - direct.whole[case]), 0.4, "ms")
            for case in CASES
            if case != STREAM
        ),
        (f"{STREAM}, first event later by", 1000 * (ours.first[STREAM] - direct.first[STREAM]), 1.0, "ms"),
        *((f"{case}, translated", translated.times(ours, case), 3.0, "x same dialect") for case in CASES),
        *((f"{case}, two workers", two.times(ours, case), 1.15, "x one") for case in CASES),
        ("memory, one worker", ours.memory, 90.0, "MB"),
        ("memory, each of two workers", two.memory / 2, 90.0, "MB"),
        ("start, until it may serve", ours.start, 1.0, "s"),
    ]
    print()
    for what, figure, most, unit in found:
        print(f"{what:40}{figure:>8.2f} <= {most:<5g} {unit:16}{'ok' if figure <= most else 'BROKEN'}")
    for case in CASES:
        machine, coordination = apart.times(ours, case), two.times(apart, case)
        print(f"{f'{case}, {APART}':40}{machine:>8.2f}    x one; two workers take {coordination:.2f} x that")
    extra = 1000 * (abroad.whole["JSON 1 kB"] - ours.whole["JSON 1 kB"])
    cost = abroad.micros("JSON 1 kB") - ours.micros("JSON 1 kB")
    print(f"{'a route abroad: one ledger commit more':40}{extra:>+8.2f} ms, {cost:+.0f} us of CPU")
    return int(any(figure > most for _, figure, most, _ in found))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--stand-in"]:
        uvloop.run(stand_in(int(sys.argv[2])))
    else:
        sys.exit(main())
