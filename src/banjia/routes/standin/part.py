"""Part: the parts of OpenAI's API that the gateway hands on unread, answered with the least that has their form."""

from __future__ import annotations

import base64
import struct
import zlib

import msgspec

PARTS = ("moderations", "images", "audio", "files", "batches")
JSON = b"application/json"


def part_of(path: str) -> str:
    """The part that a path belongs to, or nothing."""
    return next((p for p in PARTS if f"/{p}" in path), "")


def passed(part: str, path: str, method: str) -> tuple[bytes, bytes]:
    """Content type and body."""
    if path.endswith("/audio/speech"):
        return b"audio/wav", wav()
    if part == "images":
        return JSON, msgspec.json.encode({"created": 0, "data": [{"b64_json": base64.b64encode(png()).decode()}]})
    if part == "moderations":
        result = {"flagged": False, "categories": {}, "category_scores": {}}
        return JSON, msgspec.json.encode({"id": "modr-1", "model": "stand-in", "results": [result]})
    if part == "audio":
        return JSON, msgspec.json.encode({"text": "stand-in"})
    if method == "GET" and path.rstrip("/").endswith(part):
        return JSON, msgspec.json.encode({"object": "list", "data": [], "has_more": False})
    return JSON, msgspec.json.encode(
        {"id": f"{part}-1", "object": part.removesuffix("s"), "deleted": method == "DELETE"}
    )


def png() -> bytes:
    """One grey dot."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + _chunk(b"IDAT", zlib.compress(b"\0\x80")) + _chunk(b"IEND", b"")


def wav() -> bytes:
    """A moment of silence."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", 8) + b"\x80" * 8
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
