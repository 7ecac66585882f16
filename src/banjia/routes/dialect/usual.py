"""Usual: what every answer has, whichever server gave it: the form in which OpenAI's clients take it apart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from banjia.routes.dialect.fragment import Fragments
from banjia.routes.dialect.operation import TagSplit
from banjia.routes.dialect.tag import split_whole

Json = dict[str, Any]

FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})
OTHERS = {  # words of other protocols for the same
    "eos": "stop", "eos_token": "stop", "end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length",
    "max_length": "length", "tool_use": "tool_calls", "tool_call": "tool_calls", "sensitive": "content_filter",
    "content_filtered": "content_filter",
}  # fmt: skip
COUNTS = ("prompt_tokens", "completion_tokens", "total_tokens")
THINK = TagSplit()
_THINKS = re.compile(rb'"(?:\s|\\[nrt])*<think>')


# ---- what needs no change, told without taking it apart


class _Function(msgspec.Struct, gc=False):
    name: str
    arguments: Annotated[str, msgspec.Meta(min_length=1)]


class _Call(msgspec.Struct, gc=False):
    id: Annotated[str, msgspec.Meta(min_length=1)]
    type: Literal["function", "custom"]
    function: _Function | None = None


class _Message(msgspec.Struct, gc=False):
    role: Literal["assistant"]
    content: msgspec.Raw
    tool_calls: list[_Call] | None = None
    reasoning: None = None


class _Choice(msgspec.Struct, gc=False):
    index: int
    message: _Message
    finish_reason: str


class Counts(msgspec.Struct, gc=False):
    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class _Answer(msgspec.Struct, gc=False):
    id: str
    created: int
    model: str
    choices: Annotated[list[_Choice], msgspec.Meta(min_length=1)]
    usage: Counts | None = None
    error: None = None


_answer = msgspec.json.Decoder(_Answer).decode
WRONG = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


def is_usual(body: bytes) -> bool:
    """Whether a whole answer may pass as it is."""
    try:
        if not body.isascii():
            body.decode("utf-8")
        found = _answer(body)
    except WRONG:
        return False
    for choice in found.choices:
        calls = choice.message.tool_calls
        if choice.finish_reason not in FINISHES or not _is_text(choice.message.content):
            return False
        if calls and len({c.id for c in calls}) < len(calls):
            return False
    return True


def _is_text(content: msgspec.Raw) -> bool:
    """A text that does not begin with thoughts, or nothing."""
    head = bytes(memoryview(content)[:32])
    return head == b"null" or (head.startswith(b'"') and _THINKS.match(head) is None)


# ---- what does


def usual(response: Json, head: Mapping[str, Any], seed: str = "") -> Json:
    """A whole answer in its usual form; `head` has what stands in for an id, a time and a model that are missing."""
    choices = response.get("choices")
    if not isinstance(choices, list) or any(isinstance(c, dict) and "text" in c for c in choices):
        return response  # nothing of the kind, or of the old completions API
    new = [_choice(c, at, seed) if isinstance(c, dict) else c for at, c in enumerate(choices)]
    given = {k: v for k, v in response.items() if not (k in head and (v is None or type(v) is not type(head[k])))}
    usage = {"usage": counted(response["usage"])} if isinstance(response.get("usage"), dict) else {}
    return {**head, "object": "chat.completion", **given, "choices": new, **usage}


def counted(usage: Json) -> Json:
    """Token counts as whole numbers."""
    if all(type(usage.get(name)) is int for name in COUNTS):
        return usage
    read, written, total = (_whole_number(usage.get(name)) for name in COUNTS)
    return {**usage, "prompt_tokens": read, "completion_tokens": written, "total_tokens": total or read + written}


def _whole_number(value: Any) -> int:
    try:
        return max(0, int(float(value)))
    except (TypeError, ValueError, OverflowError):
        return 0


def _choice(choice: Json, at: int, seed: str) -> Json:
    said: Json = next((choice[k] for k in ("message", "delta") if isinstance(choice.get(k), dict)), {})
    message: Json = {"role": "assistant", "content": None, "refusal": None, **plain(said)}
    message["role"] = "assistant"
    text = message["content"]
    if isinstance(text, str) and text.lstrip().startswith(THINK.open) and not message.get("reasoning_content"):
        message["reasoning_content"], message["content"] = split_whole(THINK, text.lstrip())
    calls = Fragments(seed)
    if message.get("tool_calls"):
        message["tool_calls"] = calls.whole(message["tool_calls"])
    finish = finish_of(choice.get("finish_reason"), calls=bool(calls)) or ("tool_calls" if calls else "stop")
    index = choice.get("index")
    rest = {k: v for k, v in choice.items() if k not in {"delta", "usage"}}
    return {
        "logprobs": None,
        **rest,
        "index": index if type(index) is int else at,
        "message": message,
        "finish_reason": finish,
    }


def plain(said: Json) -> Json:
    """Text as text, thoughts under the name by which clients know them."""
    out = said
    if isinstance(content := said.get("content"), list):
        parts = [p for p in content if isinstance(p, dict)]
        words = [p for p in parts if p.get("type") not in {"thinking", "reasoning"}]
        thought = "".join(_text(p) for p in parts if p not in words)
        out = {**out, "content": "".join(_text(p) for p in words)}
        if thought and not out.get("reasoning_content"):
            out = {**out, "reasoning_content": thought}
    if isinstance(reasoning := said.get("reasoning"), str) and "reasoning_content" not in said:
        out = {**out, "reasoning_content": reasoning}
    return out


def _text(part: Json) -> str:
    found = next((part[k] for k in ("text", "thinking", "reasoning") if part.get(k)), "")
    return "".join(_text(p) for p in found if isinstance(p, dict)) if isinstance(found, list) else str(found)


def finish_of(reason: Any, *, calls: bool) -> str | None:
    if not isinstance(reason, str) or not reason:
        return None
    return "tool_calls" if reason == "function_call" and calls else OTHERS.get(reason, reason)
