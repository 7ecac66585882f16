"""Call: one request of an application, read as far as policy needs it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from banjia.gateway.exchange import Exchange
from banjia.gateway.limit import Limits
from banjia.gateway.refusal import NO_KEY, WRONG_KEY, Refusal, bad_request
from banjia.gateway.room import Room
from banjia.gateway.settings import AppSettings, Settings
from banjia.text import Lang, Text

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

BODY_SECONDS = 60.0  # between two parts of a request's body
LONGEST_ID = 256


class _StreamOptions(msgspec.Struct):
    include_usage: bool | None = False


class Head(msgspec.Struct):
    """What is decoded of every body; the rest stays bytes."""

    model: str | None = ""  # AzureChatOpenAI of LangChain sends null where the path names a deployment
    stream: bool | None = False
    stream_options: _StreamOptions | None = None
    n: Any = None


NOBODY = AppSettings("", frozenset(), {"": "sensitive"}, (), Limits())

_head = msgspec.json.Decoder(Head)


class Call:
    """One call on its way. `gone` is set when the caller has hung up."""

    __slots__ = (
        "_exchange",
        "_own",
        "answered",
        "app",
        "asked",
        "body",
        "body_seconds",
        "choices",
        "conversation",
        "cost",
        "finished",
        "first",
        "gone",
        "holds",
        "lang",
        "losses",
        "operation",
        "purpose",
        "receive",
        "send",
        "started",
        "stream",
        "subject",
        "task",
        "tokens",
        "trace",
        "unsettled",
        "unthinking",
        "usage_asked",
        "watched",
    )

    def __init__(self, receive: Receive, send: Send, operation: str, started: float) -> None:
        self.receive = receive
        self.send = send
        exchange = getattr(send, "__self__", None)
        self._exchange = exchange if type(exchange) is Exchange else None
        self._own = send
        self.operation = operation
        self.started = started
        self.app: AppSettings = NOBODY
        self.lang: Lang = "en"
        self.purpose = ""
        self.subject = ""
        self.conversation = ""
        self.body = b""
        self.body_seconds = BODY_SECONDS
        self.asked = ""
        self.stream = False
        self.choices = 1  # answers to one question
        self.usage_asked = False
        self.gone = False
        self.answered = False  # the head of an answer has been sent
        self.finished = False
        self.first = 0.0  # when the answer began
        self.watched = False
        self.task: asyncio.Task[Any] | None = None
        self.tokens = 0
        self.trace = b""  # the caller's, as it came
        self.unthinking = False  # the caller's own API answers without thinking unless it is asked to
        self.cost = 0  # billionths of the application's currency
        self.unsettled = False  # it went upstream, and what it used was not told
        self.losses: tuple[str, ...] = ()  # what was lost before the call came to a route
        self.holds = 0  # bytes of the room for requests and answers

    def read_headers(self, headers: list[tuple[bytes, bytes]], settings: Settings) -> None:
        """Who calls, in which language, for what. Raises Refusal; the language is known before anything is refused."""
        key: bytes | None = None
        self.lang = settings.lang
        self.body_seconds = settings.body_seconds
        asked = False  # x-banjia-lang says more than accept-language
        for name, value in headers:
            if name == b"authorization":
                kind, _, rest = value.partition(b" ")
                if kind.lower() == b"bearer":
                    key = rest.strip()
            elif name in {b"api-key", b"x-api-key"}:  # Azure's and Anthropic's way
                key = value.strip()
            elif name == b"accept-language":
                if not asked and value[:2].lower() in {b"zh", b"en"}:
                    self.lang = "zh" if value[:2].lower() == b"zh" else "en"
            elif name == b"content-encoding":
                if value.lower() not in {b"", b"identity"}:
                    raise bad_request("content_encoding", ENCODED, status=415)
            elif name == b"traceparent":
                self.trace = value
            elif name.startswith(b"x-banjia-"):
                asked |= name == b"x-banjia-lang"
                self._own_header(name, value)
        if key is None:
            raise NO_KEY
        app = settings.keys.owner(key)
        if app is None:
            raise WRONG_KEY
        self.app = app
        if self.purpose and self.purpose not in app.purposes:
            raise Refusal(
                403,
                "policy_refusal",
                "unknown_purpose",
                Text(
                    f"应用 {app.id} 没有登记用途“{self.purpose}”",
                    f"application {app.id} has no purpose called {self.purpose!r}",
                ),
            )

    def _own_header(self, name: bytes, value: bytes) -> None:
        text = value.decode("utf-8", "replace").strip()
        if len(text) > LONGEST_ID:
            raise bad_request("header_too_long", Text("x-banjia-* 头过长", "an x-banjia-* header is too long"))
        if name == b"x-banjia-lang":
            if text in {"zh", "en"}:
                self.lang = "zh" if text == "zh" else "en"
        elif name == b"x-banjia-purpose":
            self.purpose = text
        elif name == b"x-banjia-subject":
            self.subject = text
        elif name == b"x-banjia-conversation":
            self.conversation = text

    async def read_body(self, limit: int, room: Room) -> None:
        """The whole body, bounded in size, in time for it and between its parts, and with all others in memory."""
        whole = self._exchange.whole_body() if self._exchange is not None else None
        if whole is not None:
            message: Message = {}
            body = whole
        else:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            body = message.get("body", b"")
        room.take(self, len(body))
        if message.get("more_body", False):
            parts = [body]
            size = len(body)
            end = time.monotonic() + self.body_seconds
            while message.get("more_body", False):
                try:
                    async with asyncio.timeout(min(BODY_SECONDS, max(0.0, end - time.monotonic()))):
                        message = await self.receive()
                except TimeoutError as error:
                    raise bad_request("request_timeout", SLOW, status=408) from error
                if message["type"] == "http.disconnect":
                    raise ClientGone
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                room.take(self, len(parts[-1]))
                if size > limit:
                    break
            body = b"".join(parts)
        if len(body) > limit:
            text = Text(f"请求体超过 {limit} 字节", f"the request body is larger than {limit} bytes")
            raise bad_request("request_too_large", text, status=413)
        self.body = body

    def read_head(self, deployment: str = "") -> None:
        """The fields that policy needs; Azure's path may name the model. Raises Refusal."""
        body = self.body
        try:
            if not body.isascii():
                body.decode("utf-8")
            head = _head.decode(body)
        except UnicodeDecodeError as error:
            raise bad_request("invalid_utf8", NOT_UTF8) from error
        except RecursionError as error:
            raise bad_request("too_deep", DEEP) from error
        except msgspec.ValidationError as error:
            text = Text(f"请求体的字段不对：{error}", f"a field of the request body is wrong: {error}")
            raise bad_request("invalid_body", text) from error
        except msgspec.DecodeError as error:
            raise bad_request("invalid_json", NOT_JSON) from error
        if deployment:
            head.model = deployment
        if not head.model or len(head.model) > LONGEST_ID:
            text = Text("model 为空或过长", "`model` is empty or too long")
            raise bad_request("invalid_model", text, param="model")
        self.asked = head.model
        self.stream = bool(head.stream)
        self.choices = head.n if type(head.n) is int and head.n > 1 else 1
        self.usage_asked = bool(head.stream_options and head.stream_options.include_usage)

    async def begin(self, headers: list[tuple[bytes, bytes]], body: bytes, *, more: bool) -> None:
        """Send the head of the answer and its first part; from here on no other answer can be given."""
        self.answered = True
        self.first = time.monotonic()
        await self.send({"type": "http.response.start", "status": 200, "headers": headers})
        await self.send({"type": "http.response.body", "body": body, "more_body": more})
        self.finished = not more

    def begin_now(self, lines: bytes, length: int | None, body: bytes, *, more: bool) -> bool:
        """As `begin`, at once and with header lines that are known to be sound; False where that cannot be done."""
        exchange = self._exchange
        if exchange is None or self.send is not self._own or exchange.is_stuck:
            return False
        self.answered = True
        self.first = time.monotonic()
        exchange.begin_with(200, lines, length)
        exchange.part(body, more=more)
        self.finished = not more
        return True

    async def taken(self) -> None:
        """Until the caller has taken nearly all of what was written, or is gone."""
        if self._exchange is not None and self._exchange.is_stuck:
            await self._exchange.drained()

    def write_now(self, body: bytes) -> bool:
        """One more part of the answer, at once; False where the caller does not take what was written before."""
        exchange = self._exchange
        if exchange is None or self.send is not self._own or exchange.is_stuck:
            return False
        exchange.part(body, more=True)
        return True


class ClientGone(Exception):  # noqa: N818 - nobody is left to be told
    """The caller has hung up."""


ENCODED = Text("不接受压缩的请求体", "compressed request bodies are not accepted")
SLOW = Text("请求体迟迟没有传完", "the request body did not arrive in time")
NOT_UTF8 = Text("请求体不是有效的 UTF-8", "the request body is not valid UTF-8")
DEEP = Text("请求体嵌套过深", "the request body is nested too deeply")
NOT_JSON = Text("请求体不是有效的 JSON", "the request body is not valid JSON")
