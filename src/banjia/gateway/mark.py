"""Mark: the implicit label of GB 45438-2025 in the file of a picture or a sound, where its format carries one."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import quoteattr

import msgspec

Json = dict[str, Any]

KEY = b"AIGC"
PNG = b"\x89PNG\r\n\x1a\n"
XMP = b"http://ns.adobe.com/xap/1.0/\0"
SPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
MOST = 60_000  # bytes of a segment of JPEG


def marked(content: bytes, fields: Json) -> bytes | None:
    """The file with one label, in place of an older one; None where its format is not known to carry any."""
    label = msgspec.json.encode(fields)
    if content.startswith(PNG):
        return _png(content, label)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content, label)
    if content.startswith(b"RIFF") and content[8:12] == b"WAVE":
        return _wav(content, label)
    if content.startswith(b"ID3") or (content[:1] == b"\xff" and content[1:2] >= b"\xe0"):
        return _mp3(content, label)
    return None


def _png(content: bytes, label: bytes) -> bytes | None:
    """A text chunk after the header."""
    kept = [c for c in _chunks(content) if not (c[4:8] in {b"tEXt", b"iTXt"} and c[8:13] == KEY + b"\0")]
    if not kept or kept[0][4:8] != b"IHDR" or kept[-1][4:8] != b"IEND":
        return None
    body = b"tEXt" + KEY + b"\0" + label
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return PNG + kept[0] + chunk + b"".join(kept[1:])


def _chunks(content: bytes) -> Iterator[bytes]:
    at = len(PNG)
    while at + 12 <= len(content):
        size = struct.unpack_from(">I", content, at)[0] + 12
        yield content[at : at + size]
        at += size


def _jpeg(content: bytes, label: bytes) -> bytes | None:
    """An XMP packet before the other segments; a file with a packet of its own is left alone."""
    at, head, rest = 2, b"", b""
    while content[at : at + 1] == b"\xff" and b"\xe0" <= content[at + 1 : at + 2] <= b"\xef":
        size = 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        segment = content[at : at + size]
        at += size
        if segment[4:].startswith(XMP):
            if SPACE.encode() not in segment:
                return None
        elif segment[1:2] == b"\xe0":
            head += segment
        else:
            rest += segment
    packet = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:TC260="{SPACE}" TC260:AIGC={quoteattr(label.decode())}/>'
        '</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()
    segment = b"\xff\xe1" + struct.pack(">H", len(XMP + packet) + 2) + XMP + packet
    return b"\xff\xd8" + head + segment + rest + content[at:] if len(packet) < MOST else None


def _wav(content: bytes, label: bytes) -> bytes | None:
    """A chunk of its own at the end."""
    at, kept = 12, b""
    while at + 8 <= len(content):
        size = struct.unpack_from("<I", content, at + 4)[0]
        whole = size + (size & 1)
        if at + 8 + size > len(content):  # written while it was made: its length is not true
            return None
        if content[at : at + 4] != KEY:
            kept += content[at : at + 8 + whole]
        at += 8 + whole
    chunk = KEY + struct.pack("<I", len(label)) + label + b"\0" * (len(label) & 1)
    body = b"WAVE" + kept + chunk
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _mp3(content: bytes, label: bytes) -> bytes | None:
    """A frame of user text in a tag at the head; a tag of another making stays behind it."""
    text = b"\0" + KEY + b"\0" + label  # Latin-1, for the label is ASCII
    frame = b"TXXX" + _syncsafe(len(text)) + b"\0\0" + text
    rest = content
    if content.startswith(b"ID3"):
        if len(content) < 10 or content[3] != 4 or content[5]:
            return None
        size = _unsafe(content[6:10])
        if len(content) < 10 + size:
            return None
        frame += b"".join(f for f in _frames(content[10 : 10 + size]) if not f[10:].startswith(b"\0" + KEY + b"\0"))
        rest = content[10 + size :]
    return b"ID3\x04\0\0" + _syncsafe(len(frame)) + frame + rest


def _frames(tag: bytes) -> Iterator[bytes]:
    at = 0
    while at + 10 <= len(tag) and tag[at : at + 1] != b"\0":
        size = 10 + _unsafe(tag[at + 4 : at + 8])
        yield tag[at : at + size]
        at += size


def _syncsafe(size: int) -> bytes:
    return bytes((size >> shift) & 0x7F for shift in (21, 14, 7, 0))


def _unsafe(raw: bytes) -> int:
    return sum(byte << shift for byte, shift in zip(raw, (21, 14, 7, 0), strict=True))
