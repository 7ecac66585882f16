"""Events: a server-sent stream cut where events end, looked at in passing, never re-split."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import msgspec

from banjia.gateway.answer import UpstreamError
from banjia.gateway.glance import FINISH, USAGE, is_field, is_plain, is_text, is_whole
from banjia.gateway.half import Halves, has_half, whole
from banjia.gateway.usage import Usage, usage_of
from banjia.routes.dialect.error import CanonicalError
from banjia.routes.dialect.usual_stream import UsualStream

MAX_EVENT = 16 * 1024 * 1024
BOM = b"\xef\xbb\xbf"
CONTENT = b'"content":"'
TELLING = (b'"role"', b'"error"', b'"usage":{', b'"usage": {', b'"tool_calls":[', b'"obfuscation"', b"[DONE]")
LESSONS = 8  # of one stream: where every event is another, nothing is to be learned
ERROR = re.compile(rb'^data:\s*\{\s*"error"\s*:\s*[{"]', re.MULTILINE)
DONE = re.compile(rb"^data:\s*\[DONE\]", re.MULTILINE)
NAMED = re.compile(rb'"model"\s*:\s*"([^"\\]{1,200})"')


class _Chunk(msgspec.Struct):
    usage: dict[str, Any] | None = None
    choices: list[msgspec.Raw] | None = None


_chunk = msgspec.json.Decoder(_Chunk)


class Events:
    """Give it what arrived; it gives back whole events. It notes usage, the finish and the end mark on the way.

    With `usual` it puts right what clients of OpenAI could not take apart. Events that need nothing pass as they are.
    """

    __slots__ = (
        "_choices",
        "_ends",
        "_halves",
        "_hide_usage",
        "_learned",
        "_parts",
        "_prefix",
        "_return",
        "_size",
        "_started",
        "_suffix",
        "_usual",
        "done",
        "failed",
        "finished",
        "model",
        "usage",
    )

    def __init__(self, *, hide_usage: bool = False, choices: int = 1, usual: UsualStream | None = None) -> None:
        self._parts: list[bytes] = []  # of an event whose end has not come
        self._size = 0
        self._return = False  # a carriage return came last: a line feed that follows belongs to it
        self._started = False
        self._choices = choices  # so many answers were asked for, each with an end of its own
        self._ends = 0
        self._hide_usage = hide_usage  # the gateway asked for the usage event, not the caller
        self._usual = usual
        self._halves = Halves()
        self._prefix = b""  # the last event of text up to its text, and after it: the next one is nearly always alike
        self._suffix = b""
        self._learned = 0
        self.done = False
        self.finished = False
        self.failed = False
        self.model = ""
        self.usage: Usage | None = None

    def feed(self, data: bytes) -> bytes:
        """All events that are whole now. Raises UpstreamError where one grows without end."""
        if self._prefix and not self._parts and data.endswith(self._suffix) and self._only_words(data):
            return data
        if not self._started:
            data = self._begun(data)
        if data and (self._return or b"\r" in data):
            data = self._with_line_feeds(data)
        parts = self._parts
        if not parts and data.endswith(b"\n\n"):  # nearly always
            return self._whole(data)
        if parts:
            if not data:
                return b""
            before = parts[-1]
            if b"\n\n" not in data and not (data.startswith(b"\n") and before.endswith(b"\n")):
                self._keep(data)
                return b""
            data = b"".join([*parts, data])
            parts.clear()
            self._size = 0
        end = data.rfind(b"\n\n") + 2
        if end == 1:
            self._keep(data)
            return b""
        if end < len(data):
            self._keep(data[end:])
            data = data[:end]
        return self._whole(data)

    def rest(self) -> bytes:
        """What an upstream that ended properly left without its blank line; half an event counts for nothing."""
        rest = b"".join(self._parts).rstrip(b"\n")
        self._parts.clear()
        self._size = 0
        out = self._seen(rest + b"\n\n") if rest and not self.done and is_whole(rest) else b""
        usual = self._usual
        if self.done or self.failed:
            return out
        if usual is not None and self.finished:
            return out + self._ended(usual)
        return out if usual is not None else out + _sent(self._halves.ending())

    def unread(self) -> bytes:
        """What is kept of an event that has not ended."""
        return b"".join(self._parts)

    @property
    def complete(self) -> bool:
        return (self.done or self.finished) and not self.failed

    @property
    def refusal(self) -> CanonicalError | None:
        """The error that came before any word of an answer."""
        usual = self._usual
        return usual.error if usual is not None and not usual.began else None

    def _begun(self, data: bytes) -> bytes:
        """A byte order mark and blank lines at the head of a stream say nothing."""
        whole = b"".join([*self._parts, data])
        self._parts.clear()
        self._size = 0
        if len(whole) < len(BOM) and BOM.startswith(whole):
            self._keep(whole)
            return b""
        whole = whole.removeprefix(BOM).lstrip(b"\r\n")
        self._started = bool(whole)
        return whole

    def _with_line_feeds(self, data: bytes) -> bytes:
        """Lines may end in a carriage return, with or without a line feed, also where it came in the next part."""
        if self._return and data.startswith(b"\n"):
            data = data[1:]
        self._return = data.endswith(b"\r")
        return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")

    def _keep(self, data: bytes) -> None:
        if not data:
            return
        self._parts.append(data)
        self._size += len(data)
        if self._size > MAX_EVENT:
            raise UpstreamError("too_large", f"an event of more than {MAX_EVENT} bytes")

    def _only_words(self, data: bytes) -> bool:
        """Whether only the text of these events differs from one that has been looked at."""
        prefix, suffix = self._prefix, self._suffix
        if len(data) < len(prefix) + len(suffix) or not data.startswith(prefix):
            return False
        text = data[len(prefix) : -len(suffix)]
        if b'"' in text:
            text = text.replace(suffix + prefix, b" ")
        return b'"' not in text and b"\n" not in text and (text.isascii() or is_text(text)) and not has_half(text)

    def _whole(self, data: bytes) -> bytes:
        """Whole events, one by one until it is known how one that only adds words looks; such are told at a glance."""
        out: list[bytes] = []
        while data and not self.done:  # an end mark ends the answer, whatever follows
            end = len(data)
            if self._prefix:
                words = data.rfind(self._suffix) + len(self._suffix)
                if words > len(self._prefix) and self._only_words(data[:words]):
                    out.append(data[:words])
                    data = data[words:]
                    continue
            elif self._learned < LESSONS and not (self._usual is not None and self._usual.is_odd):
                first = data.find(b"\n\n")
                end = first + 2 if first >= 0 else end
            out.append(self._seen(data[:end]))
            data = data[end:]
        return out[0] if len(out) == 1 else b"".join(out)

    def _seen(self, data: bytes) -> bytes:
        if not self.model and (found := NAMED.search(data)) is not None:
            self.model = found[1].decode("utf-8", "replace")
        ends: list[bytes] = []
        if data.count(b'"finish_reason"') != data.count(b'"finish_reason":null') and (ends := FINISH.findall(data)):
            self._ends += len(ends)
            self.finished = self._ends >= self._choices
        if b"[DONE]" in data and (mark := DONE.search(data)) is not None:
            self.done = True
            self._prefix = b""
            data = data[: data.index(b"\n\n", mark.start()) + 2]
        if b'"error"' in data and ERROR.search(data) is not None:
            self.failed = True
        if b'"usage"' in data and USAGE.search(data) is not None:
            data = self._counted(data)
        usual = self._usual
        if usual is not None and (ends or self.done or usual.watching or self._halves.holds or not is_plain(data)):
            return self._put_right(usual, data)
        if self._halves.holds or has_half(data):
            return self._joined(data)
        if self._learned < LESSONS and not (ends or self.done or self.failed):
            self._learn(data)
        return data

    def _learn(self, data: bytes) -> None:
        """What stands around the text of an event that has one and says nothing else."""
        self._learned += 1
        self._prefix = b""
        start = data.find(CONTENT) + len(CONTENT)
        end = data.find(b'"', start)
        if start < len(CONTENT) or end < 0 or data.count(b"\n") != 2 or not data.startswith(b"data: {"):
            return
        around = data[:start], data[end:]
        if b"\\" not in data[start:end] and CONTENT not in around[1] and not any(w in data for w in TELLING):
            self._prefix, self._suffix = around

    def _joined(self, data: bytes) -> bytes:
        """As they came, but for characters whose halves came in two events."""
        out: list[bytes] = []
        self._prefix = b""
        for block in data.removesuffix(b"\n\n").split(b"\n\n"):
            payload = _payload(block)
            if payload == b"[DONE]":
                out.append(_sent(self._halves.ending()))
            told = payload.startswith(b"{") and b'"choices"' in payload and (self._halves.holds or has_half(payload))
            out.append(_sent([event_in(payload, self._halves)]) if told else block + b"\n\n")
        return b"".join(out)

    def _put_right(self, usual: UsualStream, data: bytes) -> bytes:
        """Each event as it came, or in its usual form; what carries nothing that a client could read is left out."""
        out: list[bytes] = []
        for block in data.removesuffix(b"\n\n").split(b"\n\n"):
            if not self._one_put_right(usual, block, out):
                break
        if usual.watching or self._halves.holds:
            self._prefix = b""
        self.failed = usual.error is not None or (usual.provider is None and self.failed)
        if usual.filtered and not self.done:
            self.done = True
            out += [_sent(usual.ending()), b"data: [DONE]\n\n"]
        return b"".join(out)

    def _one_put_right(self, usual: UsualStream, block: bytes, out: list[bytes]) -> bool:
        """One event onto the others; False: nothing comes after it."""
        lines = [line for line in block.split(b"\n") if line]
        payload = _payload(block)
        if payload == b"[DONE]":
            if usual.error is not None:
                return False  # what broke off is not over
            if not usual.began:
                raise UpstreamError("broken", "an empty stream")
            out += [self._ended(usual), b"data: [DONE]\n\n"]
            return False
        if not payload:
            if lines and (all(line.startswith(b":") for line in lines) or not (usual.began or is_field(lines[0]))):
                out.append(block + b"\n\n")
        elif any(line.startswith(b"event:") and line[6:].strip() == b"error" for line in lines):
            out.append(_sent(usual.event(_as_error(payload))))
        elif not self._halves.holds and usual.passes(payload):
            out.append(block + b"\n\n")
        else:
            out.append(_sent(usual.event(event_in(payload, self._halves))))
        return True

    def _ended(self, usual: UsualStream) -> bytes:
        late = [after for event in self._halves.ending() for after in usual.event(event)]
        return _sent([*late, *usual.ending()])

    def _counted(self, data: bytes) -> bytes:
        kept: list[bytes] = []
        for event in data.split(b"\n\n"):
            line = event.strip()
            if b'"usage"' in line and line.startswith(b"data:"):
                try:
                    chunk = _chunk.decode(line[5:])
                except msgspec.MsgspecError:
                    chunk = _Chunk()
                if chunk.usage is not None:
                    self.usage = usage_of(chunk.usage)
                    if self._hide_usage and not chunk.choices:
                        continue
            kept.append(event)
        return b"\n\n".join(kept) if self._hide_usage else data


def event_in(payload: bytes, halves: Halves | None = None) -> dict[str, Any]:
    """`halves` keeps what of a character comes in two events. Raises UpstreamError for what is no JSON object."""
    try:
        event = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        event = _lenient(payload, halves)
    else:
        if halves is not None and halves.holds and isinstance(event, dict):
            event = halves.joined(event)
    if not isinstance(event, dict):
        raise UpstreamError("garbage", "an event is not a JSON object")
    return event


def _lenient(payload: bytes, halves: Halves | None) -> Any:
    """Numbers that JSON does not have become null; halves of a character that nobody joins, a mark."""
    try:
        found = json.loads(payload, parse_constant=lambda _: None)
        if halves is not None and isinstance(found, dict):
            found = halves.joined(found)
        return msgspec.json.decode(whole(json.dumps(found, ensure_ascii=False)))
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None


def _payload(block: bytes) -> bytes:
    return b" ".join(line[5:].strip() for line in block.split(b"\n") if line.startswith(b"data:"))


def _as_error(payload: bytes) -> dict[str, Any]:
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {"error": {"message": payload[:500].decode("utf-8", "replace")}}
    return found if isinstance(found, dict) and found.get("error") else {"error": found or "error"}


def _sent(events: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(b"data: " + msgspec.json.encode(e) + b"\n\n" for e in events)
