"""Wire: HTTP/1.1 towards callers: one connection, one exchange at a time, an ASGI callable behind it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import unquote

import httptools

from banjia.gateway.exchange import Exchange, last_words
from banjia.gateway.refusal import Refusal, bad_request
from banjia.text import Text

if TYPE_CHECKING:
    from uvicorn import Config
    from uvicorn.server import ServerState

MAX_HEAD = 128 * 1024  # bytes of a request before its body
STALL = 120.0  # seconds in which a caller takes nothing of what was written to it
PARTING = 5.0  # seconds for the rest of a body whose request is answered, where the connection ends with it
MAX_HELD = 256 * 1024  # bytes of a body that wait for whoever reads it

FRAMING = frozenset({b"content-length", b"transfer-encoding"})

BAD_HTTP = bad_request("invalid_http", Text("不是有效的 HTTP/1.1 请求", "not a valid HTTP/1.1 request"))
LONG_HEAD = bad_request("header_too_long", Text("请求头过长", "the head of the request is too long"), status=431)

NO_PARSER = httptools.HttpRequestParser(object())  # of connections that are gone

log = logging.getLogger("banjia.gateway")


class Wire(asyncio.Protocol):
    """Made by uvicorn's server for each connection. Requests sent without waiting for answers are answered in order."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        self.loop = _loop or asyncio.get_running_loop()
        self.app = config.loaded_app
        self.transport: asyncio.Transport = None  # type: ignore[assignment]
        self.tasks = server_state.tasks
        self._connections = server_state.connections
        self._state = app_state
        self._keep_alive = config.timeout_keep_alive
        self._parser = httptools.HttpRequestParser(self)
        self._url = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._fed = 0  # bytes since a head was whole or a part of a body came: a head, or what should not be
        self._incoming: Exchange | None = None  # whose body is arriving
        self._active: Exchange | None = None
        self._fresh: Exchange | None = None  # active, and not started yet
        self._queue: deque[Exchange] = deque()
        self._idle_since = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._reading_paused = False
        self._writable: list[asyncio.Future[None]] = []  # of those who wait until the caller has taken what was written
        self._patience: asyncio.TimerHandle | None = None
        self._expects = False  # the caller waits to be asked for the body
        self._framing = b""  # how long the body is of a request that offers another protocol
        self.is_stuck = False  # the caller does not take what was written
        self._closing = False
        self._is_parting = False  # answered for the last time; the rest of a body is let pass
        self._envelope: dict[str, Any] = {}

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self._connections.add(self)  # type: ignore[arg-type]
        self._envelope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": "http",
            "root_path": "",
            "server": _address(transport, "sockname"),
            "client": _address(transport, "peername"),
            "state": self._state,
        }
        self._idle_since = self.loop.time()
        self._timer = self.loop.call_later(self._keep_alive, self._look)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._connections.discard(self)
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for exchange in (self._active, self._incoming, *self._queue):
            if exchange is not None:
                exchange.lose()
        self._queue.clear()
        self._active = self._incoming = self._fresh = None
        self._parser = NO_PARSER  # it knows this connection: the two would wait for the collector together
        self.resume_writing()

    def eof_received(self) -> None:
        return None

    def data_received(self, data: bytes) -> None:
        self._fed += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade as offered:
            if not self._declined(data[offered.args[0] :]):
                return
        except httptools.HttpParserError:
            self._turn_down(BAD_HTTP)
            return
        if self._fed > MAX_HEAD:
            self._turn_down(LONG_HEAD if self._incoming is None else BAD_HTTP)
            return
        fresh = self._fresh
        if fresh is not None:
            self._fresh = None
            self._start(fresh)

    def pause_writing(self) -> None:
        self.is_stuck = True
        self._be_patient()

    def resume_writing(self) -> None:
        self.is_stuck = False
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
        waiting, self._writable = self._writable, []
        for writable in waiting:
            if not writable.done():
                writable.set_result(None)

    # httptools callbacks

    def on_message_begin(self) -> None:
        self._url = b""
        self._headers = []
        self._expects = False

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        if self._incoming is not None:
            return  # a trailer: nothing that was decided may hang on it
        name = name.lower()
        if name == b"expect":
            self._expects = value.lower() == b"100-continue"
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        if self._incoming is not None:
            return  # the head under which a body is read after another protocol was offered
        parser = self._parser
        self._fed = 0
        version: str = parser.get_http_version()
        raw, _, query = self._url.partition(b"?")
        if not raw.startswith(b"/"):
            raw = httptools.parse_url(self._url).path or b"/"
        path = raw.decode("ascii")
        scope = {
            **self._envelope,
            "method": parser.get_method().decode("ascii"),
            "path": unquote(path) if "%" in path else path,
            "raw_path": raw,
            "query_string": query,
            "headers": self._headers,
        }
        if version != "1.1":
            scope["http_version"] = version
        keep_alive = version != "1.0" and parser.should_keep_alive()
        exchange = Exchange(self, scope, keep_alive=keep_alive, expects=self._expects)
        self._incoming = exchange
        if parser.should_upgrade() and scope["method"] != "CONNECT":
            self._framing = b"".join(b"%b: %b\r\n" % h for h in self._headers if h[0] in FRAMING and h[1] != b"0")
        if self._active is None:
            self._active = self._fresh = exchange
            return
        self._queue.append(exchange)
        self.pause_reading()

    def on_body(self, body: bytes) -> None:
        self._fed = 0
        exchange = self._incoming
        if exchange is not None and exchange.body_arrived(body) > MAX_HELD:
            self.pause_reading()

    def on_message_complete(self) -> None:
        self._fed = 0
        if self._framing:
            return  # the parser takes what follows for the other protocol, not for a body
        if self._is_parting:
            self.transport.close()
        exchange, self._incoming = self._incoming, None
        if exchange is not None:
            exchange.body_complete()

    def _declined(self, rest: bytes) -> bool:
        """No other protocol is spoken: a body is read as of any request, without one the answer ends the connection.

        Java's own client offers h2c with every request. False where what follows was no HTTP.
        """
        framing, self._framing = self._framing, b""
        if not framing:
            if self._incoming is None and self._active is not None:
                self._active.keep_alive = False
            return True
        self._parser = httptools.HttpRequestParser(self)
        try:
            self._parser.feed_data(b"POST / HTTP/1.1\r\n%b\r\n" % framing)
            self._parser.feed_data(rest)
        except httptools.HttpParserUpgrade as offered:
            return self._declined(rest[offered.args[0] :])
        except httptools.HttpParserError:
            self._turn_down(BAD_HTTP)
            return False
        return True

    # for the exchange

    async def drain(self) -> None:
        """Until the caller has taken what was written; one that takes nothing for too long is let go."""
        while self.is_stuck:
            writable: asyncio.Future[None] = self.loop.create_future()
            self._writable.append(writable)
            await writable

    def _be_patient(self, left: int = 0) -> None:
        """Let the caller go, unless it has taken something since there were so many bytes left; nothing: unknown."""
        size = self.transport.get_write_buffer_size()
        if left and size >= left:
            self.transport.abort()
        else:
            self._patience = self.loop.call_later(STALL, self._be_patient, max(1, size))

    def pause_reading(self) -> None:
        if not self._reading_paused:
            self._reading_paused = True
            self.transport.pause_reading()

    def resume_reading(self) -> None:
        if self._reading_paused:
            self._reading_paused = False
            if not self.transport.is_closing():
                self.transport.resume_reading()

    def done(self, exchange: Exchange) -> None:
        """The answer is complete: the next request, if there is one."""
        if not exchange.keep_alive or self._closing:
            self._part(exchange)
            return
        self._idle_since = self.loop.time()
        if self._queue:
            self._active = self._queue.popleft()
            self._start(self._active)
        else:
            self._active = None
        if self._reading_paused and not self._queue:
            self.resume_reading()

    def _part(self, exchange: Exchange) -> None:
        """Close, but not on a caller that is still sending its body: a reset would take the answer away from it."""
        if exchange is not self._incoming or not exchange.is_sending or self.transport.is_closing():
            self.transport.close()
            return
        self._is_parting = True
        self.transport.write_eof()
        self.resume_reading()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self.loop.call_later(PARTING, self.transport.abort)

    # for the server

    def shutdown(self) -> None:
        """Take nothing new; what is in hand is finished first."""
        self._closing = True
        if self._active is None:
            self.transport.close()
        else:
            self._active.keep_alive = False

    def _start(self, exchange: Exchange) -> None:
        task = exchange.task = self.loop.create_task(exchange.run())
        self.tasks.add(task)

    def _look(self) -> None:
        """Close what has been without a request for too long; one timer for a connection, not for a request."""
        self._timer = None
        if self.transport.is_closing():
            return
        left = float(self._keep_alive)
        if self._active is None:
            left = self._idle_since + self._keep_alive - self.loop.time()
            if left <= 0:
                self.transport.close()
                return
        self._timer = self.loop.call_later(left, self._look)

    def _turn_down(self, refusal: Refusal) -> None:
        """What came is no HTTP: say so where no answer has begun, and close."""
        active = self._active
        if active is None or not active.started:
            self.transport.write(last_words(refusal))
        for exchange in (active, self._incoming, *self._queue):
            if exchange is not None:
                exchange.lose()
        self._queue.clear()
        self.transport.close()


def _address(transport: asyncio.BaseTransport, name: str) -> tuple[str, int] | None:
    found = transport.get_extra_info(name)
    return (str(found[0]), int(found[1])) if isinstance(found, tuple) and len(found) >= 2 else None
