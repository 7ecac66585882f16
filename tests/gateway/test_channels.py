"""Streams that are restored: shapes that nobody knows end them, log-probabilities never pass, every channel is kept apart."""

from __future__ import annotations

import pytest
from scripted import SSE_HEAD, Scripted, chunk, event, piece, play, write

from house import chat, house, open_cells, policy, route

PHONE = "13812345678"
PERSONAL = {"data.personal_info": True, "data.sensitive_pi": False}
BODY = chat(messages=[{"role": "user", "content": f"手机{PHONE}"}], stream=True)


def answered(tmp_path, events, body=BODY):
    """What the caller gets of these events, each made from what the user's message became."""

    async def handler(seen, writer):
        said = seen.json["messages"][-1]["content"]
        await write(writer, SSE_HEAD)
        for made in events(said):
            await write(writer, chunk(event(made)))
        await write(writer, chunk(event("[DONE]")) + b"0\r\n\r\n")

    async def main():
        async with Scripted(handler) as upstream:
            table = policy(open_cells("azure", treatment="pseudonymise"), abroad=("azure",))
            async with house(tmp_path, [route("azure", upstream.url)], table, facts=PERSONAL) as h:
                return await h.post(body=body)

    return play(main())


@pytest.mark.parametrize(
    "odd",
    [
        lambda said: {"type": "answer.next", "text": said},
        lambda said: piece({"fresh_field": said}),
        lambda said: {"delta": {"type": "new_delta", "words": said}, "type": "content_block_delta", "index": 0},
        lambda said: {"output": [{"text": said}]},
    ],
)
def test_an_event_of_unknown_shape_ends_the_stream_with_an_error_and_is_not_passed_on(tmp_path, odd):
    answer = answered(tmp_path, lambda said: [piece({"content": "好的"}), odd(said), piece({"content": "后面"})])
    shown = answer.body.decode()
    assert "好的" in shown
    assert "⟦" not in shown
    assert PHONE not in shown
    assert "后面" not in shown
    assert "error" in answer.events[-1]


def test_log_probabilities_are_left_out_and_the_rest_is_whole(tmp_path):
    def events(said):
        for sign in said:
            made = piece({"content": sign})
            made["choices"][0]["logprobs"] = {"content": [{"token": sign, "logprob": -1.0, "top_logprobs": []}]}
            yield made
        yield piece({}, "stop")

    answer = answered(tmp_path, events, BODY | {"logprobs": True})
    choices = [c for e in answer.events if e != "[DONE]" for c in e["choices"]]
    assert f"手机{PHONE}" == "".join(c["delta"].get("content", "") for c in choices)
    assert not [c for c in choices if c.get("logprobs")]


def test_a_token_that_is_cut_off_by_the_end_is_said_as_it_came(tmp_path):
    answer = answered(tmp_path, lambda said: [piece({"content": said[:-3]}), piece({}, "length")])
    said = "".join(c["delta"].get("content", "") for e in answer.events if e != "[DONE]" for c in e["choices"])
    assert said.startswith("手机⟦电话1·")
    assert PHONE not in said


def test_tokens_of_two_choices_and_channels_that_cross_are_kept_apart(tmp_path):
    def events(said):
        for at in range(len(said)):
            for index in (0, 1):
                made = piece({"content": said[at]} if (at + index) % 2 else {"reasoning_content": said[at]})
                made["choices"][0]["index"] = index
                other = piece({"reasoning_content": said[at]} if (at + index) % 2 else {"content": said[at]})
                other["choices"][0]["index"] = index
                yield made
                yield other
        for index in (0, 1):
            made = piece({}, "stop")
            made["choices"][0]["index"] = index
            yield made

    answer = answered(tmp_path, events)
    found = {}
    for choice in (c for e in answer.events if e != "[DONE]" for c in e["choices"]):
        for key in choice["delta"].keys() & {"content", "reasoning_content"}:
            text = choice["delta"][key]
            found[choice["index"], key] = found.get((choice["index"], key), "") + text
    assert {f"手机{PHONE}"} == set(found.values())
    assert 4 == len(found)
