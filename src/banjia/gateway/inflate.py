"""Inflate: bodies that an upstream has compressed although it was asked not to."""

from __future__ import annotations

import zlib

from banjia.gateway.answer import UpstreamError

MOST = 16 * 1024 * 1024  # bytes that one read may become
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


class Inflater:
    """`feed` what arrives; what comes out is bounded for each read. Raises UpstreamError for what cannot be read."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._raw = False  # "deflate" without zlib's own envelope, as some servers have it

    def feed(self, data: bytes) -> bytes:
        try:
            out = self._stream.decompress(data, MOST + 1)
        except zlib.error as error:
            if self._raw:
                raise UpstreamError("garbage", f"not compressed as it says: {error}") from error
            self._raw, self._stream = True, zlib.decompressobj(-zlib.MAX_WBITS)
            return self.feed(data)
        if len(out) > MOST:
            raise UpstreamError("too_large", f"more than {MOST} bytes in one piece once decompressed")
        return out


def inflater(encoding: bytes) -> Inflater | None:
    """None: the body is as it is. Raises UpstreamError for a compression that is not known here."""
    name = encoding.strip().lower()
    if name in {b"", b"identity"}:
        return None
    if name in {b"gzip", b"x-gzip", b"deflate"}:
        return Inflater()
    raise UpstreamError("garbage", f"content-encoding {name[:40].decode('ascii', 'replace')}, though asked for none")
