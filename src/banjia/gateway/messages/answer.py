"""Answer: a chat completion, or an error, as the Messages API says it."""

from __future__ import annotations

import secrets
from typing import Any

import msgspec

Json = dict[str, Any]

STOPS = {"length": "max_tokens", "content_filter": "refusal", "tool_calls": "tool_use", "function_call": "tool_use"}
ERRORS = {
    400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 403: "permission_error",
    404: "not_found_error", 408: "timeout_error", 413: "request_too_large", 429: "rate_limit_error",
    503: "overloaded_error", 504: "timeout_error", 529: "overloaded_error",
}  # fmt: skip
FIRST_OF_OURS = 500


def new_id() -> str:
    return f"msg_{secrets.token_hex(12)}"


def message(answer: Json, *, thinks: bool) -> Json:
    """A whole answer. Thinking is shown where the caller asked for it."""
    choice = (answer.get("choices") or [{}])[0]
    said = choice.get("message") or {}
    blocks: list[Json] = []
    thought = said.get("reasoning_content") or said.get("reasoning")
    if thinks and isinstance(thought, str) and thought:
        blocks.append({"type": "thinking", "thinking": thought, "signature": ""})
    if text := said.get("content") or said.get("refusal"):
        blocks.append({"type": "text", "text": str(text)})
    for call in said.get("tool_calls") or []:
        function = call.get("function") or {}
        blocks.append(
            tool_use(str(call.get("id") or ""), str(function.get("name") or ""), str(function.get("arguments") or ""))
        )
    marks = {"AIGC": answer["AIGC"]} if "AIGC" in answer else {}
    stop = stop_of(choice.get("finish_reason"), calls=any(b["type"] == "tool_use" for b in blocks))
    return {**shell(str(answer.get("model") or "")), "content": blocks, "stop_reason": stop} | {
        "usage": usage_of(answer.get("usage")),
        **marks,
    }


def shell(model: str) -> Json:
    """The message before anything is in it."""
    return {
        "id": new_id(),
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": [],
        "stop_reason": None,
        "stop_sequence": None,
        "usage": usage_of(None),
    }


def tool_use(id: str, name: str, arguments: str) -> Json:  # noqa: A002
    """What is no object stays readable: the application's own check of the input finds it."""
    try:
        given = msgspec.json.decode(arguments or "{}")
    except (msgspec.MsgspecError, RecursionError):
        given = {"arguments": arguments}
    return {
        "type": "tool_use",
        "id": id or f"toolu_{secrets.token_hex(12)}",
        "name": name,
        "input": given if isinstance(given, dict) else {"arguments": given},
    }


def stop_of(finish: Any, *, calls: bool) -> str:
    if calls and finish in {"stop", None}:
        return "tool_use"
    return STOPS.get(str(finish), "end_turn")


def usage_of(usage: Any) -> Json:
    """Tokens as they are billed there: those read from a cache are counted apart."""
    given = usage if isinstance(usage, dict) else {}
    read = given.get("prompt_tokens") or 0
    cached = (given.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
    return {
        "input_tokens": max(0, read - cached),
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": cached,
        "output_tokens": given.get("completion_tokens") or 0,
    }


def error(status: int, given: Any) -> Json:
    """An error of the gateway or of a provider; `code` and `param` stand beside the two fields of Anthropic's form."""
    said = given if isinstance(given, dict) else {}
    kind = ERRORS.get(status, "invalid_request_error" if status < FIRST_OF_OURS else "api_error")
    if said.get("code") == "insufficient_quota":
        kind = "billing_error"
    more = {k: said[k] for k in ("code", "param") if said.get(k) is not None}
    return {"type": "error", "error": {"type": kind, "message": str(said.get("message") or ""), **more}}
