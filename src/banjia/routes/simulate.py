"""Simulate: a stand-in of one provider as a bare ASGI callable, made from the same file that the gateway reads.

It accepts only what the vendor accepts, refuses as the vendor refuses, and has the vendor's bad habits. A text with
`simulate:arrears`, `simulate:safety`, `simulate:late-error`, `simulate:cut`, `simulate:slow` ... asks for that fault;
so does the header `x-simulate` with one of these words, which a route of the gateway may send with each call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import msgspec

from banjia.routes.dialect.operation import DropKeepalive, SynthModels
from banjia.routes.dialect.translator import Translator
from banjia.routes.provider import Provider
from banjia.routes.standin import reply as replies
from banjia.routes.standin.acceptance import complaints
from banjia.routes.standin.fault import KINDS, Fault, asked_for, fault, filtered, hidden, interrupted, refused
from banjia.routes.standin.legacy import as_chat, as_completion, as_completions, has_completions
from banjia.routes.standin.part import part_of, passed
from banjia.routes.standin.vector import embedded, misshapen

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
LARGEST_BODY = 16 << 20
OPENAI = frozenset({"openai", "azure_openai", "azure_21vianet"})
FAULT = b"x-simulate"
PAUSE = 0.05  # seconds between two events of a slow stream
_OPERATIONS = (
    ("/chat/completions", "chat"),
    ("/completions", "completions"),
    ("/embeddings/multimodal", "embeddings"),
    ("/embeddings", "embeddings"),
)


def application(provider: Provider, *, model: str = "") -> Application:
    """The stand-in. `model`: a further id that it answers, beside those of the file."""
    standin = StandIn(provider, model)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await standin.answer(scope, receive, send)

    return app


class Aborted(Exception):  # noqa: N818 - it is played, nothing went wrong
    """The connection is cut here, in the middle of an answer."""


class StandIn:
    def __init__(self, provider: Provider, model: str = "") -> None:
        self.provider = provider
        self.translator = Translator(provider)
        named = () if provider.is_engine else provider.models  # an engine answers whatever it was started with
        self.known = {n for m in named for n in (m.id, *m.names)} | ({model} if model else set())
        self.lists = not any(isinstance(op, SynthModels) for op in provider.dialect.catalogue)
        self.comments = any(isinstance(op, DropKeepalive) for op in provider.dialect.answer)

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = str(scope["path"]).rstrip("/")
        if not self._has_key(scope):
            await _json(send, fault(self.provider, "key"))
        elif scope["method"] == "GET" and path.endswith("/models") and self.lists:
            data = [{"id": m, "object": "model", "owned_by": self.provider.id} for m in sorted(self.known)]
            await _json(send, Fault(200, {"object": "list", "data": data}))
        elif (operation := self._operation(path)) and scope["method"] == "POST":
            wanted = next((v.decode("latin-1") for k, v in scope["headers"] if k.lower() == FAULT), "")
            await self._post(operation, await _body(receive), send, wanted, receive, path)
        elif (part := part_of(path)) and self.provider.apis.get(part) == "yes":
            await _bytes(send, *passed(part, path, str(scope["method"])))
        else:
            await _json(
                send, Fault(404, {"error": {"message": f"no such path: {path}", "type": "not_found", "code": None}})
            )

    async def _post(
        self, operation: str, raw: bytes | None, send: Send, wanted: str, receive: Receive, path: str
    ) -> None:
        try:
            request = msgspec.json.decode(raw or b"")
        except msgspec.DecodeError:
            request = None
        if not isinstance(request, dict):
            await _json(send, fault(self.provider, "value", "the body is not a JSON object"))
            return
        old = operation == "completions"
        if old:
            operation, request = "chat", as_chat(request)
        model = str(request.get("model", "")) or self._from_path()
        if self.known and model not in self.known:
            await _json(send, fault(self.provider, "not-found", f"no model {model}"))
        elif wrong := complaints(self.provider, model, request, operation, path):
            await _json(send, refused(self.provider, wrong[0]))
        elif (kind := wanted or asked_for(request)) in KINDS:
            await _json(send, fault(self.provider, kind), headers=_retry(kind))
        elif kind == "hang":  # no answer until the caller has had enough
            while (await receive())["type"] != "http.disconnect":
                continue
        elif kind == "error-in-200":
            await _json(send, hidden(self.provider))
        elif operation == "embeddings":
            selection = self.translator.selection(model, "embeddings")
            if misshapen(request, selection):
                await _json(send, fault(self.provider, "value", "texts are not where they belong"))
            else:
                await _json(send, Fault(200, embedded(self.provider.model(model), request, selection)))
        else:
            await self._chat(model, request, kind, send, old=old)

    async def _chat(self, model: str, request: dict[str, Any], kind: str, send: Send, *, old: bool) -> None:
        selection = self.translator.selection(model, "chat")
        answer = replies.reply(self.provider.model(model), request, selection)
        finish = filtered(self.provider) if kind == "filtered" else ""
        if kind == "interrupted":
            finish = interrupted(self.provider)
        if not request.get("stream"):
            body = replies.whole(answer, finish=finish, nulls=self.provider.id in OPENAI)
            shown = as_completion(body) if old else body
            if kind == "abort":
                await _start(send, 200, b"application/json", ((b"content-length", b"1000000"),))
                await send({"type": "http.response.body", "body": msgspec.json.encode(shown), "more_body": True})
                raise Aborted
            await _json(send, Fault(200, shown), before=b"\n\n" if self.comments else b"")
            return
        options = request.get("stream_options")
        include = isinstance(options, dict) and bool(options.get("include_usage"))
        broken = kind in ("cut", "late-error", "abort")
        await _start(send, 200, b"text/event-stream")
        events = replies.events(answer, include_usage=include, finish=finish, broken=broken)
        for line in self._lines(as_completions(events) if old else events):
            await send({"type": "http.response.body", "body": line, "more_body": True})
            if kind == "slow":
                await asyncio.sleep(PAUSE)
        if kind == "abort":
            raise Aborted
        if kind == "late-error":
            late = fault(self.provider, "safety").body
            await send({"type": "http.response.body", "body": _event(late), "more_body": True})
        end = b"" if broken else b"data: [DONE]\n\n"
        await send({"type": "http.response.body", "body": end, "more_body": False})

    def _lines(self, events: Iterator[dict[str, Any]]) -> Iterator[bytes]:
        for event in events:
            if self.comments:
                yield b": keep-alive\n\n"
            yield _event(event)

    def _has_key(self, scope: Scope) -> bool:
        if self.provider.auth.optional:
            return True
        forms = [(self.provider.auth.header, self.provider.auth.template)]
        forms += [(a.partition(": ")[0], a.partition(": ")[2]) for a in self.provider.auth.alternatives]
        headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in scope["headers"]}
        for name, template in forms:
            before = template.partition("{key}")[0]
            value = headers.get(name.lower(), "")
            if value.startswith(before) and len(value) > len(before) and not value.endswith("invalid"):
                return True
        return False

    def _operation(self, path: str) -> str:
        found = next((operation for end, operation in _OPERATIONS if path.endswith(end)), "")
        return "" if found == "completions" and not has_completions(self.provider) else found

    def _from_path(self) -> str:
        return next(iter(self.known), "")


async def _body(receive: Receive) -> bytes | None:
    parts = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        parts += message.get("body", b"")
        if len(parts) > LARGEST_BODY:
            return None
        if not message.get("more_body"):
            return bytes(parts)


async def _bytes(send: Send, kind: bytes, body: bytes) -> None:
    await _start(send, 200, kind)
    await send({"type": "http.response.body", "body": body})


async def _json(
    send: Send, answer: Fault, *, headers: tuple[tuple[bytes, bytes], ...] = (), before: bytes = b""
) -> None:
    await _start(send, answer.status, b"application/json", headers)
    await send({"type": "http.response.body", "body": before + msgspec.json.encode(answer.body)})


async def _start(send: Send, status: int, kind: bytes, more: tuple[tuple[bytes, bytes], ...] = ()) -> None:
    headers = [(b"content-type", kind), (b"x-banjia-stand-in", b"true"), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})


def _event(body: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(body) + b"\n\n"


def _retry(kind: str) -> tuple[tuple[bytes, bytes], ...]:
    return ((b"retry-after", b"1"),) if kind in ("rate-limit", "overload") else ()
