"""Stream: the pieces of a chat completion as events of the Responses API, in its grammar and order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from banjia.gateway.answer import UpstreamError
from banjia.gateway.responses.answer import (
    beside,
    call_item,
    finished,
    item_id,
    logprobs_of,
    message_item,
    new_id,
    reasoning_item,
    refusal_part,
    state_of,
    text_part,
)

Json = dict[str, Any]
FAILURES = frozenset({"server_error", "rate_limit_exceeded", "invalid_prompt"})
SHORT = {"reasoning": "rs", "message": "msg", "function_call": "fc"}


@dataclass(slots=True)
class _Open:
    """The item that is being said; only one is open at a time. `parts` are those of a message that are whole."""

    kind: str  # reasoning | message | function_call
    id: str
    text: str = ""
    call_id: str = ""
    name: str = ""
    part: str = ""  # output_text | refusal | reasoning_text: the part that is open
    logprobs: list[Json] = field(default_factory=list)
    parts: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class ResponseStream:
    """`begin`, then `feed` every chunk, then `end` or `fail`. `response` is the finished answer after `end`."""

    shell: Json
    id: str
    response: Json = field(default_factory=dict)
    _number: int = 0
    _output: list[Json] = field(default_factory=list)
    _open: _Open | None = None
    _finish: str | None = None
    _usage: Any = None
    _beside: Json = field(default_factory=dict)
    _call: int = -1
    _calls: set[int] = field(default_factory=set)

    def begin(self) -> bytes:
        return self._event("response.created", response=self.shell) + self._event(
            "response.in_progress", response=self.shell
        )

    def feed(self, chunk: Json) -> bytes:
        self._usage = chunk.get("usage") or self._usage
        self._beside |= beside(chunk)
        out = b""
        for choice in (chunk.get("choices") or [])[:1]:  # one answer: the Responses API has no `n`
            delta = choice.get("delta") or {}
            if thought := delta.get("reasoning_content") or delta.get("reasoning"):
                out += self._think(str(thought))
            if text := delta.get("content"):
                out += self._say("output_text", str(text), logprobs_of(choice))
            if text := delta.get("refusal"):
                out += self._say("refusal", str(text), [])
            for part in delta.get("tool_calls") or []:
                out += self._call_piece(part)
            self._finish = choice.get("finish_reason") or self._finish
        return out

    def end(self) -> bytes:
        out = self._close(state_of(self._finish))
        if not any(item["type"] != "reasoning" for item in self._output):
            out += self._start("message") + self._part("output_text") + self._close(state_of(self._finish))
        self.response = finished(self.shell, self._output, self._finish, self._usage, self._beside)
        return out + self._event(f"response.{self.response['status']}", response=self.response)

    def fail(self, error: Json) -> bytes:
        """The stream broke: it ends as failed and is not kept."""
        code, message = str(error.get("code") or "server_error"), str(error.get("message") or "")
        kind = code if code in FAILURES else "server_error"  # the answer's own error has a closed list of codes
        failed = {**self.shell, "status": "failed", "output": self._output, "error": {"code": kind, "message": message}}
        return self._event("error", code=code, message=message, param=None) + self._event(
            "response.failed", response=failed
        )

    def _think(self, text: str) -> bytes:
        out = b""
        if self._open is None or self._open.kind != "reasoning":
            out = self._start("reasoning") + self._part("reasoning_text")
        item = self._current()
        item.text += text
        return out + self._event("response.reasoning_text.delta", **self._at(item), content_index=0, delta=text)

    def _say(self, part: str, text: str, logprobs: list[Json]) -> bytes:
        out = b"" if self._open is not None and self._open.kind == "message" else self._start("message")
        item = self._current()
        if item.part != part:
            out += self._close_part() + self._part(part)
        item.text += text
        at = {**self._at(item), "content_index": len(item.parts)}
        if part == "refusal":
            return out + self._event("response.refusal.delta", **at, delta=text)
        item.logprobs += logprobs
        return out + self._event("response.output_text.delta", **at, delta=text, logprobs=logprobs)

    def _call_piece(self, part: Json) -> bytes:
        out = b""
        index, function = part.get("index") or 0, part.get("function") or {}
        arguments = str(function.get("arguments") or "")
        if index != self._call and index in self._calls and not arguments:
            return out  # a last word about a call that is whole
        if self._open is None or self._open.kind != "function_call" or index != self._call:
            if index in self._calls:
                raise UpstreamError("garbage", "pieces of two calls in turn")
            self._calls.add(index)
            self._call = index
            out = self._start(
                "function_call", call=str(part.get("id") or new_id("call")), name=str(function.get("name") or "")
            )
        if not arguments:
            return out
        item = self._current()
        item.text += arguments
        return out + self._event("response.function_call_arguments.delta", **self._at(item), delta=arguments)

    def _start(self, kind: str, *, call: str = "", name: str = "") -> bytes:
        out = self._close()
        place = len(self._output)
        item = self._open = _Open(kind, item_id(SHORT[kind], self.id, place), call_id=call, name=name)
        added = _item(item, "in_progress", empty=True)
        return out + self._event("response.output_item.added", output_index=place, item=added)

    def _part(self, kind: str) -> bytes:
        item = self._current()
        item.part, item.text, item.logprobs = kind, "", []
        at = {**self._at(item), "content_index": len(item.parts)}
        return self._event("response.content_part.added", **at, part=_part_of(item))

    def _close_part(self) -> bytes:
        item = self._current()
        if not item.part:
            return b""
        at = {**self._at(item), "content_index": len(item.parts)}
        if item.part == "refusal":
            out = self._event("response.refusal.done", **at, refusal=item.text)
        elif item.part == "reasoning_text":
            out = self._event("response.reasoning_text.done", **at, text=item.text)
        else:
            out = self._event("response.output_text.done", **at, text=item.text, logprobs=item.logprobs)
        whole = _part_of(item)
        item.parts.append(whole)
        item.part = ""
        return out + self._event("response.content_part.done", **at, part=whole)

    def _close(self, status: str = "completed") -> bytes:
        item = self._open
        if item is None:
            return b""
        out = b""
        if item.kind != "function_call":
            out += self._close_part()
        else:
            out += self._event(
                "response.function_call_arguments.done", **self._at(item), name=item.name, arguments=item.text
            )
        whole = _item(item, status)
        out += self._event("response.output_item.done", output_index=len(self._output), item=whole)
        self._output.append(whole)
        self._open = None
        return out

    def _current(self) -> _Open:
        assert self._open is not None
        return self._open

    def _at(self, item: _Open) -> Json:
        return {"item_id": item.id, "output_index": len(self._output)}

    def _event(self, kind: str, **fields: Any) -> bytes:
        event = {"type": kind, "sequence_number": self._number, **fields}
        self._number += 1
        return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode(event) + b"\n\n"


def _part_of(item: _Open) -> Json:
    match item.part:
        case "refusal":
            return refusal_part(item.text)
        case "reasoning_text":
            return {"type": "reasoning_text", "text": item.text}
        case _:
            return text_part(item.text, item.logprobs)


def _item(item: _Open, status: str, *, empty: bool = False) -> Json:
    match item.kind:
        case "reasoning":
            whole = reasoning_item(item.id, item.text)
            return {**whole, "content": []} if empty else whole
        case "message":
            return message_item(item.id, [] if empty else list(item.parts), status)
        case _:
            return call_item(item.id, item.call_id, item.name, item.text, status)
