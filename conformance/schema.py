"""OpenAI's own description of its API, by schemathesis, against the gateway in front of a stand-in.

`schema.py openapi.json`. Only the operations that the gateway serves are tried; fuzzed requests are valid and invalid ones. No server error
may occur, and what else is found must be named in schema.toml with the reason. Counts go to docs/conformance-schema.json.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from datetime import date
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from dialects import lay_out_one
from environment import WORK, python
from pages import write_pages
from standing import standing

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "conformance-schema.json"
KEY = "sk-schema"
SERVED = (
    "createChatCompletion", "createCompletion", "createEmbedding", "listModels", "retrieveModel",
    "createResponse", "getResponse", "deleteResponse", "listInputItems",
)  # fmt: skip
EXAMPLES = 100
SERVER_ERROR = "ST101"
Json = dict[str, Any]


def main(description: Path) -> int:
    on = date.today()
    whole = json.loads(description.read_text(encoding="utf-8"))
    version = f"{whole['info']['version']}"
    WORK.mkdir(exist_ok=True)
    report = WORK / "schema-report.json"
    schemathesis = python("schemathesis").parent / "schemathesis"
    with standing(WORK / "schema-house", lambda home, far: lay_out_one(home, far, KEY, on)) as (base, _):
        words = [
            str(schemathesis),
            "run",
            str(description),
            "--url",
            base,
            "-H",
            f"Authorization: Bearer {KEY}",
            "--seed",
            "7",
        ]
        words += [
            "--max-examples",
            str(EXAMPLES),
            "--phases",
            "examples,coverage,fuzzing",
            "--continue-on-failure",
            "--no-shrink",
        ]
        words += [
            "--suppress-health-check",
            "all",
            "--report",
            "json",
            "--report-json-path",
            str(report),
            "--warnings",
            "off",
        ]
        for operation in SERVED:
            words += ["--include-operation-id", operation]
        with (WORK / "schema.log").open("w", encoding="utf-8") as log:
            subprocess.run(words, cwd=WORK, stdout=log, stderr=log, check=False, timeout=1200)
        log_of_gateway = (WORK / "schema-house" / "gateway.log").read_text(encoding="utf-8")
    return told(json.loads(report.read_text(encoding="utf-8")), log_of_gateway.count("Traceback"), version, on)


def told(report: Json, traces: int, version: str, on: date) -> int:
    """What is found may be explained by its kind and operation; a status of 500 and more only where it is meant to be given."""
    explained = tomllib.loads((Path(__file__).parent / "schema.toml").read_text(encoding="utf-8"))["explained"]
    found = [(f["code"], f["title"], o) for f in report["failures"] for o in f["operations"]]
    reasons = [
        next((e for e in explained if e["code"] == c and any(fnmatch(o, p) for p in e["operations"])), None)
        for c, _, o in found
    ]
    reasons = [
        r if r is None or c != SERVER_ERROR or r.get("meant") else None
        for (c, _, _), r in zip(found, reasons, strict=True)
    ]
    without = [f for f, reason in zip(found, reasons, strict=True) if reason is None]
    print(
        f"{report['test_cases']['generated']} cases, {len(found)} findings, {len(without)} not explained, {traces} traces in the log"
    )
    for code, title, operation in without:
        print(f"  not explained: {code} {title}: {operation}")
    kept = {
        "on": on.isoformat(),
        "description": version,
        "schemathesis": report["schemathesis_version"],
        "operations": report["operations"]["tested"],
        "cases": report["test_cases"]["generated"],
        "server_errors": sum(code == SERVER_ERROR for code, _, _ in without),
        "findings": len(found),
        "explained": [{**e, "found": sum(r is e for r in reasons)} for e in explained],
        "not_explained": [" ".join(f) for f in without],
    }
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pages()
    return int(bool(without or traces or not report["complete"]))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
