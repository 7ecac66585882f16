"""Enclosure: a command run where the world is loopback: stand-ins answer for named hosts, all else is denied."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from banjia.move import network
from banjia.move.call import Call

Kind = Literal["namespace", "process"]
LEFT_OUT = (".git", "__pycache__", ".banjia")
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")
ADDRESSES = frozenset(
    (
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
        "AZURE_OPENAI_ENDPOINT",
        "OPENAI_API_HOST",
        *PROXIES,
        *map(str.lower, PROXIES),
    )
)


@dataclass(frozen=True, slots=True)
class Host:
    """One host that a stand-in answers for; `*.` in front takes every name below."""

    host: str
    port: int = 443
    tls: bool = True

    @classmethod
    def of(cls, url: str) -> Host | None:
        try:
            parts = urlsplit(url)
            tls = parts.scheme == "https"
            port = parts.port or (443 if tls else 80)
        except ValueError:
            return None
        return cls(parts.hostname, port, tls) if parts.scheme in {"http", "https"} and parts.hostname else None


@dataclass(frozen=True, slots=True)
class Service:
    """A process of the proof itself, started before the command, ready when its address answers 200."""

    command: tuple[str, ...]
    cwd: Path
    variables: Mapping[str, str]
    ready: str


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    denied: tuple[str, ...]
    tail: str
    calls: tuple[Call, ...] = ()
    kind: Kind = "process"


@dataclass(frozen=True, slots=True)
class Enclosure:
    """`tree` with the files of `overlay` in their place: they are laid over it for the run, never written to it."""

    tree: Path
    answers: tuple[Host, ...] = ()
    overlay: Mapping[str, bytes] = field(default_factory=dict)
    services: tuple[Service, ...] = ()
    kind: Kind | None = None

    def run(self, command: Sequence[str], variables: Mapping[str, str], *, seconds: float) -> Outcome:
        """Run in `tree` with `variables` beside the caller's own, less every variable that names an address."""
        kind: Kind = self.kind or ("namespace" if network.available() else "process")
        with tempfile.TemporaryDirectory(prefix="banjia-enclosure-") as name:
            folder = Path(name)
            tree, overlay = self.tree, {}
            if kind == "namespace":
                overlay = self._pieces(folder)
            elif self.overlay:
                tree = self._copy(folder)
            own = {k: v for k, v in os.environ.items() if k not in ADDRESSES}
            spec: dict[str, Any] = {
                "namespace": kind == "namespace",
                "command": list(command),
                "cwd": str(tree.resolve()),
                "variables": own
                | {"PYTHONPYCACHEPREFIX": str(folder / "pycache"), "PYTHONDONTWRITEBYTECODE": "1"}
                | {k: v.replace("{tree}", str(tree.resolve())) for k, v in variables.items()},
                "seconds": seconds,
                "answers": [{"host": h.host, "port": h.port, "tls": h.tls} for h in self.answers],
                "overlay": overlay,
                "services": [
                    {"command": list(s.command), "cwd": str(s.cwd), "variables": dict(s.variables), "ready": s.ready}
                    for s in self.services
                ],
            }
            file = folder / "spec.json"
            file.write_text(json.dumps(spec), encoding="utf-8")
            words = [sys.executable, "-m", "banjia.move.inside", str(file)]
            done = subprocess.run(  # noqa: S603 - this program itself
                [*network.SHARED, *words] if kind == "namespace" else words, capture_output=True, text=True, check=False
            )
            result = folder / "result.json"
            if not result.is_file():
                return Outcome(126, (), (done.stderr or done.stdout)[-2000:], (), kind)
            row = json.loads(result.read_text(encoding="utf-8"))
            calls = tuple(Call.from_json(c) for c in row["calls"])
            return Outcome(row["code"], tuple(row["denied"]), row["tail"], calls, kind)

    def _pieces(self, folder: Path) -> dict[str, str]:
        pieces: dict[str, str] = {}
        for i, (path, data) in enumerate(sorted(self.overlay.items())):
            piece = folder / f"overlay-{i}"
            piece.write_bytes(data)
            where = self.tree / path if self.tree.is_dir() else self.tree
            piece.chmod(where.stat().st_mode & 0o777)
            pieces[str(where.resolve())] = str(piece)
        return pieces

    def _copy(self, folder: Path) -> Path:
        tree = folder / "tree"
        shutil.copytree(self.tree, tree, symlinks=True, ignore=shutil.ignore_patterns(*LEFT_OUT))
        for path, data in self.overlay.items():
            (tree / path).write_bytes(data)
        return tree
