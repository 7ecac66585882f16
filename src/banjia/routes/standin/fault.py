"""Fault: the errors of a provider's file, played back as the vendor sends them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.condition import texts
from banjia.routes.dialect.operation import ErrorMap, FinishMap
from banjia.routes.provider import Provider
from banjia.routes.standin.acceptance import Complaint

ASKED = re.compile(r"simulate:([a-z0-9-]+)")
KINDS: dict[str, Callable[[ErrorMap], bool]] = {
    "safety": lambda r: r.safety,
    "arrears": lambda r: r.to.code == "insufficient_quota",
    "rate-limit": lambda r: r.to.code == "rate_limit_exceeded",
    "overload": lambda r: r.to.http == 503,
    "context": lambda r: r.to.code == "context_length_exceeded",
    "not-found": lambda r: r.to.code == "model_not_found",
    "key": lambda r: r.to.code == "invalid_api_key",
    "value": lambda r: r.to.code == "invalid_value",
}
PLAIN: dict[str, tuple[int, str, str | None]] = {
    "safety": (400, "invalid_request_error", "content_filter"),
    "arrears": (429, "insufficient_quota", "insufficient_quota"),
    "rate-limit": (429, "rate_limit_error", "rate_limit_exceeded"),
    "overload": (503, "server_error", "overloaded"),
    "context": (400, "invalid_request_error", "context_length_exceeded"),
    "not-found": (404, "invalid_request_error", "model_not_found"),
    "key": (401, "authentication_error", "invalid_api_key"),
    "value": (400, "invalid_request_error", "invalid_value"),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that is an error: HTTP status and body in the vendor's own envelope."""

    status: int
    body: dict[str, Any]


def asked_for(request: dict[str, Any]) -> str:
    """The fault that the last text of the messages asks for: `simulate:arrears`, `simulate:cut`."""
    found = [m for text in texts(request) for m in ASKED.findall(text)]
    prompt = request.get("prompt") or request.get("input") or request.get("texts")
    for text in prompt if isinstance(prompt, list) else [prompt]:
        said = text.get("text") if isinstance(text, dict) else text
        found += ASKED.findall(said) if isinstance(said, str) else []
    return found[-1] if found else ""


def fault(provider: Provider, kind: str, message: str = "") -> Fault:
    """The vendor's own error of that kind, else OpenAI's form of it."""
    rule = next((r for r in provider.dialect.errors if KINDS[kind](r)), None)
    if rule is None:
        status, type_, code = PLAIN[kind]
        return Fault(status, {"error": {"message": message or kind, "type": type_, "code": code, "param": None}})
    return Fault(_status(rule), body(rule, message or f"stand-in: {kind}"))


def hidden(provider: Provider) -> Fault:
    """An error under a status of success: in the vendor's own form where it does that, else in OpenAI's."""
    rule = next((r for r in provider.dialect.errors if _status(r) == 200), None)
    return Fault(200, body(rule, "stand-in: error-in-200") if rule is not None else fault(provider, "value").body)


def refused(provider: Provider, complaint: Complaint) -> Fault:
    """What the vendor says of a field that it does not take."""
    message = f"{complaint.field}: refused ({complaint.op})"
    found = fault(provider, "value", message)
    return Fault(complaint.status if found.status >= 400 else found.status, found.body)


def body(rule: ErrorMap, message: str) -> dict[str, Any]:
    """A body on which the rule fits."""
    when = rule.when
    words = when.message[0] if when.message else message
    if when.path:
        value = when.value[0] if when.value else (max(when.not_, default=0) + 1)
        spoken = {"message": words, "sid": "stand-in"} if "." not in when.path else {}
        found: dict[str, Any] = path.put(spoken, when.path, value)
        return found if "." not in when.path else path.put(found, when.path.rpartition(".")[0] + ".status_msg", words)
    code = when.code[0] if when.code else when.code_prefix[0] if when.code_prefix else None
    if when.type or not code:
        return {"error": {"message": words, "type": when.type[0] if when.type else "error", "code": code}}
    return {"error": {"message": words, "type": rule.to.type, "code": _number(code)}}


def filtered(provider: Provider) -> str:
    """The finish reason by which the vendor says that its content check cut the answer."""
    for op in provider.dialect.answer:
        if isinstance(op, FinishMap):
            for reason, meaning in op.map.items():
                if meaning == "content_filter":
                    return reason
    return "content_filter"


def interrupted(provider: Provider) -> str:
    """The finish reason by which the vendor says that it broke off; "" where it has none."""
    return next((op.errors[0] for op in provider.dialect.answer if isinstance(op, FinishMap) and op.errors), "")


def _status(rule: ErrorMap) -> int:
    if rule.when.http:
        return rule.when.http[0]
    return 200 if rule.when.path else rule.to.http


def _number(code: str) -> Any:
    return int(code) if code.isdigit() and len(code) == 5 else code
