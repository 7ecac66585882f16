"""Enclosure: a command run with every connection but loopback denied, and each denied attempt written down."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PYTHON = """\
import os, socket
_log = os.environ["BANJIA_DENIED"]
_inside = ("127.", "::1", "localhost")
def _check(host):
    host = host.decode() if isinstance(host, bytes) else str(host)
    if host and not host.startswith(_inside) and not host.startswith("/"):
        with open(_log, "a") as out:
            out.write(host + "\\n")
        raise OSError("connection denied: " + host)
_lookup = socket.getaddrinfo
def getaddrinfo(host, *a, **k):
    if host is not None:
        _check(host)
    return _lookup(host, *a, **k)
socket.getaddrinfo = getaddrinfo
class _Socket(socket.socket):
    def connect(self, address):
        if isinstance(address, tuple):
            _check(address[0])
        return super().connect(address)
    def connect_ex(self, address):
        if isinstance(address, tuple):
            _check(address[0])
        return super().connect_ex(address)
socket.socket = _Socket
"""
NODE = """\
const fs = require("fs"), net = require("net"), dns = require("dns");
const inside = (h) => !h || /^(127\\.|::1$|localhost$)/.test(h);
const deny = (h) => {
  fs.appendFileSync(process.env.BANJIA_DENIED, h + "\\n");
  return new Error("connection denied: " + h);
};
const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const o = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = typeof o === "object" && o ? o.host : args[1];
  if (o && o.path === undefined && !inside(host)) { this.destroy(deny(host)); return this; }
  return connect.apply(this, args);
};
const lookup = dns.lookup;
dns.lookup = function (host, ...rest) {
  if (!inside(host)) { const done = rest[rest.length - 1]; process.nextTick(() => done(deny(host))); return {}; }
  return lookup.call(this, host, ...rest);
};
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    denied: tuple[str, ...]
    tail: str


def run(command: Sequence[str], cwd: Path, variables: Mapping[str, str], *, seconds: float) -> Outcome:
    """Run in `cwd`. Python and Node processes are enclosed; `denied` names the hosts they tried. 124: out of time."""
    with tempfile.TemporaryDirectory(prefix="banjia-enclosure-") as name:
        folder = Path(name)
        (folder / "sitecustomize.py").write_text(PYTHON, encoding="utf-8")
        (folder / "deny.cjs").write_text(NODE, encoding="utf-8")
        log = folder / "denied"
        log.touch()
        environment = {
            **os.environ,
            **variables,
            "BANJIA_DENIED": str(log),
            "PYTHONPATH": os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")])),
            "NODE_OPTIONS": f"--require {folder / 'deny.cjs'} {os.environ.get('NODE_OPTIONS', '')}".strip(),
        }
        try:
            done = subprocess.run(  # noqa: S603 - the command the user gave
                list(command), cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=seconds
            )
            code, tail = done.returncode, (done.stderr or done.stdout)[-2000:]
        except subprocess.TimeoutExpired:
            code, tail = 124, ""
        except OSError as error:
            code, tail = 127, str(error)
        denied = tuple(dict.fromkeys(log.read_text(encoding="utf-8").split()))
        return Outcome(code, denied, tail)
