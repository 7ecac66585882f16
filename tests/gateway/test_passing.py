"""Parts of the API that go through unread: over routes at home that have them, and nowhere else."""

from __future__ import annotations

import pytest
from scripted import Scripted, http, play, write

from house import KEY, closed_cells, house, open_cells, policy, route

APIS = {"r": frozenset({"images", "audio", "files"})}


async def give(seen, writer):
    await write(writer, http(b"\x00binary\xff", kind="audio/mpeg", x_secret="y"))


def pass_on(tmp_path, table, path="/v1/audio/speech", method="POST", apis=APIS, **headers):
    async def main():
        async with Scripted(give) as upstream:
            async with house(tmp_path, [route("r", upstream.url)], table, apis=apis) as h:
                answer = await h.send(method, path, b'{"input": "x"}' if method == "POST" else b"", **headers)
            return answer, upstream.seen, h.entries()

    return play(main())


def test_bytes_go_through_both_ways_without_the_callers_headers(tmp_path):
    kind = "multipart/form-data; boundary=x"
    answer, seen, entries = pass_on(tmp_path, policy(open_cells("r")), content_type=kind, x_own="z")
    assert (answer.status, answer.body, answer.headers["content-type"]) == (200, b"\x00binary\xff", "audio/mpeg")
    assert "x-secret" not in answer.headers
    assert (seen[0].path, seen[0].headers["content-type"], seen[0].body) == (
        "/v1/audio/speech",
        kind,
        b'{"input": "x"}',
    )
    assert KEY not in str(seen[0])
    assert "x-own" not in seen[0].headers
    outcome = next(body["more"] for found, body in entries if found == "decision")
    assert outcome == {"status": 200, "operation": "audio"}


def test_methods_and_queries_go_through(tmp_path):
    _, seen, _ = pass_on(tmp_path, policy(open_cells("r")), "/v1/files/abc?limit=2", "DELETE")
    assert (seen[0].method, seen[0].path) == ("DELETE", "/v1/files/abc?limit=2")


@pytest.mark.parametrize(
    ("table", "code"),
    [
        (policy(open_cells("r"), abroad=("r",)), "unread-abroad"),
        (policy(closed_cells("r")), "openai.region"),
    ],
)
def test_nothing_unread_leaves_the_country_or_the_policy(tmp_path, table, code):
    answer, seen, _ = pass_on(tmp_path, table)
    assert (answer.status, answer.error["code"], seen) == (403, code, [])


def test_a_part_that_no_route_has_is_not_served(tmp_path):
    answer, seen, _ = pass_on(tmp_path, policy(open_cells("r")), "/v1/batches")
    assert (answer.status, answer.error["code"], seen) == (501, "not_served", [])
    assert answer.headers["x-should-retry"] == "false"
