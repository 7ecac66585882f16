"""Answer: a chat completion as an answer of the Responses API."""

from __future__ import annotations

import secrets
from typing import Any

from banjia.gateway.responses.request import Wanted

Json = dict[str, Any]
RANDOM = 24  # bytes of an id
BESIDE = ("AIGC",)
INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}


def new_id(kind: str) -> str:
    return f"{kind}_{secrets.token_hex(RANDOM)}"


def item_id(kind: str, response: str, place: int) -> str:
    """The id of an item says in which answer it stands, so that a caller may refer to it and no list is kept."""
    return f"{kind}_{response.partition('_')[2]}{place:02x}"


def holder_of(item: str) -> str:
    """The id of the answer that an item's id names."""
    return f"resp_{item.partition('_')[2][: 2 * RANDOM]}"


def shell(request: Wanted, whole: Json, id: str, model: str, at: int) -> Json:  # noqa: A002
    """The answer before anything is in it."""
    return {
        "id": id,
        "object": "response",
        "created_at": at,
        "status": "in_progress",
        "background": False,
        "error": None,
        "incomplete_details": None,
        "instructions": request.instructions,
        "max_output_tokens": request.max_output_tokens,
        "max_tool_calls": whole.get("max_tool_calls"),
        "metadata": request.metadata or {},
        "model": model,
        "output": [],
        "parallel_tool_calls": whole.get("parallel_tool_calls") is not False,
        "previous_response_id": request.previous_response_id,
        "reasoning": request.reasoning or {"effort": None, "summary": None},
        "prompt_cache_key": whole.get("prompt_cache_key"),
        "safety_identifier": whole.get("safety_identifier"),
        "service_tier": "default",
        "store": request.store is not False,
        "temperature": whole.get("temperature", 1.0),
        "text": request.text or {"format": {"type": "text"}},
        "tool_choice": request.tool_choice or "auto",
        "tools": request.tools or [],
        "top_logprobs": whole.get("top_logprobs") or 0,
        "top_p": whole.get("top_p", 1.0),
        "truncation": "disabled",
        "usage": None,
        **({"user": whole["user"]} if whole.get("user") is not None else {}),
    }


def finished(response: Json, output: list[Json], finish: str | None, usage: Any, more: Json | None = None) -> Json:
    """The answer once its items are whole; `more` is what stands beside a chat answer's own fields."""
    reason = INCOMPLETE.get(finish or "")
    return {
        **response,
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "output": output,
        "usage": usage_of(usage),
        **(more or {}),
    }


def state_of(finish: str | None) -> str:
    """The status of the item that was being said when the answer ended."""
    return "incomplete" if (finish or "") in INCOMPLETE else "completed"


def beside(answer: Json) -> Json:
    """What the gateway itself put beside a chat answer's own fields, and the Responses API shows too."""
    return {name: answer[name] for name in BESIDE if name in answer}


def items(choice: Json, response: str) -> list[Json]:
    """What the message of one choice holds, as items in the order in which a stream would give them."""
    message = choice.get("message") or {}
    found: list[Json] = []
    thought = message.get("reasoning_content") or message.get("reasoning")
    if isinstance(thought, str) and thought:
        found.append(reasoning_item(item_id("rs", response, 0), thought))
    parts = []
    if message.get("content"):
        parts.append(text_part(str(message["content"]), logprobs_of(choice)))
    if message.get("refusal"):
        parts.append(refusal_part(str(message["refusal"])))
    if parts or not message.get("tool_calls"):
        found.append(message_item(item_id("msg", response, len(found)), parts or [text_part("")]))
    for call in message.get("tool_calls") or []:
        function = call.get("function") or {}
        name, arguments = str(function.get("name", "")), str(function.get("arguments", ""))
        found.append(call_item(item_id("fc", response, len(found)), str(call.get("id", "")), name, arguments))
    if found[-1]["type"] != "reasoning":
        found[-1]["status"] = state_of(choice.get("finish_reason"))
    return found


def message_of(output: list[Json]) -> Json:
    """The assistant message that these items came from, for the chain's next turn."""
    message: Json = {"role": "assistant", "content": None}
    for item in output:
        if item["type"] == "message":
            texts = (p.get("text") or p.get("refusal") or "" for p in item["content"])
            message["content"] = (message["content"] or "") + "".join(texts)
        elif item["type"] == "reasoning":
            message["reasoning_content"] = "".join(p["text"] for p in item["content"])
        else:
            function = {"name": item["name"], "arguments": item["arguments"]}
            call = {"id": item["call_id"], "type": "function", "function": function}
            message.setdefault("tool_calls", []).append(call)
    return message


def text_part(text: str, logprobs: list[Json] | None = None) -> Json:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": logprobs or []}


def refusal_part(text: str) -> Json:
    return {"type": "refusal", "refusal": text}


def logprobs_of(choice: Json) -> list[Json]:
    """Per token, as chat says them; the Responses API has the same fields."""
    given = (choice.get("logprobs") or {}).get("content") if isinstance(choice.get("logprobs"), dict) else None
    return [entry for entry in given or [] if isinstance(entry, dict)]


def message_item(id: str, content: list[Json], status: str = "completed") -> Json:  # noqa: A002
    return {"id": id, "type": "message", "status": status, "role": "assistant", "content": content}


def reasoning_item(id: str, text: str) -> Json:  # noqa: A002
    return {"id": id, "type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": text}]}


def call_item(id: str, call_id: str, name: str, arguments: str, status: str = "completed") -> Json:  # noqa: A002
    return {
        "id": id,
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def usage_of(usage: Any) -> Json | None:
    if not isinstance(usage, dict):
        return None
    read, written = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
    details = usage.get("prompt_tokens_details") or {}
    cached, kept = details.get("cached_tokens") or 0, details.get("cache_write_tokens") or 0
    thought = (usage.get("completion_tokens_details") or {}).get("reasoning_tokens") or 0
    return {
        "input_tokens": read,
        "input_tokens_details": {"cached_tokens": cached, "cache_write_tokens": kept},
        "output_tokens": written,
        "output_tokens_details": {"reasoning_tokens": thought},
        "total_tokens": usage.get("total_tokens") or read + written,
    }
