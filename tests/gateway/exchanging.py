"""The gateway's own pool before an upstream that does what the test says."""

from __future__ import annotations

import dataclasses

from scripted import Scripted, http, play, write

from banjia.gateway.target import parse_target
from banjia.gateway.upstream import Upstream

HEAD = b"POST /v1/x HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n"


def pool(url: str, **changes) -> Upstream:
    return Upstream(dataclasses.replace(parse_target(url, where="test"), **changes))


async def exchange(upstream: Upstream, *, repeatable: bool = True, limit: int = 1 << 20) -> tuple[int, bytes]:
    answer = await upstream.send(HEAD, b"{}", repeatable=repeatable)
    return answer.status, await answer.body(limit)


def run(handler, scene, **changes):
    async def main():
        async with Scripted(handler) as server:
            upstream = pool(server.url, **changes)
            try:
                return await scene(upstream, server)
            finally:
                upstream.close()

    return play(main())


async def ok(seen, writer):
    await write(writer, http(b"fine"))
