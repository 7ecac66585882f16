"""Desk of the compiling: one run of the policy's compiler beside the gateway, which never loads the law itself."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from banjia.config.config import Config
from banjia.desk.supply import Request
from banjia.policy.file import read as read_policy
from banjia.policy.policy import Policy


@dataclass
class Compiling:
    """`config` is what was read when it began. With a policy that is compiled already there is nothing to wait for."""

    config: Config
    _out: Path
    _process: subprocess.Popen[bytes] | None

    @classmethod
    def begin(cls, request: Request, config: Config, folder: Path, *, gate: bool = False) -> Compiling:
        """With `gate`, a config whose open facts close every route of an application is refused.

        A gateway begins so; later one application that is closed must not hold up what is closed for the others.
        """
        if request.policy is not None:
            return cls(config, request.policy, None)
        out = folder / "compiled.json"
        out.unlink(missing_ok=True)
        words = ["policy", "compile", "--config", str(request.config), "-o", str(out), "--lang", request.lang]
        words.append("--keep-ended")  # a model that ends at night must not hold up what today's law closes either
        words += ["--gate"] if gate else []
        command = [sys.executable, "-m", "banjia", *words]
        return cls(config, out, subprocess.Popen(command, stdout=subprocess.DEVNULL))  # noqa: S603

    @property
    def is_over(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def policy(self) -> Policy:
        """Waits for its end. Raises SystemExit where the compiler has said what is wrong, BanjiaError otherwise."""
        if self._process is not None and (code := self._process.wait()):
            raise SystemExit(code)
        if self._process is not None and not self._out.exists():
            raise SystemExit(1)
        return read_policy(self._out)

    def stop(self) -> None:
        """What it would have found is no longer wanted."""
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
