"""Stream: the pieces of a chat completion as events of the Messages API, in its grammar and order."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

import msgspec

from banjia.gateway.answer import UpstreamError
from banjia.gateway.messages.answer import error, shell, stop_of, usage_of

Json = dict[str, Any]
BROKEN = 502


@dataclass(slots=True)
class MessageStream:
    """`begin`, then `feed` every chunk, then `end` or `fail`. One block is open at a time."""

    model: str
    thinks: bool = False
    _place: int = -1
    _open: str = ""  # thinking | text | tool_use
    _call: int = -1
    _calls: set[int] = field(default_factory=set)
    _called: bool = False
    _finish: str | None = None
    _usage: Any = None
    _marks: Json = field(default_factory=dict)

    def begin(self) -> bytes:
        return _event("message_start", message=shell(self.model)) + _event("ping")

    def feed(self, chunk: Json) -> bytes:
        self._usage = chunk.get("usage") or self._usage
        if "AIGC" in chunk:
            self._marks["AIGC"] = chunk["AIGC"]
        out = b""
        for choice in (chunk.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            thought = delta.get("reasoning_content") or delta.get("reasoning")
            if self.thinks and isinstance(thought, str) and thought:
                out += self._in("thinking", thinking="", signature="")
                out += self._delta(type="thinking_delta", thinking=thought)
            if text := delta.get("content") or delta.get("refusal"):
                out += self._in("text", text="") + self._delta(type="text_delta", text=str(text))
            for part in delta.get("tool_calls") or []:
                out += self._call_piece(part)
            self._finish = choice.get("finish_reason") or self._finish
        return out

    def end(self) -> bytes:
        stop = stop_of(self._finish, calls=self._called)
        delta = {"stop_reason": stop, "stop_sequence": None}
        last = _event("message_delta", delta=delta, usage=usage_of(self._usage), **self._marks)
        return self._close() + last + _event("message_stop")

    def fail(self, given: Json) -> bytes:
        """The stream broke: an error ends it, and nothing says that it is complete."""
        return b"event: error\ndata: " + msgspec.json.encode(error(BROKEN, given)) + b"\n\n"

    def _call_piece(self, part: Json) -> bytes:
        index, function = part.get("index") or 0, part.get("function") or {}
        out = b""
        if self._open != "tool_use" or index != self._call:
            if index in self._calls:
                raise UpstreamError("garbage", "pieces of two calls in turn")
            self._calls.add(index)
            self._call, self._called = index, True
            id = str(part.get("id") or f"toolu_{secrets.token_hex(12)}")  # noqa: A001
            out = self._close()
            out += self._start("tool_use", id=id, name=str(function.get("name") or ""), input={})
        if arguments := str(function.get("arguments") or ""):
            out += self._delta(type="input_json_delta", partial_json=arguments)
        return out

    def _in(self, kind: str, **empty: Any) -> bytes:
        return b"" if self._open == kind else self._close() + self._start(kind, **empty)

    def _start(self, kind: str, **fields: Any) -> bytes:
        self._open = kind
        self._place += 1
        return _event("content_block_start", index=self._place, content_block={"type": kind, **fields})

    def _delta(self, **delta: Any) -> bytes:
        return _event("content_block_delta", index=self._place, delta=delta)

    def _close(self) -> bytes:
        if not self._open:
            return b""
        self._open = ""
        return _event("content_block_stop", index=self._place)


def _event(kind: str, **fields: Any) -> bytes:
    return b"event: " + kind.encode() + b"\ndata: " + msgspec.json.encode({"type": kind, **fields}) + b"\n\n"
