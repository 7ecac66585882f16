"""Recorder: a stand-in on loopback that answers as OpenAI would and keeps the shape of each call, never its content."""

from __future__ import annotations

import json
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Call:
    """Method, path without host and query, and the names of the body's fields."""

    method: str
    path: str
    keys: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {"method": self.method, "path": self.path, "keys": list(self.keys)}


@dataclass
class Recording:
    port: int = 0
    calls: list[Call] = field(default_factory=list)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def recording() -> Iterator[Recording]:
    """Serve until the block ends."""
    kept = Recording()

    class Handler(_Handler):
        record = kept

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    kept.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    record: Recording
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._keep(())
        self._answer(
            {"object": "list", "data": [{"id": "gpt-4o", "object": "model", "created": 0, "owned_by": "stand-in"}]}
        )

    def do_POST(self) -> None:
        size = min(int(self.headers.get("content-length") or 0), MOST_BYTES)
        try:
            body = json.loads(self.rfile.read(size) or b"{}")
        except ValueError:
            body = {}
        body = body if isinstance(body, dict) else {}
        self._keep(tuple(sorted(body)))
        if body.get("stream"):
            self._stream(body)
        else:
            self._answer(_reply(self.path, body))

    def log_message(self, *_: object) -> None:
        return

    def _keep(self, keys: tuple[str, ...]) -> None:
        self.record.calls.append(Call(self.command, self.path.partition("?")[0], keys))

    def _answer(self, document: dict[str, Any]) -> None:
        data = json.dumps(document).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _stream(self, body: dict[str, Any]) -> None:
        chunk = {"id": "stand-in", "object": "chat.completion.chunk", "created": 0, "model": body.get("model", "")}
        deltas = [{"index": 0, "delta": {"role": "assistant", "content": "ok"}, "finish_reason": None}]
        ends = [{"index": 0, "delta": {}, "finish_reason": "stop"}]
        events = [json.dumps({**chunk, "choices": c}) for c in (deltas, ends)] + ["[DONE]"]
        data = "".join(f"data: {event}\n\n" for event in events).encode()
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _reply(path: str, body: dict[str, Any]) -> dict[str, Any]:
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    model = str(body.get("model", ""))
    if "embeddings" in path:
        inputs = body.get("input")
        count = len(inputs) if isinstance(inputs, list) and inputs and isinstance(inputs[0], (str, list)) else 1
        rows = [{"object": "embedding", "index": i, "embedding": [0.0] * 8} for i in range(count)]
        return {"object": "list", "model": model, "data": rows, "usage": usage}
    if path.endswith("/responses"):
        part = {"type": "output_text", "text": "ok", "annotations": []}
        item = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [part]}
        return {
            "id": "resp_1",
            "object": "response",
            "created_at": 0,
            "status": "completed",
            "model": model,
            "output": [item],
        }
    if "chat" not in path and "completions" in path:
        choice: dict[str, Any] = {"index": 0, "text": "ok", "finish_reason": "stop", "logprobs": None}
        return {
            "id": "stand-in",
            "object": "text_completion",
            "created": 0,
            "model": model,
            "choices": [choice],
            "usage": usage,
        }
    message = {"role": "assistant", "content": "ok"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {
        "id": "stand-in",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [choice],
        "usage": usage,
    }
