"""Real clients x scenarios x dialects, outside `make test`: every cell passes, or is refused for a reason that stands in the file.

One gateway, one process with all stand-ins, one process a client. Each client has an environment of its own under .conformance/, from
hash-locked requirements (Python) or pinned versions (Node), installed through the user's own package configuration.
`matrix.py [CLIENT ...]`; the results go to docs/conformance-matrix.json and into the pages of docs.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

from dialects import Spoken, lay_out, spoken
from environment import node, python
from pages import write_pages
from standing import standing

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".conformance"
CLIENTS = ROOT / "conformance" / "clients"
KEPT = ROOT / "docs" / "conformance-matrix.json"
PYTHON_CLIENTS = {
    "openai-python 0.28": ("openai-python-0.28", "matrix_openai_0.py", {}),
    "openai-python 1": ("openai-python-1", "matrix_openai.py", {}),
    "openai-python 3": ("openai-python-3", "matrix_openai.py", {}),
    "openai-python 3 async": ("openai-python-3", "matrix_openai.py", {"ASYNC": "1"}),
    "langchain-openai": ("langchain-openai", "matrix_langchain.py", {}),
    "llama-index": ("llama-index", "matrix_llama_index.py", {}),
    "openai-agents": ("openai-agents", "matrix_agents.py", {}),
    "anthropic": ("anthropic", "matrix_anthropic.py", {}),
}
NODE_CLIENTS = {"openai-node": "matrix_openai.mjs", "@ai-sdk/openai": "matrix_ai_sdk.mjs"}
PACKAGES = {
    "openai-python 0.28": "openai",
    "openai-python 1": "openai",
    "openai-python 3": "openai",
    "openai-python 3 async": "openai",
    "langchain-openai": "langchain-openai",
    "llama-index": "llama-index-llms-openai",
    "openai-agents": "openai-agents",
    "anthropic": "anthropic",
}
Cell = dict[str, object]
LONGEST = 900  # seconds of one client
NOT_SERVED = 501  # said at once, and not retried


def main(chosen: list[str]) -> int:
    on = date.today()
    dialects = spoken(on)
    clients = [c for c in (*PYTHON_CLIENTS, *NODE_CLIENTS) if not chosen or c in chosen]
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if chosen and KEPT.exists() else {"clients": {}}
    failing = 0
    with standing(WORK / "matrix", lambda home, far: lay_out(home, dialects, far, on)) as (base, stand_ins):
        keys = [{"id": d.id, "key": d.key} for d in dialects]
        plan = json.dumps({"base": base, "stand_ins": stand_ins, "dialects": keys})
        for name in clients:
            version, cells = run(name, plan)
            judged = [judge(cell, dialects) for cell in cells]
            kept["clients"][name] = {"version": version, "on": on.isoformat(), "scenarios": by_scenario(judged)}
            wrong = [c for c in judged if c["outcome"] == "fail"]
            failing += len(wrong)
            print(f"{name:<22} {version:<10} {len(judged)} cells, {len(wrong)} fail", flush=True)
            for cell in wrong:
                print(f"    {cell['dialect']:<24} {cell['scenario']:<18} {cell['why']}", flush=True)
    kept["on"] = on.isoformat()
    kept["dialects"] = {d.id: d.models for d in dialects}
    KEPT.write_text(json.dumps(kept, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pages()
    return int(failing > 0)


def by_scenario(cells: list[Cell]) -> dict[str, dict[str, object]]:
    """By scenario: how many dialects pass, and by name what does not."""
    found: dict[str, dict[str, object]] = {}
    for cell in cells:
        row = found.setdefault(str(cell["scenario"]), {"pass": 0})
        if cell["outcome"] == "pass":
            row["pass"] = int(str(row["pass"])) + 1
        elif cell["outcome"] == "absent":
            row["absent"] = str(cell["why"]).partition(": ")[2]
        else:
            names = row.setdefault(str(cell["outcome"]), {})
            names[str(cell["dialect"])] = cell.get("reason") or cell.get("why")  # type: ignore[index]
    return found


def run(name: str, plan: str) -> tuple[str, list[Cell]]:
    env = {**os.environ, "CONFORMANCE": plan}
    if name in PYTHON_CLIENTS:
        place, script, more = PYTHON_CLIENTS[name]
        home = python(place)
        version = subprocess.run(
            [home, "-c", f"from importlib.metadata import version; print(version({PACKAGES[name]!r}))"],
            capture_output=True, text=True, check=True,
        ).stdout.strip()  # fmt: skip
        command, env = [str(home), str(CLIENTS / script)], env | more
    else:
        home = node()
        version = json.loads(
            (home / "node_modules" / name.replace("openai-node", "openai") / "package.json").read_text()
        )["version"]
        for file in CLIENTS.glob("*.mjs"):
            shutil.copy(file, home / file.name)
        command = ["node", str(home / NODE_CLIENTS[name])]
    log = WORK / "matrix" / f"{name.replace('/', '-').replace(' ', '-')}.log"
    with log.open("w", encoding="utf-8") as errors:
        done = subprocess.run(
            command, env=env, stdout=subprocess.PIPE, stderr=errors, text=True, check=False, timeout=LONGEST
        )
    cells = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not cells:
        why = log.read_text(encoding="utf-8")[-300:]
        cells.append({"dialect": "-", "scenario": "start", "outcome": "fail", "why": why})
    return version, cells


def judge(cell: Cell, dialects: tuple[Spoken, ...]) -> Cell:
    """What the provider's file says is not to be had is a refusal; any other error is a failure."""
    if cell["outcome"] in {"pass", "absent"} or cell["dialect"] == "-":
        return cell
    dialect = next(d for d in dialects if d.id == cell["dialect"])
    reason = dialect.without(str(cell["scenario"]))
    status = int(str(cell.get("status", 0)))
    allowed = reason and (400 <= status < 500 or status == NOT_SERVED or cell["scenario"] == "tools_parallel")
    return {**cell, "outcome": "refused" if allowed else "fail", **({"reason": reason} if allowed else {})}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
