"""Parts of the API that go through unread: over routes at home that have them, and nowhere else."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, http, play, write

from banjia.gateway.named import model_in
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
    assert outcome.pop("ms") >= 0
    assert outcome == {"status": 200, "operation": "audio", "units": {"character": 1}}


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


JSON = b'{"model": "dall-e-3", "prompt": "a \\"model\\": x"}'
FORM = (
    b'--x\r\ncontent-disposition: form-data; name="file"; filename="model"\r\n\r\n\x00name="model"\r\n\r\nRIFF\r\n'
    b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nwhisper-1\r\n--x--\r\n'
)
NAMELESS = b'--x\r\ncontent-disposition: form-data; name="file"\r\n\r\nRIFF\r\n--x--\r\n'
NAMES = {"dall-e-3": "painter", "whisper-1": "ear", "tts-1": "mouth"}


def named(tmp_path, path, body, kind="application/json", **route_more):
    """What the upstream saw, of a route that has other names for the models."""

    async def main():
        async with Scripted(give) as upstream:
            way = dataclasses.replace(route("r", upstream.url, models=NAMES), **route_more)
            async with house(tmp_path, [way], policy(open_cells("r")), apis=APIS) as h:
                answer = await h.send("POST", path, body, content_type=kind)
            return answer.status, upstream.seen[0]

    return play(main())


def test_a_picture_is_asked_of_the_model_that_the_route_has_for_the_name(tmp_path):
    status, seen = named(tmp_path, "/v1/images/generations", JSON)
    assert (status, seen.json) == (200, {"model": "painter", "prompt": 'a "model": x'})


def test_a_form_names_the_routes_model_and_its_file_stays_as_it_is(tmp_path):
    kind = "multipart/form-data; boundary=x"
    _, seen = named(tmp_path, "/v1/audio/transcriptions", FORM, kind)
    assert seen.body == FORM.replace(b"whisper-1", b"ear")
    assert int(seen.headers["content-length"]) == len(seen.body)


def test_a_model_that_the_route_does_not_list_keeps_its_name(tmp_path):
    _, seen = named(tmp_path, "/v1/audio/speech", b'{"model": "tts-9", "input": "x"}')
    assert seen.json["model"] == "tts-9"


@pytest.mark.parametrize(
    ("body", "kind", "found"),
    [
        (b'{"input": "x"}', "application/json", b'{"input":"x","model":"mouth"}'),
        (NAMELESS, "multipart/form-data; boundary=x", b'name="model"\r\n\r\nmouth\r\n--x'),
    ],
)
def test_the_deployment_of_azures_path_is_written_into_the_body_for_others(tmp_path, body, kind, found):
    path = "/openai/deployments/tts-1/audio/speech?api-version=2024-10-21&x=1"
    _, seen = named(tmp_path, path, body, kind)
    assert seen.path == "/v1/audio/speech?x=1"
    assert found in seen.body
    assert model_in(seen.body, kind.encode()) == "mouth"


def test_azures_older_form_has_the_deployment_in_the_path_of_pictures_too(tmp_path):
    _, seen = named(
        tmp_path, "/v1/images/generations", JSON, provider="azure_openai", api_version="2024-10-21", stand_in=True
    )
    assert seen.path.endswith("/deployments/painter/images/generations?api-version=2024-10-21")
    assert seen.json["model"] == "painter"


@given(st.binary(max_size=300), st.sampled_from([b"multipart/form-data; boundary=x", b"multipart/form-data", b""]))
def test_no_body_is_too_odd_to_be_searched_for_a_name(body, kind):
    assert isinstance(model_in(body, kind), str)
    assert isinstance(model_in(FORM[:100] + body + FORM[100:], kind), str)


@given(
    st.lists(
        st.sampled_from([b"--", b"\r\n", b"\r\n\r\n", b'; name="model"', b"content-disposition: a", b"\x00", b"y"])
    )
)
def test_whatever_a_file_holds_the_name_is_that_of_the_field(parts):
    assert model_in(FORM.replace(b"RIFF", b"".join(parts)), b"multipart/form-data; boundary=x") == "whisper-1"
