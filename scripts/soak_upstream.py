"""The upstream of the soak: it answers as the text of the request says, with every fault that is asked for."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import ClassVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "bench"))

from gateways.framed import Framed
from gateways.load import ANSWER

EVENTS = 20
CHUNK = (
    b'data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"mock","choices":[{"index":0,"delta":{"content":"word "},'
    b'"finish_reason":%b}]}\n\n'
)
PLAIN = b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b"


def plain(status: bytes, body: bytes) -> bytes:
    return PLAIN % (status, len(body), body)


def chunked(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
WORD, LAST = chunked(CHUNK % b"null"), chunked(CHUNK % b'"stop"')
DONE = chunked(b"data: [DONE]\n\n") + b"0\r\n\r\n"
ERROR = b'{"error":{"message":"soak","type":"rate_limit_error","code":"rate_limit_exceeded"}}'
VECTOR = json.dumps(
    {"object": "list", "model": "mock", "data": [{"object": "embedding", "index": 0, "embedding": [0.1] * 256}],
     "usage": {"prompt_tokens": 3, "total_tokens": 3}}
).encode()  # fmt: skip

# name -> what the upstream sends, and whether it hangs up after it
FAULTS: dict[bytes, tuple[bytes, bool]] = {
    b"busy": (plain(b"429 Too Many Requests", ERROR), False),
    b"down": (plain(b"500 Internal Server Error", b"<html>oops</html>"), False),
    b"hidden": (plain(b"200 OK", b'{"error":{"message":"hidden","type":"server_error","code":"x"}}'), False),
    b"garbage": (b"\x00\xff not http at all\r\n\r\n", True),
    b"silent": (b"", True),
    b"cut": (HEAD + WORD * 3, True),
    b"late": (HEAD + WORD + chunked(b"data: " + ERROR + b"\n\n") + b"0\r\n\r\n", False),
    b"large": (plain(b"200 OK", ANSWER.replace(b"word ", b"word " * 300)), False),
}


class Upstream(Framed):
    """Answers as the text of the request says; counts what is open."""

    busy: ClassVar[set[Upstream]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.timer: asyncio.TimerHandle | None = None

    def connection_lost(self, _: Exception | None) -> None:
        self.busy.discard(self)
        if self.timer is not None:
            self.timer.cancel()

    def asked(self, head: bytes, body: bytes) -> None:
        if head.startswith(b"get /busy"):
            self.transport.write(plain(b"200 OK", b"%d" % len(self.busy)))
        elif b"/embeddings" in head.split(b"\r\n", 1)[0]:
            self.transport.write(plain(b"200 OK", VECTOR))
        elif b"do-slow" in body:
            self.busy.add(self)
            self.transport.write(HEAD)
            self.slow(0)
        elif (fault := next((f for name, f in FAULTS.items() if b"do-" + name in body), None)) is not None:
            self.transport.write(fault[0])
            if fault[1]:
                self.transport.close()
        elif b'"stream":true' in body.replace(b" ", b""):
            self.transport.write(HEAD + WORD * (EVENTS - 1) + LAST + DONE)
        else:
            self.transport.write(plain(b"200 OK", ANSWER))

    def slow(self, n: int) -> None:
        if n < 40:
            self.transport.write(WORD)
            self.timer = asyncio.get_running_loop().call_later(0.05, self.slow, n + 1)
        else:
            self.busy.discard(self)
            self.transport.write(LAST + DONE)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Upstream, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()
