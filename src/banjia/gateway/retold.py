"""Retold: the events of a chat completion told as the stream of another API; nothing follows an error."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from banjia.gateway.answer import UpstreamError
from banjia.gateway.event import Events
from banjia.gateway.rewrite import payloads

Json = dict[str, Any]


class Telling(Protocol):
    """The other API's stream: each gives the bytes to be sent. `feed` raises UpstreamError for what it cannot tell."""

    def begin(self) -> bytes: ...
    def feed(self, event: Json) -> bytes: ...
    def end(self) -> bytes: ...
    def fail(self, given: Json) -> bytes: ...


S = TypeVar("S", bound=Telling)


class Retold(Generic[S]):
    """`feed` what the chat completion would have sent. `stream` is made of the model's name, with the first part."""

    def __init__(self, make: Callable[[str], S]) -> None:
        self._make = make
        self._events = Events()
        self._failed = False
        self.stream: S | None = None
        self.ended = False  # properly: what was told is whole

    def feed(self, body: bytes, *, more: bool) -> bytes:
        data = self._events.feed(body)
        out: list[bytes] = []
        if self.stream is None:
            self.stream = self._make(self._events.model)
            out.append(self.stream.begin())
        for payload in payloads(data):
            if self._failed:
                break
            out.append(self._one(self.stream, msgspec.json.decode(payload)))
        if not more and not self._failed and self._events.done:
            self.ended = True
            out.append(self.stream.end())
        return b"".join(out)

    def _one(self, stream: S, event: Json) -> bytes:
        given = event.get("error")
        if not given:
            try:
                return stream.feed(event)
            except UpstreamError as error:
                given = {"code": f"upstream_{error.kind}", "message": error.detail}
        self._failed = True
        return stream.fail(given)
