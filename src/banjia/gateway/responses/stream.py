"""Stream: the pieces of a chat completion as events of the Responses API, in its grammar and order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from banjia.gateway.responses.answer import (
    call_item,
    finished,
    message_item,
    new_id,
    reasoning_item,
    text_part,
)

Json = dict[str, Any]


@dataclass(slots=True)
class _Open:
    """The item that is being said; only one is open at a time."""

    kind: str  # reasoning | message | function_call
    id: str
    text: str = ""
    call_id: str = ""
    name: str = ""


@dataclass(slots=True)
class ResponseStream:
    """`begin`, then `feed` every chunk, then `end` or `fail`. `response` is the finished answer after `end`."""

    shell: Json
    response: Json = field(default_factory=dict)
    _number: int = 0
    _output: list[Json] = field(default_factory=list)
    _open: _Open | None = None
    _finish: str | None = None
    _usage: Any = None
    _call: int = -1

    def begin(self) -> bytes:
        return self._event("response.created", response=self.shell) + self._event(
            "response.in_progress", response=self.shell
        )

    def feed(self, chunk: Json) -> bytes:
        self._usage = chunk.get("usage") or self._usage
        out = b""
        for choice in (chunk.get("choices") or [])[:1]:  # one answer: the Responses API has no `n`
            delta = choice.get("delta") or {}
            if thought := delta.get("reasoning_content") or delta.get("reasoning"):
                out += self._say("reasoning", str(thought))
            if text := delta.get("content") or delta.get("refusal"):
                out += self._say("message", str(text))
            for part in delta.get("tool_calls") or []:
                out += self._call_piece(part)
            self._finish = choice.get("finish_reason") or self._finish
        return out

    def end(self) -> bytes:
        out = self._close()
        if not self._output:
            out += self._start(_Open("message", new_id("msg"))) + self._close()
        self.response = finished(self.shell, self._output, self._finish, self._usage)
        return out + self._event(f"response.{self.response['status']}", response=self.response)

    def fail(self, error: Json) -> bytes:
        """The stream broke: it ends as failed and is not kept."""
        code, message = str(error.get("code") or "server_error"), str(error.get("message") or "")
        failed = {**self.shell, "status": "failed", "output": self._output, "error": {"code": code, "message": message}}
        return self._event("error", code=code, message=message, param=None) + self._event(
            "response.failed", response=failed
        )

    def _say(self, kind: str, text: str) -> bytes:
        out = b""
        if self._open is None or self._open.kind != kind:
            out = self._close() + self._start(_Open(kind, new_id("rs" if kind == "reasoning" else "msg")))
        item = self._current()
        item.text += text
        if kind == "reasoning":
            return out + self._event("response.reasoning_text.delta", **self._at(item), content_index=0, delta=text)
        return out + self._event(
            "response.output_text.delta", **self._at(item), content_index=0, delta=text, logprobs=[]
        )

    def _call_piece(self, part: Json) -> bytes:
        out = b""
        index, function = part.get("index") or 0, part.get("function") or {}
        if self._open is None or self._open.kind != "function_call" or index != self._call:
            self._call = index
            call = _Open("function_call", new_id("fc"), call_id=str(part.get("id") or new_id("call")))
            call.name = str(function.get("name") or "")
            out = self._close() + self._start(call)
        arguments = str(function.get("arguments") or "")
        if not arguments:
            return out
        item = self._current()
        item.text += arguments
        return out + self._event("response.function_call_arguments.delta", **self._at(item), delta=arguments)

    def _start(self, item: _Open) -> bytes:
        self._open = item
        added = _item(item, "in_progress", empty=True)
        out = self._event("response.output_item.added", output_index=len(self._output), item=added)
        if item.kind == "message":
            out += self._event("response.content_part.added", **self._at(item), content_index=0, part=text_part(""))
        return out

    def _close(self) -> bytes:
        item, self._open = self._open, None
        if item is None:
            return b""
        at, out = self._at(item), b""
        if item.kind == "message":
            out += self._event("response.output_text.done", **at, content_index=0, text=item.text, logprobs=[])
            out += self._event("response.content_part.done", **at, content_index=0, part=text_part(item.text))
        elif item.kind == "reasoning":
            out += self._event("response.reasoning_text.done", **at, content_index=0, text=item.text)
        else:
            out += self._event("response.function_call_arguments.done", **at, name=item.name, arguments=item.text)
        whole = _item(item, "completed")
        out += self._event("response.output_item.done", output_index=len(self._output), item=whole)
        self._output.append(whole)
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


def _item(item: _Open, status: str, *, empty: bool = False) -> Json:
    match item.kind:
        case "reasoning":
            whole = reasoning_item(item.id, item.text)
            return {**whole, "content": []} if empty else whole
        case "message":
            return message_item(item.id, [] if empty else [text_part(item.text)], status)
        case _:
            return call_item(item.id, item.call_id, item.name, item.text, status)
