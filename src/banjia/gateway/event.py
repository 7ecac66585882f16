"""Events: a server-sent stream cut where events end, looked at in passing, never re-split."""

from __future__ import annotations

import re
from typing import TypeVar

import msgspec

from banjia.gateway.answer import UpstreamError

MAX_EVENT = 16 * 1024 * 1024
USAGE = re.compile(rb'"usage"\s*:\s*\{')
FINISH = re.compile(rb'"finish_reason"\s*:\s*"[^"]')  # an empty one says nothing
ERROR = re.compile(rb'^data:\s*\{\s*"error"\s*:\s*[{"]', re.MULTILINE)
DONE = re.compile(rb"^data:\s*\[DONE\]", re.MULTILINE)
BETWEEN = re.compile(rb"\r?\n\r?\n")
T = TypeVar("T")

NAMED = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')


UNSAID = msgspec.Raw(b"")


class _Part(msgspec.Struct, frozen=True):
    """Of the tokens of a prompt or an answer."""

    cached_tokens: int | None = 0
    reasoning_tokens: int | None = 0


_part = msgspec.json.Decoder(_Part)
_count = msgspec.json.Decoder(int)


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the provider counts them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    input_tokens: int = 0  # the Responses API's names for the same
    output_tokens: int = 0
    prompt_tokens_details: msgspec.Raw = UNSAID  # read when it matters: a vendor's odd form spoils no answer
    completion_tokens_details: msgspec.Raw = UNSAID
    prompt_cache_hit_tokens: msgspec.Raw = UNSAID  # DeepSeek's name

    @property
    def cached(self) -> int:
        """Tokens of the prompt that the vendor had kept, and sells cheaper."""
        if not self.prompt_tokens_details and not self.prompt_cache_hit_tokens:
            return 0
        kept = _decoded(_part, self.prompt_tokens_details)
        found = kept.cached_tokens if kept is not None else 0
        return max(0, found or _decoded(_count, self.prompt_cache_hit_tokens) or 0)

    @property
    def has_thought(self) -> bool:
        said = _decoded(_part, self.completion_tokens_details)
        return said is not None and bool(said.reasoning_tokens)

    @property
    def read(self) -> int:
        return self.prompt_tokens or self.input_tokens

    @property
    def written(self) -> int:
        return self.completion_tokens or self.output_tokens

    @property
    def total(self) -> int:
        return self.total_tokens or self.read + self.written


def _decoded(decoder: msgspec.json.Decoder[T], raw: msgspec.Raw) -> T | None:
    try:
        return decoder.decode(raw) if raw else None
    except (msgspec.MsgspecError, RecursionError):
        return None


class _Chunk(msgspec.Struct):
    usage: Usage | None = None
    choices: list[msgspec.Raw] | None = None


_chunk = msgspec.json.Decoder(_Chunk)


class Events:
    """Give it what arrived; it gives back whole events. It notes usage, the finish and the end mark on the way."""

    __slots__ = ("_choices", "_ends", "_hide_usage", "_rest", "done", "failed", "finished", "model", "usage")

    def __init__(self, *, hide_usage: bool = False, choices: int = 1) -> None:
        self._rest = b""
        self._choices = choices  # so many answers were asked for, each with an end of its own
        self._ends = 0
        self._hide_usage = hide_usage  # the gateway asked for the usage event, not the caller
        self.done = False
        self.finished = False
        self.failed = False
        self.model = ""
        self.usage: Usage | None = None

    def feed(self, data: bytes) -> bytes:
        """All events that are whole now, unchanged. Raises UpstreamError where one grows without end."""
        if self._rest:
            data = self._rest + data
        elif data.endswith(b"\n\n") and b"\r" not in data:  # nearly always
            return self._seen(data)
        end = data.rfind(b"\n\n") + 2
        if b"\r" in data:
            end = max(end if end > 1 else 0, data.rfind(b"\r\n\r\n") + 4 if b"\r\n\r\n" in data else 0)
        elif end == 1:
            end = 0
        if end == len(data):
            self._rest = b""
        else:
            self._rest = data[end:]
            data = data[:end]
            if len(self._rest) > MAX_EVENT:
                raise UpstreamError("garbage", "an endless event")
        return self._seen(data) if data else b""

    def rest(self) -> bytes:
        """What an upstream that ended properly left without its blank line; half an event counts for nothing."""
        rest, self._rest = self._rest.rstrip(b"\r\n"), b""
        return self._seen(rest + b"\n\n") if rest and _is_whole(rest) else b""

    @property
    def complete(self) -> bool:
        return (self.done or self.finished) and not self.failed

    def _seen(self, data: bytes) -> bytes:
        if not self.model and (found := NAMED.search(data)) is not None:
            self.model = found[1].decode("utf-8", "replace")
        if data.count(b'"finish_reason"') != data.count(b'"finish_reason":null') and (ends := FINISH.findall(data)):
            self._ends += len(ends)
            self.finished = self._ends >= self._choices
        at = data.rfind(b"[DONE]")
        if at >= 0 and (data[data.rfind(b"\n", 0, at) + 1 : at].rstrip() == b"data:" or DONE.search(data) is not None):
            self.done = True
        if b'"error"' in data and ERROR.search(data) is not None:
            self.failed = True
        if b'"usage"' in data and USAGE.search(data) is not None:
            return self._counted(data)
        return data

    def _counted(self, data: bytes) -> bytes:
        kept: list[bytes] = []
        for event in BETWEEN.split(data):
            line = event.strip()
            if b'"usage"' in line and line.startswith(b"data:"):
                try:
                    chunk = _chunk.decode(line[5:])
                except msgspec.MsgspecError:
                    chunk = _Chunk()
                if chunk.usage is not None:
                    self.usage = chunk.usage
                    if self._hide_usage and not chunk.choices:
                        continue
            kept.append(event)
        return b"\n\n".join(kept) if self._hide_usage else data


def _is_whole(event: bytes) -> bool:
    """Whether the data of an event is JSON or the end mark; what has no data is not judged."""
    lines = [line[5:].strip() for line in event.splitlines() if line.startswith(b"data:")]
    data = b"\n".join(lines)
    if not lines or data == b"[DONE]":
        return True
    try:
        msgspec.json.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return False
    return True
