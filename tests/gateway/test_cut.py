"""A recorded stream gives the same answer wherever it is cut, and one that breaks off never ends as if complete."""

from __future__ import annotations

import asyncio
import json
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import event, piece, play, stream

from banjia.gateway.answer import Answer, UpstreamError
from banjia.gateway.event import Events
from banjia.gateway.forward import Told, forward_stream
from banjia.gateway.messages.bridge import Bridge as MessagesBridge
from banjia.gateway.refusal import Refusal
from banjia.gateway.rewrite import Rewrite
from banjia.routes.catalogue import load
from banjia.routes.dialect.translator import Translator
from banjia.routes.dialect.usual_stream import UsualStream
from banjia.routes.simulate import application

ROUTES = load(plugins=False)
PLAIN = "openai"  # of those whose streams pass as they are
SPOKEN = [
    PLAIN,
    *sorted(p.id for p in ROUTES.providers.values() if p.dialect.answer and p.apis.get("chat") in ("yes", "partial")),
]
TOOL = {"type": "function", "function": {"name": "find", "parameters": {"type": "object", "properties": {}}}}
TOLD = Told("r", "m", "e", "allow")
SAID = ("hi", "use the tool", "simulate:filtered", "simulate:late-error")


async def arrive(answer: Answer, pieces: list[bytes], failure: UpstreamError | None) -> None:
    """The pieces one after another, each seen before the next comes; then the end, proper or not."""
    for one in filter(None, pieces):
        answer.body_arrived(one)
        answer.wake()
        await asyncio.sleep(0)
    if failure is None:
        answer.complete = True
        answer.wake()
    else:
        answer.fail(failure)


class Caller:
    """Takes what is sent to it."""

    lang = "en"
    finished = False
    started = float("inf")

    def __init__(self) -> None:
        self.got = b""

    async def begin(self, headers, body, *, more) -> None:
        self.got += body

    async def send(self, message) -> None:
        self.got += message["body"]

    def begin_now(self, *_, **__) -> bool:
        return False

    def write_now(self, *_) -> bool:
        return False


async def forwarded(rewrite, pieces, *, failure=None, choices=1):
    """What the caller gets, and the status for the ledger; or the error that came instead of an answer."""
    caller = Caller()
    changed = rewrite.stream("e", include_usage=True) if rewrite is not None else None
    answer = Answer(asyncio.get_running_loop(), lambda _: None, lambda _: None)
    answer.head_arrived(200)
    coming = asyncio.ensure_future(arrive(answer, pieces, failure))
    try:
        usual = UsualStream(include_usage=True, choices=choices) if rewrite is None else None
        status = await forward_stream(caller, answer, TOLD, Events(choices=choices, usual=usual), changed)
    except Refusal as refusal:
        return refusal.code, refusal.status
    except UpstreamError as error:
        return error.kind, 502
    finally:
        await coming
    return caller.got, status


def same(rewrite, *cuts: list[bytes]) -> bool:
    """Whether the caller gets the same however the bytes come."""

    async def main():
        whole = await forwarded(rewrite, [b"".join(cuts[0])])
        return all([await forwarded(rewrite, pieces) == whole for pieces in cuts])

    return play(main())


@cache
def recorded(name: str, said: str) -> tuple[bytes, Rewrite | None]:
    """The bytes of a stand-in's stream, and how the gateway changes them."""
    provider = ROUTES.by_id(name)
    spoken = Translator(provider)
    rows = (m.id for m in provider.models if m.kind == "chat" and not m.own_shape and not m.ends)
    model = next(rows, "served")
    request = {
        "messages": [{"role": "user", "content": said}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    if said == "use the tool":
        request["tools"] = [TOOL]
    prepared = spoken.prepare(model, {**request, "model": model}, "chat")
    sent = []

    async def receive():
        return {"type": "http.request", "body": json.dumps(prepared.request).encode(), "more_body": False}

    async def send(message):
        sent.append(message)

    header = (provider.auth.header.lower().encode(), provider.auth.template.replace("{key}", "sk-test").encode())
    scope = {"type": "http", "method": "POST", "path": "/v1/chat/completions", "headers": [header]}
    asyncio.run(application(provider, model=model)(scope, receive, send))
    assert sent[0]["status"] == 200
    selection = spoken.selection(model, "chat")
    rewrite = Rewrite("r", provider, selection) if selection.answer else None
    return b"".join(m.get("body", b"") for m in sent[1:]), rewrite


@pytest.mark.parametrize("name", SPOKEN)
@pytest.mark.parametrize("said", SAID)
def test_cut_at_every_byte_at_once_it_is_the_same(name, said):
    raw, rewrite = recorded(name, said)
    assert same(rewrite, [raw[i : i + 1] for i in range(len(raw))])


@pytest.mark.parametrize("name", SPOKEN)
def test_cut_once_at_any_byte_it_is_the_same(name):
    raw, rewrite = recorded(name, "hi")
    assert same(rewrite, *([raw[:i], raw[i:]] for i in range(1, len(raw))))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SPOKEN), st.sampled_from(SAID), st.lists(st.integers(0, 10_000), max_size=12), st.booleans())
def test_cut_anywhere_any_number_of_times_it_is_the_same(name, said, places, windows):
    raw, rewrite = recorded(name, said)
    if windows:
        raw = raw.replace(b"\n", b"\r\n")
    cuts = sorted({p % (len(raw) + 1) for p in places} | {0, len(raw)})
    assert same(rewrite, [raw[a:b] for a, b in pairwise(cuts)])


def text_of(got: bytes) -> str:
    events = [json.loads(x[6:]) for x in got.decode().split("\n\n") if x.startswith("data: {")]
    return "".join(
        (e.get("choices") or [{}])[0].get("delta", {}).get("content") or "" for e in events if "error" not in e
    )


@pytest.mark.parametrize("broken", [False, True])
@pytest.mark.parametrize("name", SPOKEN)
def test_a_stream_that_stops_anywhere_ends_as_complete_only_if_it_was(name, broken):
    raw, rewrite = recorded(name, "hi")
    failure = UpstreamError("broken") if broken else None

    async def main():
        whole = await forwarded(rewrite, [raw])
        return whole, [await forwarded(rewrite, [raw[:end]], failure=failure) for end in range(len(raw))]

    (whole, status), found = play(main())
    assert status == 200
    for got, status in found:
        if not isinstance(got, bytes):
            continue  # nothing was sent: another route is tried
        if status == 200:
            assert got.endswith(b"data: [DONE]\n\n")
            assert text_of(got) == text_of(whole)
        else:
            assert b'"error"' in got.rsplit(b"data: ", 1)[1]


def test_of_several_answers_each_must_have_ended():
    def of(index, delta, finish=None):
        one = piece(delta, finish)
        one["choices"][0]["index"] = index
        return event(one)

    half = of(0, {"content": "a"}) + of(1, {"content": "b"}) + of(0, {}, "stop")
    got, status = play(forwarded(None, [half], choices=2))
    assert (502, True) == (status, b"upstream_broken" in got)
    got, status = play(forwarded(None, [half + of(1, {}, "length")], choices=2))
    assert (200, True) == (status, got.endswith(b"[DONE]\n\n"))


@pytest.mark.parametrize("name", [None, "deepseek"])
def test_an_empty_reason_is_no_end(name):
    raw = b"".join(event(piece({"content": w}, "")) for w in ("a", "b"))
    rewrite = recorded(name, "hi")[1] if name else None
    got, status = play(forwarded(rewrite, [raw]))
    assert (502, True) == (status, b"upstream_broken" in got)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 2_000), max_size=8))
def test_the_messages_api_gives_the_same_events_however_its_stream_is_cut(places):
    raw = stream("he", "llo", usage=True)

    def told(pieces: list[bytes]) -> list[str]:
        caller = Caller()

        async def send(message):
            caller.got += message.get("body", b"")

        async def main():
            bridge = MessagesBridge(send)
            head = [(b"content-type", b"text/event-stream")]
            await bridge.send({"type": "http.response.start", "status": 200, "headers": head})
            for i, one in enumerate(pieces):
                more = i + 1 < len(pieces)
                await bridge.send({"type": "http.response.body", "body": one, "more_body": more})

        play(main())
        return [x for x in caller.got.decode().splitlines() if "msg_" not in x]

    cuts = sorted({p % (len(raw) + 1) for p in places} | {0, len(raw)})
    assert told([raw]) == told([raw[a:b] for a, b in pairwise(cuts)])
