"""Usages: what applications do with a client beyond one call; `run(make, usages)` goes through all dialects of the plan in CONFORMANCE.

A usage is a function of what `make(base_url, key)` gives. It raises where an application would notice. Standard library only.
"""

import json
import os
import sys
import time
import traceback
from pathlib import Path

CHAT, REASONING = "gpt-4o", "o3"
HI, ECHO = "hi", "echo: hi"
ASK_TOOL = "Weather? use the tool"
RESULT = "sunny"
CITY = {"city": "a"}
PARAMETERS = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FUNCTION = {"name": "get_weather", "description": "Weather of a city", "strict": True, "parameters": PARAMETERS}
TOOL = {"type": "function", "function": FUNCTION}


def same(found, expected):
    if found != expected:
        raise AssertionError(f"found {str(found)[:160]!r}, expected {str(expected)[:160]!r}")


def holds(truth, why):
    if not truth:
        raise AssertionError(str(why)[:200])


def run(make, usages):
    plan = json.loads(os.environ["CONFORMANCE"])
    chosen = set(sys.argv[1:])
    for dialect in plan["dialects"]:
        subject = make(plan["base"], dialect["key"])
        for usage in usages:
            name = usage.__name__
            if chosen and not chosen & {name, dialect["id"]}:
                continue
            cell = {"dialect": dialect["id"], "usage": name}
            begun = time.perf_counter()
            try:
                usage(subject)
                cell["ok"] = True
            except Exception as error:  # one that fails must not keep the others from running
                where = [
                    f for f in traceback.extract_tb(error.__traceback__) if Path(f.filename).name.startswith("usage")
                ]
                cell |= {"ok": False, "why": f"{type(error).__name__} at line {where[-1].lineno}: {error}"[:300]}
            cell["ms"] = round((time.perf_counter() - begun) * 1000)
            print(json.dumps(cell), flush=True)
