"""Inside: the process of one enclosure (`python -m banjia.move.inside SPEC`): stand-ins, services, the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from banjia.move import hooks, names, network
from banjia.move.authority import Authority
from banjia.move.recorder import LOOPBACK, Recording, free_port, recording

READY_SECONDS = 150


def main(spec_file: Path) -> int:
    spec: dict[str, Any] = json.loads(spec_file.read_text(encoding="utf-8"))
    folder = spec_file.parent
    authority = Authority(folder)
    log = folder / "denied"
    log.touch()
    environment: dict[str, str] = spec["variables"] | authority.variables
    recordings: list[Recording] = []
    with ExitStack() as stack:
        if spec["namespace"]:
            recordings += _network(spec, folder, authority, stack)
        else:
            recordings += _hooked(spec, folder, authority, stack, environment)
        for service in spec["services"]:
            _start(service, folder, stack)
        code, tail = _run(spec, environment)
    calls = [call for kept in recordings for call in kept.calls]
    denied = log.read_text(encoding="utf-8").split() + [host for kept in recordings for host in kept.denied]
    result = {
        "code": code,
        "tail": tail,
        "calls": [c.to_json() for c in calls],
        "denied": list(dict.fromkeys(denied)),
    }
    (folder / "result.json").write_text(json.dumps(result), encoding="utf-8")
    return 0


def _network(spec: dict[str, Any], folder: Path, authority: Authority, stack: ExitStack) -> list[Recording]:
    network.bring_up()
    network.name_server(folder)
    network.forget_writes(Path(spec["cwd"]), folder)
    for where, what in spec["overlay"].items():
        network.lay_over(Path(what), Path(where))
    hosts = [row["host"] for row in spec["answers"]]
    denied = Recording()
    server = names.serve(lambda name: _knows(hosts, name), denied.denied.append)
    stack.callback(server.close)
    ports = {(row["port"], row["tls"]) for row in spec["answers"]}
    taken = {port for port, _ in ports}
    ports |= {
        (port, tls) for port, tls in ((80, False), (443, True)) if port not in taken
    }  # whoever else is tried is heard
    kept = [denied]
    for port, tls in sorted(ports):
        served = [row["host"] for row in spec["answers"] if row["port"] == port]
        record = Recording(serves=lambda name, served=served: _knows(served, name))  # type: ignore[misc]
        kept.append(stack.enter_context(recording(record, port=port, authority=authority if tls else None)))
    return kept


def _hooked(
    spec: dict[str, Any], folder: Path, authority: Authority, stack: ExitStack, environment: dict[str, str]
) -> list[Recording]:
    kept: list[Recording] = []
    mapped: dict[str, int] = {}
    for row in spec["answers"]:
        record = Recording(serves=lambda name, host=row["host"]: _knows([host], name) or name in LOOPBACK)  # type: ignore[misc]
        stack.enter_context(recording(record, authority=authority if row["tls"] else None))
        mapped[f"{row['host']}:{row['port']}"] = record.port
        kept.append(record)
    (folder / "sitecustomize.py").write_text(hooks.PYTHON, encoding="utf-8")
    (folder / "deny.cjs").write_text(hooks.NODE, encoding="utf-8")
    environment["BANJIA_DENIED"] = str(folder / "denied")
    environment["BANJIA_ANSWERS"] = json.dumps(mapped)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), environment.get("PYTHONPATH", "")]))
    environment["NODE_OPTIONS"] = f"--require {folder / 'deny.cjs'} {environment.get('NODE_OPTIONS', '')}".strip()
    return kept


def _knows(hosts: list[str], name: str) -> bool:
    return any(name == host or (host.startswith("*.") and name.endswith(host[1:])) for host in hosts)


def _start(service: dict[str, Any], folder: Path, stack: ExitStack) -> None:
    with (folder / "service.log").open("w", encoding="utf-8") as out:
        process = subprocess.Popen(  # noqa: S603 - a service of the proof itself
            service["command"], cwd=service["cwd"], env=service["variables"], stdout=out, stderr=subprocess.STDOUT
        )
    stack.callback(_stop, process)
    until = time.monotonic() + READY_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            with urllib.request.urlopen(service["ready"], timeout=2) as reply:  # noqa: S310 - loopback
                if reply.status == 200:
                    return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise SystemExit((folder / "service.log").read_text(encoding="utf-8")[-1500:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _run(spec: dict[str, Any], environment: dict[str, str]) -> tuple[int, str]:
    """Exit code and end of what was said; 124 out of time, 127 no such command. Nothing it started outlives it."""
    try:
        process = subprocess.Popen(  # noqa: S603 - the command the user gave
            spec["command"],
            cwd=spec["cwd"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except OSError as error:
        return 127, str(error)
    try:
        said, _ = process.communicate(timeout=spec["seconds"])
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        said, _ = process.communicate()
        code = 124
    return code, said.decode("utf-8", "replace")[-4000:]


__all__ = ["free_port", "main"]

if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
