"""SARIF 2.1.0 of an inventory, with fingerprints that survive moved lines and files that are moved.

`primaryLocationLineHash`, the only one GitHub matches by, is left to its upload action: it makes it of the source and
warns of every other value. GitHub adds the path itself, so that there a moved file has new alerts whatever stands here.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from banjia.scan.finding import NO_REASON, Finding, Inventory
from banjia.scan.rule import Rule, rules
from banjia.scan.words import STEPS

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {
    "secret": "error",
    "proxy": "error",
    "http": "warning",
    "client": "warning",
    "config": "warning",
    "state": "warning",
}


def document(inventory: Inventory, *, version: str, closed: frozenset[tuple[str, str]] = frozenset()) -> dict[str, Any]:
    """One run. Findings whose key is in `closed` are errors: their route may not be used."""
    ids = sorted({finding.rule for finding in inventory.findings})
    index = {rule_id: place for place, rule_id in enumerate(ids)}
    texts = {finding.rule: finding.text for finding in inventory.findings}
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "banjia",
                        "version": version,
                        "semanticVersion": version,
                        "rules": [_rule(rule_id, texts[rule_id].en, texts[rule_id].zh) for rule_id in ids],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "originalUriBaseIds": {"ROOT": {"description": {"text": "the folder that was scanned"}}},
                "results": [_result(finding, index, closed) for finding in inventory.findings],
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {
                                "level": "note",
                                "message": {"text": skipped.text.en},
                                "locations": [_place(skipped.path, None, None)],
                            }
                            for skipped in inventory.skipped
                        ]
                        + [
                            {
                                "level": "warning",
                                "message": {"text": NO_REASON.en},
                                "locations": [_place(remark.path, remark.line, remark.line)],
                            }
                            for remark in inventory.remarks
                        ],
                    }
                ],
            }
        ],
    }


def _rule(rule_id: str, en: str, zh: str) -> dict[str, Any]:
    owner = _owner(rule_id)
    return {
        "id": rule_id,
        "shortDescription": {"text": en},
        "fullDescription": {"text": f"{en} / {zh}"},
        "properties": {"tags": ["ai-service", owner.provider if owner else "any"]},
    }


def _owner(rule_id: str) -> Rule | None:
    return rules().named(rule_id) or rules().named(rule_id.rpartition("-")[0])


def _result(finding: Finding, index: dict[str, int], closed: frozenset[tuple[str, str]]) -> dict[str, Any]:
    level = "error" if finding.key in closed else LEVELS.get(finding.kind, "note")
    todo = next((text.en for name, text in STEPS if name in (finding.kind, finding.fix)), "")
    return {
        "ruleId": finding.rule,
        "ruleIndex": index[finding.rule],
        "level": level,
        "message": {"text": f"{finding.text.en} ({finding.provider}); {todo}"},
        "locations": [_place(finding.path, finding.line, finding.end)],
        "partialFingerprints": {"banjia/v2": finding.fingerprint},
        "properties": {
            "kind": finding.kind,
            "provider": finding.provider,
            "model": finding.model,
            "fix": finding.fix,
            "confidence": finding.confidence,
        },
    }


def _place(path: str, line: int | None, end: int | None) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path), "uriBaseId": "ROOT"}}
    if line is not None:
        physical["region"] = {"startLine": line, "endLine": end or line}
    return {"physicalLocation": physical}
