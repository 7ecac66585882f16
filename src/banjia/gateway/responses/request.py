"""Request: a call of the Responses API as a chat completion. What chat cannot say is refused, never dropped."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from banjia.gateway.function import narrow
from banjia.gateway.refusal import Refusal, bad_request
from banjia.text import Text

Json = dict[str, Any]

SAME = (
    "temperature", "top_p", "parallel_tool_calls", "user", "safety_identifier", "seed", "stop", "service_tier",
    "prompt_cache_key", "prompt_cache_retention",
)  # fmt: skip
REFUSED = ("background", "conversation", "prompt", "context_management")  # nothing of chat stands for these
LOGPROBS = "message.output_text.logprobs"
ROLES = frozenset({"user", "assistant", "system", "developer"})


class Wanted(msgspec.Struct):
    """The fields of a request that the bridge acts on."""

    model: str = ""
    input: str | list[Json] = msgspec.field(default_factory=list)
    instructions: str | None = None
    stream: bool | None = False
    store: bool | None = True
    previous_response_id: str | None = None
    conversation: Any = None
    background: bool | None = False
    prompt: Any = None
    tools: list[Json] | None = None
    tool_choice: Any = None
    text: Json | None = None
    reasoning: Json | None = None
    max_output_tokens: int | None = None
    metadata: Any = None
    include: list[str] | None = None
    top_logprobs: int | None = None
    truncation: str | None = None


def wanted(body: bytes) -> tuple[Wanted, Json]:
    """The request, typed and whole. Raises Refusal."""
    try:
        whole = msgspec.json.decode(body, type=Json)
        return msgspec.convert(whole, Wanted), whole
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        text = Text(f"请求体不对：{error}", f"the request body is wrong: {error}")
        raise bad_request("invalid_body", text) from error


def to_chat(request: Wanted, whole: Json, history: list[Json]) -> Json:
    """The chat completion that stands for it; `history` are the messages of the chain before it."""
    for name in REFUSED:
        if whole.get(name) not in (None, False, []):
            raise _unsupported(name, name)
    messages = [*history, *input_messages(request.input)]
    if request.instructions:
        messages.insert(0, {"role": "system", "content": request.instructions})
    chat: Json = {"model": request.model, "messages": messages}
    chat |= {name: whole[name] for name in SAME if whole.get(name) is not None}
    if request.max_output_tokens is not None:
        chat["max_completion_tokens"] = request.max_output_tokens
    if LOGPROBS in (request.include or []) or request.top_logprobs:
        chat |= {"logprobs": True, "top_logprobs": request.top_logprobs or 0}
    if request.reasoning and request.reasoning.get("effort"):
        chat["reasoning_effort"] = request.reasoning["effort"]
    if request.tools:
        chat["tools"] = [_tool(t) for t in request.tools]
        if request.tool_choice is not None:
            chat["tool_choice"] = _choice(request.tool_choice)
    if (kind := _format((request.text or {}).get("format"))) is not None:
        chat["response_format"] = kind
    if (request.text or {}).get("verbosity"):
        chat["verbosity"] = (request.text or {})["verbosity"]
    chat = narrow(chat)
    if request.stream:
        chat |= {"stream": True, "stream_options": {"include_usage": True}}
    return chat


def losses(request: Wanted, whole: Json) -> tuple[str, ...]:
    """What chat leaves out without harm to the answer, for the warnings."""
    lost = ["truncation"] if request.truncation == "auto" else []
    if (request.reasoning or {}).get("summary") or (request.reasoning or {}).get("generate_summary"):
        lost.append("reasoning.summary")
    lost += [name for name in ("max_tool_calls", "moderation") if whole.get(name) is not None]
    return tuple(f"responses({name});loss=soft" for name in lost)


def input_messages(given: str | list[Json]) -> list[Json]:
    """The items of `input` as chat messages; what one assistant turn holds becomes one message."""
    if isinstance(given, str):
        return [{"role": "user", "content": given}]
    messages: list[Json] = []
    thought = ""
    for item in given:
        kind = item.get("type") or "message"
        if kind == "message":
            message = _message(item)
            if thought and message["role"] == "assistant":
                message["reasoning_content"], thought = thought, ""
            messages.append(message)
        elif kind == "function_call":
            thought = _add_call(messages, item, thought)
        elif kind == "function_call_output":
            messages.append(
                {"role": "tool", "tool_call_id": str(item.get("call_id", "")), "content": _output(item.get("output"))}
            )
        elif kind == "reasoning":
            thought += "".join(str(p.get("text", "")) for p in item.get("content") or item.get("summary") or [])
        else:
            raise _unsupported(str(kind), "input")
    return messages


def _add_call(messages: list[Json], item: Json, thought: str) -> str:
    call = {
        "id": str(item.get("call_id") or item.get("id") or ""),
        "type": "function",
        "function": {"name": str(item.get("name", "")), "arguments": str(item.get("arguments", "") or "{}")},
    }
    if not messages or messages[-1]["role"] != "assistant":
        messages.append({"role": "assistant", "content": None, **({"reasoning_content": thought} if thought else {})})
        thought = ""
    messages[-1].setdefault("tool_calls", []).append(call)
    return thought


def _message(item: Json) -> Json:
    role = item.get("role")
    if role not in ROLES:
        raise _unsupported(f"role {role}", "input")
    content = item.get("content")
    if isinstance(content, str):
        return {"role": role, "content": content}
    parts = [_part(p) for p in content if isinstance(p, dict)] if isinstance(content, list) else []
    if all(p["type"] == "text" for p in parts):  # plain text is what every model takes
        return {"role": role, "content": "".join(p["text"] for p in parts)}
    return {"role": role, "content": parts}


def _part(part: Json) -> Json:
    match part.get("type"):
        case "input_text" | "output_text" | "text":
            return {"type": "text", "text": str(part.get("text", ""))}
        case "refusal":
            return {"type": "text", "text": str(part.get("refusal", ""))}
        case "input_image" if part.get("image_url"):
            detail = {"detail": part["detail"]} if part.get("detail") else {}
            return {"type": "image_url", "image_url": {"url": part["image_url"], **detail}}
        case kind:
            raise _unsupported(str(kind), "input")


def _output(output: Any) -> str:
    if isinstance(output, list):
        return "".join(str(p.get("text", "")) for p in _texts(output))
    return output if isinstance(output, str) else msgspec.json.encode(output).decode()


def _texts(parts: Iterable[Any]) -> Iterable[Json]:
    for part in parts:
        if not isinstance(part, dict) or "text" not in part:
            raise _unsupported(str(part.get("type") if isinstance(part, dict) else part), "input")
        yield part


def _tool(tool: Json) -> Json:
    if tool.get("type") != "function":  # tools that OpenAI itself would run
        raise _unsupported(f"tool {tool.get('type')}", "tools")
    names = ("name", "description", "parameters", "strict")
    return {"type": "function", "function": {k: tool[k] for k in names if tool.get(k) is not None}}


def _choice(choice: Any) -> Any:
    if isinstance(choice, str):
        return choice
    if isinstance(choice, dict) and choice.get("type") == "function":
        return {"type": "function", "function": {"name": choice.get("name")}}
    if isinstance(choice, dict) and choice.get("type") == "allowed_tools":
        tools = [
            {"type": t.get("type"), str(t.get("type")): {"name": t.get("name")}} for t in choice.get("tools") or []
        ]
        return {"type": "allowed_tools", "allowed_tools": {"mode": choice.get("mode", "auto"), "tools": tools}}
    raise _unsupported(str(choice), "tool_choice")


def _format(given: Any) -> Json | None:
    if not isinstance(given, dict) or given.get("type") in {None, "text"}:
        return None
    if given["type"] == "json_schema":
        names = ("name", "description", "schema", "strict")
        return {"type": "json_schema", "json_schema": {k: given[k] for k in names if given.get(k) is not None}}
    if given["type"] == "json_object":
        return {"type": "json_object"}
    raise _unsupported(str(given["type"]), "text")


def _unsupported(what: str, param: str) -> Refusal:
    text = Text(f"网关的 Responses 接口不支持 {what}", f"the gateway's Responses API does not support {what}")
    return bad_request("unsupported_parameter", text, param=param)
