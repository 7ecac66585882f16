"""Stream: a vendor's events in OpenAI's form, one by one, with as little kept back as correctness allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from banjia.routes.dialect.answer import Json, broken_off, finish, move, new_in
from banjia.routes.dialect.error import CanonicalError, error_in_answer
from banjia.routes.dialect.operation import (
    EmptyChoices,
    FieldMove,
    FirstChunkRole,
    TagSplit,
    UsageMove,
)
from banjia.routes.dialect.path import get, remove
from banjia.routes.dialect.plain import Plain
from banjia.routes.dialect.selection import Selection
from banjia.routes.dialect.tag import Splitter
from banjia.routes.provider import Provider


@dataclass(slots=True)
class StreamRewriter:
    """`feed` every decoded event, then `finish` once. After an error nothing more comes out."""

    provider: Provider
    selection: Selection
    include_usage: bool = False  # the caller asked for usage as the last event
    usage: Json | None = None
    error: CanonicalError | None = None
    finished: set[int] = field(default_factory=set)
    seen: set[int] = field(default_factory=set)
    _splitters: dict[int, Splitter] = field(default_factory=dict)
    _joined: dict[int, str] = field(default_factory=dict)
    _last: Json = field(default_factory=dict)
    _passed: bytes = b""  # the event after `_last` that passed as it was
    _plain: Plain = field(init=False)

    def __post_init__(self) -> None:
        self._plain = self.selection.plain(self.provider)

    @property
    def is_complete(self) -> bool:
        """Every choice that began has ended; a stream that stops before is broken, not done."""
        return self.error is None and bool(self.seen) and self.seen <= self.finished

    def passes(self, payload: bytes) -> bytes | None:
        """The event as it goes on, where only text is added that no operation changes; None: it is for `feed`."""
        choice = self._plain.choice(payload)
        if choice is None or choice.index not in self.seen or self.error is not None:
            return None
        for op in self._plain.tags:
            content = getattr(choice.delta, "content", None)
            if not content:
                continue
            splitter = self._splitters.get(choice.index)
            if splitter is not None and (splitter.kept or splitter.at_start_of or splitter.begins):
                return None
            if splitter is None or not splitter.inside:
                if op.open[0] in content:
                    return None
            elif op.close[0] in content or choice.delta.reasoning_content or payload.count(_CONTENT) != 1:
                return None
            else:
                splitter.said(content)
                payload = payload.replace(_CONTENT, b'"%b":' % op.to.encode())
        self._passed = payload
        return payload

    def feed(self, event: Json) -> list[Json]:
        if self.error is not None:
            return []
        self._catch_up()
        if error := error_in_answer(self.provider, event):
            return self._break(error)
        event = self._take_usage(event)
        choices = event.get("choices")
        if not isinstance(choices, list) or not choices:
            return self._without_choices(event)
        self._last = event
        return self._with_choices(event, choices)

    def finish(self) -> list[Json]:
        """What was kept back, and usage as the last event where the caller asked for it."""
        if self.error is not None:
            return []
        self._catch_up()
        out: list[Json] = []
        for index, splitter in self._splitters.items():
            out += [self._piece(index, splitter.op, kind, text) for kind, text in splitter.finish()]
        if self.usage is not None and self.include_usage:
            out.append({**_head(self._last), "choices": [], "usage": self.usage})
        return out

    def _catch_up(self) -> None:
        if self._passed:
            self._last, self._passed = msgspec.json.decode(self._passed), b""

    def _with_choices(self, event: Json, choices: list[Any]) -> list[Json]:
        out: list[Json] = []
        rest: list[Any] = []
        for choice in choices:
            if not isinstance(choice, dict):
                continue
            place = choice.get("index")
            index = place if isinstance(place, int) else 0
            choice, broken = finish(self.selection, choice)
            if broken:
                return [*out, *self._break(broken_off(broken))]
            delta = choice.get("delta")
            if isinstance(delta, dict):
                delta, before = self._delta(index, delta, choice.get("finish_reason"))
                out += before
                choice = {**choice, "delta": delta}
            self.seen.add(index)
            if choice.get("finish_reason") is not None:
                self.finished.add(index)
            rest.append(choice)
        return [*out, {**event, "choices": rest}]

    def _delta(self, index: int, delta: Json, finish: Any) -> tuple[Json, list[Json]]:
        """The delta of one choice, and events that must go before it."""
        before: list[Json] = []
        first = index not in self.seen
        for op in self.selection.answer:
            if isinstance(op, FieldMove):
                delta = self._moved(index, op, delta)
            elif isinstance(op, TagSplit):
                delta, before = self._split(index, op, delta, finish)
            elif isinstance(op, FirstChunkRole) and first and "role" not in delta:
                delta = {"role": "assistant", **delta}
        return delta, before

    def _moved(self, index: int, op: FieldMove, delta: Json) -> Json:
        """Text joined from a list may repeat what was said before it: only what is new goes on."""
        moved = move(op, delta)
        if not op.join or op.from_ not in delta or delta.get(op.to):
            return moved
        said, text = self._joined.get(index, ""), str(moved.get(op.to) or "")
        new = new_in(said, text)
        self._joined[index] = said + new
        return {**delta, op.to: new} if new else delta

    def _split(self, index: int, op: TagSplit, delta: Json, finish: Any) -> tuple[Json, list[Json]]:
        splitter = self._splitters.get(index)
        if splitter is None:
            splitter = self._splitters[index] = Splitter.of(op)
        if delta.get(op.to):
            splitter.told_apart()
        content = delta.get("content")
        parts = splitter.feed(content) if isinstance(content, str) else []
        if finish is not None or delta.get("tool_calls"):
            parts += splitter.finish(stopped=finish == "stop")
        if not isinstance(content, str) and not parts:
            return delta, []
        delta = {k: v for k, v in delta.items() if k != "content"}
        if not parts:
            return ({**delta, "content": ""} if "role" in delta or not delta else delta), []
        pieces = [self._piece(index, op, kind, text) for kind, text in parts[:-1]]
        kind, text = parts[-1]
        name = op.to if kind == "thought" else "content"
        if pieces and "role" in delta:
            first = pieces[0]["choices"][0]["delta"]
            first["role"] = delta.pop("role")
        return {**delta, name: (delta.get(name) or "") + text}, pieces

    def _piece(self, index: int, op: TagSplit, kind: str, text: str) -> Json:
        name = op.to if kind == "thought" else "content"
        return {**_head(self._last), "choices": [{"index": index, "delta": {name: text}, "finish_reason": None}]}

    def _take_usage(self, event: Json) -> Json:
        """Usage is kept for the end, wherever it rides."""
        for op in self.selection.answer:
            if isinstance(op, UsageMove):
                for place in op.from_:
                    if isinstance(found := get(event, place), dict):
                        self.usage = found
                        event = remove(event, place)
        if isinstance(event.get("usage"), dict):
            self.usage = event["usage"]
            if not event.get("choices"):
                return {k: v for k, v in event.items() if k != "usage"}
        return event

    def _without_choices(self, event: Json) -> list[Json]:
        """Usage alone comes at the end; annotations go or stay as the file says."""
        self._last = self._last or event
        if event.get("choices") != [] or not (event.keys() - _ENVELOPE):
            return [] if "choices" in event or not event else [event]
        policies = [op.policy for op in self.selection.answer if isinstance(op, EmptyChoices)]
        return [] if "drop" in policies else [event]

    def _break(self, error: CanonicalError) -> list[Json]:
        self.error = error
        return [error.body()]


def _head(event: Json) -> Json:
    return {k: event[k] for k in ("id", "object", "created", "model", "system_fingerprint") if k in event}


_CONTENT = b'"content":'
_ENVELOPE = {"id", "object", "created", "model", "system_fingerprint", "service_tier", "choices", "usage"}
