"""Cases of statute files: the short form of what they expect, spelt out."""

from __future__ import annotations

from typing import Any

from banjia.errors import LawError
from banjia.law.statute import Case
from banjia.text import Text

WORDS = {"duties": "certain"}
KEPT = frozenset(
    {"verdict", "verdict_at_most", "verdict_at_least", "certain", "excluded", "missing", "cites", "not_cited"}
)


def expectation(case: Case) -> dict[str, Any]:
    """`{export = "exempt"}` as `{axes: {export: {outcome: exempt}}}`; a list of outcomes means they stay reachable."""
    axes: dict[str, dict[str, Any]] = {}
    found: dict[str, Any] = {}
    for key, value in case.expect.items():
        word = WORDS.get(key, key)
        if word in KEPT:
            found[word] = value
        elif key == "verdicts":
            for axis, verdict in value.items():
                axes.setdefault(axis, {})["verdict"] = verdict
        elif isinstance(value, list):
            axes.setdefault(key, {})["reachable"] = value
        elif isinstance(value, str):
            axes.setdefault(key, {})["outcome"] = value
        else:
            raise LawError(
                Text(f"看不懂的期待 {key}", f"`{key}` is no expectation"),
                where=case.where,
                expected='AXIS = "outcome", verdict, duties, excluded, missing, cites, not_cited',
            )
    return {"axes": axes} | found if axes else found
