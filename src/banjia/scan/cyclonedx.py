"""CycloneDX 1.7 of an inventory: a hosted API is a service beyond the trust boundary, not a component.

Libraries are components of type library, models of type machine-learning-model, each with the places where it is used.
A service has no `evidence` in the format: its places are properties. Serial number and time are arguments.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterable, Sized
from datetime import UTC, datetime
from typing import Any

from banjia.routes.catalogue import load
from banjia.routes.provider import Provider
from banjia.scan.finding import Finding, Inventory
from banjia.scan.package import package_url
from banjia.scan.rule import rules

SCHEMA = "http://cyclonedx.org/schema/bom-1.7.schema.json"
HOSTED = frozenset({"client", "call", "http", "env", "config", "state", "proxy"})
CODE = frozenset({"dependency", "import", "client", "call", "tokenizer"})
PLACES = 200  # of one service or component


def document(
    inventory: Inventory, *, version: str, name: str, time: datetime, serial: uuid.UUID | None = None
) -> dict[str, Any]:
    """The same inventory, name and time give the same bytes; `serial` follows from the findings unless given."""
    services = [_service(provider, found) for provider, found in _services(inventory)]
    components = [*_libraries(inventory), *_models(inventory)]
    refs = [part["bom-ref"] for part in (*services, *components)]
    return {
        "$schema": SCHEMA,
        "bomFormat": "CycloneDX",
        "specVersion": "1.7",
        "serialNumber": f"urn:uuid:{serial or serial_of(inventory, name)}",
        "version": 1,
        "metadata": {
            "timestamp": time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "lifecycles": [{"phase": "pre-build"}],
            "tools": {"components": [{"type": "application", "name": "banjia", "version": version}]},
            "component": {"type": "application", "bom-ref": "application", "name": name},
        },
        "components": components,
        "services": services,
        "dependencies": [{"ref": "application", "dependsOn": refs}, *({"ref": ref} for ref in refs)],
    }


def serial_of(inventory: Inventory, name: str) -> uuid.UUID:
    marks = "\n".join((name, *("\x1f".join(finding.key) for finding in inventory.findings)))
    return uuid.UUID(bytes=hashlib.sha256(marks.encode()).digest()[:16], version=4)


def _services(inventory: Inventory) -> list[tuple[str, list[Finding]]]:
    groups = _grouped((f for f in inventory.findings if f.kind in HOSTED), lambda f: (f.provider,))
    return [(provider, found) for (provider,), found in groups if provider != "any"]


def _service(provider_id: str, found: list[Finding]) -> dict[str, Any]:
    provider = load().find(provider_id)
    written = sorted({finding.url for finding in found if finding.url and _is_address(finding.url)})
    usual = _usual(provider)
    endpoints = written or ([usual] if usual else [])
    entity = provider.operator.entities[0].name if provider and provider.operator else provider_id
    service: dict[str, Any] = {
        "bom-ref": f"service:{provider_id}",
        "provider": {"name": entity},
        "group": provider_id,
        "name": provider.name.en if provider else provider_id,
    }
    if endpoints:
        service["endpoints"] = endpoints
    if provider is not None:
        service["authenticated"] = not provider.auth.optional
    service["x-trust-boundary"] = not (provider and provider.is_engine)
    if provider is not None:
        service["trustZone"] = provider.side
    flow: dict[str, Any] = {
        "flow": "bi-directional",
        "classification": "not-assessed",
        "name": "prompts and answers",
        "description": "what the application sends to the model and receives; its class is a fact that assess asks for",
    }
    if endpoints:
        flow |= {"source": endpoints, "destination": endpoints}
    service["data"] = [flow]
    service["properties"] = [
        {"name": "banjia:provider", "value": provider_id},
        *([] if written or not endpoints else [{"name": "banjia:endpoint", "value": "the provider's usual one"}]),
        *({"name": "banjia:occurrence", "value": f"{f.path}:{f.line} {f.kind}"} for f in found[:PLACES]),
        *_cut(found),
    ]
    return service


def _is_address(url: str) -> bool:
    return "://" in url and not set(url) & set('{}<>"\\^`| $')


def _usual(provider: Provider | None) -> str | None:
    """The address an SDK calls unless told otherwise."""
    if provider is None:
        return None
    return next((base.url for _, base in provider.bases() if "{" not in base.url), None)


def _libraries(inventory: Inventory) -> list[dict[str, Any]]:
    """By package where a manifest names it; a library that is only imported goes by its rule."""
    owners = {rule.id for rule in rules().of("sdk")}
    uses: dict[str, list[Finding]] = {}
    for finding in inventory.findings:
        owner = finding.rule.rpartition("-")[0]
        if finding.kind in CODE and owner in owners:
            uses.setdefault(owner, []).append(finding)
    components: dict[str, dict[str, Any]] = {}
    for owner, found in sorted(uses.items()):
        declared = _grouped((f for f in found if f.kind == "dependency" and f.symbol), _ecosystem_and_name)
        others = [finding for finding in found if finding.kind != "dependency"]
        if not declared:
            components[f"library:{owner}"] = _component("library", f"library:{owner}", owner, others)
        for (purl, name), places in declared:
            ref = purl or f"library:{name}"
            part = _component("library", ref, name, [*places, *others])
            components.setdefault(ref, part | ({"purl": purl} if purl else {}))
    return list(components.values())


def _ecosystem_and_name(finding: Finding) -> tuple[str, str]:
    name = finding.symbol or ""
    return (package_url(finding.path, name), name)


def _models(inventory: Inventory) -> list[dict[str, Any]]:
    groups = _grouped((f for f in inventory.findings if f.model), lambda f: (f.provider, f.model or ""))
    return [
        _component("machine-learning-model", f"model:{provider}/{name}", name, found)
        | ({} if provider == "any" else {"group": provider})
        for (provider, name), found in groups
    ]


def _component(kind: str, ref: str, name: str, found: list[Finding]) -> dict[str, Any]:
    places = sorted({(finding.path, finding.line, finding.symbol or "") for finding in found})
    part: dict[str, Any] = {
        "type": kind,
        "bom-ref": ref,
        "name": name,
        "evidence": {
            "occurrences": [
                {"location": path, "line": line} | ({"symbol": symbol} if symbol else {})
                for path, line, symbol in places[:PLACES]
            ]
        },
    }
    return part | ({"properties": _cut(places)} if len(places) > PLACES else {})


def _cut(found: Sized) -> list[dict[str, str]]:
    left = len(found) - PLACES
    return [{"name": "banjia:occurrences-left-out", "value": str(left)}] if left > 0 else []


def _grouped(
    findings: Iterable[Finding], key: Callable[[Finding], tuple[str, ...]]
) -> list[tuple[tuple[str, ...], list[Finding]]]:
    groups: dict[tuple[str, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault(key(finding), []).append(finding)
    return sorted(groups.items())
