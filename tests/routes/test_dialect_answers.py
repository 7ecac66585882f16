"""Answers, streams and errors come out as OpenAI's, wherever the vendor cut or put them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.routes import catalogue
from banjia.routes.dialect import wire
from banjia.routes.dialect.error import LONGEST_MESSAGE, map_error
from banjia.routes.dialect.operation import TagSplit
from banjia.routes.dialect.tag import Splitter, split_whole
from banjia.routes.dialect.usual_stream import UsualStream

ROUTES = catalogue.load(plugins=False)
TAGS = TagSplit(open="<think>", close="</think>", to="reasoning_content")
PIECES = st.lists(st.sampled_from(["<think>", "</think>", "<", "th", "a", "\n", "ink>", "</", "词", " "]), max_size=14)


def provider(name):
    return ROUTES.by_id(name)


def chunk(delta, finish=None, **more):
    return {
        "id": "c",
        "object": "chat.completion.chunk",
        "model": "m",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **more,
    }


def played(name, model, events, **options):
    rewriter = wire.rewriter(provider(name), model, **options)
    out = [e for event in events for e in rewriter.feed(event)] + rewriter.finish()
    return out, rewriter


def usual(events):
    stream = UsualStream()
    return [after for event in events for after in stream.event(event)] + stream.ending()


def gathered(events, field="content"):
    return "".join(c["delta"].get(field) or "" for e in events for c in e.get("choices", []))


def test_every_way_of_cutting_a_text_gives_the_same_two_parts():
    text = "before<think>\nwhy <not>\n</think>\n\nafter < b</think"
    whole = split_whole(TAGS, text)
    for first in range(len(text) + 1):
        for second in range(first, len(text) + 1):
            splitter = Splitter(TAGS)
            parts = [
                p for t in (text[:first], text[first:second], text[second:]) for p in splitter.feed(t)
            ] + splitter.finish()
            assert whole == tuple("".join(t for k, t in parts if k == kind) for kind in ("thought", "text"))


@given(PIECES, PIECES)
def test_two_texts_cut_otherwise_but_equal_split_alike(left, right):
    text = "".join(left) + "".join(right)
    splitter = Splitter(TAGS)
    parts = [p for t in (*left, *right) for p in splitter.feed(t)] + splitter.finish()
    assert split_whole(TAGS, text) == tuple("".join(t for k, t in parts if k == kind) for kind in ("thought", "text"))


@given(st.text(alphabet="ab<>/ \n", max_size=30))
def test_a_text_without_the_tag_is_not_changed(text):
    assert ("", text) == split_whole(TAGS, text)


@given(PIECES)
def test_a_stream_and_the_whole_answer_agree(pieces):
    text = "".join(pieces)
    out, _ = played("minimax", "MiniMax-M2.7", [chunk({"content": p}) for p in pieces] + [chunk({}, "stop")])
    whole = wire.answer(
        provider("minimax"),
        "MiniMax-M2.7",
        {"choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}]},
    )
    message = whole.response["choices"][0]["message"]
    assert message["content"] == gathered(out)
    assert (message.get("reasoning_content") or "") == gathered(out, "reasoning_content")


def test_what_was_kept_back_is_sent_before_the_end_is_told():
    out, rewriter = played("minimax", "MiniMax-M2.7", [chunk({"content": "x <"}), chunk({}, "stop")])
    assert "x <" == gathered(out)
    assert "stop" == out[-1]["choices"][0]["finish_reason"]
    assert rewriter.is_complete


def test_nothing_of_a_plain_text_is_kept_back():
    rewriter = wire.rewriter(provider("minimax"), "MiniMax-M2.7")
    assert "hello" == gathered(rewriter.feed(chunk({"content": "hello"})))


def test_reasoning_moves_to_its_usual_name_and_an_empty_key_does_not_hide_it():
    out, _ = played(
        "vllm", "m", [chunk({"reasoning": "why", "reasoning_content": None}), chunk({"content": "so"}, "stop")]
    )
    assert ("why", "so") == (gathered(out, "reasoning_content"), gathered(out))
    assert "reasoning" not in out[0]["choices"][0]["delta"]


@pytest.mark.parametrize("index", [-1, None])
def test_tool_fragments_without_a_usable_index_get_their_place(index):
    def call(**more):
        place = {} if index is None else {"index": index}
        return chunk({"tool_calls": [{**place, **more}]})

    events = [
        call(id="a", function={"name": "f", "arguments": "{"}),
        call(function={"arguments": "}"}),
        call(id="b", function={"name": "g", "arguments": "{}"}),
        chunk({}, "tool_calls"),
    ]
    left, _ = played("zhipu", "glm-4.7", events)
    assert left[:3] == events[:3]  # the dialect leaves it to the form that all answers get
    out = usual(left)
    calls = [c for e in out for x in e["choices"] for c in x["delta"].get("tool_calls", [])]
    assert [0, 0, 1] == [c["index"] for c in calls]
    assert ["a", None, "b"] == [c.get("id") for c in calls]


def test_a_tool_fragment_without_an_id_gets_one():
    events = [chunk({"tool_calls": [{"index": 0, "function": {"name": "f", "arguments": "{}"}}]}, "tool_calls")]
    left, _ = played("ollama", "m", events)
    assert left == events
    out = usual(left)
    assert "call_0" == out[0]["choices"][0]["delta"]["tool_calls"][0]["id"]


@pytest.mark.parametrize("where", ["inside", "beside", "alone"])
@pytest.mark.parametrize("wanted", [True, False])
def test_usage_comes_last_and_only_when_asked_for_wherever_the_vendor_put_it(where, wanted):
    usage = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
    end = chunk({}, "stop")
    if where == "inside":
        end["choices"][0]["usage"] = usage
    events = [chunk({"content": "a"}), {**end, "usage": usage} if where == "beside" else end]
    if where == "alone":
        events.append({"id": "c", "choices": [], "usage": usage})
    out, rewriter = played("moonshot", "kimi-k3", events, include_usage=wanted)
    assert usage == rewriter.usage
    assert wanted == (out[-1].get("choices") == [] and out[-1].get("usage") == usage)
    assert all("usage" not in e for e in out[:-1])


def test_an_annotation_without_choices_does_not_reach_naive_clients():
    out, _ = played(
        "azure_openai",
        "gpt-5.1",
        [{"id": "", "choices": [], "prompt_filter_results": []}, chunk({"content": "a"}, "stop")],
    )
    assert 1 == len(out)


def test_finish_reasons_are_openai_s():
    out, _ = played("zhipu", "glm-5.2", [chunk({"content": "a"}, "sensitive")])
    assert "content_filter" == out[0]["choices"][0]["finish_reason"]


@pytest.mark.parametrize(
    ("name", "model", "reason"),
    [("zhipu", "glm-5.2", "network_error"), ("deepseek", "deepseek-flash", "insufficient_system_resource")],
)
def test_a_reason_that_means_broken_off_ends_in_an_error_and_not_as_done(name, model, reason):
    out, rewriter = played(name, model, [chunk({"content": "a"}), chunk({}, reason), chunk({"content": "more"})])
    assert "upstream_interrupted" == out[-1]["error"]["code"]
    assert not rewriter.is_complete
    assert "a" == gathered(out)


def test_an_error_inside_a_stream_is_an_error_and_nothing_follows():
    late = {"base_resp": {"status_code": 1027, "status_msg": "no"}}
    out, rewriter = played("minimax", "MiniMax-M3", [chunk({"content": "a"}), late, chunk({"content": "b"}, "stop")])
    assert "content_filter" == out[-1]["error"]["code"]
    assert rewriter.error.safety
    assert "a" == gathered(out)


def test_a_stream_that_just_stops_is_not_complete():
    _, rewriter = played("openai", "gpt-4o", [chunk({"content": "a"})])
    assert not rewriter.is_complete


def test_a_status_of_zero_in_each_event_is_no_error():
    event = chunk({"content": "a"}, "stop", code=0, message="Success", sid="s")
    out, _ = played("spark", "4.0Ultra", [event])
    assert "a" == gathered(out)


def test_a_single_tool_call_given_as_an_object_becomes_a_list():
    body = {"code": 0, "choices": [{"index": 0, "message": {"role": "assistant", "tool_calls": {"id": "1"}}}]}
    message = wire.answer(provider("spark"), "4.0Ultra", body).response["choices"][0]["message"]
    assert [{"id": "1"}] == message["tool_calls"]


SAFETY = [
    ("dashscope", 400, {"error": {"code": "data_inspection_failed", "message": "x", "type": "y"}}),
    ("dashscope", 400, {"code": "DataInspectionFailed", "message": "x"}),
    ("qianfan", 403, {"error": {"type": "unsafe_request", "message": "x"}}),
    ("zhipu", 400, {"contentFilter": [{"role": "user", "level": 1}], "error": {"code": "1301", "message": "x"}}),
    ("kimi", 400, {"error": {"type": "content_filter", "message": "x"}}),
    ("ark", 400, {"error": {"code": "InputTextSensitiveContentDetected.Policy", "message": "x"}}),
    ("ark", 400, {"error": {"code": "OutputTextRiskDetection", "message": "x"}}),
    ("tokenhub", 451, {"error": {"type": "content_filter_error", "code": "451001", "message": "x"}}),
    ("stepfun", 451, {"error": {"message": "x"}}),
    ("minimax", 200, {"base_resp": {"status_code": 1026, "status_msg": "x"}}),
    ("spark", 200, {"code": 10014, "message": "x", "sid": "s"}),
    (
        "azure",
        400,
        {"error": {"code": "content_filter", "message": "x", "innererror": {"code": "ResponsibleAIPolicyViolation"}}},
    ),
]


@pytest.mark.parametrize(("name", "status", "body"), SAFETY)
def test_every_refusal_by_content_check_is_the_one_canonical_event(name, status, body):
    error = wire.map_error(provider(name), status, body)
    assert (400, "content_filter", True, False) == (error.status, error.code, error.safety, error.retry)
    assert error.raw_code


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("dashscope", 400, {"code": "Arrearage", "message": "x"}),
        ("zhipu", 429, {"error": {"code": "1113", "message": "x"}}),
        ("deepseek", 402, {"error": {"message": "x"}}),
        ("ark", 403, {"error": {"code": "AccountOverdueError"}}),
        ("tokenhub", 402, {"error": {"code": "401007"}}),
        ("stepfun", 402, {}),
        ("minimax", 200, {"base_resp": {"status_code": 1008}}),
        ("kimi", 429, {"error": {"type": "exceeded_current_quota_error"}}),
        ("openai", 402, {}),
    ],
)
def test_arrears_are_a_quota_error_that_nobody_retries(name, status, body):
    error = wire.map_error(provider(name), status, body, retry_after=3)
    assert (429, "insufficient_quota", False, None) == (error.status, error.code, error.retry, error.retry_after)


@pytest.mark.parametrize(
    ("name", "status", "body"),
    [
        ("dashscope", 429, {"error": {"message": "Requests rate limit exceeded, please try again later."}}),
        ("zhipu", 429, {"error": {"code": "1302"}}),
        ("deepseek", 429, {}),
        ("ark", 429, {"error": {"code": "RateLimitExceeded.EndpointRPMExceeded"}}),
        ("minimax", 200, {"base_resp": {"status_code": 1002}}),
        ("openai", 429, {}),
    ],
)
def test_a_rate_limit_may_be_tried_again_and_says_when(name, status, body):
    error = wire.map_error(provider(name), status, body, retry_after=2.5)
    assert (429, "rate_limit_exceeded", True, 2.5) == (error.status, error.code, error.retry, error.retry_after)


@pytest.mark.parametrize(
    ("name", "status", "body", "expected"),
    [
        ("qianfan", 401, {"error": {"code": "invalid_model"}}, (404, "model_not_found")),
        ("qianfan", 401, {"error": {"code": "invalid_iam_token"}}, (401, "invalid_api_key")),
        ("zhipu", 400, {"error": {"code": "1261"}}, (400, "context_length_exceeded")),
        ("ark", 404, {"error": {"code": "InvalidEndpointOrModel.NotFound"}}, (404, "model_not_found")),
        ("deepseek", 422, {"error": {"message": "x"}}, (400, "invalid_value")),
        ("spark", 200, {"code": 99999, "message": "x"}, (400, None)),
        (
            "openai",
            403,
            {"error": {"code": "unsupported_country_region_territory"}},
            (403, "unsupported_country_region_territory"),
        ),
    ],
)
def test_other_errors_keep_their_meaning(name, status, body, expected):
    error = wire.map_error(provider(name), status, body)
    assert expected == (error.status, error.code)


@pytest.mark.parametrize(
    "body", [None, "", "oops", [], 7, {"error": None}, {"error": "text"}, {"error": {"code": 5}}, b"x"]
)
@pytest.mark.parametrize("status", [400, 401, 404, 418, 429, 500, 503, 599])
def test_any_body_with_any_status_is_some_error(status, body):
    error = wire.map_error(provider("deepseek"), status, body)
    assert 400 <= error.status <= 599
    assert set(error.body()["error"]) == {"message", "type", "param", "code"}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=5),
        lambda x: (
            st.lists(x, max_size=3)
            | st.dictionaries(
                st.sampled_from(["error", "code", "type", "message", "base_resp", "status_code"]), x, max_size=4
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(sorted(ROUTES.ids())),
)
def test_garbage_breaks_no_mapping(body, name):
    wire.map_error(provider(name), 500, body)
    wire.error_in_answer(provider(name), body)


def test_a_message_is_one_bounded_line():
    error = wire.map_error(provider("openai"), 500, {"error": {"message": "a\r\nx-evil: 1\x00" + "b" * 5000}})
    assert "\n" not in error.message
    assert len(error.message) <= LONGEST_MESSAGE


def test_an_answer_that_is_one_passes_untouched_and_shared():
    body = {"choices": [{"index": 0, "message": {"role": "assistant", "content": "a"}, "finish_reason": "stop"}]}
    assert body is wire.answer(provider("openai"), "gpt-4o", body).response


@pytest.mark.parametrize("name", sorted(ROUTES.ids()))
def test_odd_events_break_no_stream(name):
    model = next((m.id for m in provider(name).models), "m")
    events = [
        {},
        {"choices": None},
        {"choices": [None]},
        {"choices": [{}]},
        {"choices": [{"delta": None}]},
        chunk({"content": None}),
        chunk({"tool_calls": None}),
        chunk({"tool_calls": [None]}),
    ]
    played(name, model, events)


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ({"code": 30011, "message": "Your paid balance is insufficient.", "data": None}, 429, "insufficient_quota"),
        ({"code": 30001, "message": "账户余额不足", "data": None}, 429, "insufficient_quota"),
        ({"code": 30003, "message": "real-name verification is needed", "data": None}, 403, "permission_error"),
    ],
)
def test_siliconflows_403_is_arrears_where_it_says_so_and_a_lack_of_permission_elsewhere(body, status, kind):
    error = map_error(provider("siliconflow"), 403, body)
    assert (error.status, error.type, error.code, error.retry) == (status, kind, "insufficient_quota", False)
