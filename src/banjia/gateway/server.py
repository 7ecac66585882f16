"""Server: one worker's uvicorn around the gateway; it drains on SIGTERM, reloads on SIGHUP, its keys on SIGUSR1."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

from banjia.gateway.app import Gateway
from banjia.gateway.wire import Wire

RELOADS = frozenset({signal.SIGHUP, signal.SIGUSR1})
KEEP_ALIVE = 75  # seconds that a caller's unused connection is kept


class Server(uvicorn.Server):
    """Signals are the worker's own business; `ready` is called once the port answers."""

    ready: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.ready is not None:
            self.ready()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server_for(gateway: Gateway, *, drain: float = 30.0) -> Server:
    return Server(
        uvicorn.Config(
            gateway,
            http=Wire,
            ws="none",
            lifespan="on",
            access_log=False,
            log_config=None,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP_ALIVE,
            timeout_graceful_shutdown=max(1, round(drain)),
            backlog=2048,
        )
    )


async def run(
    gateway: Gateway,
    listening: socket.socket,
    *,
    drain: float,
    reload: Callable[[], None],
    rekey: Callable[[], None],
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT; then take nothing new, finish what is in hand, and return."""
    server = server_for(gateway, drain=drain)
    server.ready = ready
    loop = asyncio.get_running_loop()

    def stop() -> None:
        gateway.draining = True
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    loop.add_signal_handler(signal.SIGHUP, reload)
    loop.add_signal_handler(signal.SIGUSR1, rekey)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, RELOADS)
    await server.serve(sockets=[listening])


def bind(host: str, port: int) -> socket.socket:
    """A socket that several workers may listen on together. Raises OSError where the address is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        listening.bind((host, port))
    except OSError:
        listening.close()
        raise
    listening.set_inheritable(True)
    return listening
