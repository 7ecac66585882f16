"""Usual stream: events in the form in which OpenAI's clients take them apart, whichever server sent them.

Most servers send them so: those events pass as they are, and after the first ones only a glance is left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import msgspec

from banjia.routes.dialect.error import CanonicalError, error_in_answer
from banjia.routes.dialect.fragment import Fragments
from banjia.routes.dialect.tag import Splitter
from banjia.routes.dialect.usual import FINISHES, THINK, WRONG, Counts, counted, finish_of, plain
from banjia.routes.provider import Provider

Json = dict[str, Any]

WATCHED = 64  # events: how a server says things shows in the first ones


class _Delta(msgspec.Struct, gc=False):
    role: Literal["assistant"] | None = None
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: None = None
    tool_calls: None = None
    reasoning_details: None = None


class _Piece(msgspec.Struct, gc=False):
    index: int
    delta: _Delta
    finish_reason: str | None = None
    usage: None = None


class _Chunk(msgspec.Struct, gc=False):
    id: str
    model: str
    choices: list[_Piece]
    usage: Counts | None = None
    error: None = None


_chunk = msgspec.json.Decoder(_Chunk).decode


@dataclass(slots=True)
class _State:
    """Of one choice."""

    calls: Fragments
    splitter: Splitter | None = None
    has_text: bool = False
    finished: bool = False


@dataclass(slots=True)
class UsualStream:
    """`passes` or `event` for each event, `ending` before the end mark. After an error nothing more comes out."""

    provider: Provider | None = None
    include_usage: bool = False
    head: Mapping[str, Any] = field(default_factory=dict)
    seed: str = ""
    choices: int = 1
    is_odd: bool = False  # one event was not in its usual form: all that follow are looked at
    usage: Json | None = None
    error: CanonicalError | None = None
    filtered: bool = False
    raw: str = ""  # the vendor's own code of the error, or of what its check did not let through
    _states: dict[int, _State] = field(default_factory=dict)
    _count: int = 0
    _last: Json = field(default_factory=dict)
    _has_old: bool = False  # an event of the old completions API came: its choices stay as they are
    watching: bool = True  # the next event has to be looked at even if nothing in it looks odd

    def _watch(self) -> None:
        state = self._states.get(0)
        told = self._count >= WATCHED or (state is not None and state.has_text)
        self.watching = not told or self.is_odd or self.choices > 1 or self.error is not None or self.filtered

    @property
    def began(self) -> bool:
        return bool(self._states) or self._has_old

    def passes(self, payload: bytes) -> bool:
        """Whether the event may go on as it is."""
        if self.is_odd or self.error is not None or self.filtered:
            return False
        try:
            event = _chunk(payload)
        except WRONG:
            self.is_odd = self.watching = True
            return False
        self.is_odd = bool(event.usage and event.choices) or not all(self._is_usual(p) for p in event.choices)
        if self.is_odd:
            self.watching = True
            return False
        if any(p.delta.role is None and p.index not in self._states for p in event.choices):
            return False  # only the first one lacks something
        self._count += 1
        for piece in event.choices:
            state = self._states.setdefault(piece.index, _State(Fragments(self.seed)))
            state.has_text |= bool(piece.delta.content)
            state.finished |= piece.finish_reason is not None
        self._watch()
        if event.choices and not self._last:
            self._last = {"id": event.id, "object": "chat.completion.chunk", "created": 0, "model": event.model}
        return True

    def _is_usual(self, piece: _Piece) -> bool:
        state = self._states.get(piece.index)
        content = piece.delta.content
        starts = content and not (state is not None and state.has_text)
        return (
            (piece.delta.role is None or state is None)
            and (piece.finish_reason is None or piece.finish_reason in FINISHES)
            and not (starts and content is not None and (not content.strip() or content.lstrip().startswith("<")))
        )

    def event(self, event: Json) -> list[Json]:
        """One event in its usual form; what carries nothing is left out."""
        if self.error is not None or self.filtered:
            return []
        if self.provider is not None and (error := error_in_answer(self.provider, event)):
            return self._broken(error)
        if isinstance(used := event.get("usage"), dict):
            self.usage = counted(used)
        choices = event.get("choices")
        if not isinstance(choices, list) or not choices:
            return self._without_choices(event)
        self._count += 1
        head = {**self.head, "object": "chat.completion.chunk", **{k: v for k, v in event.items() if v is not None}}
        head.pop("usage", None)
        self._last = head
        before: list[Json] = []
        new = [self._piece(c, before) if "text" not in c else c for c in choices if isinstance(c, dict)]
        self._has_old |= any("text" in c for c in new)
        self._watch()
        return [*before, {**head, "choices": new}] if new else before

    def _without_choices(self, event: Json) -> list[Json]:
        """Usage waits for the end, what says nothing is left out, annotations and what nobody knows go on."""
        rest = {k: v for k, v in event.items() if k != "usage"}
        if not rest.keys() - _SILENT:
            return []
        return [{**rest, "choices": []} if "choices" in event else rest]

    def ending(self) -> list[Json]:
        """An end for each choice that has none although the stream ended properly, and usage where it was asked for."""
        if self.error is not None:
            return []
        out: list[Json] = []
        for index, state in self._states.items():
            if state.splitter is not None:
                out += [self._said(index, kind, text) for kind, text in state.splitter.finish()]
            if not state.finished:
                state.finished = True
                reason = "content_filter" if self.filtered else "tool_calls" if state.calls else "stop"
                out.append(self._chunk({"index": index, "delta": {}, "logprobs": None, "finish_reason": reason}))
        if self.usage is not None and self.include_usage:
            out.append({**self._chunk(), "usage": self.usage})
            self.usage = None
        return out

    def _broken(self, error: CanonicalError) -> list[Json]:
        """A refusal by a content check after the first words ends the answer; any other error breaks it off."""
        self.raw = error.raw_code
        self.watching = True
        if error.safety and self._states:
            self.filtered = True
            for state in self._states.values():
                state.finished, state.splitter = False, None
            return []
        self.error = error
        return [error.body()]

    def _piece(self, choice: Json, before: list[Json]) -> Json:
        place = choice.get("index")
        index = place if type(place) is int else 0
        self.is_odd |= type(place) is not int
        first = index not in self._states
        state = self._states.setdefault(index, _State(Fragments(self.seed)))
        said: Json = next((choice[k] for k in ("delta", "message") if isinstance(choice.get(k), dict)), {})
        delta = plain(said)
        if isinstance(used := choice.get("usage"), dict):
            self.usage = counted(used)
        if delta.get("tool_calls"):
            delta = {**delta, "tool_calls": state.calls.piece(delta["tool_calls"])}
        elif "tool_calls" in delta:
            delta = {k: v for k, v in delta.items() if k != "tool_calls"}
        delta = {k: _placed(v) if isinstance(v, list) else v for k, v in delta.items() if k != "role"}
        finish = finish_of(choice.get("finish_reason"), calls=bool(state.calls))
        state.finished |= finish is not None
        delta = self._without_tags(index, state, delta, before, ends=finish is not None or bool(state.calls))
        if first:
            told: Json = {"role": "assistant", "content": "", "refusal": None}
            if before:
                before[0]["choices"][0]["delta"] |= {"role": "assistant"}
            else:
                delta = {**told, **delta}
        rest = {k: v for k, v in choice.items() if k not in {"message", "usage"}}
        return {"logprobs": None, **rest, "index": index, "delta": delta, "finish_reason": finish}

    def _without_tags(self, index: int, state: _State, delta: Json, before: list[Json], *, ends: bool) -> Json:
        """Thoughts that stand between tags at the head of the text are taken out of it."""
        content = delta.get("content")
        if isinstance(content, str) and content and not state.has_text and state.splitter is None:
            if _may_think(content):
                state.splitter = Splitter(THINK)
            elif content.strip():
                state.has_text = True
        splitter = state.splitter
        if splitter is None or not (ends or isinstance(content, str)):
            return delta
        parts = splitter.feed(content) if isinstance(content, str) else []
        if ends:
            parts += splitter.finish()
        if not splitter.inside and any(kind == "text" and text.strip() for kind, text in parts):
            state.splitter, state.has_text = None, True  # only what stands first is a thought
            if splitter.kept:
                parts += splitter.finish()
        rest = {k: v for k, v in delta.items() if k != "content"}
        pieces = [self._said(index, kind, text) for kind, text in parts]
        if not pieces:
            return rest
        *earlier, last = pieces
        before += earlier
        return {**rest, **last["choices"][0]["delta"]}

    def _said(self, index: int, kind: str, text: str) -> Json:
        name = "reasoning_content" if kind == "thought" else "content"
        return self._chunk({"index": index, "delta": {name: text}, "logprobs": None, "finish_reason": None})

    def _chunk(self, choice: Json | None = None) -> Json:
        head = {**self.head, **{k: self._last[k] for k in _HEAD if k in self._last}}
        return {**head, "object": "chat.completion.chunk", "choices": [choice] if choice is not None else []}


def _placed(entries: list[Any]) -> list[Any]:
    """OpenAI's clients put the pieces of a list together by the index of each entry; without one they break off."""
    return [
        {**entry, "index": at} if isinstance(entry, dict) and type(entry.get("index")) is not int else entry
        for at, entry in enumerate(entries)
    ]


def _may_think(content: str) -> bool:
    start = content.lstrip()
    return bool(start) and (start.startswith(THINK.open) or THINK.open.startswith(start))


_HEAD = ("id", "object", "created", "model", "system_fingerprint")
_SILENT = {*_HEAD, "service_tier", "choices", "type", "event", "timestamp"}
