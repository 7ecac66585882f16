"""Upstreams that mean harm, or send more than anybody should: bounded memory, a clear answer, no crash."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib

import pytest
from open_house import behind
from scripted import SSE_HEAD, chunk, completion, http, write
from scripted import stream as whole_stream

from banjia.gateway import connection
from banjia.gateway.answer import UpstreamError
from banjia.gateway.event import Events
from house import chat

MB = 1 << 20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("rest", [b"x-trailer: " + b"a" * 1000 + b"\r\n", b"y" * 1000])
def test_an_upstream_whose_trailers_never_end_is_given_up(tmp_path, rest):
    async def handler(seen, writer):
        body = json.dumps(completion()).encode()
        await write(writer, SSE_HEAD.replace(b"text/event-stream", b"application/json") + chunk(body) + b"0\r\n")
        for _ in range(4 * connection.MAX_HEAD // len(rest)):
            await write(writer, rest)
        await asyncio.Event().wait()

    async def use(h, upstream):
        return await asyncio.wait_for(h.post(), 10)

    answer = behind(tmp_path, use, handler)
    assert (answer.status, answer.error["code"]) == (502, "upstream_garbage")


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 100 Continue\r\n\r\n" * 20_000,
        b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 300 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nx: " + b"y" * (1 << 18),
        b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00",
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n",
        b"HTTP/1.1 204 No Content\r\n\r\n",
        b"HTTP/1.1 999 What\r\ncontent-length: 0\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
    ],
)
def test_an_upstream_that_speaks_strangely_is_a_bad_gateway_and_no_more(tmp_path, raw):
    async def handler(seen, writer):
        await write(writer, raw)
        writer.close()

    async def use(h, upstream):
        return await asyncio.wait_for(h.post(), 10), (await h.get("/readyz")).status

    answer, ready = behind(tmp_path, use, handler)
    assert answer.status in {502, 999}
    assert set(answer.error) == {"message", "type", "param", "code"}
    assert ready == 200


def test_an_event_without_end_costs_no_more_than_its_bytes_and_is_given_up(monkeypatch):
    monkeypatch.setattr("banjia.gateway.event.MAX_EVENT", 64 * 1024)
    events, joined = Events(), 0
    with pytest.raises(UpstreamError, match="too_large"):
        for _ in range(100_000):
            assert events.feed(b"x" if joined else b"data: ") == b""
            joined += 1
            assert len(events._parts) == joined
    assert 65_000 < joined < 66_000


def test_an_answer_with_an_endless_event_is_an_error_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr("banjia.gateway.event.MAX_EVENT", 64 * 1024)

    async def endless(seen, writer):
        await write(writer, SSE_HEAD)
        while True:
            await write(writer, chunk(b"data: " + b"x" * 10_000))

    answer = behind(tmp_path, lambda h, _: h.post(body=chat(stream=True)), endless)
    assert (answer.status, answer.error["code"]) == (502, "upstream_too_large")
    assert "65536" in answer.error["message"]


@pytest.mark.parametrize(
    ("name", "pack"), [("gzip", gzip.compress), ("deflate", zlib.compress), ("deflate", raw_deflate)]
)
@pytest.mark.parametrize("stream", [False, True])
def test_an_upstream_that_compresses_though_asked_not_to_is_read(tmp_path, name, pack, stream):
    body = pack(whole_stream("he", "llo") if stream else json.dumps(completion("hello")).encode())
    kind = "text/event-stream" if stream else "application/json"

    async def packed(seen, writer):
        assert seen.headers["accept-encoding"] == "identity"
        head = (
            f"HTTP/1.1 200 OK\r\ncontent-type: {kind}\r\ncontent-encoding: {name}\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        await write(
            writer, head.encode() + b"".join(chunk(body[i : i + 9]) for i in range(0, len(body), 9)) + b"0\r\n\r\n"
        )

    answer = behind(tmp_path, lambda h, _: h.post(body=chat(stream=stream)), packed)
    assert "content-encoding" not in answer.headers
    if stream:
        assert "".join(c["delta"].get("content", "") for e in answer.events[:-1] for c in e["choices"]) == "hello"
    else:
        assert answer.json["choices"][0]["message"]["content"] == "hello"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("br", b"\x8b\x02\x80hello\x03", "upstream_garbage"),
        ("gzip", b"no gzip at all", "upstream_garbage"),
        ("gzip", gzip.compress(b" " * (17 * MB)), "upstream_too_large"),
    ],
)
def test_a_compression_that_cannot_be_read_or_is_a_bomb_is_an_error(tmp_path, name, body, code):
    async def packed(seen, writer):
        await write(writer, http(body, content_encoding=name))

    answer = behind(tmp_path, lambda h, _: h.post(), packed)
    assert (answer.status, answer.error["code"]) == (502, code)
