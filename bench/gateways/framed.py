"""Requests of HTTP/1.1 with a length, one after the other on a connection: all that the stand-ins here have to read."""

from __future__ import annotations

import asyncio
from abc import abstractmethod


class Framed(asyncio.Protocol):
    """`asked` is called with the head, in small letters, and the body of each request."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.held = b""

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.held) < end + 4 + length:
                return
            body, self.held = self.held[end + 4 : end + 4 + length], self.held[end + 4 + length :]
            self.asked(head, body)

    @abstractmethod
    def asked(self, head: bytes, body: bytes) -> None: ...
