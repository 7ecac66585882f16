"""What a call held is free once it is over, however it ended: nothing waits for the collector, which comes late."""

from __future__ import annotations

import asyncio
import gc
import json

import pytest
from scripted import SSE_HEAD, Scripted, chunk, completion, http, play, write

from banjia.gateway.answer import Answer
from banjia.gateway.call import Call
from house import chat, house, open_cells, policy, route

LEFT = 2  # the pool keeps connections, and the last answer that came over one


async def whole(seen, writer):
    await write(writer, http(completion()))


async def closes(seen, writer):
    writer.close()


async def refuses(seen, writer):
    await write(writer, http({"error": {"message": "no", "code": "x"}}, status="500 Oops"))


async def turns_down(seen, writer):
    await write(writer, http({"error": {"message": "no", "code": "x"}}, status="400 Bad Request"))


async def babbles(seen, writer):
    await write(writer, b"\x00\x01\x02 no http\r\n\r\n")


async def says_no_json(seen, writer):
    await write(writer, http(b"<html>"))


async def says_too_much(seen, writer):
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")
    for _ in range(40):
        await write(writer, b"2000\r\n" + b"x" * 0x2000 + b"\r\n")


async def breaks_off(seen, writer):
    event = {"id": "c", "choices": [{"index": 0, "delta": {"content": "w"}}]}
    await write(writer, SSE_HEAD + chunk(b"data: " + json.dumps(event).encode() + b"\n\n"))
    writer.close()


async def until_at_most(number: int) -> int:
    """How many are there once there are so few, or after five seconds in which that did not come about."""
    count = 0
    for _ in range(500):
        count = sum(type(o) in {Call, Answer} for o in gc.get_objects())
        if count <= number:
            break
        await asyncio.sleep(0.01)  # the connections have to see their end
    return count


def held(tmp_path, handler, use, **more) -> int:
    """How many calls and answers are there after some calls, without the collector's help."""

    async def main():
        async with Scripted(handler) as first, Scripted(whole) as second:
            limits = {"options": {"limits": {"answer_bytes": 100_000}, "retries": 0}}
            ways = [route("first", first.url, **limits), route("second", second.url, **limits)]
            async with house(tmp_path, ways, policy(open_cells("first", "second")), **more) as h:
                gc.collect()
                gc.disable()
                try:
                    for _ in range(3):
                        await use(h)
                    return await until_at_most(LEFT)
                finally:
                    gc.enable()

    return play(main())


ENDS = [whole, closes, refuses, turns_down, babbles, says_no_json, says_too_much, breaks_off]


@pytest.mark.parametrize("fallback", [True, False])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("handler", ENDS, ids=lambda h: h.__name__)
def test_a_call_that_is_over_is_free(tmp_path, handler, stream, fallback):
    async def use(h):
        await h.post(body=chat(stream=stream))

    assert held(tmp_path, handler, use, options={"fallback": fallback}) <= LEFT
