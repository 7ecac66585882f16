"""The store is gone: what needs no decision of the ledger is served to those whose keys are known, everything else says why it is not."""

from __future__ import annotations

import pytest
from scripted import Scripted, play

from banjia.errors import StoreError
from banjia.text import Text
from house import chat, house, open_cells, policy, route


def broken():
    raise StoreError(Text("存储坏了", "the store is down"))


def without(tmp_path, use):
    async def main():
        async with (
            Scripted() as upstream,
            house(
                tmp_path,
                [
                    route("home", upstream.url, models={"gpt-4o": "true-model"}),
                    route("abroad", upstream.url, models={"far": "far"}),
                ],
                policy(open_cells("home", "abroad"), abroad=("abroad",)),
                ledger=False,
                vault=broken,
            ) as h,
        ):
            return await use(h), upstream.seen

    return play(main())


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", chat()),
        ("/v1/chat/completions", chat(stream=True)),
        ("/v1/completions", {"model": "gpt-4o", "prompt": "hello"}),
        ("/v1/embeddings", {"model": "gpt-4o", "input": "hello"}),
        ("/v1/responses", {"model": "gpt-4o", "input": "hello", "store": False}),
    ],
)
def test_a_known_key_is_served_at_home_whatever_it_calls(tmp_path, path, body):
    answer, seen = without(tmp_path, lambda h: h.post(path, body))
    assert (answer.status, len(seen)) == (200, 1)


def test_an_unknown_key_is_refused_as_ever(tmp_path):
    answer, seen = without(tmp_path, lambda h: h.post(authorization="Bearer unknown"))
    assert (answer.status, answer.error["code"], seen) == (401, "invalid_api_key", [])


def test_nothing_goes_abroad_and_the_reason_is_said(tmp_path):
    answer, seen = without(tmp_path, lambda h: h.post(body=chat("far")))
    assert (answer.status, seen) == (503, [])
    assert answer.error["code"]


def test_an_answer_that_cannot_be_kept_is_still_given_or_the_reason_is(tmp_path):
    answer, _ = without(tmp_path, lambda h: h.post("/v1/responses", {"model": "gpt-4o", "input": "hello"}))
    assert answer.status in {200, 503}
    if answer.status == 503:
        assert answer.error["message"]


def test_a_kept_answer_cannot_be_fetched_and_that_is_no_crash(tmp_path):
    answer, _ = without(tmp_path, lambda h: h.get("/v1/responses/resp_1"))
    assert answer.status == 503
    assert set(answer.error) == {"message", "type", "param", "code"}
