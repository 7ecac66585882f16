"""Labels in text and beside it; an application's own check of what goes in and comes out."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, completion, event, http, piece, play, write

from banjia.config.config import Labels
from banjia.config.reader import read
from banjia.errors import ConfigError
from banjia.gateway.label import BEFORE, NOTICE, LabelPlan, LabelStream, labelled
from banjia.gateway.moderation import ModeratedStream, Screen, silenced
from banjia.gateway.whole import as_events
from house import cell, chat, house, open_cells, policy, route

DUE = [cell("r", data_class="none", duties=("explicit-label", "implicit-label"))]


def says(*words: str):
    async def handler(seen, writer):
        if seen.json.get("stream"):
            await write(writer, SSE_HEAD)
            for word in words:
                await write(writer, chunk(event(piece({"content": word}))))
            await write(writer, chunk(event(piece({}, "stop")) + event("[DONE]")) + b"0\r\n\r\n")
        else:
            await write(writer, http(completion("".join(words))))

    return handler


def ask(tmp_path, handler, cells=None, body=None, **app):
    async def main():
        async with Scripted(handler) as upstream:
            table = policy(cells or open_cells("r"))
            async with house(tmp_path, [route("r", upstream.url)], table, **app) as h:
                answer = await h.post(body=body or chat(), x_banjia_lang="zh")
            return answer, upstream.seen, h.entries()

    return play(main())


def text_of(answer) -> str:
    if answer.headers["content-type"].startswith("text/event-stream"):
        return "".join(e["choices"][0]["delta"].get("content") or "" for e in answer.events[:-1] if e["choices"])
    return answer.json["choices"][0]["message"]["content"]


@pytest.mark.parametrize("streamed", [False, True])
def test_what_the_duties_require_is_marked_in_the_text_and_beside_it(tmp_path, streamed):
    answer, _, entries = ask(tmp_path, says("你", "好"), DUE, chat(stream=streamed))
    assert text_of(answer) == "你好" + NOTICE.zh
    mark = (answer.events[-2] if streamed else answer.json)["AIGC"]
    assert set(mark) == {
        "Label",
        "ContentProducer",
        "ProduceID",
        "ReservedCode1",
        "ContentPropagator",
        "PropagateID",
        "ReservedCode2",
    }
    assert mark["ProduceID"] == answer.headers["x-banjia-decision"]
    assert all(re.fullmatch(r"[\x21\x23-\x5b\x5d-\x7e]*", value) for value in mark.values())
    assert any(kind == "decision" for kind, _ in entries)


def test_without_the_duty_the_bytes_pass(tmp_path):
    answer, _, _ = ask(tmp_path, says("hi"))
    assert text_of(answer) == "hi"
    assert "AIGC" not in answer.json


def test_an_app_that_shows_its_own_label_gets_no_notice(tmp_path):
    shown = Labels(explicit="off", implicit="on", shown_by_app="footer")
    answer, _, _ = ask(tmp_path, says("hi"), DUE, labels=shown)
    assert text_of(answer) == "hi"
    assert answer.json["AIGC"]["Label"] == "1"


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/v1/responses"])
def test_the_notice_stands_at_the_start_where_the_config_says_so(tmp_path, streamed, path):
    async def main():
        async with Scripted(says("你", "好")) as upstream:
            labels = Labels(position="start", producer="001191110000")
            async with house(tmp_path, [route("r", upstream.url)], policy(DUE), labels=labels) as h:
                body = chat(stream=streamed) if path.endswith("completions") else {"model": "gpt-4o", "input": "x"}
                return await h.post(path, body={**body, "stream": streamed}, x_banjia_lang="zh")

    answer = play(main())
    if path.endswith("responses"):
        events = [json.loads(x[6:]) for x in answer.body.decode().splitlines() if x.startswith("data: ")]
        response = events[-1]["response"] if streamed else answer.json
        text, mark = response["output"][0]["content"][0]["text"], response["AIGC"]
        if streamed:
            assert "".join(e["delta"] for e in events if e["type"] == "response.output_text.delta") == text
    else:
        text, mark = text_of(answer), (answer.events[-2] if streamed else answer.json)["AIGC"]
    assert text == BEFORE.zh + "你好"
    assert mark["ContentProducer"] == mark["ContentPropagator"] == "001191110000"
    assert mark["ProduceID"] == mark["PropagateID"]


@given(st.lists(st.text(max_size=3), max_size=6), st.booleans(), st.sampled_from(["stop", "length"]))
def test_a_stream_is_marked_like_the_whole_answer(words, at_start, finish):
    plan = LabelPlan("[AI]", "acme", at_start)
    stream = LabelStream(plan, "e1")
    events = [piece({"role": "assistant", "content": ""}), *(piece({"content": w}) for w in words), piece({}, finish)]
    out = [after for one in events for after in stream.event(one)]
    said = "".join(e["choices"][0]["delta"].get("content") or "" for e in out)
    whole = labelled(completion("".join(words)), plan, "e1")
    assert said == whole["choices"][0]["message"]["content"]
    assert [e["AIGC"] for e in out if "AIGC" in e] == [whole["AIGC"]]


def test_a_mark_of_the_vendor_gives_way_to_the_one_of_the_entity():
    marked = labelled(completion("x", AIGC={"Label": "2"}), LabelPlan(None, "acme"), "e1")
    assert marked["AIGC"]["Label"] == "1"


@pytest.mark.parametrize(("given", "found"), [("start", "start"), (None, "end"), ("middle", None)])
def test_the_place_of_the_notice_is_read_from_the_config(tmp_path, given, found):
    more = f", position: {given}" if given else ""
    (tmp_path / "banjia.yaml").write_text(
        f"entity: {{id: acme}}\nlabels: {{explicit: auto{more}}}\napps: [{{id: a, key: env:K}}]\nroutes: []\n"
    )
    if found is None:
        with pytest.raises(ConfigError, match="position"):
            read(tmp_path / "banjia.yaml")
    else:
        assert read(tmp_path / "banjia.yaml").apps[0].labels.position == found


def test_json_is_not_broken_by_a_notice_and_the_gap_is_said(tmp_path):
    body = chat(response_format={"type": "json_object"})
    answer, _, _ = ask(tmp_path, says("{}"), DUE, body)
    assert text_of(answer) == "{}"
    assert "label(explicit)" in answer.headers["x-banjia-warnings"]


def words(tmp_path, *lines: str):
    (tmp_path / "words.txt").write_text("# a list of the application\n" + "\n".join(lines))
    return {"options": {"moderation": {"keywords": ["words.txt"]}}}


def recorded(entries) -> list[str]:
    found = [body.get("more", {}) for kind, body in entries if kind in {"decision", "outcome"}]
    return [more["code"] for more in found if "code" in more]


def test_an_answer_that_passed_has_no_code_in_the_ledger(tmp_path):
    _, _, entries = ask(tmp_path, says("fine"), **words(tmp_path, "secret"))
    assert recorded(entries) == []
    assert any(kind == "decision" for kind, _ in entries)


def test_a_word_that_goes_in_is_stopped_before_anything_leaves(tmp_path):
    request = chat(messages=[{"role": "user", "content": "say FORBIDDEN things"}])
    answer, seen, entries = ask(tmp_path, says("x"), body=request, **words(tmp_path, "forbidden"))
    assert (answer.status, answer.error["code"], seen) == (400, "content_filter", [])
    assert answer.headers["x-should-retry"] == "false"
    assert [body["rule"] for kind, body in entries if kind == "refusal"] == ["moderation.before"]


def test_a_word_that_comes_out_silences_the_answer(tmp_path):
    answer, _, entries = ask(tmp_path, says("a secret word"), **words(tmp_path, "secret"))
    assert recorded(entries) == ["content_filter"]
    assert (text_of(answer), answer.json["choices"][0]["finish_reason"]) == ("", "content_filter")


@pytest.mark.parametrize("parts", [("so sec", "ret!"), ("so s", "e", "c", "r", "e", "t", "!"), ("so secret!",)])
def test_a_word_split_over_a_stream_is_never_said(tmp_path, parts):
    answer, _, entries = ask(tmp_path, says(*parts), body=chat(stream=True), **words(tmp_path, "secret"))
    assert recorded(entries) == ["content_filter"]
    said = text_of(answer)
    assert "so secret".startswith(said)
    assert "secret" not in said
    assert answer.events[-2]["choices"][0]["finish_reason"] == "content_filter"
    assert answer.events[-1] == "[DONE]"


@given(st.lists(st.text("abc ", min_size=1, max_size=4), min_size=1, max_size=8))
def test_what_has_no_hit_is_said_whole(pieces):
    stream = ModeratedStream(Screen(["zz", "zzzz"]))
    events = [piece({"content": p}) for p in pieces] + [piece({}, "stop")]
    out = [e for one in events for e in stream.event(one)]
    assert "".join(e["choices"][0]["delta"].get("content") or "" for e in out) == "".join(pieces)


def with_service(tmp_path, flagged, streamed=False):
    asked: list[dict] = []

    async def main():
        async def service(seen, writer):
            asked.append(seen.json)
            await write(writer, http(flagged(seen.json)))

        async with Scripted(service) as check, Scripted(says("answer")) as upstream:
            app = {"options": {"moderation": {"url": check.url.replace("/v1", "/check")}}}
            async with house(tmp_path, [route("r", upstream.url)], policy(open_cells("r")), **app) as h:
                return await h.post(body=chat(stream=streamed))

    return play(main()), asked


@pytest.mark.parametrize("streamed", [False, True])
def test_a_service_is_asked_before_and_after_and_has_the_last_word(tmp_path, streamed):
    answer, asked = with_service(tmp_path, lambda a: {"flagged": False}, streamed)
    assert text_of(answer) == "answer"
    assert [(a["stage"], a["input"]) for a in asked] == [("before", "hello"), ("after", "answer")]
    answer, _ = with_service(tmp_path, lambda a: {"results": [{"flagged": a["stage"] == "after"}]}, streamed)
    assert text_of(answer) == ""


def test_a_service_that_says_nothing_useful_lets_nothing_pass(tmp_path):
    answer, _ = with_service(tmp_path, lambda a: {"ok": True})
    assert (answer.status, answer.error["code"]) == (503, "moderation_unavailable")


def streamed_through(*events: dict, words=("secret",)) -> tuple[list[dict], ModeratedStream]:
    stream = ModeratedStream(Screen(words))
    return [e for one in events for e in stream.event(one)], stream


def call_piece(arguments: str, finish: str | None = None) -> dict:
    return piece({"tool_calls": [{"index": 0, "function": {"arguments": arguments}}]}, finish)


def old_piece(text: str, finish: str | None = None) -> dict:
    return {"choices": [{"index": 0, "text": text, "finish_reason": finish, "logprobs": {"tokens": [text]}}]}


@pytest.mark.parametrize(
    "make",
    [call_piece, old_piece, lambda t, f=None: piece({"reasoning_content": t}, f)],
    ids=["call", "old", "thought"],
)
def test_every_place_that_speaks_is_read(make):
    out, stream = streamed_through(make("a sec"), make("ret"), make("", "stop"))
    assert stream.stopped
    assert "ret" not in str(out).replace("refusal", "")
    assert "sec" not in str(out)
    assert out[-1]["choices"][0]["finish_reason"] == "content_filter"
    out, stream = streamed_through(make("a sec"), make("ond", "stop"))
    assert not stream.stopped
    assert "tokens" not in str(out)


def test_what_was_held_of_a_call_is_let_go_at_the_end():
    out, _ = streamed_through(call_piece('{"a": 1}'), piece({}, "tool_calls"))
    parts = [c["function"]["arguments"] for e in out for c in e["choices"][0]["delta"].get("tool_calls", [])]
    assert "".join(parts) == '{"a": 1}'


def test_an_old_completion_that_is_stopped_says_nothing(tmp_path):
    choice = {"index": 0, "text": "a secret word", "finish_reason": "stop", "logprobs": {"tokens": ["secret"]}}
    stopped = silenced({"choices": [choice]})
    assert "secret" not in str(stopped)
    assert stopped["choices"][0]["finish_reason"] == "content_filter"


def test_a_notice_ends_an_old_stream_too():
    stream = LabelStream(LabelPlan("(AI)", None), "entry")
    out = [e for one in (old_piece("hi"), old_piece("", "stop")) for e in stream.event(one)]
    assert "".join(e["choices"][0]["text"] for e in out) == "hi(AI)"


def test_a_held_old_completion_is_given_as_a_stream_of_its_kind():
    answer = {"id": "1", "choices": [{"index": 0, "text": "hi", "finish_reason": "stop"}]}
    assert b'"text":"hi"' in as_events(answer, include_usage=False)


@pytest.mark.parametrize(
    "choice", [{"index": 1, "message": {"content": "hi"}, "finish_reason": "stop"}, {"text": "hi"}]
)
def test_a_stream_that_was_made_of_a_whole_answer_keeps_its_label(choice):
    answer = {"id": "c", "object": "x", "choices": [choice], "AIGC": {"Label": "1"}}
    lines = as_events(answer, include_usage=True).decode().split("\n\n")
    assert [json.loads(x[6:]).get("AIGC") for x in lines if x.startswith("data: {")][-1] == {"Label": "1"}
