"""Errors and content checks of servers with odd habits are errors and content checks to openai-python, whatever they look like."""

from __future__ import annotations

import asyncio
import json

import openai
import pytest
from habit import BEGIN, BREAK_OFF, HE, NO_ANSWER, TOLD, said
from habit_read import before, each, readings
from scripted import SSE_HEAD, Scripted, chunk, http, play, write

from banjia.routes.catalogue import load

MESSAGES = [{"role": "user", "content": "hello"}]
LATE = {
    "alibaba_bailian": {"error": {"code": "data_inspection_failed", "message": "no"}},
    "volcengine_ark": {"error": {"code": "OutputTextSensitiveContentDetected", "message": "no"}},
    "zhipu": {"error": {"code": "1301", "message": "no"}},
    "tencent": {"error": {"code": "451001", "type": "content_filter_error", "message": "no"}},
    "moonshot": {"error": {"type": "content_filter", "message": "no"}},
    "minimax": {"base_resp": {"status_code": 1027, "status_msg": "no"}},
    "iflytek_spark": {"code": 10014, "message": "no", "sid": "s"},
    "baidu_qianfan": {"error": {"type": "unsafe_request", "code": "x", "message": "no"}},
    "openai": {"error": {"code": "content_filter", "message": "no"}},
}
EARLY = {  # comes as the first event, after a comment, or as the whole body: HTTP 200 each time
    "alibaba_bailian": ({"code": "Arrearage", "message": "pay"}, (429, "insufficient_quota")),
    "volcengine_ark": ({"error": {"code": "AccountOverdueError", "message": "pay"}}, (429, "insufficient_quota")),
    "zhipu": ({"error": {"code": "1113", "message": "pay"}}, (429, "insufficient_quota")),
    "minimax": ({"base_resp": {"status_code": 1002, "status_msg": "slow"}}, (429, "rate_limit_exceeded")),
    "iflytek_spark": ({"code": 11202, "message": "slow", "sid": "s"}, (429, "rate_limit_exceeded")),
    "tencent": ({"error": {"code": "401007", "message": "pay"}}, (429, "insufficient_quota")),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return readings(tmp_path_factory.mktemp("errors"), BREAK_OFF, none=NO_ANSWER, told=TOLD)


@pytest.mark.parametrize(("provider", "habit"), each(BREAK_OFF))
def test_a_stream_does_not_end_as_if_it_were_complete_when_it_breaks_off(found, provider, habit):
    read = found[provider, "stream", habit]
    assert (read.text, read.finish) == ("he", [])
    assert "boom" in str(read.error) or "not complete" in str(read.error)


@pytest.mark.parametrize(("provider", "habit"), each(NO_ANSWER))
def test_it_is_an_error_and_no_answer_that_has(found, provider, habit):
    error = found[provider, "none", habit]
    assert isinstance(error, openai.InternalServerError)
    assert error.status_code == 502


@pytest.mark.parametrize(("provider", "habit"), each(TOLD))
def test_an_error_under_a_status_of_success_is_what_it_says_that_it_is(found, provider, habit):
    error = found[provider, "told", habit]
    assert (error.status_code, error.code) == TOLD[habit][1]


def behind(tmp_path, provider, parts, **body):
    """One call over a route of that provider; the upstream sends the parts one after another."""
    model = next(m.id for m in load().by_id(provider).models if m.kind == "chat")

    async def give(seen, writer):
        if not seen.json.get("stream"):
            await write(writer, http(json.loads(parts[-1].removeprefix(b"data: "))))
            return
        await write(writer, SSE_HEAD)
        for part in parts:
            await write(writer, chunk(part))
            await asyncio.sleep(0.02)
        await write(writer, b"0\r\n\r\n")

    async def main():
        async with Scripted(give) as upstream:
            async with before(tmp_path, upstream.url, provider, model, options={"retries": 0}) as h:
                asked = {"model": "gpt-4o", "messages": MESSAGES, **body}
                answer = await h.post(body=asked)
            return answer, [b["more"] for kind, b in h.entries() if kind == "decision"]

    return play(main())


@pytest.mark.parametrize("provider", LATE)
def test_a_content_check_that_stops_a_stream_ends_it_as_filtered_whatever_the_vendor_calls_it(tmp_path, provider):
    answer, (entry,) = behind(
        tmp_path, provider, [said(BEGIN, HE, done=False), said(LATE[provider], done=False)], stream=True
    )
    finishes = [c["finish_reason"] for e in answer.events[:-1] for c in e["choices"] if c["finish_reason"]]
    assert (answer.status, finishes, answer.events[-1]) == (200, ["content_filter"], "[DONE]")
    assert entry["code"] == "content_filter"
    assert entry["raw"] in str(LATE[provider])  # the vendor's own word, for whoever has to ask it


@pytest.mark.parametrize("comment", [[], [b": keep-alive\n\n"]])
@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("provider", EARLY)
def test_an_error_before_the_first_word_has_its_status_though_the_vendor_said_200(tmp_path, provider, stream, comment):
    body, expected = EARLY[provider]
    answer, _ = behind(tmp_path, provider, [*comment, said(body, done=False)], stream=stream)
    assert (answer.status, answer.error["code"]) == expected
