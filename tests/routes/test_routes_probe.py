"""A probe shows whether a provider's file is right; against its own stand-in it is."""

import asyncio
import json

import pytest

from banjia.routes import catalogue
from banjia.routes.probe import Claim, claims, judged
from banjia.routes.simulate import application

ROUTES = catalogue.load(plugins=False)
PROBED = [
    (p.id, m.id)
    for p in ROUTES.providers.values()
    if p.dialect.request and p.apis.get("chat") in ("yes", "partial")
    for m in [next((m for m in p.models if m.kind == "chat" and not m.ends), None)]
    if m
]  # fmt: skip


def asked(provider, claim):
    sent = []

    async def receive():
        return {"type": "http.request", "body": json.dumps(claim.request).encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    key = (provider.auth.header.lower().encode(), provider.auth.template.replace("{key}", "k").encode())
    method = "GET" if claim.operation == "models" else "POST"
    path = {"models": "/v1/models", "embeddings": "/v1/embeddings"}.get(claim.operation, "/v1/chat/completions")
    scope = {"type": "http", "method": method, "path": path, "headers": [key]}
    asyncio.run(application(provider)(scope, receive, send))
    raw = b"".join(m.get("body", b"") for m in sent[1:])
    told = sent[0]["status"] == 200 and claim.operation == "stream"
    return sent[0]["status"], raw.decode() if told else json.loads(raw)


@pytest.mark.parametrize(("name", "model"), PROBED)
def test_a_stand_in_is_what_its_file_claims(name, model):
    provider = ROUTES.by_id(name)
    found = [judged(provider, c, *asked(provider, c)) for c in claims(provider, model)]
    assert "accepted" == found[0].seen, found[0]
    assert [] == [f.say().en for f in found if f.differs]


def test_a_vendor_that_does_otherwise_is_told():
    claim = Claim("clamp", "temperature", "refuses", "doc", {})
    found = judged(ROUTES.by_id("zhipu"), claim, 200, {"choices": [{"message": {"content": "ok"}}]})
    assert found.differs
    assert found.say().en.startswith("!!")


def test_what_was_memory_and_shows_is_new():
    claim = Claim("fanout", "n", "refuses", "mem", {})
    found = judged(ROUTES.by_id("zhipu"), claim, 400, {"error": {"code": "1214", "message": "n"}})
    assert (False, True) == (found.differs, found.is_new)


@pytest.mark.parametrize(("status", "body"), [(401, {}), (429, {}), (500, {}), (200, {}), (200, None), (404, "x")])
def test_a_key_a_quota_or_an_outage_says_nothing_about_a_field(status, body):
    claim = Claim("clamp", "temperature", "refuses", "doc", {})
    found = judged(ROUTES.by_id("zhipu"), claim, status, body)
    assert ("unclear", False) == (found.seen, found.differs)


def test_every_probe_is_small():
    for name, model in PROBED:
        for claim in claims(ROUTES.by_id(name), model):
            caps = [claim.request.get(c) for c in ("max_tokens", "max_completion_tokens") if claim.request.get(c)]
            assert claim.field in ("max_tokens", "max_completion_tokens") or max(caps, default=16) <= 16, claim


def sse(*events, done=True, before=""):
    lines = [f"data: {json.dumps(e)}\n\n" for e in events]
    return before + "".join(lines) + ("data: [DONE]\n\n" if done else "")


ROLE = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
LAST = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
USAGE = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 1}}


@pytest.mark.parametrize(
    ("raw", "odd"),
    [
        (sse(ROLE, LAST, USAGE), ""),
        (sse(ROLE, LAST, USAGE, done=False), "no [DONE]"),
        (sse(ROLE, LAST, USAGE, before=": ping\n\n"), "comments between events"),
        (sse(LAST, USAGE), "no role in the first delta"),
        (sse({"choices": []}, ROLE, LAST, USAGE), "a first event without choices"),
        (sse(ROLE, LAST), "no usage"),
        (sse(ROLE, LAST | {"usage": {"prompt_tokens": 1}}), "usage beside the last choice"),
        (sse(ROLE, {"choices": [LAST["choices"][0] | {"usage": {"prompt_tokens": 1}}]}), "usage within a choice"),
        ("", "no events"),
    ],
)
def test_a_habit_that_the_file_does_not_know_is_told(raw, odd):
    provider = ROUTES.by_id("openai")
    claim = Claim("stream", "stream", "ignores", "doc", {}, "gpt-4o", "stream")
    found = judged(provider, claim, 200, raw)
    assert (odd, bool(odd)) == (found.odd, found.differs)
    assert not odd or odd in found.say().en


@pytest.mark.parametrize(("content", "odd"), [("ok", False), ("<think>hm</think>ok", True)])
def test_a_model_that_thinks_against_the_file_is_told(content, odd):
    provider = ROUTES.by_id("alibaba_bailian")
    model = next(m.id for m in provider.models if m.kind == "chat" and m.reasoning == "none")
    claim = next(c for c in claims(provider, model) if c.operation == "thought")
    body_ = {"choices": [{"message": {"role": "assistant", "content": content}, "finish_reason": "stop"}]}
    assert odd == judged(provider, claim, 200, body_).differs


def test_a_vendor_without_a_list_of_models_may_say_that_it_is_not_there():
    provider = ROUTES.by_id("volcengine_ark")
    (claim,) = [c for c in claims(provider, "doubao-seed-2-1-pro-260915") if c.operation == "models"]
    assert ("refused", False) == (judged(provider, claim, 404, {}).seen, judged(provider, claim, 404, {}).differs)
