"""Real clients through a real gateway to real local models, outside `make test`: `make conformance`.

Each client is installed in an environment of its own under .conformance/, through the user's own package configuration. Prints a
table client x scenario and writes it with its date to docs/conformance.json.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".conformance"
CLIENTS = ROOT / "conformance" / "clients"
sys.path.insert(0, str(ROOT / "scripts"))

import demo  # noqa: E402 - the demo starts the same servers
from environment import node, python  # noqa: E402

PYTHON_CLIENTS = {
    "openai-python 0.28": ("openai-python-0.28", "openai_python_0.py"),
    "openai-python 1.x": ("openai-python-1", "openai_python.py"),
    "openai-python 3.x": ("openai-python-3", "openai_python.py"),
}


def main() -> int:
    app = WORK / "helpdesk"
    WORK.mkdir(exist_ok=True)
    shutil.rmtree(app, ignore_errors=True)
    shutil.copytree(demo.HELPDESK, app, ignore=shutil.ignore_patterns("__pycache__", ".banjia"))
    chat, embed, port = demo.free_port(), demo.free_port(), demo.free_port()
    demo.set_ports(app / "banjia.yaml", {18081: chat, 18082: embed})
    demo.WORK = WORK
    key = secrets.token_urlsafe(24)
    env = {**os.environ, "HELPDESK_KEY": key, "AZURE_OPENAI_API_KEY": "none", "OPENAI_DIRECT_KEY": "none"}
    base = f"http://127.0.0.1:{port}/v1"
    calls = {**env, "OPENAI_BASE_URL": base, "OPENAI_API_BASE": base, "OPENAI_API_KEY": key}
    rows: dict[str, list[dict[str, object]]] = {}
    with demo.models(chat, embed), demo.serving(app, env, port):
        for name, (place, script) in PYTHON_CLIENTS.items():
            rows[name] = scenarios([str(python(place)), str(CLIENTS / script)], calls)
        script = shutil.copy(CLIENTS / "openai_node.mjs", node() / "openai_node.mjs")
        rows["openai-node"] = scenarios(["node", str(script)], calls)
    report(rows)
    return int(any(not row["ok"] for table in rows.values() for row in table))


def scenarios(command: list[str], env: dict[str, str]) -> list[dict[str, object]]:
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=300)
    rows = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return rows or [{"scenario": "start", "ok": False, "why": done.stderr[-300:]}]


def report(rows: dict[str, list[dict[str, object]]]) -> None:
    for name, table in rows.items():
        for row in table:
            print(
                f"{name:<20} {row['scenario']!s:<16} {'passes' if row['ok'] else 'FAILS  ' + str(row.get('why', ''))}"
            )
    kept = {"on": time.strftime("%Y-%m-%d"), "clients": rows}
    (ROOT / "docs" / "conformance.json").write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
