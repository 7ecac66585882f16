"""Rewrite: answers that may not simply pass: another dialect is put right, surrogates become what they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from banjia.errors import RouteError
from banjia.gateway.answer import UpstreamError
from banjia.gateway.event import DONE, event_in
from banjia.gateway.failure import from_canonical
from banjia.gateway.label import LabelPlan, LabelStream, labelled
from banjia.gateway.moderation import ModeratedStream, Screen, said_by, silenced
from banjia.gateway.refusal import Refusal, error_event
from banjia.gateway.thought import ThoughtStream
from banjia.gateway.usage import Usage, usage_of
from banjia.routes.dialect import answer as answers
from banjia.routes.dialect.selection import Selection
from banjia.routes.dialect.stream import StreamRewriter
from banjia.routes.dialect.usual_stream import UsualStream
from banjia.routes.provider import Provider

if TYPE_CHECKING:
    from banjia.privacy.stream import Stream
    from banjia.privacy.treater import Treated

Json = dict[str, Any]
END = b"data: [DONE]\n\n"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """How the answers of one attempt are changed on their way back."""

    route: str
    provider: Provider | None = None
    selection: Selection | None = None
    treated: Treated | None = None
    screen: Screen | None = None
    labels: LabelPlan | None = None
    thinks: str = ""  # the field of the reasoning that is kept for the next turn

    def answer(self, response: Json, entry: str) -> Json:
        """The whole answer as the caller gets it. Raises Refusal where an error stood in its place."""
        return self.finished(self.translated(response), entry)

    def finished(self, response: Json, entry: str) -> Json:
        """Surrogates restored, screened by keywords, labelled."""
        response = self.restored(response)
        if self.screen is not None and self.screen.hits(said_by(response)):
            return silenced(response)
        return labelled(response, self.labels, entry) if self.labels is not None else response

    def translated(self, response: Json) -> Json:
        """In OpenAI's form, with surrogates still in it."""
        if self.provider is not None and self.selection is not None:
            answered = answers.answer(self.provider, self.selection, response)
            if answered.error is not None:
                raise from_canonical(answered.error, self.route)
            response = answered.response
        return response

    def restored(self, response: Json) -> Json:
        if self.treated is not None and self.treated.surrogates is not None:
            response = self.treated.restorer().answer(response)
        return response

    def rewriter(self, *, include_usage: bool = False) -> StreamRewriter | None:
        if self.provider is None or self.selection is None:
            return None
        return StreamRewriter(self.provider, self.selection, include_usage)

    def stream(self, entry: str, *, include_usage: bool, usual: UsualStream | None = None) -> StreamRewrite:
        stages: list[Stage] = []
        thoughts = ThoughtStream(self.thinks) if self.thinks else None
        if thoughts is not None:
            stages.append(thoughts)
        if self.treated is not None and self.treated.surrogates is not None:
            stages.append(_Restored(self.treated.stream()))
        moderated = ModeratedStream(self.screen) if self.screen is not None else None
        if moderated is not None:
            stages.append(moderated)
        if self.labels is not None:
            stages.append(LabelStream(self.labels, entry))
        rewriter = self.rewriter(include_usage=include_usage)
        rewrite = StreamRewrite(self.route, rewriter, usual or UsualStream(), stages, moderated)
        rewrite.thoughts = thoughts
        return rewrite


class Stage(Protocol):
    """One step of a stream: an event in, those to go on with out; at the end what was held back."""

    def event(self, event: Json) -> list[Json]: ...

    def end(self) -> list[Json]: ...


class _Restored:
    """The privacy room's stream as a stage."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def event(self, event: Json) -> list[Json]:
        return self._stream.event(event)

    def end(self) -> list[Json]:
        return [msgspec.json.decode(rest) for rest in self._stream.end()]


class StreamRewrite:
    """Whole events in, whole events out. `failed` once an error event was given out: nothing follows it.

    A vendor's safety refusal after the first words is no error but the end of the answer: `content_filter`.
    """

    def __init__(
        self,
        route: str,
        rewriter: StreamRewriter | None,
        usual: UsualStream,
        stages: Sequence[Stage],
        moderated: ModeratedStream | None,
    ) -> None:
        self._route = route
        self._rewriter = rewriter
        self._usual = usual
        self._over = False  # the end mark has come
        self._stages = stages
        self._moderated = moderated
        self._last: Json = {}
        self.thoughts: ThoughtStream | None = None
        self.filtered = False
        self.failed = False

    @property
    def usage(self) -> Usage | None:
        return usage_of(self._rewriter.usage if self._rewriter is not None else None)

    @property
    def stopped(self) -> bool:
        """A safety check ended the answer, the vendor's or the application's own."""
        return self.filtered or (self._moderated is not None and self._moderated.stopped)

    @property
    def raw(self) -> str:
        """The vendor's own code of the error that ended the stream."""
        error = self._rewriter.error if self._rewriter is not None else None
        return error.raw_code if error is not None else self._usual.raw

    @property
    def complete(self) -> bool:
        return self.stopped or (self._rewriter is not None and self._rewriter.is_complete)

    @property
    def refusal(self) -> Refusal | None:
        """The error that came before any word of an answer."""
        error = self._rewriter.error if self._rewriter is not None else self._usual.error
        return from_canonical(error, self._route) if self.failed and not self._last and error is not None else None

    def feed(self, data: bytes) -> bytes:
        """Raises UpstreamError for an event that is not JSON; comments and end marks are left out."""
        if self._over:  # an end mark ends the answer, whatever follows
            return b""
        if b"[DONE]" in data and (end := DONE.search(data)) is not None:
            self._over, data = True, data[: end.start()]
        out: list[bytes] = []
        plain = self._rewriter.passes if self._rewriter is not None and not self._stages else None
        for payload in payloads(data):
            if self._moderated is not None and self._moderated.stopped:
                self.filtered = True
                break
            at_once = plain is not None and not (self.failed or self.filtered or self._usual.watching)
            passed = plain(payload) if plain is not None and at_once else None
            if passed is not None:
                out.append(b"data: %b\n\n" % passed)
            else:
                out += [self._out([event], 0) for event in self._dialect(payload)]
        return b"".join(out)

    def end(self) -> bytes:
        """What was held back, and the end mark. Raises UpstreamError where there was nothing but that mark."""
        if self.failed:
            return b""
        if not (self._usual.began or self.stopped):
            raise UpstreamError("broken", "an empty stream")
        rest = self._rewriter.finish() if self._rewriter is not None and not self.filtered else []
        events = [after for event in rest for after in self._usual.event(event)]
        if not self.stopped:
            events += self._usual.ending()
        out = [self._out(events, 0)]
        out += [self._out(stage.end(), at + 1) for at, stage in enumerate(self._stages)]
        return b"".join([*out, END])

    def _dialect(self, payload: bytes) -> list[Json]:
        if self.failed or self.filtered:
            return []
        event = event_in(payload)
        usual = self._usual
        events = self._rewriter.feed(event) if self._rewriter is not None else [event]
        broken = self._rewriter.error if self._rewriter is not None else None
        if broken is not None and broken.safety and self._last:
            self.filtered = True
            return [after for e in [*events[:-1], _filtered(self._last)] for after in usual.event(e)]
        if broken is not None:
            self.failed = True
            return events
        found = [after for e in events for after in usual.event(e)]
        if usual.filtered:
            self.filtered = True
            return [*found, *usual.ending()]
        self.failed = usual.error is not None
        if found and not self.failed:
            self._last = found[-1]
        return found

    def _out(self, events: Sequence[Json], first: int) -> bytes:
        """Events through the stages from the given one on."""
        found = list(events)
        try:
            for stage in self._stages[first:]:
                found = [after for event in found for after in stage.event(event)]
        except RouteError as error:  # text in a place that nobody knows might hold a surrogate
            self.failed = True
            return error_event(error.say("en"), "server_error", "unknown_event")
        return b"".join(b"data: " + msgspec.json.encode(e) + b"\n\n" for e in found)


def _filtered(last: Json) -> Json:
    head: Json = {k: last[k] for k in ("id", "object", "created", "model") if k in last}
    return {**head, "choices": [{"index": 0, "delta": {}, "finish_reason": "content_filter"}]}


def payloads(data: bytes) -> list[bytes]:
    """The data of each event; comments, other fields and the end mark are passed over."""
    if data.startswith(b"data: {") and data.find(b"\n") == len(data) - 2 and data.endswith(b"\n"):
        return [data[6:-2]]  # one event, as it nearly always comes
    found: list[bytes] = []
    for block in data.split(b"\n\n"):
        if block.startswith(b"data: {") and b"\n" not in block:  # nearly every event
            found.append(block[6:])
            continue
        lines = [line[5:].strip() for line in block.splitlines() if line.startswith(b"data:")]
        payload = b" ".join(lines)  # JSON goes on over a line break as over a blank
        if payload and payload != b"[DONE]":
            found.append(payload)
    return found
