"""An upstream that does what the test says, byte by byte."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Self

import uvloop


@dataclass
class Seen:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


def play(main: Coroutine[Any, Any, Any]) -> Any:
    """Run on the event loop that the product runs on."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


Handler = Callable[[Seen, asyncio.StreamWriter], Awaitable[None]]


def http(body: bytes | dict, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    more = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
    return f"HTTP/1.1 {status}\r\ncontent-type: {kind}\r\n{more}content-length: {len(data)}\r\n\r\n".encode() + data


SSE_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(data: dict | str) -> bytes:
    return f"data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n".encode()


def completion(text: str = "hello", model: str = "true-model", **more) -> dict:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    } | more


def piece(delta: dict, finish: str | None = None, model: str = "true-model", **more) -> dict:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    } | more


def stream(*words: str, usage: bool = False) -> bytes:
    events = [piece({"role": "assistant", "content": ""}), *(piece({"content": w}) for w in words), piece({}, "stop")]
    if usage:
        total = {"prompt_tokens": 3, "completion_tokens": len(words), "total_tokens": 3 + len(words)}
        events.append(piece({}) | {"choices": [], "usage": total})
    return b"".join(map(event, events)) + event("[DONE]")


async def write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


class Scripted:
    """`async with Scripted(handler) as upstream:` listens on loopback; `seen` holds the requests in order."""

    def __init__(self, handler: Handler | None = None, ssl=None) -> None:
        self.handler = handler or answer_all
        self.seen: list[Seen] = []
        self.connections = 0
        self.arrived = asyncio.Event()  # set when a request has been read
        self.gone = asyncio.Event()  # set when a peer has gone away
        self.ssl = ssl
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=self.ssl)
        self.port = self.server.sockets[0].getsockname()[1]
        self.url = f"{'https' if self.ssl else 'http'}://127.0.0.1:{self.port}/v1"
        return self

    async def __aexit__(self, *exc) -> None:
        self.server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._tasks.add(asyncio.current_task())
        self._writers.add(writer)
        try:
            while not writer.is_closing():
                seen = await _read(reader)
                self.seen.append(seen)
                self.arrived.set()
                handling = asyncio.ensure_future(self.handler(seen, writer))
                watching = asyncio.ensure_future(_watch(reader))
                await asyncio.wait({handling, watching}, return_when=asyncio.FIRST_COMPLETED)
                if not handling.done() and watching.done() and watching.result():
                    self.gone.set()
                    handling.cancel()
                watching.cancel()
                await asyncio.gather(handling, watching, return_exceptions=True)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()


async def _watch(reader: asyncio.StreamReader) -> bool:
    """True once the peer has closed its side while its request is being answered."""
    while not reader.at_eof():
        if reader.exception() is not None:
            return True
        await asyncio.sleep(0.01)
    return True


async def _read(reader: asyncio.StreamReader) -> Seen:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, path, _ = head[0].split(" ")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Seen(method, path, headers, body)


async def answer_all(seen: Seen, writer: asyncio.StreamWriter) -> None:
    """An ordinary upstream: chat as JSON or stream, embeddings, models."""
    if seen.path.endswith("/embeddings"):
        given = seen.json["input"]
        inputs = given if isinstance(given, list) and not (given and isinstance(given[0], int)) else [given]
        data = [{"object": "embedding", "index": i, "embedding": [float(i), 0.5]} for i, _ in enumerate(inputs)]
        usage = {"prompt_tokens": 4, "total_tokens": 4}
        await write(writer, http({"object": "list", "model": "true-model", "data": data, "usage": usage}))
    elif seen.json.get("stream"):
        asked = (seen.json.get("stream_options") or {}).get("include_usage", False)
        body = stream("he", "llo", usage=asked)
        await write(writer, SSE_HEAD)
        for part in body.split(b"\n\n")[:-1]:
            await write(writer, chunk(part + b"\n\n"))
        await write(writer, b"0\r\n\r\n")
    else:
        await write(writer, http(completion(model=seen.json["model"])))
