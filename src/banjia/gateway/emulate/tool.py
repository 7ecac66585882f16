"""Tool: calls of tools for models that take none: the tools in the prompt, the calls read from the text."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from banjia.gateway.refusal import Refusal, bad_request
from banjia.routes.dialect.schema import inlined
from banjia.text import Text

Json = dict[str, Any]
Ask = Callable[[Json], Awaitable[Json]]

REPAIRS = 2
FENCE = "```"
MARK = '"tool_calls"'

NOTE = """These functions can be called:
{tools}
To call, answer with one JSON object and nothing else, of the form
{{"tool_calls": [{{"name": "the function", "arguments": {{...}}}}]}}
{rule}"""
FREE = "Where no call is needed, answer as usual, without that object."
MUST = "You must call {name}; any other answer is wrong."
REPAIR = "That was not a valid call: {fault}. Answer again with the corrected JSON object and nothing else."


@dataclass(frozen=True, slots=True)
class ToolSet:
    """The tools that one request offers, and whether one must be called."""

    tools: tuple[Json, ...]  # the functions: name, description, parameters
    must: bool = False
    several: bool = True

    @property
    def name(self) -> str:
        return str(self.tools[0]["name"]) if len(self.tools) == 1 else "one of the functions"

    def schema(self) -> Json:
        """What an answer that calls must meet."""
        calls = [_call_schema(tool) for tool in self.tools]
        items: Json = {"type": "array", "items": {"anyOf": calls}, "minItems": 1}
        if not self.several:
            items["maxItems"] = 1
        return {"type": "object", "properties": {"tool_calls": items}, "required": ["tool_calls"]}

    def note(self) -> str:
        lines = "\n".join(msgspec.json.encode(tool).decode() for tool in self.tools)
        return NOTE.format(tools=lines, rule=MUST.format(name=self.name) if self.must else FREE)


def tool_set(asked: Json) -> ToolSet | None:
    """Of `tools`, `tool_choice` and `parallel_tool_calls`; None where none may be called. Raises Refusal."""
    functions = [t.get("function") for t in asked.get("tools") or [] if isinstance(t, dict)]
    tools = tuple(f for f in functions if isinstance(f, dict) and f.get("name"))
    several = asked.get("parallel_tool_calls") is not False
    choice = asked.get("tool_choice")
    if choice == "none" or not tools:
        return None
    if not isinstance(choice, dict):
        return ToolSet(tools, must=choice == "required", several=several)
    allowed = choice.get("allowed_tools")
    must = not isinstance(allowed, dict) or allowed.get("mode") == "required"
    named = (allowed.get("tools") or []) if isinstance(allowed, dict) else [choice]
    names = {(n.get("function") or {}).get("name") for n in named if isinstance(n, dict)}
    kept = tuple(t for t in tools if t["name"] in names)
    if not kept:
        text = Text("tool_choice 指定的工具不在 tools 里", "tool_choice names no tool of `tools`")
        raise bad_request("unknown_tool", text, param="tool_choice")
    return ToolSet(kept, must=must, several=several)


async def with_tools(request: Json, asked: Json, ask: Ask) -> Json:
    """The answer as of a model that takes tools. Raises Refusal where no valid call comes in bounded time."""
    from banjia.gateway.schema import valid, validator_of  # noqa: PLC0415 - only callers of tools pay for it

    offered = tool_set(asked)
    messages = flattened(request.get("messages") or [])
    if offered is None:
        return await ask({**request, "messages": messages})
    validator = validator_of(offered.schema(), "tools")
    messages = instructed(messages, offered.note())
    for _ in range(REPAIRS + 1):
        answer = await ask({**request, "messages": messages})
        choice = (answer.get("choices") or [{}])[0]
        message = choice.get("message") or {}
        content = str(message.get("content") or "")
        if choice.get("finish_reason") in {"length", "content_filter"} or message.get("refusal"):
            return answer
        if MARK not in content and not offered.must:
            return answer
        text, fault = valid(_object(content), validator)
        if fault is None:
            return _called(answer, choice, message, msgspec.json.decode(text)["tool_calls"])
        messages = [
            *messages,
            {"role": "assistant", "content": content},
            {"role": "user", "content": REPAIR.format(fault=fault)},
        ]
    raise Refusal(
        502,
        "server_error",
        "tool_not_called",
        Text(
            f"模型 {REPAIRS + 1} 次都没有给出有效的工具调用",
            f"the model gave no valid call of a tool in {REPAIRS + 1} answers",
        ),
        retry=True,
    )


def flattened(messages: Sequence[Json]) -> list[Json]:
    """Calls and their results as plain turns; results that follow each other are one turn."""
    out: list[Json] = []
    names: dict[str, str] = {}
    after_result = False
    for message in messages:
        if message.get("role") == "tool":
            name = names.get(str(message.get("tool_call_id")), "the function")
            text = f"Result of {name}: {_text(message.get('content'))}"
            if after_result:
                out[-1] = {"role": "user", "content": f"{out[-1]['content']}\n{text}"}
            else:
                out.append({"role": "user", "content": text})
            after_result = True
            continue
        after_result = False
        calls = message.get("tool_calls")
        if not calls:
            out.append(message)
            continue
        names |= {str(c.get("id")): str((c.get("function") or {}).get("name")) for c in calls}
        said = msgspec.json.encode({"tool_calls": [_shown(c.get("function") or {}) for c in calls]}).decode()
        before = _text(message.get("content"))
        out.append({"role": "assistant", "content": f"{before}\n{said}" if before else said})
    return out


def instructed(messages: list[Json], note: str) -> list[Json]:
    """The note joins the application's own instructions: some vendors take one system message only."""
    first = messages[0] if messages else {}
    if first.get("role") in {"system", "developer"}:
        return [{**first, "content": f"{_text(first.get('content'))}\n\n{note}"}, *messages[1:]]
    return [{"role": "system", "content": note}, *messages]


def _call_schema(tool: Json) -> Json:
    parameters = inlined(tool.get("parameters") or {"type": "object"})
    properties = {"name": {"const": tool["name"]}, "arguments": parameters}
    return {"type": "object", "properties": properties, "required": ["name", "arguments"]}


def _called(answer: Json, choice: Json, message: Json, calls: list[Json]) -> Json:
    made = [
        {
            "id": f"call_{secrets.token_hex(12)}",
            "type": "function",
            "function": {"name": call["name"], "arguments": msgspec.json.encode(call["arguments"]).decode()},
        }
        for call in calls
    ]
    changed = {**choice, "message": {**message, "content": None, "tool_calls": made}, "finish_reason": "tool_calls"}
    return {**answer, "choices": [changed, *(answer.get("choices") or [])[1:]]}


def _object(content: str) -> str:
    """The object of the calls, where words or a fence stand around it."""
    text = content.strip()
    if text.startswith(("{", FENCE)):
        return text
    start, end = text.find("{"), text.rfind("}")
    return text[start : end + 1] if 0 <= start < end else text


def _shown(function: Json) -> Json:
    arguments = function.get("arguments") or "{}"
    try:
        return {"name": function.get("name"), "arguments": msgspec.json.decode(arguments)}
    except (msgspec.MsgspecError, TypeError, RecursionError):
        return {"name": function.get("name"), "arguments": arguments}


def _text(content: Any) -> str:
    return "".join(_texts(content))


def _texts(content: Any) -> Iterator[str]:
    if isinstance(content, str):
        yield content
    elif isinstance(content, list):
        for part in content:
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield part["text"]
