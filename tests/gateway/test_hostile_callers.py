"""Callers and upstreams that mean harm, are slow, or send more than anybody should: bounded memory, a clear answer, no crash."""

from __future__ import annotations

import asyncio
import dataclasses
import gzip
import json
import socket
import zlib

import pytest
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write
from scripted import stream as whole_stream

from banjia.gateway import connection, wire
from banjia.gateway.answer import UpstreamError
from banjia.gateway.event import Events
from banjia.gateway.refusal import WRONG_KEY
from house import KEY, chat, house, open_cells, parsed, policy, route

OPEN = policy(open_cells("local"))
HEAD = f"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {KEY}\r\n".encode()
GOOD = json.dumps(chat()).encode()
MB = 1 << 20


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


def sized(body: bytes) -> bytes:
    return HEAD + b"content-length: %d\r\n\r\n" % len(body) + body


def behind(tmp_path, use, handler=None, **more):
    async def main():
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url, **more)], OPEN) as h:
            return await use(h, upstream)

    return play(main())


async def said_to(h, *parts: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", h.port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        return await asyncio.wait_for(reader.read(), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    "lines",
    [
        b"content-length: 5\r\ntransfer-encoding: chunked\r\n",
        b"content-length: 5\r\ncontent-length: 6\r\n",
        b"content-length: -1\r\n",
        b"content-length: 5, 5\r\n",
        b"content-length: 99999999999999999999999\r\n",
        b"transfer-encoding: chunked, identity\r\n",
        b"x-a: b\0c\r\n",
        b"x a: b\r\n",
        b"x-a : b\r\n",
        b" x-a: b\r\n",
    ],
)
def test_a_head_that_two_readers_could_read_differently_reaches_nobody(tmp_path, lines):
    async def use(h, upstream):
        return await said_to(h, HEAD + lines + b"connection: close\r\n\r\nhello"), upstream.seen

    raw, seen = behind(tmp_path, use)
    assert parsed(raw).status in {400, 411, 501}
    assert seen == []


def test_what_follows_a_request_is_never_taken_for_another_callers(tmp_path):
    """A second request hidden in a body stays a part of the body."""

    async def use(h, upstream):
        hidden = GOOD[:-1] + b',"x":"\\r\\nGET /v1/models HTTP/1.1\\r\\n\\r\\n"}'
        raw = await said_to(h, sized(hidden).replace(b"host: a", b"host: a\r\nconnection: close"))
        return raw, len(upstream.seen)

    raw, seen = behind(tmp_path, use)
    assert raw.count(b"HTTP/1.1 ") == 1
    assert seen == 1


@pytest.mark.parametrize("endless", [b"x-trailer: " + b"a" * 1000 + b"\r\n", b"x" * 1000])
def test_trailers_without_end_are_turned_down(tmp_path, endless):
    async def use(h, upstream):
        begin = HEAD + b"transfer-encoding: chunked\r\n\r\n" + chunk(GOOD) + b"0\r\n"
        reader, writer = await asyncio.open_connection("127.0.0.1", h.port)
        sent = 0
        writer.write(begin)
        try:
            async with asyncio.timeout(10):
                while sent < 4 * wire.MAX_HEAD:
                    writer.write(endless * 16)
                    await writer.drain()
                    sent += 16 * len(endless)
                return await reader.read(), upstream.seen
        except ConnectionError:
            return b"", upstream.seen
        finally:
            writer.close()

    raw, seen = behind(tmp_path, use)
    assert not raw or parsed(raw).status == 400
    assert seen == []


def test_trailers_are_not_taken_for_headers(tmp_path):
    async def use(h, upstream):
        head = HEAD.replace(f"Bearer {KEY}".encode(), b"Bearer wrong")
        end = b"0\r\nauthorization: Bearer " + KEY.encode() + b"\r\n\r\n"
        return await said_to(h, head + b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n" + chunk(GOOD) + end)

    assert parsed(behind(tmp_path, use)).status == 401


def test_extensions_of_chunks_are_left_out(tmp_path):
    async def use(h, upstream):
        body = b"%x;a=b\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD)
        raw = await said_to(h, HEAD + b"connection: close\r\ntransfer-encoding: chunked\r\n\r\n" + body)
        return raw, upstream.seen[0].json

    raw, seen = behind(tmp_path, use)
    assert parsed(raw).status == 200
    assert seen["messages"] == chat()["messages"]


def test_fifty_megabytes_pass_whole_and_leave_no_trace_in_memory(tmp_path):
    text = "word " * (10 * MB)

    async def use(h, upstream):
        answer = await h.post(body=chat(messages=[{"role": "user", "content": text}]))
        return answer, len(upstream.seen[0].json["messages"][0]["content"]), h.gateway._room._held

    answer, arrived, held = behind(tmp_path, use)
    assert (answer.status, arrived, held) == (200, len(text), 0)


@pytest.mark.parametrize("body", [b"[" * MB, b'{"model":"gpt-4o","messages":' + b"[" * MB + b"]" * MB + b"}"])
def test_depth_is_no_way_to_stop_the_gateway(tmp_path, body):
    async def use(h, upstream):
        deep = await h.post(body=body)
        return deep, await h.post(), len(upstream.seen)

    deep, good, seen = behind(tmp_path, use)
    assert deep.status == 400
    assert (good.status, seen) == (200, 1)


@pytest.mark.parametrize("value", ["a\r\nx-evil: 1", "a\nx-evil: 1", "\0", "é" * 300])
def test_no_header_of_ours_carries_what_a_caller_or_an_upstream_put_in(tmp_path, value):
    """The model's name in the answer comes from the upstream, the person's and the purpose's from the caller."""

    async def handler(seen, writer):
        await write(writer, http(completion(model=value)))

    async def use(h, upstream):
        return await h.post(), dict(upstream.seen[0].headers)

    answer, sent = behind(tmp_path, use, handler)
    assert answer.status == 200
    assert "x-evil" not in answer.headers
    assert "x-evil" not in sent
    assert answer.headers["x-banjia-model"].isascii()


def test_a_caller_that_does_not_read_holds_back_its_upstream_and_then_gets_everything(tmp_path):
    words = chunk(event(piece({"content": "x" * 10_000})))
    number = 3000
    sent = 0

    async def handler(seen, writer):
        nonlocal sent
        await write(writer, SSE_HEAD)
        for _ in range(number):
            await write(writer, words)
            sent += len(words)
        await write(writer, chunk(event(piece({}, "stop")) + event("[DONE]")) + b"0\r\n\r\n")

    async def use(h, upstream):
        reader, writer = await asyncio.open_connection("127.0.0.1", h.port, limit=1 << 16)
        writer.write(sized(json.dumps(chat(stream=True)).encode()).replace(b"host: a", b"host: a\r\nconnection: close"))
        before = -1
        while before != sent:  # until nothing moves any more
            before = sent
            await asyncio.sleep(0.1)
        held = sent
        raw = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        return held, raw

    held, raw = behind(tmp_path, use, handler)
    assert held < number * len(words) / 2
    answer = parsed(raw)
    assert sum(len(e["choices"][0]["delta"].get("content", "")) for e in answer.events[:-1]) == number * 10_000
    assert answer.events[-1] == "[DONE]"


def test_a_caller_that_never_reads_is_let_go(tmp_path, monkeypatch):
    monkeypatch.setattr(wire, "STALL", 0.2)
    words = chunk(event(piece({"content": "x" * 50_000})))

    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        while not writer.is_closing():
            await write(writer, words)

    async def use(h, upstream):
        with socket.socket() as caller:
            caller.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 16)
            caller.connect(("127.0.0.1", h.port))
            caller.sendall(sized(json.dumps(chat(stream=True)).encode()))
            await upstream.arrived.wait()
            for _ in range(500):
                if not (h.gateway.active or h.gateway._pools.in_use):
                    break
                await asyncio.sleep(0.01)
            return h.gateway.active, h.gateway._pools.in_use

    assert behind(tmp_path, use, handler) == (0, 0)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("chat/completions", chat(n=1, response_format={"type": "json_object"})),
        ("responses", {"model": "gpt-4o", "input": "hello"}),
        ("responses", {"model": "gpt-4o", "input": "hello", "stream": True}),
        ("completions", {"model": "gpt-4o", "prompt": "hello"}),
        ("embeddings", {"model": "gpt-4o", "input": ["a"] * 300}),
    ],
)
def test_whichever_api_was_called_who_hangs_up_frees_the_upstream_and_every_limit(tmp_path, path, body):
    async def handler(seen, writer):
        await asyncio.Event().wait()

    async def use(h, upstream):
        data = json.dumps(body).encode()
        _, writer = await asyncio.open_connection("127.0.0.1", h.port)
        writer.write(sized(data).replace(b"chat/completions", path.encode()))
        await upstream.arrived.wait()
        writer.close()
        await asyncio.wait_for(upstream.gone.wait(), 1)
        for _ in range(100):
            if not (h.gateway.active or h.gateway._pools.in_use):
                break
            await asyncio.sleep(0.01)
        return h.gateway.active, h.gateway._pools.in_use, h.gateway._room._held

    assert behind(tmp_path, use, handler) == (0, 0, 0)


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


def test_what_is_too_large_to_look_into_keeps_nobody_waiting_and_does_not_leave(tmp_path):
    """Looking into a call takes time that all others on such routes wait for."""

    async def main():
        table = policy(open_cells("local"), abroad=("local",))
        async with Scripted() as upstream, house(tmp_path, [route("local", upstream.url)], table) as h:
            h.gateway._personal.settings = dataclasses.replace(h.gateway._personal.settings, largest=1000)
            large = await h.post(body=chat(messages=[{"role": "user", "content": "word " * 1000}]))
            return large, await h.post(), len(upstream.seen)

    large, small, seen = play(main())
    assert (large.status, large.error["code"]) == (413, "too_large_to_inspect")
    assert (small.status, seen) == (200, 1)


def test_a_refusal_that_is_said_again_and_again_keeps_nothing_of_the_calls(tmp_path):
    async def use(h, upstream):
        for _ in range(3):
            await h.post(authorization="Bearer wrong")
        return WRONG_KEY.__traceback__

    assert behind(tmp_path, use) is None


def test_a_body_that_drips_is_over_when_its_time_is(tmp_path):
    async def main():
        async with Scripted() as upstream:
            ways, limits = [route("local", upstream.url)], {"body_seconds": 0.3}
            async with house(tmp_path, ways, OPEN, settings=limits) as h:
                reader, writer = await asyncio.open_connection("127.0.0.1", h.port)
                writer.write(HEAD + b"content-length: 1000\r\n\r\n")

                async def drip():
                    while not reader.at_eof():
                        writer.write(b" ")
                        await asyncio.sleep(0.02)

                dripping = asyncio.ensure_future(drip())
                answer = parsed(await asyncio.wait_for(reader.readuntil(b"}}"), 10))
                dripping.cancel()
                writer.close()
                return answer, upstream.seen

    answer, seen = play(main())
    assert (answer.status, answer.error["code"], seen) == (408, "request_timeout", [])


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
