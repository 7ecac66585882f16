"""Stand-in: a server that keeps every byte it gets and answers as the mirror does."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Self

from crossing.mirror import answer, events


class Recorder:
    """`with Recorder() as stand_in:` listens on loopback in a thread. `heads` and `bodies` are by the request's seed."""

    def __init__(self) -> None:
        self.port = 0
        self.bytes: dict[int, bytes] = {}  # seed -> all that was received for it
        self.silent = 0  # bytes received that belong to no request
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(server.wait_closed())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(
                    next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))[15:]
                )
                body = await reader.readexactly(length)
                request = json.loads(body)
                number = int(request.get("seed", -1))
                self.bytes[number] = self.bytes.get(number, b"") + head + body
                writer.write(_told(request))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()


def _told(request: dict[str, object]) -> bytes:
    if not request.get("stream"):
        data = json.dumps(answer(request)).encode()
        return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(data), data)
    parts = [b"data: " + json.dumps(e, ensure_ascii=False).encode() + b"\n\n" for e in events(request)]
    parts.append(b"data: [DONE]\n\n")
    body = b"".join(b"%x\r\n%b\r\n" % (len(p), p) for p in parts) + b"0\r\n\r\n"
    return b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n" + body
