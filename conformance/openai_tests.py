"""openai-python's own tests of chat, embeddings, models and responses, from a checkout, against the gateway by its base URL.

`openai_tests.py CHECKOUT`. Those tests are made for a mock that answers anything with an example of its type; the gateway answers as a
server does. Every test that fails must be named in openai_tests.toml with the reason; exit 1 where one is not, or where one that is
named passes. Counts go to docs/conformance-openai-tests.json.
"""

from __future__ import annotations

import fnmatch
import json
import os
import subprocess
import sys
import tomllib
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

from dialects import lay_out_one
from environment import WORK, python
from pages import write_pages
from standing import standing

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "docs" / "conformance-openai-tests.json"
KEY = "My API Key"  # as their conftest.py has it
FILES = ("chat", "responses", "test_completions.py", "test_embeddings.py", "test_models.py", "test_responses.py")


def main(checkout: Path) -> int:
    on = date.today()
    interpreter = python("openai-tests")
    report = WORK / "openai-tests.xml"
    with standing(WORK / "openai-tests-house", lambda home, far: lay_out_one(home, far, KEY, on)) as (base, _):
        env = {**os.environ, "TEST_API_BASE_URL": base, "PYTHONPATH": f"{checkout / 'src'}"}
        env.pop("OPENAI_API_KEY", None)
        words = ["-m", "pytest", "-q", "-o", "addopts=", "-p", "no:cacheprovider", "--tb=line", f"--junitxml={report}"]
        words += [f"tests/api_resources/{name}" for name in FILES]
        subprocess.run(
            [str(interpreter), *words], cwd=checkout, env=env, check=False, timeout=900, stdout=subprocess.DEVNULL
        )
    found = outcomes(report)
    explained = tomllib.loads((Path(__file__).parent / "openai_tests.toml").read_text(encoding="utf-8"))["explained"]
    failing = {name: why for name, (outcome, why) in found.items() if outcome == "failed"}
    reasons = {
        name: next((e for e in explained if any(fnmatch.fnmatch(name, t) for t in e["tests"])), None)
        for name in failing
    }
    without = sorted(n for n, reason in reasons.items() if reason is None)
    idle = [t for e in explained for t in e["tests"] if not any(fnmatch.fnmatch(n, t) for n in failing)]
    counts = {o: sum(1 for outcome, _ in found.values() if outcome == o) for o in ("passed", "failed", "skipped")}
    print(f"{checkout_version(checkout)}: {counts}, {len(failing) - len(without)} explained")
    for name in without:
        print(f"  not explained: {name}: {failing[name]}")
    for pattern in idle:
        print(f"  explained, but nothing fails: {pattern}")
    kept = {"on": on.isoformat(), "version": checkout_version(checkout), **counts}
    kept["explained"] = [
        {"zh": e["zh"], "en": e["en"], "tests": sum(1 for r in reasons.values() if r is e)} for e in explained
    ]
    KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    write_pages()
    return int(bool(without or idle or not counts["passed"]))


def outcomes(report: Path) -> dict[str, tuple[str, str]]:
    """Test -> passed, failed or skipped, and the first line of the failure."""
    found = {}
    for case in ET.parse(report).getroot().iter("testcase"):
        place = str(case.get("classname")).removeprefix("tests.api_resources.")
        bad = next((child for child in case if child.tag in {"failure", "error"}), None)
        outcome = "failed" if bad is not None else "skipped" if case.find("skipped") is not None else "passed"
        found[f"{place}.{case.get('name')}"] = (outcome, str(bad.get("message"))[:160] if bad is not None else "")
    return found


def checkout_version(checkout: Path) -> str:
    return str(tomllib.loads((checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
