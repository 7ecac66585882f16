from __future__ import annotations

import asyncio
import itertools

import pytest
from exchanging import HEAD, exchange, ok, pool, run
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import SSE_HEAD, chunk, http, play, write

from banjia.gateway.answer import UpstreamError
from banjia.gateway.target import Timeouts


def failure(handler, *, repeatable: bool = True, limit: int = 1 << 20, **changes) -> UpstreamError:
    async def scene(upstream, server):
        with pytest.raises(UpstreamError) as caught:
            await exchange(upstream, repeatable=repeatable, limit=limit)
        return caught.value

    return run(handler, scene, **changes)


def test_a_kept_connection_is_used_again():
    async def scene(upstream, server):
        assert [(200, b"fine")] * 3 == [await exchange(upstream) for _ in range(3)]
        return server.connections

    assert run(ok, scene) == 1


def closing_after_first(calls: list[int]):
    async def handler(seen, writer):
        calls.append(1)
        if len(calls) == 2:
            writer.transport.abort()
            return
        await write(writer, http(b"fine"))

    return handler


def test_a_kept_connection_closed_under_a_repeatable_request_is_replaced():
    calls: list[int] = []

    async def scene(upstream, server):
        await exchange(upstream)
        return await exchange(upstream)

    assert run(closing_after_first(calls), scene) == (200, b"fine")
    assert len(calls) == 3


def test_a_request_that_may_not_be_repeated_is_not_sent_twice():
    calls: list[int] = []

    async def scene(upstream, server):
        await exchange(upstream)
        with pytest.raises(UpstreamError, match="closed"):
            await exchange(upstream, repeatable=False)

    run(closing_after_first(calls), scene)
    assert len(calls) == 2


def test_a_fresh_connection_that_closes_is_a_failure_and_not_a_loop():
    calls: list[int] = []

    async def handler(seen, writer):
        calls.append(1)
        writer.transport.abort()

    assert failure(handler).kind == "closed"
    assert len(calls) == 1


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, "garbage"),
        (b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 300 + b"\r\n", "garbage"),
        (b"HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", "garbage"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhalf", "broken"),
        (SSE_HEAD + b"5\r\nhal", "broken"),
        (SSE_HEAD + b"zz\r\n", "garbage"),
        (b"", "closed"),
    ],
)
def test_what_is_not_a_whole_answer_is_named(raw, kind):
    async def handler(seen, writer):
        await write(writer, raw)
        writer.close()

    assert failure(handler).kind == kind


def test_an_answer_without_length_ends_with_the_connection():
    async def handler(seen, writer):
        await write(writer, b"HTTP/1.1 200 OK\r\n\r\nuntil the end")
        writer.close()

    assert run(handler, lambda u, _: exchange(u)) == (200, b"until the end")


def test_an_interim_answer_is_passed_over():
    async def handler(seen, writer):
        await write(writer, b"HTTP/1.1 100 Continue\r\n\r\n" + http(b"fine"))

    assert run(handler, lambda u, _: exchange(u)) == (200, b"fine")


def test_a_second_answer_that_nobody_asked_for_ends_the_connection():
    async def handler(seen, writer):
        await write(writer, http(b"fine") + http(b"smuggled"))

    async def scene(upstream, server):
        both = [await exchange(upstream), await exchange(upstream)]
        return both, server.connections

    assert run(handler, scene) == ([(200, b"fine")] * 2, 2)


def test_an_answer_above_the_limit_is_aborted():
    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        while True:
            await write(writer, chunk(b"x" * 65536))

    assert failure(handler, limit=1 << 20).kind == "too_large"


def test_a_silent_upstream_is_given_up():
    async def handler(seen, writer):
        await asyncio.Event().wait()

    assert failure(handler, timeouts=Timeouts(first_byte=0.1)).kind == "timeout"


def test_an_upstream_that_falls_silent_is_given_up():
    async def handler(seen, writer):
        await write(writer, SSE_HEAD + chunk(b"one"))
        await asyncio.Event().wait()

    assert failure(handler, timeouts=Timeouts(idle=0.1)).kind == "timeout"


def test_nothing_listening_is_a_failure_with_nothing_sent():
    async def main():
        with pytest.raises(UpstreamError) as caught:
            await exchange(pool("http://127.0.0.1:1/v1"))
        return caught.value

    error = play(main())
    assert (error.kind, error.sent) == ("connect", False)


def test_a_reader_that_waits_stops_the_upstream():
    sent: list[int] = []

    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        for _ in range(400):
            await write(writer, chunk(b"x" * 65536))
            sent.append(1)
        await write(writer, b"0\r\n\r\n")

    async def scene(upstream, server):
        answer = await upstream.send(HEAD, b"{}", repeatable=True)
        before = -1
        while before != len(sent):
            before = len(sent)
            await asyncio.sleep(0.05)
        assert before < 400, "the upstream could send everything although nobody read"
        size = 0
        while data := await answer.read():
            size += len(data)
        return size

    assert run(handler, scene) == 400 * 65536


def test_what_is_poured_arrives_whole_though_the_taker_stops_again_and_again():
    parts = [b"%d," % n for n in range(200)]

    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        for part in parts:
            await write(writer, chunk(part))
        await write(writer, b"0\r\n\r\n")

    async def scene(upstream, server):
        answer = await upstream.send(HEAD, b"{}", repeatable=True)
        got, stops = [], 0

        def take(data):
            got.append(data)
            return len(got) % 2 == 0

        while not await answer.pour(take):
            stops += 1
            await asyncio.sleep(0)
        return b"".join(got), stops

    found, stops = run(handler, scene)
    assert (b"".join(parts), True) == (found, stops > 0)


def test_what_the_taker_raises_reaches_whoever_pours():
    async def handler(seen, writer):
        await write(writer, SSE_HEAD + chunk(b"a"))
        await asyncio.sleep(0.05)
        await write(writer, chunk(b"b") + b"0\r\n\r\n")

    async def scene(upstream, server):
        answer = await upstream.send(HEAD, b"{}", repeatable=True)

        def take(data):
            if data == b"b":
                raise UpstreamError("garbage", "seen")
            return True

        with pytest.raises(UpstreamError, match="seen"):
            await answer.pour(take)
        return True

    assert run(handler, scene)


def test_more_than_the_allowed_connections_wait_their_turn():
    most: list[int] = []

    async def scene(upstream, server):
        async def one():
            answer = await upstream.send(HEAD, b"{}", repeatable=True)
            most.append(upstream.in_use)
            return await answer.body(100)

        assert await asyncio.gather(*[one() for _ in range(6)]) == [b"fine"] * 6
        return server.connections

    assert run(ok, scene, max_connections=3) <= 3
    assert max(most) <= 3


def test_a_full_queue_is_refused_at_once():
    async def handler(seen, writer):
        await asyncio.Event().wait()

    async def scene(upstream, server):
        waiting = [asyncio.ensure_future(exchange(upstream)) for _ in range(2)]
        await asyncio.sleep(0.05)
        with pytest.raises(UpstreamError, match="busy"):
            await exchange(upstream)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    run(handler, scene, max_connections=1)


def test_cancelling_the_caller_cuts_the_upstream():
    async def handler(seen, writer):
        await asyncio.Event().wait()

    async def scene(upstream, server):
        task = asyncio.ensure_future(exchange(upstream))
        await server.arrived.wait()
        task.cancel()
        await asyncio.wait_for(server.gone.wait(), 10)

    run(handler, scene)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 400), max_size=6))
def test_an_answer_is_the_same_however_its_bytes_are_cut(cuts):
    whole = SSE_HEAD + chunk(b"data: one\n\n") + chunk("data: 二\n\n".encode()) + b"0\r\n\r\n"
    points = [0, *sorted(min(c, len(whole)) for c in cuts), len(whole)]

    async def handler(seen, writer):
        for start, end in itertools.pairwise(points):
            writer.write(whole[start:end])
            await asyncio.sleep(0)

    assert run(handler, lambda u, _: exchange(u)) == (200, "data: one\n\ndata: 二\n\n".encode())
