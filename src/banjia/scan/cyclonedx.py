"""CycloneDX 1.7 of an inventory: a hosted API is a service beyond the trust boundary, not a component.

Libraries are components of type library, models components of type machine-learning-model; each carries the places
where it is used. Nothing here is random or dated: the same inventory gives the same document.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from typing import Any

from banjia.scan.finding import Finding, Inventory

HOSTED = frozenset({"client", "call", "http", "env", "config", "state", "proxy"})
PLACES = 200


def document(inventory: Inventory, *, version: str) -> dict[str, Any]:
    services = [_service(name, found) for name, found in _grouped(inventory.findings, HOSTED) if name != "any"]
    libraries = _components(inventory.findings, frozenset({"dependency"}), "library")
    models = _components(inventory.findings, frozenset({"model"}), "machine-learning-model")
    body = {"services": services, "components": [*libraries, *models]}
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.7.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{_uuid(inventory)}",
        "version": 1,
        "metadata": {"tools": {"components": [{"type": "application", "name": "banjia", "version": version}]}},
        **body,
    }


def _uuid(inventory: Inventory) -> uuid.UUID:
    marks = "".join(finding.fingerprint for finding in inventory.findings)
    return uuid.UUID(bytes=hashlib.sha256(marks.encode()).digest()[:16], version=5)


def _grouped(findings: Iterable[Finding], kinds: frozenset[str]) -> list[tuple[str, list[Finding]]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.kind in kinds:
            groups.setdefault(finding.provider, []).append(finding)
    return sorted(groups.items())


def _service(provider: str, found: list[Finding]) -> dict[str, Any]:
    endpoints = sorted(
        {finding.url for finding in found if finding.url and "{}" not in finding.url and "://" in finding.url}
    )
    service: dict[str, Any] = {
        "bom-ref": f"service:{provider}",
        "name": provider,
        "provider": {"name": provider},
        "authenticated": True,
        "x-trust-boundary": True,
        "data": [{"flow": "bi-directional", "classification": "unclassified"}],
        "properties": [
            {"name": "banjia:place", "value": f"{finding.path}:{finding.line} {finding.kind}"}
            for finding in found[:PLACES]
        ],
    }
    if endpoints:
        service["endpoints"] = endpoints
    return service


def _components(findings: Iterable[Finding], kinds: frozenset[str], kind: str) -> list[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Finding]] = {}
    for finding in findings:
        name = finding.model if kind == "machine-learning-model" else finding.symbol
        if finding.kind in kinds and name:
            groups.setdefault((finding.provider, name), []).append(finding)
    return [
        {
            "type": kind,
            "bom-ref": f"{kind}:{provider}:{name}",
            "name": name,
            "publisher": provider,
            "evidence": {
                "occurrences": [{"location": finding.path, "line": finding.line} for finding in found[:PLACES]],
            },
        }
        for (provider, name), found in sorted(groups.items())
    ]
