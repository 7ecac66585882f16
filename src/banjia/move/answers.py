"""Answers: what a stand-in says in OpenAI's place: the smallest answer that a client of that operation accepts."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

Json = dict[str, Any]
WIDTHS = {"text-embedding-3-large": 3072}
DEPTH = 8


def reply(path: str, body: Json) -> Json:
    """The answer to one request that asks for no stream."""
    model = str(body.get("model", "stand-in"))
    if "embeddings" in path:
        return _embeddings(body, model)
    if path.endswith("/responses"):
        return _response(body, model)
    if "moderations" in path:
        row = {"flagged": False, "categories": {}, "category_scores": {}}
        return {"id": "modr-1", "model": model, "results": [row]}
    if "images" in path:
        return {"created": 0, "data": [{"url": "data:,", "b64_json": "AA=="}]}
    if "audio" in path:
        return {"text": "ok"}
    if "chat" not in path and "completions" in path:
        prompts = body.get("prompt")
        count = len(prompts) if isinstance(prompts, list) and prompts and isinstance(prompts[0], (str, list)) else 1
        choices = [{"index": i, "text": "ok", "finish_reason": "stop", "logprobs": None} for i in range(count)]
        return _completion("text_completion", model, choices)
    return _completion("chat.completion", model, [_choice(body)])


def events(path: str, body: Json) -> list[str]:
    """The frames of a streamed answer."""
    model = str(body.get("model", "stand-in"))
    if path.endswith("/responses"):
        return _response_events(_response(body, model))
    if "chat" not in path and "completions" in path:
        choice: Json = {"index": 0, "text": "ok", "finish_reason": "stop", "logprobs": None}
        return [f"data: {json.dumps(_completion('text_completion', model, [choice]))}", "data: [DONE]"]
    choice = _choice(body)
    message: Json = choice["message"]
    delta = {name: value for name, value in message.items() if name != "role"}
    if "tool_calls" in delta:
        delta["tool_calls"] = [{"index": i, **call} for i, call in enumerate(delta["tool_calls"])]
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 0, "model": model}
    parts: list[Json] = [
        {**head, "choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]},
        {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": choice["finish_reason"]}]},
    ]
    if (body.get("stream_options") or {}).get("include_usage"):
        parts.append({**head, "choices": [], "usage": USAGE})
    return [f"data: {json.dumps(part)}" for part in parts] + ["data: [DONE]"]


def example(schema: Any, root: Any = None, depth: int = 0) -> Any:
    """A value that meets a JSON Schema as far as models' schemas go."""
    root = schema if root is None else root
    if not isinstance(schema, dict) or depth > DEPTH:
        return None
    if "$ref" in schema:
        found: Any = root
        for part in str(schema["$ref"]).lstrip("#/").split("/"):
            found = found.get(part, {}) if isinstance(found, dict) else {}
        return example(found, root, depth + 1)
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    for several in ("anyOf", "oneOf", "allOf"):
        if schema.get(several):
            return example(schema[several][0], root, depth + 1)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    if kind == "object" or "properties" in schema:
        return {name: example(part, root, depth + 1) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {"type": "string"}), root, depth + 1)]
    least = schema.get("minimum", 1)
    return {"integer": least, "number": least, "boolean": True, "null": None}.get(str(kind), "ok")


USAGE = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}


def _completion(kind: str, model: str, choices: list[Json]) -> Json:
    return {"id": "chatcmpl-1", "object": kind, "created": 0, "model": model, "choices": choices, "usage": USAGE}


def _choice(body: Json) -> Json:
    tools, choice = body.get("tools") or [], body.get("tool_choice")
    if tools and choice not in {None, "auto", "none"} if isinstance(choice, str) else tools and choice:
        name = (choice.get("function") or {}).get("name") if isinstance(choice, dict) else None
        function = next((t["function"] for t in tools if name in {None, t["function"]["name"]}), tools[0]["function"])
        call = {"id": "call_1", "type": "function", "function": _call(function)}
        message: Json = {"role": "assistant", "content": None, "tool_calls": [call]}
        return {"index": 0, "message": message, "finish_reason": "tool_calls", "logprobs": None}
    functions, wanted = body.get("functions") or [], body.get("function_call")
    if functions and isinstance(wanted, dict):
        function = next((f for f in functions if f["name"] == wanted.get("name")), functions[0])
        message = {"role": "assistant", "content": None, "function_call": _call(function)}
        return {"index": 0, "message": message, "finish_reason": "function_call"}
    message = {"role": "assistant", "content": _content(body.get("response_format"))}
    return {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}


def _call(function: Json) -> Json:
    return {"name": function["name"], "arguments": json.dumps(example(function.get("parameters", {})) or {})}


def _content(form: Any) -> str:
    if not isinstance(form, dict):
        return "ok"
    if form.get("type") == "json_schema":
        schema = form.get("schema") or (form.get("json_schema") or {}).get("schema")
        return json.dumps(example(schema))
    return "{}" if form.get("type") == "json_object" else "ok"


def _embeddings(body: Json, model: str) -> Json:
    inputs = body.get("input")
    count = len(inputs) if isinstance(inputs, list) and inputs and isinstance(inputs[0], (str, list)) else 1
    width = int(body.get("dimensions") or WIDTHS.get(model, 1536))
    vector = [1.0] + [0.0] * (width - 1)
    asked = body.get("encoding_format") == "base64"
    value: Any = base64.b64encode(struct.pack(f"<{width}f", *vector)).decode() if asked else vector
    rows = [{"object": "embedding", "index": i, "embedding": value} for i in range(count)]
    return {"object": "list", "model": model, "data": rows, "usage": USAGE}


def _response(body: Json, model: str) -> Json:
    part = {"type": "output_text", "text": _content((body.get("text") or {}).get("format")), "annotations": []}
    item: Json = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
    tools = [t for t in body.get("tools") or [] if t.get("type") == "function"]
    if (
        tools and body.get("tool_choice") not in {None, "auto", "none"}
        if not isinstance(body.get("tool_choice"), dict)
        else tools
    ):
        function = _call(tools[0])
        item = {"id": "fc_1", "type": "function_call", "call_id": "call_1", "status": "completed", **function}
    usage = {
        "input_tokens": 1,
        "output_tokens": 1,
        "total_tokens": 2,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens_details": {"reasoning_tokens": 0},
    }
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "status": "completed",
        "model": model,
        "output": [item],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": usage,
    }


def _response_events(whole: Json) -> list[str]:
    item = whole["output"][0]
    rows: list[Json] = [{"type": "response.created", "response": {**whole, "status": "in_progress", "output": []}}]
    rows.append({"type": "response.output_item.added", "output_index": 0, "item": {**item, "content": []}})
    if item["type"] == "message":
        place = {"item_id": item["id"], "output_index": 0, "content_index": 0}
        part = item["content"][0]
        rows.append({"type": "response.content_part.added", **place, "part": {**part, "text": ""}})
        rows.append({"type": "response.output_text.delta", **place, "delta": part["text"], "logprobs": []})
        rows.append({"type": "response.output_text.done", **place, "text": part["text"], "logprobs": []})
        rows.append({"type": "response.content_part.done", **place, "part": part})
    rows.append({"type": "response.output_item.done", "output_index": 0, "item": item})
    rows.append({"type": "response.completed", "response": whole})
    return [f"event: {r['type']}\ndata: {json.dumps({**r, 'sequence_number': i})}" for i, r in enumerate(rows)]
