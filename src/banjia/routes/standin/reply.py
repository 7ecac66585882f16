"""Reply: what a stand-in answers, whole or as events, with the habits that its provider's file describes."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecoder
from typing import Any

from banjia.routes.dialect import path
from banjia.routes.dialect.condition import texts
from banjia.routes.dialect.operation import (
    AnswerOp,
    EmptyChoices,
    ErrorIn200,
    FieldMove,
    TagSplit,
    ToolIndexRepair,
    UsageMove,
)
from banjia.routes.dialect.selection import Selection
from banjia.routes.dialect.vector import to_base64
from banjia.routes.model import Model
from banjia.routes.standin.acceptance import thinks
from banjia.routes.standin.schema import instance

Json = dict[str, Any]
STARTED = 1_760_000_000
THOUGHT = "The stand-in thinks before it answers."
CALL_OF = re.compile(r"a call of ([\w-]+)")
PIECE = 5  # characters of one event: shorter than a tag, so that tags are cut


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer before it is put into the vendor's form."""

    model: str
    text: str
    thought: str
    calls: tuple[Json, ...]
    usage: Json
    selection: Selection
    apart: bool = False  # the caller asked for thinking apart from the text
    count: int = 1  # answers to the one question

    @property
    def finish(self) -> str:
        return "tool_calls" if self.calls else "stop"

    @property
    def tags(self) -> TagSplit | None:
        return None if self.apart else self.op(TagSplit)

    @property
    def said(self) -> str:
        """The text, with the thoughts before it where the vendor puts them there."""
        tagged = self.tags
        if tagged is None or not self.thought:
            return self.text
        begin = "" if tagged.from_start else f"{tagged.open}\n"
        return f"{begin}{self.thought}\n{tagged.close}\n\n{self.text}"

    def op(self, kind: type[AnswerOp]) -> Any:
        return next((op for op in self.selection.answer if isinstance(op, kind)), None)


def reply(model: Model | None, request: Json, selection: Selection) -> Reply:
    """An echo; calls where a tool is forced or `use the tool`, `use every tool` is said; JSON where it is asked for."""
    asked = [*texts(request)]
    last = asked[-1] if asked else ""
    calls = _calls(request, last)
    text = "" if calls else _text(request, asked)
    thinking = thinks(selection.request, model, request)
    size = sum(len(t) for t in asked) // 4 + 1
    usage = {"prompt_tokens": size, "completion_tokens": len(text) // 4 + 1}
    usage["total_tokens"] = sum(usage.values())
    name = str(request.get("model", ""))
    apart = request.get("reasoning_split") is True
    several = request.get("n")
    count = several if type(several) is int and several > 1 else 1
    return Reply(name, text, THOUGHT if thinking else "", calls, usage, selection, apart, count)


def whole(answer: Reply, *, finish: str = "", nulls: bool = False) -> Json:
    """A chat completion in the vendor's form. `nulls`: what is not there is said to be null, as OpenAI does."""
    message: Json = {"role": "assistant", "content": answer.said or None, **_thought(answer)}
    if answer.calls:
        calls: Any = list(answer.calls)
        as_object = any(isinstance(op, FieldMove) and op.as_list for op in answer.selection.answer)
        message["tool_calls"] = calls[0] if as_object else calls
    choice = {"index": 0, "message": message, "finish_reason": finish or answer.finish}
    if nulls:
        choice |= {"message": {**message, "refusal": None}, "logprobs": None}
    choices = [{**choice, "index": index} for index in range(answer.count)]
    return {**_head(answer, "chat.completion"), "choices": choices, "usage": answer.usage, **_ok(answer)}


def events(answer: Reply, *, include_usage: bool, finish: str = "", broken: bool = False) -> Iterator[Json]:
    """The same as events. `broken`: it stops in the middle without an end."""
    if answer.op(EmptyChoices):
        yield {**_head(answer, "chat.completion.chunk"), "choices": [], "prompt_filter_results": []}
    deltas = [{"role": "assistant", "content": ""}, *_deltas(answer)]
    for delta in deltas[: max(2, (len(deltas) + 1) // 2)] if broken else deltas:
        for index in range(answer.count):
            yield _chunk(answer, delta, index=index)
    if broken:
        return
    for index in range(answer.count - 1):
        yield _chunk(answer, {}, finish or answer.finish, index)
    last = _chunk(answer, {}, finish or answer.finish, answer.count - 1)
    moved = answer.op(UsageMove)
    if moved is not None:
        yield path.put(last, moved.from_[0], answer.usage)
        return
    yield last
    if include_usage:
        yield {**_head(answer, "chat.completion.chunk"), "choices": [], "usage": answer.usage}


def vectors(model: Model | None, request: Json) -> Json:
    """One unit vector a text, the same for the same text."""
    inputs = request.get("input")
    items = inputs if isinstance(inputs, list) and not (inputs and isinstance(inputs[0], int)) else [inputs]
    width = request.get("dimensions") or (model.default_dims if model else None) or 64
    data = []
    for index, item in enumerate(items):
        vector: Any = _vector(str(item), int(width))
        if request.get("encoding_format") == "base64":
            vector = to_base64(vector)
        data.append({"object": "embedding", "index": index, "embedding": vector})
    size = sum(len(str(i)) for i in items) // 4 + 1
    return {
        "object": "list",
        "model": request.get("model"),
        "data": data,
        "usage": {"prompt_tokens": size, "total_tokens": size},
    }


def _deltas(answer: Reply) -> Iterator[Json]:
    if answer.thought and not answer.tags:
        yield from (_named(answer, piece) for piece in _pieces(answer.thought))
    yield from ({"content": piece} for piece in _pieces(answer.said))
    repaired = answer.op(ToolIndexRepair) is not None
    for index, call in enumerate(answer.calls):
        place: Json = {"index": -1} if repaired else {"index": index}
        function = call["function"]
        first = {**place, "id": call["id"], "type": "function", "function": {"name": function["name"], "arguments": ""}}
        yield {"tool_calls": [first]}
        for piece in _pieces(function["arguments"]):
            yield {"tool_calls": [{**place, "function": {"arguments": piece}}]}


def _thought(answer: Reply) -> Json:
    return {} if not answer.thought or answer.tags else _named(answer, answer.thought)


def _named(answer: Reply, thought: str) -> Json:
    """Thinking under the name that the vendor gives it."""
    if answer.apart:
        return {"reasoning_details": [{"type": "reasoning.text", "text": thought}]}
    moves = [op for op in answer.selection.answer if isinstance(op, FieldMove) and op.to == "reasoning_content"]
    return {moves[0].from_ if moves else "reasoning_content": thought}


def _chunk(answer: Reply, delta: Json, finish: str | None = None, index: int = 0) -> Json:
    choice = {"index": index, "delta": delta, "finish_reason": finish}
    return {**_head(answer, "chat.completion.chunk"), "choices": [choice], **_ok(answer)}


def _head(answer: Reply, kind: str) -> Json:
    return {"id": "standin-1", "object": kind, "created": STARTED, "model": answer.model}


def _ok(answer: Reply) -> Json:
    """The status that some vendors put into every body."""
    checked = answer.op(ErrorIn200)
    return path.put({}, checked.path, checked.ok[0]) if checked and checked.path != "error_code" else {}


def _text(request: Json, asked: list[str]) -> str:
    wanted = request.get("response_format")
    kind = wanted.get("type") if isinstance(wanted, dict) else ""
    if kind == "json_schema":
        return instance(path.get(wanted, "json_schema.schema") or {})
    if schema := next((found for text in asked if (found := _schema_in(text))), None):
        return instance(schema)
    return '{"echo": true}' if kind == "json_object" else f"echo: {asked[-1] if asked else ''}"


def _schema_in(text: str) -> Json:
    """A model does as a prompt says that brings a schema on a line of its own."""
    at = text.find("\n{", text.find("JSON Schema")) if "JSON Schema" in text else -1
    if at < 0:
        return {}
    try:
        found, _ = JSONDecoder().raw_decode(text, at + 1)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _calls(request: Json, last: str) -> tuple[Json, ...]:
    tools = request.get("tools")
    choice = request.get("tool_choice")
    forced = choice == "required" or isinstance(choice, dict)
    every = "use every tool" in last and choice not in ("none", "required") and not isinstance(choice, dict)
    calls = forced or every or (choice != "none" and _wants(last))
    if not isinstance(tools, list) or not tools or _is_answered(request) or not calls:
        return ()
    functions = [path.get(tool, "function") or {} for tool in tools]
    wanted = path.get(choice, "function.name") if isinstance(choice, dict) else _told(last)
    chosen = functions if every else [next((f for f in functions if f.get("name") == wanted), functions[0])]
    return tuple(_call(function, index) for index, function in enumerate(chosen))


def _call(function: Json, index: int) -> Json:
    arguments = instance(function.get("parameters") or {})
    ending = f"_{index}" if index else ""
    return {
        "id": f"call_standin{ending}",
        "type": "function",
        "function": {"name": function.get("name"), "arguments": arguments},
    }


def _wants(last: str) -> bool:
    return "use the tool" in last or _told(last) is not None


def _told(last: str) -> str | None:
    """The tool that a prompt asks a call of."""
    found = CALL_OF.search(last)
    return found[1] if found else None


def _is_answered(request: Json) -> bool:
    """The last turn brings a tool's result."""
    messages = request.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else None
    return isinstance(last, dict) and last.get("role") == "tool"


def _pieces(text: str) -> Iterator[str]:
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE]


def _vector(text: str, width: int) -> list[float]:
    seed = hashlib.sha256(text.encode()).digest()
    period = [seed[i % len(seed)] - 127.5 + (i % 7) for i in range(min(width, 7 * len(seed)))]
    raw = (period * (width // len(period) + 1))[:width] if period else []
    length = math.sqrt(sum(x * x for x in raw)) or 1.0
    tile = [round(x / length, 6) for x in period]
    return (tile * (width // len(tile) + 1))[:width] if tile else []
