"""Half: a character whose two halves came in two events of a stream, as servers send it that count in UTF-16."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]
Place = tuple[Any, ...]

LOST = "\N{REPLACEMENT CHARACTER}"
_LONE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F]"
)


def has_half(data: bytes) -> bool:
    """Whether JSON text has half a character in it; where backslashes stand before `u`, it may say so in vain."""
    return b"\\u" in data and _LONE.search(data) is not None


class Halves:
    """Of one stream: the first half of a character waits for the next text at its place, of its choice and channel.

    A half whose other half never comes is one U+FFFD: before the text that came instead, or at the end.
    """

    __slots__ = ("_head", "_held")

    def __init__(self) -> None:
        self._held: dict[tuple[int, Place], str] = {}
        self._head: Json = {}

    @property
    def holds(self) -> bool:
        return bool(self._held)

    def joined(self, event: Json) -> Json:
        """The event, decoded for nobody else, with whole characters in its texts; other texts may still have halves."""
        choices = event.get("choices")
        if not isinstance(choices, list):
            return event
        for position, choice in enumerate(choices):
            if not isinstance(choice, dict):
                continue
            index = choice["index"] if type(choice.get("index")) is int else position
            ends = bool(choice.get("finish_reason"))
            for place, holder, name in list(_places(choice)):
                text = self._held.pop((index, place), "") + holder[name]
                if not ends and "\ud800" <= text[-1:] <= "\udbff":
                    self._held[index, place] = text[-1]
                    text = text[:-1]
                holder[name] = whole(text)
            if ends:
                for _, place in [key for key in self._held if key[0] == index]:
                    del self._held[index, place]
                    _put(choice, place)
        if self._held:
            self._head = {k: event[k] for k in ("id", "object", "created", "model") if k in event}
        return event

    def ending(self) -> list[Json]:
        """What still waits when the stream is over."""
        held, self._held = self._held, {}
        out = []
        for index, place in held:
            choice: Json = {"index": index, "finish_reason": None}
            _put(choice, place)
            out.append({**self._head, "choices": [choice]})
        return out


def whole(text: str) -> str:
    """Halves that stand beside each other become a character, others the mark of one that is lost."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _places(choice: Json) -> Iterable[tuple[Place, Json, str]]:
    """Where a choice says something: the place's name, what holds the text, and under which name."""
    if isinstance(choice.get("text"), str):
        yield ("text",), choice, "text"
    delta = choice.get("delta")
    if not isinstance(delta, dict):
        return
    for name, value in delta.items():
        if isinstance(value, str):
            yield ("delta", name), delta, name
    calls = delta.get("tool_calls")
    for position, call in enumerate(calls if isinstance(calls, list) else []):
        function = call.get("function") if isinstance(call, dict) else None
        if isinstance(function, dict) and isinstance(function.get("arguments"), str):
            yield ("call", call.get("index", position)), function, "arguments"


def _put(choice: Json, place: Place) -> None:
    """The mark of a lost character at a place at which the choice says nothing."""
    if place[0] == "text":
        choice["text"] = LOST
        return
    delta = choice["delta"] = choice.get("delta") or {}
    if place[0] == "delta":
        delta[place[1]] = LOST
    else:
        calls = delta["tool_calls"] = delta.get("tool_calls") or []
        calls.append({"index": place[1], "function": {"arguments": LOST}})
