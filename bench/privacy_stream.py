"""Measures by how much the gateway holds back the events of a stream whose surrogates it restores.

The stand-in abroad writes the moment of sending into each event; the caller notes when the event is there. What is
lost is what that takes beyond asking the stand-in itself.

    python bench/privacy_stream.py [CALLS]
"""

from __future__ import annotations

import asyncio
import json
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

from crossing.gate import KEY, lay_out, serving

CALLS = 300
EVENTS = 20
LIMIT = 2.0  # ms
CREATED = re.compile(rb'"created": ?([0-9]{12,})[,}]')  # not that of the last event, which the gateway adds
SAID = "客户欧阳文博来电，手机13812345678，邮箱ouyang.wb@example.com，请写一段回复。"


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            size = int(next(x for x in head.lower().split(b"\r\n") if x.startswith(b"content-length"))[15:])
            said = json.loads(await reader.readexactly(size))["messages"][-1]["content"]
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n")
            for number in range(EVENTS):
                await asyncio.sleep(0.004)  # a model takes its time
                piece = said[number * 3 : number * 3 + 3]
                choice = {"index": 0, "delta": {"content": piece}, "finish_reason": None}
                event = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
                event["created"] = time.perf_counter_ns()
                data = b"data: " + json.dumps(event).encode() + b"\n\n"
                writer.write(b"%x\r\n%b\r\n" % (len(data), data))
            end = {"index": 0, "delta": {}, "finish_reason": "stop"}
            data = (
                b"data: " + json.dumps({"id": "c", "model": "m", "choices": [end]}).encode() + b"\n\ndata: [DONE]\n\n"
            )
            writer.write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(data), data))
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def delays(port: int, calls: int) -> tuple[list[float], list[float]]:
    """Milliseconds from sending to arrival: of first events, and of all later ones."""
    first: list[float] = []
    later: list[float] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": SAID}]}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-length: {len(body)}\r\n\r\n"
    for call in range(calls + 20):
        writer.write(head.encode() + body)
        await reader.readuntil(b"\r\n\r\n")
        held, seen = b"", 0
        while not held.endswith(b"0\r\n\r\n"):
            held += await reader.read(65536)
            now = time.perf_counter_ns()
            sent = [int(m[1]) for m in CREATED.finditer(held)]
            for moment in sent[seen:]:
                if call >= 20:
                    (later if seen else first).append((now - moment) / 1e6)
                seen += 1
    writer.close()
    return first, later


async def main() -> None:
    calls = int(sys.argv[1]) if len(sys.argv) > 1 else CALLS
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with tempfile.TemporaryDirectory() as name:
        lay_out(Path(name), f"http://127.0.0.1:{port}/v1")
        context = serving(Path(name))
        _, gate = await asyncio.to_thread(context.__enter__)
        try:
            direct = await delays(port, calls)
            through = await delays(gate, calls)
        finally:
            await asyncio.to_thread(context.__exit__, None, None, None)
    server.close()
    worst = 0.0
    for what, plain, treated in (("first event", direct[0], through[0]), ("later events", direct[1], through[1])):
        lost = statistics.median(treated) - statistics.median(plain)
        tail = at(treated, 0.95) - at(plain, 0.95)
        worst = max(worst, lost)
        print(
            f"{what + ', delayed by':<34}{lost:>8.2f} ms median{tail:>8.2f} ms at 95 %   limit {LIMIT:g}   {len(treated)} events"
        )
    if worst > LIMIT:
        sys.exit(1)


def at(found: list[float], share: float) -> float:
    return sorted(found)[int(len(found) * share)]


if __name__ == "__main__":
    asyncio.run(main())
