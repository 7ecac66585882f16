"""Fragment: tool calls with an index, an id and arguments as OpenAI gives them, whatever a server leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

Json = dict[str, Any]

MOST_CALLS = 512  # of one answer: an index beyond it is none


@dataclass(slots=True)
class _Call:
    given: str  # the id that the server gave, if any
    id: str  # the one that the caller got
    name: str
    arguments: str


class Fragments:
    """The calls of one choice, each at its index. `seed` makes the ids that are made up here unlike any other."""

    def __init__(self, seed: str = "") -> None:
        self._calls: dict[int, _Call] = {}
        self._places: dict[int, int] = {}  # index as the server gives it -> index here
        self._last = -1
        self._prefix = f"call_{seed}_" if seed else "call_"

    def __bool__(self) -> bool:
        return bool(self._calls)

    def whole(self, calls: Any) -> list[Any]:
        """The calls of a whole message; they have no index."""
        return [self._whole(c) if isinstance(c, dict) else c for c in listed(calls)]

    def piece(self, calls: Any) -> list[Any]:
        """The fragments of one delta."""
        return [self._fragment(c) if isinstance(c, dict) else c for c in listed(calls)]

    def _whole(self, call: Json) -> Json:
        if _is_custom(call):
            return call
        function = call["function"] if isinstance(call.get("function"), dict) else {}
        known = self._calls[self._begin(None, str(call.get("id") or ""), str(function.get("name") or ""))]
        told = {**function, "name": known.name, "arguments": text_of(function.get("arguments")) or "{}"}
        kept = {k: v for k, v in call.items() if k != "index"}
        return {**kept, "id": known.id, "type": "function", "function": told}

    def _fragment(self, call: Json) -> Json:
        if _is_custom(call):
            return call
        place = _number(call.get("index"))
        function = call["function"] if isinstance(call.get("function"), dict) else {}
        given, name = str(call.get("id") or ""), str(function.get("name") or "")
        text = text_of(function.get("arguments"))
        at = self._of(place, given, name)
        new = at is None
        if at is None:
            at = self._begin(place, given, name)
        if place is not None:
            self._places[place] = at
        self._last = at
        known = self._calls[at]
        known.arguments += text
        rest = {k: v for k, v in function.items() if k not in {"name", "arguments"}}
        told: Json = {**rest, **({"name": name} if new or (name and not known.name) else {}), "arguments": text}
        known.name = known.name or name
        kept = {k: v for k, v in call.items() if k not in {"index", "id", "type", "function"}}
        head: Json = {"index": at, **({"id": known.id, "type": "function"} if new else {})}
        return {**head, "function": told, **kept}

    def _of(self, place: int | None, given: str, name: str) -> int | None:
        """The call that a fragment goes on with; None: it begins one."""
        if place is not None:
            at = self._places.get(place)
            other = at is not None and given and name and self._calls[at].given not in ("", given)
            return None if other else at
        if self._last < 0:
            return None
        last = self._calls[self._last]
        if given:
            at = next((i for i, c in self._calls.items() if c.given == given), None)
            if at is None:
                return None if name else self._last
            return None if name and _is_whole(self._calls[at].arguments) else at
        return None if name and (name != last.name or _is_whole(last.arguments)) else self._last

    def _begin(self, place: int | None, given: str, name: str) -> int:
        at = place if place is not None and place not in self._calls else max(self._calls, default=-1) + 1
        taken = {c.id for c in self._calls.values()}
        own = given or f"{self._prefix}{at}"
        self._calls[at] = _Call(given, f"{own}_{at}" if own in taken else own, name, "")
        return at


def listed(calls: Any) -> list[Any]:
    """A single call becomes a list of one."""
    return calls if isinstance(calls, list) else [calls] if isinstance(calls, dict) else []


def text_of(arguments: Any) -> str:
    """Arguments are JSON text; some servers send the value itself."""
    if isinstance(arguments, str):
        return arguments
    return "" if arguments is None else msgspec.json.encode(arguments).decode()


def _is_custom(call: Json) -> bool:
    return call.get("type") == "custom" or "custom" in call


def _number(index: Any) -> int | None:
    if isinstance(index, str) and index.isdecimal() and len(index) < 6:
        index = int(index)
    usable = isinstance(index, int) and not isinstance(index, bool) and 0 <= index < MOST_CALLS
    return index if usable else None


def _is_whole(arguments: str) -> bool:
    try:
        msgspec.json.decode(arguments)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return True
