"""Request: a call of the Messages API as a chat completion. What chat cannot say is refused, never dropped unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from banjia.gateway.refusal import Refusal, bad_request
from banjia.text import Text

Json = dict[str, Any]

SAME = ("temperature", "top_p")
REFUSED = ("container", "context_management", "mcp_servers")
CHOICES = {"auto": "auto", "any": "required", "none": "none"}
EFFORTS = ((2048, "low"), (8192, "medium"))  # tokens that may be thought, and the effort that stands for them


class Wanted(msgspec.Struct):
    """The fields of a request that the bridge acts on."""

    model: str
    max_tokens: int
    messages: list[Json]
    system: str | list[Json] | None = None
    tools: list[Json] | None = None
    tool_choice: Json | None = None
    thinking: Json | None = None
    output_config: Json | None = None
    output_format: Json | None = None
    stop_sequences: list[str] | None = None
    metadata: Json | None = None
    stream: bool | None = False
    top_k: int | None = None

    @property
    def thinks(self) -> bool:
        return (self.thinking or {}).get("type") in {"enabled", "adaptive"}


def wanted(body: bytes) -> tuple[Wanted, Json]:
    """The request, typed and whole. Raises Refusal."""
    try:
        whole = msgspec.json.decode(body, type=Json)
        return msgspec.convert(whole, Wanted), whole
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        text = Text(f"请求体不对：{error}", f"the request body is wrong: {error}")
        raise bad_request("invalid_body", text) from error


def to_chat(request: Wanted, whole: Json) -> Json:
    """The chat completion that stands for it."""
    for name in REFUSED:
        if whole.get(name):
            raise _unsupported(name, name)
    messages: list[Json] = []
    if request.system:
        messages.append({"role": "system", "content": _texts(request.system, "system")})
    for i, message in enumerate(request.messages):
        messages += _messages(message, f"messages[{i}]")
    chat: Json = {"model": request.model, "messages": messages, "max_completion_tokens": request.max_tokens}
    chat |= {name: whole[name] for name in SAME if whole.get(name) is not None}
    if request.stop_sequences:
        chat["stop"] = request.stop_sequences
    if request.tools:
        chat["tools"] = [_tool(t, f"tools[{i}]") for i, t in enumerate(request.tools)]
        chat |= _choice(request.tool_choice or {})
    if (effort := _effort(request)) is not None:
        chat["reasoning_effort"] = effort
    if (kind := (request.output_config or {}).get("format") or request.output_format) is not None:
        chat["response_format"] = _format(kind)
    if user := (request.metadata or {}).get("user_id"):
        chat["user"] = user
    if request.stream:
        chat |= {"stream": True, "stream_options": {"include_usage": True}}
    return chat


def losses(request: Wanted) -> tuple[str, ...]:
    """What chat leaves out, for the warnings."""
    return ("messages(top_k);loss=soft",) if request.top_k is not None else ()


def _messages(message: Json, place: str) -> list[Json]:
    role, content = message.get("role"), message.get("content")
    if role not in {"user", "assistant", "system"}:
        raise _unsupported(f"role {role}", place)
    blocks = [{"type": "text", "text": content}] if isinstance(content, str) else content
    if not isinstance(blocks, list) or not all(isinstance(b, dict) for b in blocks):
        raise _unsupported("content", f"{place}.content")
    if role == "assistant":
        return [_assistant(blocks, place)]
    if role == "system":
        return [{"role": "system", "content": _texts(blocks, place)}]
    return _user(blocks, place)


def _user(blocks: list[Json], place: str) -> list[Json]:
    """Results of tools first, as chat wants them right after their calls; pictures of results go with the words."""
    results: list[Json] = []
    parts: list[Json] = []
    for i, block in enumerate(blocks):
        at = f"{place}.content[{i}]"
        if block.get("type") != "tool_result":
            parts.append(_part(block, at))
            continue
        given = block.get("content") or []
        inner = [{"type": "text", "text": given}] if isinstance(given, str) else given
        found = [_part(b, f"{at}.content[{j}]") for j, b in enumerate(inner)]
        text = "".join(p["text"] for p in found if p["type"] == "text")
        said = f"Error: {text}" if block.get("is_error") else text
        results.append({"role": "tool", "tool_call_id": str(block.get("tool_use_id", "")), "content": said})
        parts += [p for p in found if p["type"] != "text"]
    if not parts:
        return results or [{"role": "user", "content": ""}]
    return [*results, {"role": "user", "content": _content(parts)}]


def _assistant(blocks: list[Json], place: str) -> Json:
    text = thought = ""
    calls: list[Json] = []
    for i, block in enumerate(blocks):
        match block.get("type"):
            case "text":
                text += str(block.get("text", ""))
            case "thinking":
                thought += str(block.get("thinking", ""))
            case "redacted_thinking":  # sealed by another service: nobody here can read it
                continue
            case "tool_use":
                arguments = msgspec.json.encode(block.get("input") or {}).decode()
                function = {"name": str(block.get("name", "")), "arguments": arguments}
                calls.append({"id": str(block.get("id", "")), "type": "function", "function": function})
            case kind:
                raise _unsupported(str(kind), f"{place}.content[{i}]")
    message: Json = {"role": "assistant", "content": text or (None if calls else "")}
    if thought:
        message["reasoning_content"] = thought
    return {**message, "tool_calls": calls} if calls else message


def _part(block: Json, place: str) -> Json:
    source = block.get("source") or {}
    match block.get("type"), source.get("type"):
        case "text", _:
            return {"type": "text", "text": str(block.get("text", ""))}
        case "image", "base64":
            url = f"data:{source.get('media_type', 'image/png')};base64,{source.get('data', '')}"
            return {"type": "image_url", "image_url": {"url": url}}
        case "image", "url":
            return {"type": "image_url", "image_url": {"url": str(source.get("url", ""))}}
        case "document", "text":
            return {"type": "text", "text": str(source.get("data", ""))}
        case kind, form:
            raise _unsupported(f"{kind} ({form})" if form else str(kind), place)


def _content(parts: list[Json]) -> str | list[Json]:
    """Plain text is what every model takes."""
    return "".join(p["text"] for p in parts) if all(p["type"] == "text" for p in parts) else parts


def _texts(given: str | Iterable[Json], place: str) -> str:
    if isinstance(given, str):
        return given
    found = []
    for block in given:
        if block.get("type") != "text":
            raise _unsupported(str(block.get("type")), place)
        found.append(str(block.get("text", "")))
    return "\n\n".join(found)


def _tool(tool: Json, place: str) -> Json:
    if tool.get("type") not in {None, "custom"}:  # tools whose form only Anthropic's own models know
        raise _unsupported(f"tool {tool.get('type')}", place)
    function = {"name": tool.get("name"), "parameters": tool.get("input_schema") or {"type": "object"}}
    more = {k: tool[k] for k in ("description", "strict") if tool.get(k) is not None}
    return {"type": "function", "function": {**function, **more}}


def _choice(choice: Json) -> Json:
    kind = choice.get("type", "auto")
    one = {"parallel_tool_calls": False} if choice.get("disable_parallel_tool_use") else {}
    if kind == "tool":
        return {"tool_choice": {"type": "function", "function": {"name": choice.get("name")}}, **one}
    if kind not in CHOICES:
        raise _unsupported(f"tool_choice {kind}", "tool_choice")
    return {**({"tool_choice": CHOICES[kind]} if "type" in choice else {}), **one}


def _effort(request: Wanted) -> str | None:
    if effort := (request.output_config or {}).get("effort"):
        return str(effort)
    thinking = request.thinking or {}
    if thinking.get("type") != "enabled":
        return None
    budget = thinking.get("budget_tokens")
    most = budget if isinstance(budget, int) else EFFORTS[-1][0]
    return next((effort for tokens, effort in EFFORTS if most <= tokens), "high")


def _format(kind: Json) -> Json:
    if kind.get("type") != "json_schema":
        raise _unsupported(str(kind.get("type")), "output_config.format")
    return {"type": "json_schema", "json_schema": {"name": "answer", "schema": kind.get("schema") or {}}}


def _unsupported(what: str, param: str) -> Refusal:
    text = Text(f"网关的 Messages 接口不支持 {what}", f"the gateway's Messages API does not support {what}")
    return bad_request("unsupported_parameter", text, param=param)
