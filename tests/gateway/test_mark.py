"""The implicit label in files of pictures and sounds: one of it, readable, the file otherwise as it was."""

from __future__ import annotations

import base64
import io
import json
import struct
import wave
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, http, play, write

from banjia.config.config import Labels
from banjia.gateway.label import LabelPlan, metadata
from banjia.gateway.mark import SPACE, XMP, marked
from banjia.routes.standin.part import png, wav
from house import cell, house, open_cells, policy, route

FIELDS = metadata(LabelPlan(None, "acme"), "entry-1")["AIGC"]
OTHER = FIELDS | {"Label": "2"}
JPEG = b"\xff\xd8" + b"\xff\xe0\x00\x10JFIF\0\1\1\0\0\1\0\1\0\0" + b"\xff\xdb\x00\x04ab" + b"\xff\xda\0\2pixels\xff\xd9"
MP3 = b"\xff\xfb\x90\x00" + b"\0" * 32
TAGGED = b"ID3\x04\0\0\0\0\0\x0f" + b"TIT2\0\0\0\x05\0\0\0song" + MP3
FILES = {"png": png(), "jpeg": JPEG, "wav": wav(), "mp3": MP3, "tagged": TAGGED}


def label_of(name: str, content: bytes) -> list[dict]:
    """Every label that a reader of the format finds."""
    if name == "png":
        found, at = [], 8
        while at < len(content):
            size = struct.unpack_from(">I", content, at)[0]
            kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + size]
            assert struct.unpack_from(">I", content, at + 8 + size)[0] == zlib.crc32(kind + body)
            found += [body[5:]] if kind == b"tEXt" and body.startswith(b"AIGC\0") else []
            at += 12 + size
    elif name == "jpeg":
        part = content.split(XMP)[1:]
        quoted = [p.split(b"TC260:AIGC=")[1].split(b"/>")[0].decode() for p in part]
        found = [q[1:-1].replace("&quot;", '"').encode() for q in quoted]
    elif name == "wav":
        found, at = [], 12
        assert struct.unpack_from("<I", content, 4)[0] == len(content) - 8
        while at < len(content):
            size = struct.unpack_from("<I", content, at + 4)[0]
            found += [content[at + 8 : at + 8 + size]] if content[at : at + 4] == b"AIGC" else []
            at += 8 + size + (size & 1)
    else:
        parts = content.split(b"TXXX")[1:]
        found = [p[6:].split(b"\0AIGC\0")[1][: p[6:].split(b"\0AIGC\0")[1].index(b"}") + 1] for p in parts]
    return [json.loads(f) for f in found]


@pytest.mark.parametrize("name", FILES)
def test_a_file_carries_its_label_once_however_often_it_is_marked(name):
    first = marked(FILES[name], OTHER)
    again = marked(first, FIELDS)
    assert ([OTHER], [FIELDS]) == (label_of(name, first), label_of(name, again))


def test_the_picture_and_the_sound_are_what_they_were():
    with wave.open(io.BytesIO(marked(wav(), FIELDS))) as sound:
        assert sound.readframes(8) == b"\x80" * 8
    assert marked(png(), FIELDS).endswith(png()[33:])
    assert marked(JPEG, FIELDS).endswith(b"\xff\xdb\x00\x04ab\xff\xda\0\2pixels\xff\xd9")
    assert marked(MP3, FIELDS).endswith(MP3)
    assert b"TIT2\0\0\0\x05\0\0\0song" in marked(TAGGED, FIELDS)


def test_a_packet_that_others_wrote_is_left_alone():
    segment = XMP + b"<x/>"
    held = JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + JPEG[2:]
    assert marked(held, FIELDS) is None
    assert SPACE.encode() in marked(JPEG, FIELDS)


@given(
    st.binary(max_size=60),
    st.sampled_from([b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WAVE", b"ID3\x04", b"ID3"]),
)
def test_no_bytes_are_too_odd_to_be_looked_at(rest, start):
    found = marked(start + rest, FIELDS)
    assert found is None or len(found) > len(start)


def make(tmp_path, path, body, kind, status="200 OK", labels=None, cells=None):
    async def handler(seen, writer):
        await write(writer, http(body, status, kind))

    async def main():
        async with Scripted(handler) as upstream:
            apis = {"r": frozenset({"images", "audio"})}
            table = policy(cells or open_cells("r"))
            async with house(tmp_path, [route("r", upstream.url)], table, apis=apis, labels=labels or Labels()) as h:
                return await h.send("POST", path, b"{}")

    return play(main())


DUE = [cell("r", data_class="none", duties=("implicit-label",))]


def test_a_sound_that_is_made_carries_the_label_that_is_due(tmp_path):
    answer = make(tmp_path, "/v1/audio/speech", wav(), "audio/wav", cells=DUE)
    (label,) = label_of("wav", answer.body)
    assert label["ProduceID"] == answer.headers["x-banjia-decision"]
    assert "x-banjia-warnings" not in answer.headers


def test_pictures_in_json_carry_it_inside_and_beside(tmp_path):
    items = {"created": 1, "data": [{"b64_json": base64.b64encode(png()).decode()}]}
    answer = make(tmp_path, "/v1/images/generations", json.dumps(items).encode(), "application/json", cells=DUE)
    (label,) = label_of("png", base64.b64decode(answer.json["data"][0]["b64_json"]))
    assert label == answer.json["AIGC"]


@pytest.mark.parametrize(
    ("path", "body", "kind"),
    [
        ("/v1/audio/speech", b"OggS", "audio/ogg"),
        ("/v1/images/generations", b'{"data": [{"url": "https://x.example/a.png"}]}', "application/json"),
        ("/v1/images/generations", b"data: {}\n\n", "text/event-stream"),
    ],
)
def test_what_cannot_carry_it_is_said(tmp_path, path, body, kind):
    answer = make(tmp_path, path, body, kind, cells=DUE)
    assert (200, "label(implicit);loss=hard") == (answer.status, answer.headers["x-banjia-warnings"])


def test_without_the_duty_the_bytes_pass(tmp_path):
    assert make(tmp_path, "/v1/audio/speech", wav(), "audio/wav").body == wav()


def test_an_error_of_the_upstream_is_told_as_the_gateway_tells_errors(tmp_path):
    body = b'{"error": {"message": "wrong key", "type": "x", "code": "invalid_api_key"}}'
    answer = make(tmp_path, "/v1/audio/speech", body, "application/json", "401 Unauthorized")
    assert (502, "upstream_auth", "false") == (answer.status, answer.error["code"], answer.headers["x-should-retry"])
