"""Recorder: a stand-in that answers as OpenAI would and keeps each call's shape; what is meant for others is denied."""

from __future__ import annotations

import json
import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any

from banjia.move.answers import events, reply
from banjia.move.call import Call

if TYPE_CHECKING:
    from banjia.move.authority import Authority

MOST_BYTES = 64 << 20
FIELD = re.compile(rb'content-disposition: form-data;[^\r\n]*?\bname="([^"]+)"', re.IGNORECASE)
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass
class Recording:
    """`serves(host)`: whether this listener stands in for that host; others are denied and written down."""

    port: int = 0
    calls: list[Call] = field(default_factory=list)
    denied: list[str] = field(default_factory=list)
    serves: Callable[[str], bool] = LOOPBACK.__contains__

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def recording(
    kept: Recording | None = None, *, port: int = 0, authority: Authority | None = None
) -> Iterator[Recording]:
    """Serve until the block ends; with an authority over TLS. Port 0 takes a free one on loopback alone."""
    kept = kept if kept is not None else Recording()
    own: Recording = kept

    class Handler(_Handler):
        record = own

    server = _Server(("127.0.0.1" if port == 0 else "", port), Handler)
    if authority is not None:
        server.context = authority.context("stand-in.invalid")
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    context: ssl.SSLContext | None = None

    def finish_request(self, request: Any, client_address: Any) -> None:
        """The handshake belongs to the connection's own thread: a silent client holds up nobody."""
        if self.context is None:
            super().finish_request(request, client_address)
            return
        try:
            request.settimeout(30)
            secure = self.context.wrap_socket(request, server_side=True)
        except (OSError, ssl.SSLError):
            return
        with secure:
            super().finish_request(secure, client_address)

    def server_bind(self) -> None:
        """Without the look-up of its own name that the standard library makes."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "stand-in", self.server_address[1]

    def handle_error(self, *_: Any) -> None:
        """A client that hangs up in the middle is no fault of the stand-in."""


class _Handler(BaseHTTPRequestHandler):
    record: Recording
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self._meant("GET", ()):
            self._answer(
                {"object": "list", "data": [{"id": "gpt-4o", "object": "model", "created": 0, "owned_by": "stand-in"}]}
            )

    def do_DELETE(self) -> None:
        if self._meant("DELETE", ()):
            self._answer({"id": "stand-in", "object": "deleted", "deleted": True})

    def do_POST(self) -> None:
        data = self._body()
        kind = self.headers.get("content-type", "")
        body: dict[str, Any] = {}
        if "multipart/" in kind:
            body = {name.decode("utf-8", "replace"): "" for name in FIELD.findall(data)}
        else:
            try:
                read = json.loads(data or b"{}")
                body = read if isinstance(read, dict) else {}
            except ValueError:
                body = {}
        if not self._meant("POST", tuple(sorted(body))):
            return
        if body.get("stream") is True:
            self._stream(events(self.path.partition("?")[0], body))
        elif self.path.partition("?")[0].endswith("/speech"):
            self._send(b"\0", "audio/mpeg")
        else:
            self._answer(reply(self.path.partition("?")[0], body))

    do_PUT = do_PATCH = do_POST  # noqa: N815 - names of the standard library

    def do_CONNECT(self) -> None:
        self.record.denied.append(self.path)
        self.send_error(403)

    def log_message(self, *_: object) -> None:
        return

    def _meant(self, method: str, keys: tuple[str, ...]) -> bool:
        host = (
            self.headers.get("host", "").rpartition("]")[0].lstrip("[")
            or self.headers.get("host", "").partition(":")[0]
        )
        if not self.record.serves(host.lower()):
            self.record.denied.append(host)
            self.send_error(502, "denied")
            self.close_connection = True
            return False
        self.record.calls.append(Call(method, self.path.partition("?")[0], keys, host.lower()))
        return True

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("transfer-encoding", ""):
            return self.rfile.read(min(int(self.headers.get("content-length") or 0), MOST_BYTES))
        parts: list[bytes] = []
        while size := int(self.rfile.readline().partition(b";")[0].strip() or b"0", 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _answer(self, document: dict[str, Any]) -> None:
        self._send(json.dumps(document).encode(), "application/json")

    def _stream(self, frames: list[str]) -> None:
        self._send("".join(f"{frame}\n\n" for frame in frames).encode(), "text/event-stream")

    def _send(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.send_header("x-request-id", "stand-in")
        self.end_headers()
        self.wfile.write(data)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
