"""Callers that mean harm, are slow, or send more than anybody should: bounded memory, a clear answer, no crash."""

from __future__ import annotations

import asyncio
import dataclasses
import json
import socket

import pytest
from open_house import OPEN, behind
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write

from banjia.gateway import wire
from banjia.gateway.refusal import WRONG_KEY
from house import KEY, chat, house, open_cells, parsed, policy, route

HEAD = f"POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {KEY}\r\n".encode()
GOOD = json.dumps(chat()).encode()
MB = 1 << 20


def sized(body: bytes) -> bytes:
    return HEAD + b"content-length: %d\r\n\r\n" % len(body) + body


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
        return answer, len(upstream.seen[0].json["messages"][0]["content"]), h.gateway._room.held

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
        await asyncio.wait_for(upstream.gone.wait(), 10)
        for _ in range(500):
            if not (h.gateway.active or h.gateway._pools.in_use):
                break
            await asyncio.sleep(0.01)
        return h.gateway.active, h.gateway._pools.in_use, h.gateway._room.held

    assert behind(tmp_path, use, handler) == (0, 0, 0)


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
