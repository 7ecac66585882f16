"""House: all stand-ins in one process and a gateway in front of them, as `banjia serve` starts it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
BANJIA = Path(sys.executable).parent / "banjia"


@contextlib.contextmanager
def standing(home: Path, lay_out: Callable[[Path, str], None]) -> Iterator[tuple[str, str]]:
    """Yields the base URL of the gateway and the address of the stand-ins. `lay_out` writes banjia.yaml and policy.json."""
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    far, near = free_port(), free_port()
    stand_ins = f"http://127.0.0.1:{far}"
    lay_out(home, stand_ins)
    commands = {
        "stand-ins": [sys.executable, str(HERE / "stand_ins.py"), str(far)],
        "gateway": [str(BANJIA), "serve", "--policy", "policy.json", "--port", str(near), "--lang", "en"],
    }
    with contextlib.ExitStack() as stack:
        for name, command in commands.items():
            log = stack.enter_context((home / f"{name}.log").open("w", encoding="utf-8"))
            process = subprocess.Popen(command, cwd=home, stdout=log, stderr=subprocess.STDOUT)
            stack.callback(stopped, process)
        answers(f"{stand_ins}/gone/none")
        answers(f"http://127.0.0.1:{near}/readyz")
        yield f"http://127.0.0.1:{near}/v1", stand_ins


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.05)
    raise SystemExit(f"{url} does not answer")


def stopped(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    process.kill()
