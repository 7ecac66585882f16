"""Environments of the clients: one folder each under .conformance/, from locked files, through the user's own pip and npm configuration."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".conformance"
LOCKED = ROOT / "conformance" / "requirements"


def python(name: str) -> Path:
    """The interpreter of the environment `requirements/NAME.txt`, made anew when that file changes."""
    home, wanted = WORK / name, (LOCKED / f"{name}.txt").read_text(encoding="utf-8")
    stamp, interpreter = home / "installed.txt", home / "bin" / "python"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(home, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
        install = ["-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(LOCKED / f"{name}.txt")]
        subprocess.run([str(interpreter), *install], check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return interpreter


def node() -> Path:
    """The folder with the packages of `requirements/node.json`: exact versions, no lock file, for that would name a registry."""
    home, wanted = WORK / "npm", (LOCKED / "node.json").read_text(encoding="utf-8")
    stamp = home / "installed.json"
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        packages = {"private": True, "type": "module", "dependencies": json.loads(wanted)}
        (home / "package.json").write_text(json.dumps(packages), encoding="utf-8")
        install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        subprocess.run(install, cwd=home, check=True)
        stamp.write_text(wanted, encoding="utf-8")
    return home
