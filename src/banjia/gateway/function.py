"""Function: calls in the form that came before tools (`functions`, `function_call`), which most providers never had."""

from __future__ import annotations

from typing import Any

import msgspec

from banjia.gateway.back import Back
from banjia.gateway.call import Call
from banjia.gateway.refusal import bad_request
from banjia.text import Text

Json = dict[str, Any]

NONE = Text("tool_choice 允许的工具不在 tools 里", "none of the tools that tool_choice allows is among `tools`")
BOTH = Text("functions 与 tools 不能同时使用", "`functions` and `tools` cannot be used together")


def through_tools(call: Call) -> None:
    """A call that speaks of functions becomes one that speaks of tools; its answer comes back as it was asked."""
    old = b'"functions"' in call.body or b'"function_call"' in call.body
    if not old and b'"allowed_tools"' not in call.body:
        return
    request = msgspec.json.decode(call.body)
    changed = with_tools(request) if old and isinstance(request.get("messages"), list) else request
    if changed is not request:
        call.send = Back(call.send, as_function).send
    narrowed = narrow(changed)
    if narrowed is not request:
        call.body = msgspec.json.encode(narrowed)


def narrow(request: Json) -> Json:
    """A choice among some of the tools: the others are not offered, which every provider understands."""
    choice = request.get("tool_choice")
    allowed = choice.get("allowed_tools") if isinstance(choice, dict) else None
    tools = request.get("tools")
    if not isinstance(allowed, dict) or not isinstance(tools, list):
        return request
    wanted = [_name(t) for t in allowed.get("tools") or []]
    kept = [t for t in tools if _name(t) in wanted]
    if not kept:
        raise bad_request("invalid_request", NONE, param="tool_choice")
    return {**request, "tools": kept, "tool_choice": allowed.get("mode") or "auto"}


def _name(tool: Any) -> tuple[str, str]:
    kind = str(tool.get("type", "")) if isinstance(tool, dict) else ""
    inner = tool.get(kind) if isinstance(tool, dict) else None
    return kind, str(inner.get("name", "")) if isinstance(inner, dict) else ""


def with_tools(request: Json) -> Json:
    """The same request with tools in place of functions; what speaks of none is given back as it is."""
    functions, choice = request.get("functions"), request.get("function_call")
    messages = request["messages"]
    old = any(isinstance(m, dict) and (m.get("role") == "function" or m.get("function_call")) for m in messages)
    if not functions and not choice and not old:
        return request
    if functions and request.get("tools"):
        raise bad_request("invalid_request", BOTH, param="functions")
    changed = {k: v for k, v in request.items() if k not in {"functions", "function_call"}}
    changed["messages"] = _messages(messages)
    if functions:
        changed["tools"] = [{"type": "function", "function": f} for f in functions]
        changed["parallel_tool_calls"] = False  # a function_call is one
        if choice is not None:
            changed["tool_choice"] = {"type": "function", "function": choice} if isinstance(choice, dict) else choice
    return changed


def as_function(answer: Json) -> Json:
    """A whole answer, or one event of a stream, with its call as `function_call`."""
    return {**answer, "choices": [_choice(c) for c in answer.get("choices") or []]} if "choices" in answer else answer


def _choice(choice: Json) -> Json:
    changed = {k: _said(v) if k in {"message", "delta"} and isinstance(v, dict) else v for k, v in choice.items()}
    if changed.get("finish_reason") == "tool_calls":
        changed["finish_reason"] = "function_call"
    return changed


def _said(message: Json) -> Json:
    """Only the first call: the old form has room for one."""
    calls = message.get("tool_calls")
    rest = {k: v for k, v in message.items() if k != "tool_calls"}
    first = next((c for c in calls or [] if isinstance(c, dict) and not c.get("index")), None)
    if first is None:
        return rest
    given = first.get("function") or {}
    return {**rest, "function_call": {k: given[k] for k in ("name", "arguments") if given.get(k) is not None}}


def _messages(messages: list[Any]) -> list[Any]:
    """Calls and their results in a row, with ids of their own making."""
    out: list[Any] = []
    last = ""
    for i, message in enumerate(messages):
        called = message.get("function_call") if isinstance(message, dict) else None
        if isinstance(called, dict):
            last = f"call_{i}"
            rest = {k: v for k, v in message.items() if k != "function_call"}
            out.append({**rest, "tool_calls": [{"id": last, "type": "function", "function": called}]})
        elif isinstance(message, dict) and message.get("role") == "function":
            if last:
                out.append({"role": "tool", "tool_call_id": last, "content": message.get("content") or ""})
            else:  # a result without its call: no provider would take it as one
                text = f"Result of {message.get('name')}: {message.get('content')}"
                out.append({"role": "user", "content": text})
            last = ""
        else:
            out.append(message)
    return out
