"""A rollout on real calls: what goes wrong on the new route ends it, whatever form it takes."""

from __future__ import annotations

import pytest
from scripted import SSE_HEAD, Scripted, answer_all, chunk, event, http, piece, play, write

from house import chat, house, open_cells, policy, route


async def breaks_off(seen, writer):
    await write(writer, SSE_HEAD + chunk(event(piece({"content": "x"}))))
    writer.transport.abort()


def refusing(status: str):
    async def handler(seen, writer):
        await write(writer, http({"error": {"message": "no"}}, status=status))

    return handler


FAULTS = [breaks_off, refusing("401 Unauthorized"), refusing("404 Not Found"), refusing("503 Busy")]


def answered_by(tmp_path, fault, calls: int, **options) -> list[str]:
    async def main():
        async with Scripted() as old, Scripted(fault) as new:
            routes = [route("old", old.url, options={"retries": 0}), route("new", new.url, options={"retries": 0})]
            rollout = {"route": "new", "percent": 100, "window": 3, "max_errors": 0.5} | options
            async with house(tmp_path, routes, policy(open_cells("old", "new")), options={"rollout": rollout}) as h:
                return [
                    (await h.post(body=chat(stream=True), x_banjia_conversation=str(n))).headers.get("x-banjia-route")
                    for n in range(calls)
                ], len(new.seen)

    return play(main())


@pytest.mark.parametrize("fault", FAULTS)
def test_a_route_that_fails_in_any_form_is_tried_no_more_than_its_window(tmp_path, fault):
    routes, tries = answered_by(tmp_path, fault, 6)
    assert tries == 3
    assert routes[3:] == ["old"] * 3


def test_a_request_that_is_at_fault_itself_does_not_end_a_rollout(tmp_path):
    _, tries = answered_by(tmp_path, refusing("400 Bad Request"), 6)
    assert tries == 6


def test_a_route_that_answers_keeps_its_share(tmp_path):
    routes, tries = answered_by(tmp_path, answer_all, 6)
    assert (set(routes), tries) == ({"new"}, 6)
