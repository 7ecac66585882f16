"""An upstream that fails, hangs, lies or breaks off; a caller that hangs up."""

from __future__ import annotations

import asyncio
import dataclasses
import itertools
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from open_house import OPEN, behind
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, stream, write

from banjia.gateway.event import LESSONS, Events
from banjia.policy.decide import Index
from banjia.routes.dialect.usual_stream import UsualStream
from house import KEY, House, chat, closed_cells, house, open_cells, parsed, policy, route

CLOSED_PORT = "http://127.0.0.1:1/v1"


def one_call(tmp_path, handler, body=None, **more):
    return behind(tmp_path, lambda h, _: h.post(body=body), handler, **more)


def sends(raw: bytes):
    async def handler(seen, writer):
        await write(writer, raw)
        writer.close()

    return handler


@pytest.mark.parametrize(
    ("raw", "status", "code"),
    [
        (b"", 502, "upstream_closed"),
        (b"nonsense\r\n\r\n", 502, "upstream_garbage"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", 502, "upstream_broken"),
        (http(b"<html>not json</html>"), 502, "upstream_garbage"),
        (http(b"[" * 100_000 + b"]" * 100_000), 502, "upstream_garbage"),
        (http(b"{}"), 502, "upstream_garbage"),
        (http({"code": 10013, "message": "blocked"}), 502, "10013"),
        (http({"error": {"message": "no", "code": "x", "type": "t"}}), 502, "x"),
        (http(b"", status="302 Found", location="http://169.254.169.254/"), 502, "upstream_garbage"),
        (http({"error": {"message": "bad", "type": "invalid_request_error", "code": "bad"}}, status="400 Bad"), 400, "bad"),
        (http({"error": {"message": "slow down", "type": "rate", "code": "rate"}}, status="429 Slow", retry_after="7"), 429, "rate"),
        (http({"error": {"message": "key", "code": "invalid_api_key"}}, status="401 No"), 502, "upstream_auth"),
        (http(b"oops", status="500 Oops"), 500, "upstream_500"),
    ],
)  # fmt: skip
def test_each_failure_has_a_status_a_code_and_openais_form(tmp_path, raw, status, code):
    answer = one_call(tmp_path, sends(raw))
    assert (answer.status, answer.error["code"]) == (status, code)
    assert set(answer.error) == {"message", "type", "param", "code"}
    if status == 429:
        assert answer.headers["retry-after"] == "7"
    if status in {400, 302}:
        assert answer.headers["x-should-retry"] == "false"


def test_an_upstream_that_hangs_is_given_up(tmp_path):
    async def handler(seen, writer):
        await asyncio.Event().wait()

    answer = one_call(tmp_path, handler, options={"timeouts": {"first_byte": 0.1}})
    assert (answer.status, answer.error["code"]) == (504, "upstream_timeout")


def test_an_answer_of_a_hundred_megabytes_is_cut_off_at_the_limit(tmp_path):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD.replace(b"event-stream", b"json"))
        for _ in range(1600):
            await write(writer, chunk(b"x" * 65536))

    answer = one_call(tmp_path, handler, options={"limits": {"answer_bytes": 1_000_000}})
    assert answer.error["code"] == "upstream_too_large"
    assert answer.headers["x-should-retry"] == "false"


EVENTS = stream("he", "llo", "世界", usage=True)


def streams(*parts: bytes, end: bytes = b"0\r\n\r\n"):
    async def handler(seen, writer):
        await write(writer, SSE_HEAD)
        for part in parts:
            await write(writer, chunk(part))
        await write(writer, end)
        writer.close()

    return handler


@pytest.mark.parametrize(
    "handler",
    [
        streams(event(piece({"content": "half"})), end=b""),
        streams(event(piece({"content": "half"}))),
        streams(event(piece({"content": "half"})), b"data: {", end=b""),
        streams(event(piece({"content": "half"})), end=b"garbage"),
    ],
)
def test_a_stream_that_breaks_off_never_ends_as_complete(tmp_path, handler):
    answer = one_call(tmp_path, handler, chat(stream=True))
    assert answer.events[0]["choices"][0]["delta"]["content"] == "half"
    assert answer.events[-1]["error"]["code"].startswith("upstream_")
    assert "[DONE]" not in answer.events


def test_an_end_mark_inside_the_text_is_not_the_end(tmp_path):
    answer = one_call(tmp_path, streams(event(piece({"content": "[DONE]"})), end=b""), chat(stream=True))
    assert "error" in answer.events[-1]


def test_an_end_mark_that_the_upstream_forgot_is_added(tmp_path):
    answer = one_call(tmp_path, streams(event(piece({"content": "x"})), event(piece({}, "stop"))), chat(stream=True))
    assert answer.events[-1] == "[DONE]"


def test_an_upstream_that_does_not_stream_is_given_as_a_stream(tmp_path):
    answer = one_call(tmp_path, sends(http(completion("whole"))), chat(stream=True))
    text = "".join(e["choices"][0]["delta"].get("content") or "" for e in answer.events[:-1])
    assert (text, answer.events[-1]) == ("whole", "[DONE]")


def test_an_error_inside_a_stream_reaches_the_caller_and_ends_it(tmp_path):
    late = event({"error": {"message": "overloaded", "type": "server_error", "code": "overloaded"}})
    answer = one_call(tmp_path, streams(event(piece({"content": "x"})), late), chat(stream=True))
    assert answer.events[-1]["error"]["code"] == "overloaded"
    assert "[DONE]" not in answer.events


@pytest.mark.parametrize("raw", [http({"error": {"message": "no", "code": "x"}}), http(b"{}"), http(b"")])
def test_an_error_in_place_of_a_stream_is_an_error(tmp_path, raw):
    answer = one_call(tmp_path, sends(raw), chat(stream=True))
    assert answer.status == 502
    assert "error" in answer.json


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_a_stream_cut_anywhere_gives_the_same_events_whatever_ends_its_lines(line_end):
    whole = EVENTS.replace(b"\n", line_end)
    for cut in range(len(whole) + 1):
        events = Events()
        out = [events.feed(whole[:cut]), events.feed(whole[cut:])]
        assert b"".join(out) + events.rest() == EVENTS
        assert all(part == b"" or part.endswith(b"\n\n") for part in out)
        assert events.complete
        assert events.usage is not None
        assert (events.usage.total, events.model) == (6, "true-model")


@given(st.lists(st.integers(0, len(EVENTS)), max_size=12))
def test_however_the_reads_fall_nothing_is_lost_or_split(cuts):
    points = [0, *sorted(cuts), len(EVENTS)]
    events = Events()
    out = [events.feed(EVENTS[a:b]) for a, b in itertools.pairwise(points)]
    assert b"".join(out) == EVENTS
    assert events.complete


def test_usage_that_only_the_gateway_asked_for_is_kept_from_the_caller(tmp_path):
    async def main():
        limited = {"options": {"limits": {"tokens_per_minute": 1000}}}
        async with Scripted() as upstream, house(tmp_path, [route("local", upstream.url)], OPEN, **limited) as h:
            return await h.post(body=chat(stream=True)), upstream.seen[0].json, await h.get("/metrics")

    answer, seen, metrics = play(main())
    assert seen["stream_options"] == {"include_usage": True}
    assert [e for e in answer.events if e != "[DONE]" and e.get("usage")] == []
    assert answer.events[-1] == "[DONE]"
    assert 'kind="output"} 2' in metrics.body.decode()


def test_a_failing_route_is_followed_by_the_next_that_the_policy_allows(tmp_path):
    async def main():
        async with Scripted(sends(http(b"x", status="503 no"))) as bad, Scripted() as good:
            routes = [route("a", bad.url), route("closed", good.url), route("b", good.url)]
            table = policy([*open_cells("a", "b"), *closed_cells("closed")])
            async with house(tmp_path, routes, table) as h:
                return await h.post(), len(good.seen)

    answer, sent = play(main())
    assert (answer.status, answer.headers["x-banjia-route"], sent) == (200, "b", 1)


def embeds(tmp_path, **app):
    async def main():
        async with Scripted(sends(http(b"x", status="503 no"))) as bad, Scripted() as good:
            routes = [route("a", bad.url, models={"e": "one"}), route("b", good.url, models={"e": "two"})]
            async with house(tmp_path, routes, policy(open_cells("a", "b")), **app) as h:
                return await h.post("/v1/embeddings", body={"model": "e", "input": ["x"]})

    return play(main())


def test_vectors_of_another_space_never_stand_in(tmp_path):
    assert embeds(tmp_path).status == 503


def test_a_pinned_space_chooses_its_route(tmp_path):
    answer = embeds(tmp_path, options={"embeddings": {"space": "self_hosted/two"}})
    assert (answer.status, answer.headers["x-banjia-vector-space"]) == (200, "self_hosted/two")


def test_a_space_that_no_route_gives_is_refused(tmp_path):
    answer = embeds(tmp_path, options={"embeddings": {"space": "openai/text-embedding-ada-002"}})
    assert (answer.status, answer.error["code"]) == (409, "vector_space")


NAMES = ("a", "b", "c", "d")


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.permutations(NAMES), st.sets(st.sampled_from(NAMES)), st.sets(st.sampled_from(NAMES)), st.booleans())
def test_fallback_never_reaches_a_route_that_the_policy_closes(tmp_path_factory, order, opened, failing, streamed):
    reached: list[str] = []

    async def main():
        async def handler(seen, writer):
            name = seen.path.split("/")[1]
            reached.append(name)
            if name in failing:
                writer.transport.abort()
            elif seen.json.get("stream"):
                await write(writer, SSE_HEAD + chunk(stream("x")) + b"0\r\n\r\n")
            else:
                await write(writer, http(completion()))

        async with Scripted(handler) as upstream:
            base = upstream.url.removesuffix("/v1")
            routes = [route(n, f"{base}/{n}") for n in order]
            table = policy([*open_cells(*sorted(opened)), *closed_cells(*sorted(set(NAMES) - opened))])
            async with house(tmp_path_factory.mktemp("h"), routes, table, ledger=False) as h:
                return await h.post(body=chat(stream=streamed))

    answer = play(main())
    assert set(reached) <= opened
    usable = [n for n in order if n in opened and n not in failing]
    if usable:
        assert (answer.status, answer.headers["x-banjia-route"]) == (200, usable[0])
    else:
        assert answer.status == (502 if opened else 403)


def test_a_caller_that_hangs_up_stops_the_upstream_within_a_second(tmp_path):
    async def handler(seen, writer):
        if seen.json.get("stream"):
            await write(writer, SSE_HEAD + chunk(event(piece({"content": "x"}))))
        await asyncio.Event().wait()

    async def main(streamed):
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], OPEN) as h:
            body = (
                str(chat(stream=streamed)).replace("'", '"').replace("True", "true").replace("False", "false").encode()
            )
            head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {KEY}\r\ncontent-length: {len(body)}\r\n\r\n"
            _, writer = await asyncio.open_connection("127.0.0.1", h.port)
            writer.write(head.encode() + body)
            await upstream.arrived.wait()
            writer.close()
            await asyncio.wait_for(upstream.gone.wait(), 1)
            return h.gateway.active

    assert play(main(streamed=True)) == 0
    assert play(main(streamed=False)) == 0


def test_the_first_event_is_forwarded_before_the_second_exists(tmp_path):
    async def main():
        more = asyncio.Event()

        async def handler(seen, writer):
            await write(writer, SSE_HEAD + chunk(event(piece({"content": "first"}))))
            await more.wait()
            await write(writer, chunk(event(piece({}, "stop")) + event("[DONE]")) + b"0\r\n\r\n")

        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], OPEN) as h:
            reader, writer = await ask(h, chat(stream=True))
            await asyncio.wait_for(reader.readuntil(b"first"), 10)
            more.set()
            rest = await reader.read()
            writer.close()
            return rest

    assert b"[DONE]" in play(main())


async def ask(h: House, body: dict) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    data = json.dumps(body).encode()
    reader, writer = await asyncio.open_connection("127.0.0.1", h.port)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\n"
    writer.write(head.encode() + f"content-length: {len(data)}\r\n\r\n".encode() + data)
    return reader, writer


def test_the_in_flight_limit_of_the_gateway_is_never_exceeded(tmp_path):
    most: list[int] = []

    async def main():
        ongoing = 0

        async def handler(seen, writer):
            nonlocal ongoing
            ongoing += 1
            most.append(ongoing)
            await asyncio.sleep(0.02)
            ongoing -= 1
            await write(writer, http(completion()))

        limited = {"options": {"limits": {"in_flight": 3}}}
        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], OPEN, **limited) as h:
            return await asyncio.gather(*[h.post() for _ in range(12)])

    answers = play(main())
    assert max(most) <= 3
    refused = [a for a in answers if a.status == 429]
    assert refused
    assert refused[0].error["code"] == "rate_limit_exceeded"
    assert "retry-after" in refused[0].headers


def test_a_reload_drops_no_request_and_revokes_a_key_at_once(tmp_path):
    async def main():
        more = asyncio.Event()

        async def handler(seen, writer):
            await more.wait()
            await write(writer, http(completion()))

        async with Scripted(handler) as upstream, house(tmp_path, [route("local", upstream.url)], OPEN) as h:
            under_way = asyncio.ensure_future(h.post())
            await upstream.arrived.wait()
            shut = policy(closed_cells("local"))
            h.gateway.replace(dataclasses.replace(h.gateway.settings, index=Index(shut), policy_hash=shut.hash))
            refused = await h.post()
            more.set()
            return await under_way, refused

    first, second = play(main())
    assert (first.status, second.status) == (200, 403)


def test_header_injection_gets_no_answer_but_an_error(tmp_path):
    async def main():
        async with Scripted() as upstream, house(tmp_path, [route("local", upstream.url)], OPEN) as h:
            reader, writer = await asyncio.open_connection("127.0.0.1", h.port)
            writer.write(
                b"POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nx-banjia-subject: a\rx-evil: b\r\ncontent-length: 0\r\n\r\n"
            )
            raw = await reader.read(4096)
            writer.close()
            return parsed(raw).status, upstream.seen

    assert play(main()) == (400, [])


@given(
    st.lists(
        st.one_of(
            st.text(max_size=6).map(lambda t: piece({"content": t})),
            st.sampled_from([
                piece({"content": "x"}, "stop"), piece({"content": "a", "tool_calls": []}), {"error": {"message": "no"}},
                piece({"content": "b"}) | {"usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}},
                piece({"role": "assistant", "content": "c"}), piece({"content": "d"}, model="another"), piece({"reasoning": "e"}),
            ]),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_what_is_learned_of_a_stream_changes_nothing_that_is_noted_of_it(events):
    """The quick way for events that only add words gives what the slow one gives."""
    raw = [event(e).replace(b'": ', b'":') for e in (piece({"role": "assistant", "content": "go"}), *events)]
    quick, slow = Events(usual=UsualStream()), Events(usual=UsualStream())
    slow._learned = LESSONS
    assert [quick.feed(r) for r in raw] == [slow.feed(r) for r in raw]
    assert quick.rest() == slow.rest()
    noted = [(e.done, e.finished, e.failed, e.usage, e.model) for e in (quick, slow)]
    assert noted[0] == noted[1]
