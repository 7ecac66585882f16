"""Inflate: bodies that an upstream has compressed although it was asked not to."""

from __future__ import annotations

import zlib
from typing import Any

from banjia.gateway.answer import UpstreamError

MOST = 16 * 1024 * 1024  # bytes that one read may become
GZIP = b"\x1f\x8b"
_GZIP, _ZLIB, _BARE = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, -zlib.MAX_WBITS


class Inflater:
    """`feed` what arrives; what comes out is bounded for each read. Raises UpstreamError for what cannot be read.

    Its first two bytes tell what it is: "deflate" comes with zlib's own envelope (RFC 1950) or, from some servers,
    without it, and gzip (RFC 1952) may be of several members.
    """

    def __init__(self) -> None:
        self._head = b""
        self._stream: Any = None

    def feed(self, data: bytes) -> bytes:
        out: list[bytes] = []
        room = MOST
        data, self._head = self._head + data, b""
        while data:
            if self._stream is None or self._stream.eof:
                if len(data) < len(GZIP):
                    self._head = data
                    break
                if self._stream is not None and not data.startswith(GZIP):
                    break  # only a gzip goes on behind its end, with another member
                self._stream = _stream_of(data)
            try:
                out.append(self._stream.decompress(data, room + 1))
            except zlib.error as error:
                raise UpstreamError("garbage", f"not compressed as it says: {error}") from error
            room -= len(out[-1])
            if room < 0:
                raise UpstreamError("too_large", f"more than {MOST} bytes in one piece once decompressed")
            data = self._stream.unused_data
        return b"".join(out)


def _stream_of(head: bytes) -> Any:
    if head.startswith(GZIP):
        return zlib.decompressobj(_GZIP)
    is_zlib = head[0] & 0x0F == zlib.DEFLATED and int.from_bytes(head[:2]) % 31 == 0
    return zlib.decompressobj(_ZLIB if is_zlib else _BARE)


def inflater(encoding: bytes) -> Inflater | None:
    """None: the body is as it is. Raises UpstreamError for a compression that is not known here."""
    name = encoding.strip().lower()
    if name in {b"", b"identity"}:
        return None
    if name in {b"gzip", b"x-gzip", b"deflate"}:
        return Inflater()
    raise UpstreamError("garbage", f"content-encoding {name[:40].decode('ascii', 'replace')}, though asked for none")
