"""Run banjia in a process that dies at the first connection to anything but the ports it was given on loopback."""

from __future__ import annotations

import os
import sys

import uvloop

ALLOWED = {int(p) for p in os.environ["ALLOWED_PORTS"].split(",")}


def check(host: object, port: object) -> None:
    name = host.decode() if isinstance(host, bytes) else str(host)
    if name not in {"127.0.0.1", "localhost", "::1"} or (port is not None and int(str(port)) not in ALLOWED):
        sys.stderr.write(f"DENIED {name}:{port}\n")
        sys.stderr.flush()
        os._exit(99)


def hook(event: str, args: tuple) -> None:
    if event == "socket.connect" and isinstance(args[1], tuple):
        check(*args[1][:2])
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        check(args[0], args[1] if len(args) > 1 else None)


class Loop(uvloop.Loop):
    async def create_connection(self, factory, host=None, port=None, **more):
        check(host, port)
        return await super().create_connection(factory, host, port, **more)

    async def getaddrinfo(self, host, port, **more):
        check(host, port)
        return await super().getaddrinfo(host, port, **more)


sys.addaudithook(hook)
uvloop.new_event_loop = Loop

from banjia.cli import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
