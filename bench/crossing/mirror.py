"""Mirror: a stand-in model whose answer says back what it was asked, so that its answer to the untreated is known."""

from __future__ import annotations

import json
from random import Random
from typing import Any

Json = dict[str, Any]


def answer(request: Json) -> Json:
    """The whole answer to a request. It hangs on the last message, the tools and the seed only."""
    chance = _chance(request)
    said = str(request["messages"][-1]["content"])
    choices = []
    for index in range(request.get("n") or 1):
        message: Json = {"role": "assistant", "content": _content(request, said, index)}
        if chance.random() < 0.5:
            message["reasoning_content"] = f"The user says: {said}"
        if request.get("tools"):
            message["tool_calls"] = [_call(chance, said, number) for number in range(2)]
        choice: Json = {"index": index, "message": message, "finish_reason": "stop"}
        if request.get("logprobs"):
            choice["logprobs"] = {"content": [{"token": said[:9], "logprob": -0.1, "top_logprobs": []}]}
        choices.append(choice)
    usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": choices,
        "usage": usage,
    }


def events(request: Json) -> list[Json]:
    """The same answer as a stream, in pieces of any size, its channels in any order."""
    chance = _chance(request)
    whole = answer(request)
    frame = {k: v for k, v in whole.items() if k not in ("choices", "usage", "object")}
    frame["object"] = "chat.completion.chunk"
    queues: list[list[Json]] = []
    for choice in whole["choices"]:
        message, index = choice["message"], choice["index"]
        for key in ("reasoning_content", "content"):
            pieces = _pieces(chance, message.get(key) or "")
            queues.append([{"index": index, "delta": {key: piece}, "finish_reason": None} for piece in pieces])
        for at, call in enumerate(message.get("tool_calls", ())):
            head = {"index": at, **call, "function": {"name": call["function"]["name"], "arguments": ""}}
            calls = [head] + [
                {"index": at, "function": {"arguments": piece}}
                for piece in _pieces(chance, call["function"]["arguments"])
            ]
            queues.append([{"index": index, "delta": {"tool_calls": [c]}, "finish_reason": None} for c in calls])
    found: list[Json] = []
    while queues := [q for q in queues if q]:
        found.append({**frame, "choices": [chance.choice(queues).pop(0)]})
    ends = [{"index": c["index"], "delta": {}, "finish_reason": "stop"} for c in whole["choices"]]
    return [*found, *({**frame, "choices": [end]} for end in ends)]


def read(answered: Json | list[Json]) -> dict[str, Any]:
    """What a client reads, channel by channel; JSON documents as what they say."""
    channels: dict[str, str] = {}
    for event in answered if isinstance(answered, list) else [answered]:
        for choice in event.get("choices", ()):
            told = choice.get("delta") or choice.get("message") or {}
            for key in ("content", "reasoning_content"):
                if told.get(key):
                    name = f"{choice['index']}.{key}"
                    channels[name] = channels.get(name, "") + told[key]
            for at, call in enumerate(told.get("tool_calls") or ()):
                name = f"{choice['index']}.call{call.get('index', at)}"
                channels[name] = channels.get(name, "") + (call["function"].get("arguments") or "")
    return {name: _said(text) for name, text in channels.items()}


def _content(request: Json, said: str, index: int) -> str:
    if request.get("response_format"):
        return json.dumps({"echo": said, "choice": index}, ensure_ascii=index == 1)
    return f"[{index}] {said}\n再说一遍：{said}。"


def _call(chance: Random, said: str, number: int) -> Json:
    arguments = json.dumps({"text": said, "quoted": f'"{said}"', "number": number}, ensure_ascii=chance.random() < 0.5)
    return {"id": f"call_{number}", "type": "function", "function": {"name": "note", "arguments": arguments}}


def _pieces(chance: Random, text: str) -> list[str]:
    found = []
    while text:
        size = chance.choice((1, 1, 2, 3, 5, 8, 40))
        found.append(text[:size])
        text = text[size:]
    return found


def _said(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _chance(request: Json) -> Random:
    return Random(f"answer {request.get('seed')}")
