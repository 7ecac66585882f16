"""What the gateway does not serve of OpenAI's API is answered at once, never retried, with the routes that have it."""

from __future__ import annotations

import pytest
from scripted import Scripted, play

from banjia.gateway.surface import KNOWN, Place, having, place
from banjia.routes.catalogue import load
from house import house, open_cells, policy, route

UNSERVED = [
    ("GET", "chat/completions"),
    ("GET", "chat/completions/chatcmpl-1"),
    ("DELETE", "chat/completions/chatcmpl-1"),
    ("GET", "chat/completions/chatcmpl-1/messages"),
    ("DELETE", "models/gpt-4o"),
    ("POST", "assistants"),
    ("POST", "threads/t/runs"),
    ("POST", "chatkit/sessions"),
    ("POST", "containers"),
    ("POST", "content_provenance_checks"),
    ("POST", "conversations"),
    ("GET", "conversations/c/items"),
    ("GET", "evals"),
    ("POST", "fine_tuning/jobs"),
    ("POST", "fine_tuning/alpha/graders/run"),
    ("GET", "organization/usage/completions"),
    ("GET", "projects/p/groups"),
    ("GET", "realtime"),
    ("POST", "realtime/client_secrets"),
    ("POST", "skills"),
    ("POST", "uploads"),
    ("POST", "uploads/u/parts"),
    ("POST", "vector_stores"),
    ("POST", "vector_stores/v/search"),
    ("POST", "videos"),
    ("POST", "edits"),
]


@pytest.mark.parametrize("prefix", ["/v1/", "/", "/openai/v1/"])
def test_what_is_not_served_is_said_at_once_with_the_routes_that_have_it(tmp_path, prefix):
    async def main():
        apis = {"far": frozenset({part for _, p in UNSERVED if (part := p.partition("/")[0]) != "models"})}
        ways = [route("near", upstream_url), route("far", upstream_url)]
        async with house(tmp_path, ways, policy(open_cells("near", "far")), apis=apis) as h:
            return [await h.send(method, prefix + path, b"") for method, path in UNSERVED]

    upstream_url = "http://127.0.0.1:9/v1"
    for (method, path), answer in zip(UNSERVED, play(main()), strict=True):
        assert (answer.status, answer.error["code"]) == (501, "not_served"), (method, path)
        assert answer.headers["x-should-retry"] == "false"
        assert ("far" in answer.error["message"]) == (not path.startswith("models"))


def test_a_socket_for_realtime_is_refused_like_any_call(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("near", upstream.url)], policy(open_cells("near"))) as h,
        ):
            upgrade = {"upgrade": "websocket", "connection": "upgrade", "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ=="}
            given = upgrade | {"sec_websocket_version": "13", "connection": "close, upgrade"}
            return await h.send("GET", "/v1/realtime?model=gpt-4o-realtime", b"", **given)

    assert play(main()).status == 501


@pytest.mark.parametrize("part", ["realtime", "vector_stores", "fine_tuning", "uploads", "conversations"])
def test_the_catalogue_knows_that_openai_has_the_part(part):
    assert load(plugins=False).by_id("openai").apis[part] == "yes"
    assert part in KNOWN


def test_nobody_has_what_no_catalogue_names():
    assert having("nonsense", ()) == ()


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/v1/engines/my%20model/completions", Place("completions", "my model")),
        ("/v1/engines", Place("engines")),
        ("/openai/deployments/a%2Fb/chat/completions", Place("chat/completions", "a/b")),
        ("/openai/v1/responses/resp_1", Place("responses/resp_1")),
        ("/models/", Place("models")),
    ],
)
def test_a_path_means_one_operation(path, found):
    assert place(path) == found
