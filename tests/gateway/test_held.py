"""A stream under an HTTP safety check: slow, down or talking nonsense, it neither hangs nor leaks."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import SSE_HEAD, Scripted, chunk, event, http, piece, play, stream, write

from banjia.gateway.held import Gate
from house import chat, house, open_cells, policy, route

WORDS = [f"word{n} " for n in range(12)]


def text_of(answer) -> str:
    return "".join(
        e["choices"][0]["delta"].get("content") or "" for e in answer.events if e != "[DONE]" and e.get("choices")
    )


def finish_of(answer):
    found = [e["choices"][0]["finish_reason"] for e in answer.events if e != "[DONE]" and e.get("choices")]
    return next((f for f in found if f), None)


async def words(seen, writer):
    await write(writer, SSE_HEAD + chunk(stream(*WORDS)) + chunk(b""))


def scene(tmp_path, judge, *, options=None, upstream=words):
    """`judge` answers the service's bytes for the n-th check of an answer; None never answers."""
    asked: list[str] = []

    async def service(seen, writer):
        if seen.json["stage"] == "before":
            await write(writer, http({"flagged": False}))
            return
        asked.append(seen.json["input"])
        said = judge(len(asked) - 1, seen.json["input"])
        if said is None:
            await asyncio.Event().wait()
        await write(writer, said)

    async def main():
        async with Scripted(service) as check, Scripted(upstream) as up:
            moderation = {"url": check.url, "window": 20, "seconds": 0.2} | (options or {})
            async with house(
                tmp_path, [route("r", up.url)], policy(open_cells("r")), options={"moderation": moderation}
            ) as h:
                async with asyncio.timeout(10):
                    return await h.post(body=chat(stream=True)), h.entries

    answer, entries = play(main())
    return answer, asked, entries()


FINE = http({"flagged": False})


def test_an_answer_goes_on_window_by_window_and_whole(tmp_path):
    answer, asked, _ = scene(tmp_path, lambda n, text: FINE)
    assert text_of(answer) == "".join(WORDS)
    assert answer.events[-1] == "[DONE]"
    assert len(asked) > 1 or len(asked[0]) >= 20


async def piecewise(seen, writer):
    """Each word in a packet of its own, so that windows fill one after the other."""
    await write(writer, SSE_HEAD)
    for word in WORDS:
        await write(writer, chunk(event(piece({"content": word}))))
        await asyncio.sleep(0)
    await write(writer, chunk(event(piece({}, "stop")) + event("[DONE]")) + chunk(b""))


def test_a_hit_ends_the_answer_before_any_word_of_its_window(tmp_path):
    judge = lambda n, text: http({"flagged": "word7" in text})  # noqa: E731
    answer, _, entries = scene(tmp_path, judge, upstream=piecewise)
    assert "word7" not in text_of(answer)
    assert "".join(WORDS).startswith(text_of(answer))
    assert finish_of(answer) == "content_filter"
    assert answer.events[-1] == "[DONE]"
    assert [b["more"]["code"] for kind, b in entries if kind == "decision"] == ["content_filter"]


def test_what_spans_two_windows_is_seen_whole(tmp_path):
    _, asked, _ = scene(tmp_path, lambda n, text: FINE, upstream=piecewise)
    whole = "".join(WORDS)
    assert all(text in whole for text in asked)
    assert all(asked[n - 1][-1:] in asked[n] for n in range(1, len(asked)))


NONSENSE = [
    http(b"not json"),
    http({"ok": 1}),
    http([1]),
    http({"results": []}),
    http({"flagged": "no"}),
    http({"flagged": False}, status="500 Internal Server Error"),
    b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{",
    b"garbage\r\n\r\n",
    None,
]


@pytest.mark.parametrize("said", NONSENSE)
def test_a_check_that_cannot_say_lets_nothing_pass(tmp_path, said):
    answer, _, _ = scene(tmp_path, lambda n, text: said)
    assert (answer.status, answer.error["code"]) == (503, "moderation_unavailable")
    assert "word" not in answer.body.decode()


@pytest.mark.parametrize("said", NONSENSE)
def test_a_check_that_fails_in_the_middle_ends_the_stream_with_an_error_and_leaks_nothing(tmp_path, said):
    judge = lambda n, text: FINE if n == 0 else said  # noqa: E731
    answer, asked, _ = scene(tmp_path, judge, upstream=piecewise)
    assert answer.status == 200
    assert answer.events[-1]["error"]["code"] == "moderation_unavailable"
    shown = "".join(
        e["choices"][0]["delta"].get("content") or "" for e in answer.events if e != "[DONE]" and e.get("choices")
    )
    assert shown == asked[0]


@pytest.mark.parametrize("said", NONSENSE)
def test_config_may_let_pass_what_could_not_be_checked(tmp_path, said):
    answer, _, _ = scene(tmp_path, lambda n, text: said, options={"unavailable": "pass"})
    assert text_of(answer) == "".join(WORDS)


def test_a_service_that_is_down_is_told_at_once(tmp_path):
    async def main():
        async with Scripted(words) as up:
            moderation = {"url": "http://127.0.0.1:9/check"}
            async with house(
                tmp_path, [route("r", up.url)], policy(open_cells("r")), options={"moderation": moderation}
            ) as h:
                return await h.post(body=chat(stream=True)), len(up.seen)

    answer, sent = play(main())
    assert (answer.error["code"], sent) == ("moderation_unavailable", 0)


def test_an_upstream_that_breaks_off_gives_nothing_unchecked(tmp_path):
    async def broken(seen, writer):
        await write(writer, SSE_HEAD + chunk(event(piece({"content": "unchecked"}))))
        writer.transport.abort()

    answer, _, _ = scene(tmp_path, lambda n, text: FINE, upstream=broken)
    assert answer.status >= 500
    assert "unchecked" not in answer.body.decode()


@given(st.lists(st.text(min_size=1, max_size=30), max_size=20), st.integers(1, 40), st.integers(0, 10))
def test_only_what_was_shown_goes_on_and_little_waits(texts, window, bad):
    shown: list[str] = []

    async def check(text: str) -> bool:
        shown.append(text)
        return len(shown) - 1 == bad

    async def main() -> tuple[bytes, bool]:
        gate, out = Gate(check, window), b""
        for text in texts:
            out += await gate.feed(event(piece({"content": text})))
            assert gate.waiting < window or gate.stopped
        return out + await gate.end(event("[DONE]")), gate.stopped

    out, stopped = play(main())
    seen = shown[:bad] if stopped else shown
    assert all(any(text in each for each in seen) for text in texts if event(piece({"content": text})) in out)
    assert stopped == (len(shown) > bad)
    if not stopped:
        assert out == b"".join(event(piece({"content": t})) for t in texts) + event("[DONE]")
