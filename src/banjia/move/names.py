"""Names: a name server for one enclosure: hosts that are answered for it knows, others it denies and writes down."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable

ADDRESS, QUAD = 1, 28  # A and AAAA
UNKNOWN_NAME = 3


def question(packet: bytes) -> tuple[str, int, int]:
    """Name asked for, its type, and where the question ends. Raises ValueError for what is no question."""
    labels: list[str] = []
    at = 12
    try:
        while packet[at]:
            size = packet[at]
            labels.append(packet[at + 1 : at + 1 + size].decode("ascii"))
            at += 1 + size
        (kind,) = struct.unpack_from("!H", packet, at + 1)
    except (IndexError, struct.error, UnicodeDecodeError) as error:
        raise ValueError("no question") from error
    return ".".join(labels).lower(), kind, at + 5


def answer(packet: bytes, known: Callable[[str], bool]) -> tuple[bytes, str]:
    """The reply to a packet, and the name where it was denied."""
    name, kind, end = question(packet)
    found = known(name)
    flags = 0x8180 if found else 0x8180 | UNKNOWN_NAME
    reply = [struct.pack("!2sHHHHH", packet[:2], flags, 1, int(found and kind == ADDRESS), 0, 0), packet[12:end]]
    if found and kind == ADDRESS:
        reply.append(struct.pack("!HHHIH4B", 0xC00C, ADDRESS, 1, 0, 4, 127, 0, 0, 1))
    return b"".join(reply), "" if found else name


def serve(known: Callable[[str], bool], denied: Callable[[str], None]) -> socket.socket:
    """Answer on loopback until the socket is closed."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def loop() -> None:
        while True:
            try:
                packet, client = server.recvfrom(4096)
            except OSError:
                return
            try:
                reply, name = answer(packet, known)
            except ValueError:
                continue
            if name:
                denied(name)
            server.sendto(reply, client)

    threading.Thread(target=loop, daemon=True).start()
    return server
