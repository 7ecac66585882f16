"""Dial: open one connection to a target, straight or through the proxy that config names; TLS always verified."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable
from typing import cast

from banjia.gateway.answer import UpstreamError
from banjia.gateway.connection import Connection
from banjia.gateway.target import Target


async def dial(target: Target, context: ssl.SSLContext | None, factory: Callable[[], Connection]) -> Connection:
    """Raises UpstreamError (nothing sent) where no connection comes about in time."""
    try:
        async with asyncio.timeout(target.timeouts.connect):
            if target.proxy is not None:
                return await _through_proxy(target, target.proxy, context, factory)
            return await _straight(target, context, factory)
    except TimeoutError as error:
        raise UpstreamError("connect", "time-out", sent=False) from error
    except (ssl.SSLError, ssl.CertificateError) as error:
        raise UpstreamError("tls", str(error)[:200], sent=False) from error
    except (OSError, UnicodeError) as error:
        raise UpstreamError("connect", str(error)[:200], sent=False) from error


async def _straight(target: Target, context: ssl.SSLContext | None, factory: Callable[[], Connection]) -> Connection:
    loop = asyncio.get_running_loop()
    failure: OSError | None = None
    for address in await _addresses(target):
        try:
            _, connection = await loop.create_connection(
                factory, address, target.port, ssl=context, server_hostname=target.host if context else None
            )
        except ssl.SSLError:
            raise
        except OSError as error:
            failure = error
        else:
            return connection
    raise failure or OSError("no address")


async def _addresses(target: Target) -> list[str]:
    """The addresses of a name, once each, without those that are not connected to.

    What is dialled are these, so that a name cannot lead elsewhere between the check and the call.
    """
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    allowed = [a for a in addresses if target.admits(a)]
    if addresses and not allowed:
        raise UpstreamError("forbidden", target.host, sent=False)
    return allowed


async def _through_proxy(
    target: Target, proxy: tuple[str, int], context: ssl.SSLContext | None, factory: Callable[[], Connection]
) -> Connection:
    loop = asyncio.get_running_loop()
    transport, tunnel = await loop.create_connection(_Tunnel, *proxy)
    host = f"[{target.host}]" if ":" in target.host else target.host
    transport.write(f"CONNECT {host}:{target.port} HTTP/1.1\r\nhost: {host}:{target.port}\r\n\r\n".encode("ascii"))
    try:
        await tunnel.open
        connection = factory()
        if context is None:
            transport.set_protocol(connection)
            connection.connection_made(transport)
        else:
            secured = await loop.start_tls(transport, connection, context, server_hostname=target.host)
            connection.connection_made(cast("asyncio.BaseTransport", secured))
    except BaseException:
        transport.abort()
        raise
    return connection


class _Tunnel(asyncio.Protocol):
    """Waits for the proxy's answer to CONNECT."""

    def __init__(self) -> None:
        self.open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._seen = b""

    def data_received(self, data: bytes) -> None:
        self._seen += data
        if self.open.done():
            return
        if b"\r\n\r\n" in self._seen:
            line = self._seen.split(b"\r\n", 1)[0].split(b" ")
            if len(line) >= 2 and line[0].startswith(b"HTTP/1.") and line[1] == b"200":
                self.open.set_result(None)
            else:
                self.open.set_exception(OSError(f"the proxy refused: {b' '.join(line)[:80]!r}"))
        elif len(self._seen) > 16384:
            self.open.set_exception(OSError("the proxy does not speak HTTP"))

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.open.done():
            self.open.set_exception(exc or OSError("the proxy closed the connection"))
