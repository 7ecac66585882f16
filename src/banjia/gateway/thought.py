"""Thought: reasoning that a model wants back in a tool loop, which OpenAI's clients drop. Sealed, and for a day."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import msgspec

from banjia.errors import StoreError
from banjia.gateway.keeping import Keeping
from banjia.routes.dialect.answer import new_in
from banjia.store.vault import Vault

Json = dict[str, Any]

SPACE = "thoughts"
LIFE = 24 * 3600 * 1000  # milliseconds
REMEMBERED = 2000  # kept in memory where there is no store


log = logging.getLogger("banjia.gateway")


class Thoughts:
    """Keyed by application and tool call. What cannot be found is left out: the vendor then says what it lacks."""

    def __init__(self, vault: Callable[[], Vault] | None) -> None:
        self._kept = Keeping(SPACE, vault, most=REMEMBERED)

    async def keep(self, app: str, thought: Any, calls: list[str], *, at: int) -> None:
        if not thought or not calls:
            return
        value = msgspec.json.encode(thought)
        try:
            await self._kept.put({f"{app}\0{call}": value for call in calls}, until=at + LIFE)
        except StoreError as error:
            log.warning("reasoning before a tool call could not be kept: %s", error)

    async def recall(self, app: str, request: Json, field: str, *, at: int) -> Json:
        """The request with the reasoning of those assistant turns that called tools and came back without it."""
        messages = request.get("messages")
        if not isinstance(messages, list):
            return request
        changed = list(messages)
        for i, message in enumerate(messages):
            calls = _calls(message)
            if calls and not message.get(field) and (found := await self._find(app, calls[0], at)) is not None:
                changed[i] = {**message, field: found}
        return {**request, "messages": changed}

    async def _find(self, app: str, call: str, at: int) -> Any:
        try:
            value = await self._kept.get(f"{app}\0{call}", at=at)
        except StoreError as error:
            log.warning("reasoning before a tool call could not be looked up: %s", error)
            return None
        return msgspec.json.decode(value) if value is not None else None


def thought_of(answer: Json, field: str) -> tuple[Any, list[str]]:
    """The reasoning of a whole answer, in the vendor's form, and the calls that it led to."""
    for choice in answer.get("choices") or []:
        message = choice.get("message") or {}
        if calls := _calls(message):
            return message.get(field), calls
    return None, []


def lacking(request: Json, field: str) -> bool:
    """Whether an assistant's turn that called tools has come back without its reasoning, and none was kept."""
    messages = request.get("messages")
    return isinstance(messages, list) and any(_calls(m) and not m.get(field) for m in messages)


def blanked(request: Json, field: str, blank: str) -> Json:
    """The request with `blank` where an assistant's turn that called tools has no reasoning."""
    turns = [{**m, field: blank} if _calls(m) and not m.get(field) else m for m in request["messages"]]
    return {**request, "messages": turns}


def grown(thought: Any, piece: Any) -> Any:
    """Reasoning with its next piece: text grows, entries of a list grow by their index, or by their place."""
    if isinstance(piece, str):
        return thought + piece if isinstance(thought, str) else piece
    if not isinstance(piece, list):
        return thought
    entries = list(thought) if isinstance(thought, list) else []
    for place, entry in enumerate(piece):
        if not isinstance(entry, dict):
            continue
        index = entry.get("index", place)
        known = next((i for i, e in enumerate(entries) if e.get("index", i) == index), None)
        if known is None:
            entries.append(entry)
        else:
            said, text = str(entries[known].get("text") or ""), str(entry.get("text") or "")
            entries[known] = {**entries[known], **entry, "text": said + new_in(said, text)}
    return entries


class ThoughtStream:
    """The same of a stream, gathered in passing."""

    def __init__(self, field: str) -> None:
        self._field = field
        self.thought: Any = None
        self.calls: list[str] = []

    def event(self, event: Json) -> list[Json]:
        for choice in event.get("choices") or []:
            delta = choice.get("delta") or {}
            self.thought = grown(self.thought, delta.get(self._field))
            self.calls += [call for call in _calls(delta) if call not in self.calls]
        return [event]

    def end(self) -> list[Json]:
        return []


def _calls(message: Any) -> list[str]:
    calls = message.get("tool_calls") if isinstance(message, dict) else None
    return [str(c["id"]) for c in calls if isinstance(c, dict) and c.get("id")] if isinstance(calls, list) else []
