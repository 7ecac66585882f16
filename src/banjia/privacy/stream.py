"""Streams: the events of one answer restored as they pass, per choice and channel; unknown shapes are refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from banjia.errors import RouteError
from banjia.privacy.marks import OPEN
from banjia.privacy.restore import DROPPED, Pieces, Restorer
from banjia.text import Text

Event = dict[str, Any]

CHAT_TEXT = frozenset({"content", "refusal", "reasoning_content", "reasoning", "thinking"})
CHAT_PLAIN = frozenset(
    {"role", "name", "tool_call_id", "annotations", "tool_calls", "function_call", "audio", "extra_content"}
)
CHUNK = frozenset({"id", "object", "created", "model", "choices", "usage", "system_fingerprint", "service_tier"})
CHOICE = frozenset({"index", "delta", "message", "text", "finish_reason", "logprobs"})
CALL = frozenset({"index", "id", "type", "function", "custom"})
RESPONSE_DELTA = re.compile(
    r"^response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|reasoning|reasoning_summary|function_call_arguments|mcp_call_arguments|custom_tool_call_input|code_interpreter_call_code|audio\.transcript)\.delta$"
)
RESPONSE_JSON = re.compile(r"arguments\.delta$")
RESPONSE_WHOLE = re.compile(
    r"^(?:error|keepalive|response\.(?:created|queued|in_progress|completed|incomplete|failed|[a-z_.]+\.(?:added|done|in_progress|searching|completed|generating|interpreting|failed)))$"
)
BLOCK_DELTAS = {"text_delta": "text", "thinking_delta": "thinking", "input_json_delta": "partial_json"}


class UnknownShape(RouteError):  # noqa: N818 - a name of the interface
    """An event that may carry text in a place that nobody knows: it is not passed on."""


class Stream:
    """Restores the events of one answer: chat and text completions, responses, and messages of Anthropic's form."""

    def __init__(self, restorer: Restorer) -> None:
        self._restorer = restorer
        self._channels: dict[tuple[Any, ...], Pieces] = {}
        self._last: dict[tuple[Any, ...], Event] = {}  # a bare event of each channel, to say its rest with

    def data(self, payload: bytes) -> list[bytes]:
        """The `data` of one event -> the `data` of none, one or two events. Raises UnknownShape, RouteError."""
        if payload.strip() == b"[DONE]":
            return [*self.end(), payload]
        try:
            event = msgspec.json.decode(payload)
        except msgspec.DecodeError as error:
            raise UnknownShape(
                Text("事件不是 JSON，不予转发", "an event is no JSON and is not passed on"), found=str(error)
            ) from error
        if not isinstance(event, dict):
            raise _unknown(type(event).__name__)
        return [msgspec.json.encode(e) for e in self.event(event)]

    def event(self, event: Event) -> list[Event]:
        """One decoded event -> those to send instead of it."""
        kind = event.get("type")
        if "choices" in event:
            return list(self._completion(event))
        if isinstance(kind, str) and RESPONSE_DELTA.match(kind):
            return self._response_delta(event, kind)
        if isinstance(kind, str) and RESPONSE_WHOLE.match(kind):
            return [*self._rest_of_response(event), self._restorer.answer(event)]
        if isinstance(kind, str) and kind in _BLOCKS:
            return self._block(event, kind)
        if "error" in event or (set(event) <= {"usage", "id", "object", "model", "created"}):
            return [self._restorer.answer(event)]
        raise _unknown(str(kind or sorted(event)[:6]))

    def end(self) -> list[bytes]:
        """What every channel still holds, at the end of the stream."""
        return [msgspec.json.encode(e) for key in list(self._channels) for e in self._rest(key)]

    # chat and text completions

    def _completion(self, event: Event) -> Iterator[Event]:
        choices = event.get("choices") or []
        self._strange(event, CHUNK, "")
        for choice in choices:
            self._strange(choice, CHOICE, "choices.")
            index = choice.get("index", 0)
            for name in DROPPED & choice.keys():
                choice[name] = None
            if isinstance(choice.get("text"), str):
                choice["text"] = self._say(("text", index), choice["text"], _bare_text(event, index))
            delta = choice.get("delta")
            if isinstance(delta, dict):
                self._delta(event, index, delta)
            elif isinstance(choice.get("message"), dict):
                choice["message"] = self._restorer.answer(choice["message"])
            if choice.get("finish_reason"):
                yield from self._ends(index)
        yield event

    def _strange(self, node: Event, known: frozenset[str], where: str) -> None:
        """Fields that nobody knows pass restored, unless a token in them is not whole."""
        for key in node.keys() - known:
            if isinstance(node[key], (str, list, dict)):
                node[key] = self._restorer.answer(node[key])
                if OPEN in str(node[key]):
                    raise _unknown(f"{where}{key}")

    def _delta(self, event: Event, index: int, delta: Event) -> None:
        for key, value in delta.items():
            if isinstance(value, str) and key in CHAT_TEXT:
                delta[key] = self._say((key, index), value, _bare(event, index, {key: ""}))
            elif key == "reasoning_details" and isinstance(value, list):
                for i, detail in enumerate(value):
                    if isinstance(detail.get("text"), str):
                        name = (key, index, detail.get("index", i))
                        detail["text"] = self._say(
                            name, detail["text"], _bare(event, index, {key: [{**detail, "text": ""}]})
                        )
            elif key not in CHAT_PLAIN and isinstance(value, (str, list, dict)) and value:
                raise _unknown(f"choices[{index}].delta.{key}")
        for i, call in enumerate(delta.get("tool_calls") or ()):
            function = call.get("function") or call.get("custom")
            at = call.get("index", i)
            self._strange(call, CALL, f"choices[{index}].delta.tool_calls.")
            for field in ("arguments", "input"):
                if isinstance(function, dict) and isinstance(function.get(field), str):
                    shape: Event = {"tool_calls": [{"index": at, "function": {field: ""}}]}
                    function[field] = self._say(
                        (field, index, at), function[field], _bare(event, index, shape), in_json=field == "arguments"
                    )
        call = delta.get("function_call")
        if isinstance(call, dict) and isinstance(call.get("arguments"), str):
            shape_: Event = {"function_call": {"arguments": ""}}
            call["arguments"] = self._say(
                ("function_call", index), call["arguments"], _bare(event, index, shape_), in_json=True
            )
        audio = delta.get("audio")
        if isinstance(audio, dict) and isinstance(audio.get("transcript"), str):
            shape_ = {"audio": {"transcript": ""}}
            audio["transcript"] = self._say(("audio", index), audio["transcript"], _bare(event, index, shape_))

    def _ends(self, index: int) -> Iterator[Event]:
        for key in [k for k in self._channels if k[1] == index]:
            yield from self._rest(key)

    # responses

    def _response_delta(self, event: Event, kind: str) -> list[Event]:
        if isinstance(event.get("logprobs"), list):
            event["logprobs"] = []
        key = _response_key(event, kind)
        bare = {**event, "delta": ""}
        event["delta"] = self._say(key, str(event.get("delta", "")), bare, in_json=bool(RESPONSE_JSON.search(kind)))
        return [event]

    def _rest_of_response(self, event: Event) -> list[Event]:
        kind = str(event["type"])
        whole = kind in ("response.completed", "response.incomplete", "response.failed", "error")
        if not whole and not kind.endswith(".done"):
            return []
        base = _response_key(event, kind.removesuffix(".done") + ".delta")
        part = (base[1], base[2])
        closing = kind in ("response.content_part.done", "response.output_item.done")
        keys = [k for k in self._channels if whole or k == base or (closing and k[1:3] == part)]
        return [e for key in keys for e in self._rest(key)]

    # messages of Anthropic's form

    def _block(self, event: Event, kind: str) -> list[Event]:
        index = event.get("index", 0)
        if kind == "content_block_delta":
            delta = event.get("delta") or {}
            field = BLOCK_DELTAS.get(delta.get("type", ""))
            if field is None:
                if delta.get("type") == "signature_delta":
                    return [event]
                raise _unknown(f"content_block_delta {delta.get('type')}")
            bare = {**event, "delta": {"type": delta["type"], field: ""}}
            delta[field] = self._say(("block", index), str(delta.get(field, "")), bare, in_json=field == "partial_json")
            return [event]
        if kind == "content_block_stop":
            return [*self._rest(("block", index)), event]
        return [self._restorer.answer(event)]

    # every channel

    def _say(self, key: tuple[Any, ...], piece: str, bare: Event, *, in_json: bool = False) -> str:
        channel = self._channels.get(key)
        if channel is None:
            as_json = in_json or (self._restorer.json_output and key[0] in ("content", "text", "output_text"))
            channel = self._channels[key] = self._restorer.pieces(in_json=as_json)
        self._last[key] = bare
        return channel.feed(piece)

    def _rest(self, key: tuple[Any, ...]) -> list[Event]:
        channel = self._channels.pop(key, None)
        bare = self._last.pop(key, None)
        rest = channel.end() if channel is not None else ""
        return [_filled(bare, rest)] if rest and bare is not None else []


_BLOCKS = frozenset(
    {
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "message_stop",
        "ping",
    }
)


def _bare(event: Event, index: int, delta: Event) -> Event:
    return {**_frame(event), "choices": [{"index": index, "delta": delta, "finish_reason": None}]}


def _bare_text(event: Event, index: int) -> Event:
    return {**_frame(event), "choices": [{"index": index, "text": "", "finish_reason": None}]}


def _frame(event: Event) -> Event:
    return {k: v for k, v in event.items() if k not in ("choices", "usage")}


def _filled(node: Any, rest: str) -> Any:
    """The bare event with the rest in its one empty text."""
    done = False

    def fill(node: Any, key: str) -> Any:
        nonlocal done
        if isinstance(node, dict):
            return {k: fill(v, k) for k, v in node.items()}
        if isinstance(node, list):
            return [fill(v, key) for v in node]
        if node == "" and not done and key in _TEXT_FIELDS:
            done = True
            return rest
        return node

    return fill(node, "")


_TEXT_FIELDS = CHAT_TEXT | {"text", "arguments", "input", "transcript", "delta", "partial_json"}


def _response_key(event: Event, kind: str) -> tuple[Any, ...]:
    name = kind.removeprefix("response.").removesuffix(".delta")
    return (
        name,
        event.get("item_id", (event.get("item") or {}).get("id")),
        event.get("output_index", 0),
        event.get("content_index", 0),
    )


def _unknown(found: str) -> UnknownShape:
    return UnknownShape(
        Text("不认识的流式事件，不予转发", "a stream event of unknown shape is not passed on"),
        found=found,
        remedy=Text("改用非流式请求，或更新 banjia", "ask without streaming, or update banjia"),
    )
