"""Forward: the upstream's answer to the caller, byte for byte, with the gateway's headers in front."""

from __future__ import annotations

import time
from functools import lru_cache
from urllib.parse import quote

import msgspec

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.call import Call
from banjia.gateway.event import Events
from banjia.gateway.failure import from_canonical, read_error
from banjia.gateway.refusal import JSON, Header, Refusal, error_event
from banjia.gateway.rewrite import StreamRewrite
from banjia.gateway.usage import Usage
from banjia.text import Text

EVENT_STREAM = (b"content-type", b"text/event-stream; charset=utf-8")
NO_BUFFER = (b"x-accel-buffering", b"no")
NO_CACHE = (b"cache-control", b"no-cache")
STREAM_LINES = b"".join(b"%b: %b\r\n" % header for header in (EVENT_STREAM, NO_CACHE, NO_BUFFER))
END = b"data: [DONE]\n\n"
OF_ONE_CALL = frozenset({b"x-banjia-decision", b"x-request-id"})

HELD = 5.0  # seconds in which comments alone do not begin an answer
BROKEN = Text("上游的流中途断开，以上内容不完整", "the upstream broke off its stream; what came so far is not complete")


class Told(msgspec.Struct, frozen=True, gc=False):
    """What the answer's headers say of the decision."""

    route: str
    model: str
    entry: str
    treatment: str
    warnings: tuple[str, ...] = ()
    vector_space: str = ""

    def headers(self, model: str) -> list[Header]:
        out = [
            (b"x-banjia-route", _value(self.route)),
            (b"x-banjia-model", _value(model or self.model)),
            (b"x-banjia-decision", self.entry.encode("ascii")),
            (b"x-request-id", self.entry.encode("ascii")),  # OpenAI's clients show it as the request's id
            (b"x-banjia-treatment", self.treatment.encode("ascii")),
        ]
        if self.warnings:
            out.append((b"x-banjia-warnings", _value(", ".join(self.warnings))))
        if self.vector_space:
            out.append((b"x-banjia-vector-space", _value(self.vector_space)))
        return out

    def lines(self, model: str) -> bytes:
        """The same as header lines."""
        rest = _lines(self.route, model or self.model, self.treatment, self.warnings, self.vector_space)
        entry = self.entry.encode("ascii")
        return b"x-banjia-decision: %b\r\nx-request-id: %b\r\n%b" % (entry, entry, rest)


NOTHING = msgspec.Raw(b"")


class Said(msgspec.Struct):
    """What is read of a JSON answer."""

    model: str | None = ""
    usage: Usage | None = None
    choices: msgspec.Raw = NOTHING
    data: msgspec.Raw = NOTHING


_answer = msgspec.json.Decoder(Said)


def read_answer(body: bytes) -> Said:
    """Raises UpstreamError or Refusal where a status of success hides an error."""
    try:
        found = _answer.decode(body)
    except (msgspec.MsgspecError, RecursionError) as error:
        raise UpstreamError("garbage", "not JSON") from error
    if not _is_given(found.choices) and not _is_given(found.data):
        raise hidden_error(body)
    return found


async def forward_json(call: Call, body: bytes, told: Told, model: str) -> None:
    size = len(body)
    lines = b"content-type: application/json\r\ncontent-length: %d\r\n%b" % (size, told.lines(model))
    if not call.begin_now(lines, size, body, more=False):
        headers = [JSON, (b"content-length", b"%d" % size), *told.headers(model)]
        await call.begin(headers, body, more=False)


async def forward_stream(
    call: Call, answer: Answer, told: Told, events: Events, rewrite: StreamRewrite | None = None
) -> int:
    """The status for the ledger. Raises while nothing has been sent; after that a broken stream ends with an error."""
    first = b""
    while not first:
        data = await answer.read()
        if not data:
            first = events.rest()
            if not first:
                raise UpstreamError("broken", "an empty stream")
            break
        first = events.feed(data)
        if first.startswith(b":") and says_nothing(first) and time.monotonic() - call.started < HELD:
            first = b""  # an error that follows still has a status of its own
    if not first.lstrip().startswith((b"data:", b":", b"event:", b"id:", b"retry:")):
        raise hidden_error(first)
    if events.refusal is not None:
        raise from_canonical(events.refusal, told.route)
    if rewrite is not None:
        first = rewrite.feed(first)
        if rewrite.refusal is not None:
            raise rewrite.refusal
    if not call.begin_now(STREAM_LINES + told.lines(events.model), None, first, more=True):
        headers = [EVENT_STREAM, NO_CACHE, NO_BUFFER, *told.headers(events.model)]
        await call.begin(headers, first, more=True)
    status = 200
    held: list[bytes] = []  # what the caller did not take at once

    def take(data: bytes) -> bool:
        out = events.feed(data)
        if rewrite is not None:
            out = rewrite.feed(out)
        if not out or call.write_now(out):
            return True
        held.append(out)
        return False

    try:
        while not await answer.pour(take):
            await call.send({"type": "http.response.body", "body": held.pop(), "more_body": True})
        last = _ending(events) if rewrite is None else rewritten_ending(events, rewrite)
    except UpstreamError as error:
        answer.abort(error)
        status = 502
        last = error_event(BROKEN.say(call.lang), "server_error", f"upstream_{error.kind}")
    call.finished = True
    await call.send({"type": "http.response.body", "body": last})
    return 502 if events.failed or (rewrite is not None and rewrite.failed) else status


def says_nothing(data: bytes) -> bool:
    """Whether there are only comments, by which an upstream shows that it is still there."""
    return all(line.startswith(b":") or not line for line in data.split(b"\n"))


def _ending(events: Events) -> bytes:
    """What is still to be sent of a stream whose connection ended properly."""
    last = events.rest()
    if events.failed or events.done:
        return last
    if not events.finished:
        raise UpstreamError("broken", "no end mark")
    return last + END


def rewritten_ending(events: Events, rewrite: StreamRewrite) -> bytes:
    last = rewrite.feed(events.rest())
    if not (events.done or events.finished or rewrite.complete or rewrite.failed):
        raise UpstreamError("broken", "no end mark")
    return last + rewrite.end()


def _is_given(value: msgspec.Raw) -> bool:
    return len(value) > 4 or (len(value) > 0 and bytes(value) != b"null")


def hidden_error(body: bytes) -> Exception:
    error = read_error(body)
    if not error.message and error.code is None:
        return UpstreamError("garbage", "neither an answer nor an error")
    text = Text(
        f"上游在成功状态里报错：{error.message}",
        f"the upstream reported an error under a status of success: {error.message}",
    )
    return Refusal(502, error.type or "server_error", str(error.code or "upstream_error"), text, param=error.param)


@lru_cache(maxsize=1024)
def _lines(route: str, model: str, treatment: str, warnings: tuple[str, ...], vector_space: str) -> bytes:
    headers = Told(route, model, "", treatment, warnings, vector_space).headers(model)
    return b"".join(b"%b: %b\r\n" % (n, v) for n, v in headers if n not in OF_ONE_CALL)


@lru_cache(maxsize=1024)
def _value(text: str) -> bytes:
    """Printable ASCII; what is not is percent-encoded."""
    return quote(text, safe=" !#$&'()*+,/:;=?@[]-._~").encode("ascii")
