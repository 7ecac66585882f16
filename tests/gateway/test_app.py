from __future__ import annotations

import json

import pytest
from scripted import Scripted, play

from house import KEY, chat, closed_cells, house, open_cells, policy, route


def test_a_chat_answer_is_passed_on_with_its_headers(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            return await h.post(), upstream.seen[0]

    answer, seen = play(main())
    assert answer.status == 200
    assert answer.json["model"] == "true-model"
    assert answer.headers["x-banjia-route"] == "local"
    assert answer.headers["x-banjia-model"] == "true-model"
    assert answer.headers["x-banjia-treatment"] == "allow"
    assert len(answer.headers["x-banjia-decision"]) == 24
    assert seen.body == json.dumps(chat("true-model")).encode()
    assert seen.headers["accept-encoding"] == "identity"


def test_neither_the_key_nor_the_callers_own_headers_go_upstream(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            await h.post(x_banjia_subject="u-1", x_banjia_conversation="c", x_other="y", cookie="z")
            return upstream.seen[0]

    seen = play(main())
    assert "authorization" not in seen.headers
    assert not [name for name in seen.headers if name.startswith("x-")]
    assert KEY not in str(seen)
    assert "cookie" not in seen.headers


def test_a_stream_is_passed_on_event_by_event(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            return await h.post(body=chat(stream=True, stream_options={"include_usage": True}))

    answer = play(main())
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.events[-1] == "[DONE]"
    assert "".join(e["choices"][0]["delta"].get("content", "") for e in answer.events[:-2]) == "hello"
    assert answer.events[-2]["usage"]["total_tokens"] == 5


@pytest.mark.parametrize(
    ("lang", "words"), [("zh", "该供应商不向此地区提供服务"), ("en", "the vendor does not serve this region")]
)
def test_a_refusal_names_the_rule_and_the_citation_in_the_callers_language(tmp_path, lang, words):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("openai", upstream.url)], policy(closed_cells("openai"))) as h,
        ):
            return await h.post(x_banjia_lang=lang), upstream.seen

    answer, seen = play(main())
    assert answer.status == 403
    assert (answer.error["type"], answer.error["code"]) == ("policy_refusal", "openai.region")
    assert words in answer.error["message"]
    assert "openai-regions" in answer.error["message"]
    assert answer.headers["x-should-retry"] == "false"
    assert seen == []


def test_what_the_policy_does_not_list_is_refused(tmp_path):
    async def main():
        async with Scripted() as upstream, house(tmp_path, [route("local", upstream.url)], policy([])) as h:
            return await h.post()

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (403, "unlisted")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"authorization": None}, 401, "missing_api_key"),
        ({"authorization": "Bearer wrong"}, 401, "invalid_api_key"),
        ({"authorization": "Basic eA=="}, 401, "missing_api_key"),
        ({"authorization": None, "api_key": KEY}, 200, ""),
        ({"content_encoding": "gzip"}, 415, "content_encoding"),
        ({"x_banjia_purpose": "other"}, 403, "unknown_purpose"),
        ({"x_banjia_subject": "x" * 300}, 400, "header_too_long"),
    ],
)
def test_who_calls_is_known_before_anything_is_done(tmp_path, headers, status, code):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            return await h.post(**headers)

    answer = play(main())
    assert answer.status == status
    if code:
        assert answer.error["code"] == code
        assert answer.headers["x-should-retry"] == "false"


DEEP = b'{"model":"gpt-4o","messages":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "invalid_json"),
        (b"{", "invalid_json"),
        (b"[]", "invalid_body"),
        (b'{"model": 5}', "invalid_body"),
        (b'{"messages": []}', "invalid_model"),
        (b'{"model": ""}', "invalid_model"),
        (b'{"model": "gpt-4o", "x": "\xff\xfe"}', "invalid_utf8"),
        (DEEP, "too_deep"),
    ],
)
def test_a_bad_body_gets_a_clear_answer_and_goes_nowhere(tmp_path, body, code):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            return await h.post(body=body), upstream.seen

    answer, seen = play(main())
    assert (answer.status, answer.error["code"]) == (400, code)
    assert seen == []


def test_a_body_above_the_limit_is_refused(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(
                tmp_path, [route("local", upstream.url)], policy(open_cells("local")), settings={"max_body": 1000}
            ) as h,
        ):
            return await h.post(body=chat(user="x" * 1000))

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (413, "request_too_large")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/chat/completions", 200),
        ("/chat/completions", 200),
        ("/openai/v1/chat/completions", 200),
        ("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21", 200),
        ("/v1/embeddings", 200),
        ("/v1/engines/gpt-4o/chat/completions", 200),
        ("/v1/images/generations", 501),
        ("/v1/nonsense", 404),
        ("/nonsense", 404),
    ],
)
def test_the_paths_of_openai_and_azure(tmp_path, path, status):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            return await h.post(
                path, body=chat(input="x") if "deployments" not in path and "engines" not in path else {"messages": []}
            )

    answer = play(main())
    assert answer.status == status
    if status != 200:
        assert answer.headers["x-should-retry"] == "false"


@pytest.mark.parametrize("body", [{}, {"model": None}, {"model": "another"}])
def test_the_deployment_in_azures_path_is_the_model_whatever_the_body_says(tmp_path, body):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            path = "/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21"
            answer = await h.post(path, body={**body, "messages": []})
            nameless = await h.post(body={"model": None, "messages": []})
            return answer, nameless, upstream.seen[-1].json

    answer, nameless, sent = play(main())
    assert (200, "true-model") == (answer.status, sent["model"])
    assert (400, "invalid_model") == (nameless.status, nameless.error["code"])


def test_the_wrong_method_is_said_to_be_wrong(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            ways = [("PUT", "chat/completions"), ("DELETE", "models"), ("PATCH", "responses/resp_1")]
            return [await h.send(method, f"/v1/{path}", b"") for method, path in ways]

    answers = play(main())
    assert [a.status for a in answers] == [405, 405, 405]
    assert [a.headers["allow"] for a in answers] == ["POST", "GET", "DELETE, GET"]


def test_models_are_listed_with_what_answers_for_them(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            return await h.get("/v1/models"), await h.get("/v1/models/gpt-4o"), await h.get("/v1/models/other")

    listed, one, other = play(main())
    assert [m["id"] for m in listed.json["data"]] == ["gpt-4o"]
    assert (one.json["answers_as"], one.json["shutdown_date"]) == ("true-model", None)
    assert other.json["id"] == "other"


def test_a_model_without_a_route_names_the_nearest(tmp_path):
    async def main():
        routes = [route("local", "http://127.0.0.1:1/v1", models={"gpt-4o": "m"})]
        async with house(tmp_path, routes, policy(open_cells("local"))) as h:
            return await h.post(body=chat("gpt-4oo"), x_banjia_lang="en")

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (404, "model_not_found")
    assert "did you mean gpt-4o?" in answer.error["message"]


def test_health_readiness_and_metrics_need_no_key(tmp_path):
    async def main():
        async with (
            Scripted() as upstream,
            house(tmp_path, [route("local", upstream.url)], policy(open_cells("local"))) as h,
        ):
            await h.post()
            await h.post(body=b"{")
            paths = ("/healthz", "/readyz", "/metrics")
            return [await h.get(p, authorization=None) for p in paths]

    health, ready, metrics = play(main())
    assert health.json == {"status": "alive"}
    assert ready.json["status"] == "ready"
    text = metrics.body.decode()
    assert 'banjia_requests_total{app="helpdesk",route="local",operation="chat/completions",status="200"} 1' in text
    assert 'banjia_refusals_total{app="helpdesk",code="invalid_json"} 1' in text
    assert 'banjia_tokens_total{app="helpdesk",route="local",model="true-model",kind="input"} 3' in text


def test_an_internal_error_shows_no_stack_trace(tmp_path, monkeypatch):
    from banjia.gateway.dispatch import Dispatch

    async def broken(self, call, settings):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(Dispatch, "run", broken)

    async def main():
        async with house(tmp_path, [route("local", "http://127.0.0.1:1/v1")], policy(open_cells("local"))) as h:
            return await h.post()

    answer = play(main())
    assert (answer.status, answer.error["code"]) == (500, "internal_error")
    assert b"secret" not in answer.body
    assert b"Traceback" not in answer.body
