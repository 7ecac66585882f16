"""Gathered: the events of a stream put together as one answer, where one was asked for or must be whole."""

from __future__ import annotations

from typing import Any

from banjia.gateway.answer import UpstreamError
from banjia.gateway.event import Events, event_in
from banjia.gateway.failure import from_canonical
from banjia.gateway.rewrite import Rewrite, payloads
from banjia.routes.dialect.usual_stream import UsualStream

Json = dict[str, Any]


def gathered(body: bytes, rewrite: Rewrite | None, usual: UsualStream, route: str) -> Json:
    """One answer of a stream that is here whole."""
    pieces = Gathered()
    events = Events()
    rewriter = rewrite.rewriter(include_usage=True) if rewrite is not None else None
    for payload in payloads(events.feed(body) + events.rest()):
        event = event_in(payload)
        for changed in rewriter.feed(event) if rewriter is not None else [event]:
            for piece in usual.event(changed):
                pieces.add(piece)
    error = rewriter.error if rewriter is not None and rewriter.error is not None else usual.error
    if error is not None:
        raise from_canonical(error, route)
    for event in rewriter.finish() if rewriter is not None else []:
        for piece in usual.event(event):
            pieces.add(piece)
    if events.done or usual.filtered:
        for piece in usual.ending():
            pieces.add(piece)
    return pieces.answer()


def is_stream(body: bytes) -> bool:
    """Whether an upstream has sent events where a whole answer was asked for."""
    return body[:256].lstrip(b"\xef\xbb\xbf\r\n ").startswith((b"data:", b"event:", b"id:", b":"))


def has_message(answer: Json) -> bool:
    choices = answer.get("choices")
    if not isinstance(choices, list):
        return False
    return any(isinstance(c, dict) and any(c.get(k) is not None for k in ("message", "delta", "text")) for c in choices)


class Gathered:
    """The pieces of a stream put together as one answer, for vendors that only stream."""

    def __init__(self) -> None:
        self._head: Json = {}
        self._choices: dict[int, Json] = {}
        self._usage: Any = None

    def add(self, event: Json) -> None:
        self._head = self._head or {k: event[k] for k in ("id", "created", "model") if k in event}
        self._usage = event.get("usage") or self._usage
        for piece in event.get("choices") or []:
            index = piece.get("index") or 0
            choice = self._choices.setdefault(
                index, {"index": index, "message": {"role": "assistant", "content": None}, "finish_reason": None}
            )
            choice["finish_reason"] = piece.get("finish_reason") or choice["finish_reason"]
            _grow(choice["message"], piece.get("delta") or {})

    def answer(self) -> Json:
        if not self._choices or any(c["finish_reason"] is None for c in self._choices.values()):
            raise UpstreamError("broken", "no end mark")
        choices = [self._choices[i] for i in sorted(self._choices)]
        usage = {"usage": self._usage} if self._usage is not None else {}
        return {**self._head, "object": "chat.completion", "choices": choices, **usage}


def _grow(message: Json, delta: Json) -> None:
    for name, value in delta.items():
        if name == "tool_calls":
            calls = message.setdefault("tool_calls", [])
            for part in value or []:
                _grow_call(calls, part)
        elif name == "role":
            message["role"] = value or message["role"]
        elif isinstance(value, str):
            message[name] = (message.get(name) or "") + value
        elif value is not None:
            message[name] = value


def _grow_call(calls: list[Json], part: Json) -> None:
    index = part.get("index") or 0
    while len(calls) <= index:
        calls.append({"id": "", "type": "function", "function": {"name": "", "arguments": ""}})
    call = calls[index]
    call["id"] = part.get("id") or call["id"]
    function = part.get("function") or {}
    call["function"]["name"] = function.get("name") or call["function"]["name"]
    call["function"]["arguments"] += function.get("arguments") or ""
