"""A whole gateway with one route that is open, before an upstream that does what the test says."""

from __future__ import annotations

from scripted import Scripted, play

from house import house, open_cells, policy, route

OPEN = policy(open_cells("local"))


def behind(tmp_path, use, handler=None, **more):
    async def main():
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url, **more)], OPEN) as h:
            return await use(h, upstream)

    return play(main())
