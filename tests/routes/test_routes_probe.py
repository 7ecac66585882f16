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


def asked(provider, request):
    sent = []

    async def receive():
        return {"type": "http.request", "body": json.dumps(request).encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    key = (provider.auth.header.lower().encode(), provider.auth.template.replace("{key}", "k").encode())
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": [key]}
    asyncio.run(application(provider)(scope, receive, send))
    return sent[0]["status"], json.loads(b"".join(m.get("body", b"") for m in sent[1:]))


@pytest.mark.parametrize(("name", "model"), PROBED)
def test_a_stand_in_is_what_its_file_claims(name, model):
    provider = ROUTES.by_id(name)
    found = [judged(provider, c, *asked(provider, c.request)) for c in claims(provider, model)]
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
