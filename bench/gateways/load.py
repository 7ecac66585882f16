"""The stand-in that answers chat completions, and the callers that ask it, each connection in a closed loop."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import time

from gateways.framed import Framed

EVENTS = 50
KEY = "sk-bench"
ANSWER = json.dumps(
    {
        "id": "chatcmpl-bench",
        "object": "chat.completion",
        "created": 1,
        "model": "mock",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "word " * 90}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 200, "completion_tokens": 90, "total_tokens": 290},
    }
).encode()


# the stand-in


class StandIn(Framed):
    """Answers chat completions: JSON, or a stream of one event a write."""

    def asked(self, head: bytes, body: bytes) -> None:
        self.answer(stream=b'"stream":true' in body.replace(b" ", b""))

    def write(self, data: bytes) -> None:
        """One event, one write to the socket: a model says its words one by one."""
        if self.transport.get_write_buffer_size() == 0:
            with contextlib.suppress(BlockingIOError):
                data = data[os.write(self.transport.get_extra_info("socket").fileno(), data) :]
        if data:
            self.transport.write(data)

    def answer(self, *, stream: bool) -> None:
        if not stream:
            self.write(
                b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"
                % (len(ANSWER), ANSWER)
            )
            return
        self.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
        for n in range(EVENTS):
            finish = b'"stop"' if n == EVENTS - 1 else b"null"
            data = (
                b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"mock","choices":[{"index":0,"delta":{"content":"word "},"finish_reason":%b}]}\n\n'
                % finish
            )
            self.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.write(b"e\r\ndata: [DONE]\n\n\r\n0\r\n\r\n")


async def stand_in(port: int) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(StandIn, "127.0.0.1", port)
    await server.serve_forever()


# the load

MOST_SECONDS, LOOK = 10.0, 0.05  # that a round of a slow target is waited for, between two looks


class Caller(asyncio.Protocol):
    """One connection in a closed loop: the next request leaves when the answer is whole."""

    def __init__(self, request: bytes, times: list[tuple[float, float]], faults: list[str], *, stream: bool) -> None:
        self.request, self.stream, self.times, self.faults = request, stream, times, faults
        self.held = b""
        self.first = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.transport = transport
        self.ask()

    def ask(self) -> None:
        self.began = time.perf_counter()
        self.held, self.first = b"", 0.0
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.held += data
        if not self.first and (not self.stream or b"data:" in self.held):
            self.first = time.perf_counter() - self.began
        head, mark, body = self.held.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if mark and (len(body) >= int(length) if length else self.held.endswith(b"0\r\n\r\n")):
            if not self.held.startswith(b"HTTP/1.1 200") or (self.stream and b'"stop"' not in self.held):
                self.faults.append(f"unexpected answer: {self.held[-300:]!r}")
                self.transport.abort()
                return
            self.times.append((self.first, time.perf_counter() - self.began))
            self.ask()


async def load(
    ports: tuple[int, ...], request: bytes, connections: int, seconds: float, *, stream: bool
) -> list[tuple[float, float]]:
    """What whole answers took, of connections shared out among the ports; of a slow target until each caller might
    have had one. Raises RuntimeError for a wrong one.
    """
    times: list[tuple[float, float]] = []
    faults: list[str] = []
    loop = asyncio.get_running_loop()
    opened = [
        await loop.create_connection(
            lambda: Caller(request, times, faults, stream=stream), "127.0.0.1", ports[n % len(ports)]
        )
        for n in range(connections)
    ]
    await asyncio.sleep(seconds)
    for _ in range(round(MOST_SECONDS / LOOK)):
        if len(times) >= connections or faults:
            break
        await asyncio.sleep(LOOK)
    for transport, _ in opened:
        transport.abort()
    if faults or not times:
        raise RuntimeError(faults[0] if faults else f"no answer in {MOST_SECONDS:g} s")
    return times


def request_of(size: int, *, stream: bool, model: str = "mock", headers: str = "") -> bytes:
    body = {"model": model, "messages": [{"role": "user", "content": ""}], "stream": stream}
    body["messages"][0]["content"] = ("Please keep the meaning of this text. " * (size // 30))[
        : size - len(json.dumps(body))
    ]
    data = json.dumps(body).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {KEY}\r\ncontent-type: application/json\r\ncontent-length: {len(data)}\r\n{headers}\r\n"
    return head.encode() + data
