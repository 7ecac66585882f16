"""Usages of real clients x dialects, outside `make test`: what applications do beyond the calls of the matrix; every one must succeed.

The gateway and the stand-ins are those of the matrix, and so are the environments. `usages.py [CLIENT ...]`; the results go to
docs/conformance-usages.json and into the pages of docs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from dialects import lay_out, spoken
from environment import node, python
from pages import write_pages
from standing import standing

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".conformance"
CLIENTS = ROOT / "conformance" / "clients"
KEPT = ROOT / "docs" / "conformance-usages.json"
# by name: its environment ("" is this one), its script, the packages whose versions are told
PYTHON_CLIENTS = {
    "http": ("", "usage_http.py", ()),
    "openai-python": ("openai-python-3", "usage_openai.py", ("openai",)),
    "langchain-openai": ("langchain-openai", "usage_langchain.py", ("langchain-openai",)),
    "llama-index": ("llama-index", "usage_llama_index.py", ("llama-index-llms-openai",)),
    "openai-agents": ("openai-agents", "usage_agents.py", ("openai-agents",)),
    "frameworks": ("frameworks", "usage_frameworks.py", ("pydantic-ai-slim", "autogen-ext", "instructor")),
    "semantic-kernel": ("semantic-kernel", "usage_semantic_kernel.py", ("semantic-kernel",)),
}
NODE_CLIENTS = {"node": ("usage_node.mjs", ("openai", "ai", "@ai-sdk/openai"))}
VERSIONS = "import sys; from importlib.metadata import version; print(*map(version, sys.argv[1:]))"
LONGEST = 900  # seconds of one client
Cell = dict[str, object]


def main(chosen: list[str]) -> int:
    on = date.today()
    dialects = spoken(on)
    clients = [c for c in (*PYTHON_CLIENTS, *NODE_CLIENTS) if not chosen or c in chosen]
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if chosen and KEPT.exists() else {"clients": {}}
    failing = 0
    with standing(WORK / "usages", lambda home, far: lay_out(home, dialects, far, on)) as (base, stand_ins):
        keys = [{"id": d.id, "key": d.key} for d in dialects]
        plan = json.dumps({"base": base, "stand_ins": stand_ins, "dialects": keys})
        for name in clients:
            packages, cells = run(name, plan)
            wrong = [c for c in cells if not c["ok"]]
            failing += len(wrong)
            kept["clients"][name] = {"packages": packages, "on": on.isoformat(), "usages": by_usage(cells)}
            print(f"{name:<18} {len(cells)} cells, {len(wrong)} fail", flush=True)
            for cell in wrong:
                print(f"    {cell['dialect']:<24} {cell['usage']:<22} {cell['why']}", flush=True)
    kept |= {"on": on.isoformat(), "dialects": len(dialects)}
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pages()
    return int(failing > 0)


def run(name: str, plan: str) -> tuple[dict[str, str], list[Cell]]:
    env = {**os.environ, "CONFORMANCE": plan}
    if name in PYTHON_CLIENTS:
        place, script, names = PYTHON_CLIENTS[name]
        interpreter = str(python(place)) if place else sys.executable
        told = subprocess.run([interpreter, "-c", VERSIONS, *names], capture_output=True, text=True, check=True)
        packages = dict(zip(names, told.stdout.split(), strict=True))
        command = [interpreter, str(CLIENTS / script)]
    else:
        home = node()
        script, names = NODE_CLIENTS[name]
        packages = {
            n: str(json.loads((home / "node_modules" / n / "package.json").read_text())["version"]) for n in names
        }
        command = ["node", str(shutil.copy(CLIENTS / script, home / script))]
    log = WORK / "usages" / f"{name}.log"
    with log.open("w", encoding="utf-8") as errors:
        done = subprocess.run(
            command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True, check=False, timeout=LONGEST
        )
    cells = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not cells:
        cells.append({"dialect": "-", "usage": "start", "ok": False, "why": log.read_text(encoding="utf-8")[-300:]})
    return packages, cells


def by_usage(cells: list[Cell]) -> dict[str, dict[str, object]]:
    """By usage: on how many dialects it succeeds, and by name why not."""
    found: dict[str, dict[str, object]] = {}
    for cell in cells:
        row = found.setdefault(str(cell["usage"]), {"pass": 0})
        if cell["ok"]:
            row["pass"] = int(str(row["pass"])) + 1
        else:
            row.setdefault("fail", {})[str(cell["dialect"])] = cell["why"]  # type: ignore[attr-defined, index]
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
