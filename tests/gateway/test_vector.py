"""Embeddings: cut to limits, a failed part alone repeated, long texts refused or cut, token ids turned into text."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import struct

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripted import Scripted, http, play, write
from test_dialect import stand_in

from banjia.config.config import Route
from banjia.config.secret import Secret
from banjia.errors import ConfigError
from banjia.gateway.answer import UpstreamError
from banjia.gateway.provided import apis
from banjia.gateway.refusal import Refusal
from banjia.gateway.vector import (
    CUT,
    VectorSettings,
    embedded,
    fitted,
    least_tokens,
    most_tokens,
    read_vectors,
    shortened,
)
from banjia.gateway.vocabulary import PUBLISHED, read_vocabulary
from banjia.routes.catalogue import load
from banjia.routes.dialect.draft import VectorPlan
from banjia.routes.dialect.translator import Translator
from banjia.text import Text, same
from house import KEY, config, house, open_cells, policy, route

WORDS = [b"hel", b"lo", b" wor", b"ld", "你".encode()[:2], "你".encode()[2:]]


async def soon(_: float) -> None:
    await asyncio.sleep(0)


def vocabulary(path, words=WORDS):
    lines = b"".join(base64.b64encode(w) + b" %d\n" % i for i, w in enumerate(words))
    (path / "words.tiktoken").write_bytes(lines)
    return hashlib.sha256(lines).hexdigest()


def ask_for(request, plan, ask, *, retries=1, **settings):
    return asyncio.run(embedded(request, plan, ask, settings=VectorSettings(**settings), retries=retries, pause=soon))


def answer_of(texts):
    rows = [{"object": "embedding", "index": i, "embedding": [float(len(t))]} for i, t in enumerate(texts)]
    return {"object": "list", "model": "m", "data": rows, "usage": {"prompt_tokens": len(texts), "total_tokens": 0}}


@given(st.lists(st.text(max_size=6), min_size=1, max_size=40), st.integers(1, 9), st.data())
def test_every_text_has_its_own_vector_whatever_part_fails_once(texts, limit, data):
    failing = data.draw(st.sets(st.integers(0, 40)))
    asked = []

    async def ask(request):
        asked.append(request["input"])
        if len(asked) in failing and asked.count(request["input"]) == 1:
            raise UpstreamError("broken")
        return answer_of(request["input"])

    answer, lost = ask_for({"input": texts}, VectorPlan(max_items=limit), ask, retries=len(failing) + 1)
    assert [[float(len(t))] for t in texts] == [row["embedding"] for row in answer["data"]]
    assert list(range(len(texts))) == [row["index"] for row in answer["data"]]
    assert ((), len(texts)) == (lost, answer["usage"]["prompt_tokens"])
    assert all(len(part) <= limit for part in asked)


@pytest.mark.parametrize("failure", [UpstreamError("broken"), Refusal(429, "x", "rate", same("slow"), retry=True)])
def test_one_failed_part_is_asked_for_again_and_the_others_are_kept(failure):
    seen = []

    async def ask(request):
        seen.append(request["input"][0])
        if request["input"][0] == "b" and seen.count("b") == 1:
            raise failure
        return answer_of(request["input"])

    ask_for({"input": ["a", "b", "c"]}, VectorPlan(max_items=1), ask)
    assert (1, 2, 1) == (seen.count("a"), seen.count("b"), seen.count("c"))


@pytest.mark.parametrize(
    "failure",
    [
        UpstreamError("garbage"),
        Refusal(400, "x", "invalid", same("no")),
        Refusal(429, "x", "rate", same("in an hour"), retry=True, wait=3600.0),
    ],
)
def test_what_cannot_be_mended_is_not_asked_for_again(failure):
    seen = []

    async def ask(request):
        seen.append(1)
        raise failure

    with pytest.raises(type(failure)):
        ask_for({"input": ["a"]}, VectorPlan(), ask, retries=3)
    assert [1] == seen


def test_fewer_vectors_than_texts_are_no_answer():
    async def ask(request):
        return answer_of(request["input"][1:])

    with pytest.raises(UpstreamError, match="1 vectors for 2 texts"):
        ask_for({"input": ["a", "b"]}, VectorPlan(), ask)


def test_the_tokens_of_a_part_keep_within_the_total():
    seen = []

    async def ask(request):
        seen.append(len(request["input"]))
        return answer_of(request["input"])

    ask_for({"input": ["你好" * 10] * 6}, VectorPlan(max_tokens_total=45), ask)
    assert [2, 2, 2] == seen


LONG = "你好" * 400


def test_a_text_that_is_surely_too_long_is_refused_by_its_place():
    with pytest.raises(Refusal) as caught:
        fitted(["short", LONG], 100, VectorSettings())
    assert ("context_length_exceeded", "input") == (caught.value.code, caught.value.param)
    assert "input[1]" in caught.value.text.en


def test_by_choice_it_is_cut_with_a_hard_loss():
    seen = []

    async def ask(request):
        seen.extend(request["input"])
        return answer_of(request["input"])

    _, lost = ask_for({"input": ["short", LONG]}, VectorPlan(max_tokens_per_item=100), ask, too_long="truncate")
    assert ((CUT,), ["short", LONG[:100]]) == (lost, seen)


def test_an_application_that_takes_no_hard_loss_has_no_text_cut(tmp_path):
    async def handler(seen, writer):
        await write(writer, http(answer_of(seen.json["input"])))

    async def main():
        spoken = {"r": Translator(load(plugins=False).by_id("zhipu"))}
        options = {"options": {"embeddings": {"too_long": "truncate"}, "hard_loss": "refuse"}}
        async with Scripted(handler) as upstream:
            way = route("r", upstream.url, models={"e": "embedding-2"})
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken, **options) as h:
                return await h.post("/v1/embeddings", body={"model": "e", "input": ["你好" * 700]})

    answer = play(main())
    assert (400, "context_length_exceeded") == (answer.status, answer.error["code"])


def test_what_the_vendor_finds_too_long_is_cut_and_asked_for_once_more():
    seen = []

    async def ask(request):
        seen.append(len(request["input"][0]))
        if len(request["input"][0]) > 100:
            raise Refusal(400, "x", "context_length_exceeded", same("too long"))
        return answer_of(request["input"])

    _, lost = ask_for({"input": ["你" * 150]}, VectorPlan(max_tokens_per_item=100), ask, too_long="truncate")
    assert ([150, 100], (CUT,)) == (seen, lost)


@given(st.text(), st.integers(0, 50))
def test_a_shortened_text_is_a_beginning_within_the_limit(text, limit):
    cut = shortened(text, limit)
    assert text.startswith(cut)
    assert most_tokens(cut) <= limit
    assert least_tokens(text) <= most_tokens(text)


@pytest.mark.parametrize("provider", ["alibaba_bailian", "volcengine_ark", "minimax", "zhipu"])
@pytest.mark.parametrize("count", [1, 25, 2100])
def test_any_number_of_inputs_comes_back_in_order_over_stand_ins(tmp_path, provider, count):
    if count == 2100 and provider != "alibaba_bailian":
        count = 64  # ten texts to a call are cuts enough, and one text to a call too many
    row = next(
        m
        for m in load(plugins=False).by_id(provider).models
        if m.kind == "embedding" and not m.ends and (not m.own_shape or provider != "alibaba_bailian")
    )
    (tmp_path / "up.key").write_text("sk-upstream-key-000000000000000000")

    async def main():
        async with stand_in(provider, row.id) as url:
            way = route("r", url, models={"e": row.id}, key=Secret("file:up.key", tmp_path))
            spoken = {"r": Translator(load(plugins=False).by_id(provider))}
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken) as h:
                client = openai.AsyncOpenAI(base_url=h.url, api_key=KEY, max_retries=0)
                try:
                    width = {"dimensions": 64} if provider == "alibaba_bailian" else {}
                    texts = [f"text {i}" for i in range(count)]
                    many = await client.embeddings.create(model="e", input=texts, **width)
                    last = await client.embeddings.create(model="e", input=[texts[-1]], **width)
                    raw = await h.post(
                        "/v1/embeddings", body={"model": "e", "input": "x", "encoding_format": "base64", **width}
                    )
                    return many, last, raw
                finally:
                    await client.close()

    many, last, raw = play(main())
    assert list(range(count)) == [d.index for d in many.data]
    assert many.data[-1].embedding == last.data[0].embedding
    packed = base64.b64decode(raw.json["data"][0]["embedding"])
    assert len(many.data[0].embedding) == len(struct.unpack(f"<{len(packed) // 4}f", packed))


def tell(tmp_path, body, upstream_says=None, **embeddings):
    async def handler(seen, writer):
        await write(writer, http(upstream_says or answer_of(seen.json["input"])))

    async def main():
        spoken = {"r": Translator(load(plugins=False).by_id("zhipu"))}
        async with Scripted(handler) as upstream:
            way = route("r", upstream.url, models={"e": "embedding-3"})
            options = {"options": {"embeddings": embeddings}}
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken, **options) as h:
                answer = await h.post("/v1/embeddings", body={"model": "e", **body})
            return answer, [s.json["input"] for s in upstream.seen], h.entries()

    return play(main())


@pytest.mark.parametrize(
    ("ids", "texts"),
    [
        ([0, 1, 2, 3], ["hello world"]),
        ([[0, 1], [2, 3]], ["hello", " world"]),
        ([[4, 5], [4]], ["你", ""]),
        ([[0, 100257]], ["hel"]),
    ],
)
def test_token_ids_become_text_with_the_vocabulary(tmp_path, ids, texts):
    sha = vocabulary(tmp_path)
    answer, seen, entries = tell(tmp_path, {"input": ids}, vocabulary="words.tiktoken", sha256=sha)
    assert ([texts], 200) == (seen, answer.status)
    assert "detokenize(input);loss=soft" == answer.headers["x-banjia-warnings"]
    kept = next(body["more"] for kind, body in entries if kind == "decision")
    assert ["detokenize(input);loss=soft"] == kept["warnings"]


def test_without_a_vocabulary_token_ids_are_refused_with_the_remedy(tmp_path):
    answer, seen, _ = tell(tmp_path, {"input": [[1, 2]]})
    assert (400, "token_ids", []) == (answer.status, answer.error["code"], seen)
    assert "embeddings.vocabulary" in answer.error["message"]


def test_an_id_that_no_vocabulary_has_is_refused_by_its_place(tmp_path):
    answer, seen, _ = tell(tmp_path, {"input": [[0], [9]]}, vocabulary="words.tiktoken", sha256=vocabulary(tmp_path))
    assert (400, []) == (answer.status, seen)
    assert "input[1]" in answer.error["message"]


def test_texts_pass_beside_a_vocabulary(tmp_path):
    answer, seen, _ = tell(tmp_path, {"input": ["a [1]"]}, vocabulary="words.tiktoken", sha256=vocabulary(tmp_path))
    assert ([["a [1]"]], None) == (seen, answer.headers.get("x-banjia-warnings"))


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (None, ""),
        (b"aGVs 0\n", ""),  # not a published file, and no hash
        (b"aGVs 0\n", "00" * 32),
        (b"no vocabulary", "own"),
    ],
)
def test_a_vocabulary_that_is_not_the_one_meant_is_a_mistake_of_the_config(tmp_path, content, given):
    if content is not None:
        (tmp_path / "v").write_bytes(content)
    sha = hashlib.sha256(content or b"").hexdigest() if given == "own" else given
    with pytest.raises(ConfigError) as caught:
        read_vocabulary("v", sha, tmp_path, where="apps[0].embeddings.vocabulary")
    assert caught.value.where == "apps[0].embeddings.vocabulary"


def test_a_choice_that_is_none_is_a_mistake_of_the_config(tmp_path):
    with pytest.raises(ConfigError, match="too_long"):
        read_vectors({"too_long": "shorten"}, tmp_path, where="apps[0].embeddings")


def test_the_published_vocabularies_are_known_by_their_hash():
    assert all(len(sha) == 64 for sha in PUBLISHED)
    assert isinstance(same("x"), Text)


def test_an_error_under_a_status_of_success_is_no_vector(tmp_path):
    async def handler(seen, writer):
        await write(writer, http({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}}))

    async def main():
        spoken = {"r": Translator(load(plugins=False).by_id("minimax"))}
        async with Scripted(handler) as upstream:
            way = route("r", upstream.url, models={"e": "embo-01"})
            async with house(tmp_path, [way], policy(open_cells("r")), translators=spoken) as h:
                return await h.post("/v1/embeddings", body={"model": "e", "input": ["x"]}), len(upstream.seen)

    answer, asked = play(main())
    assert (429, "insufficient_quota", "false", 1) == (
        answer.status,
        answer.error["code"],
        answer.headers["x-should-retry"],
        asked,
    )


@pytest.mark.parametrize("known", [("chat",), ("chat", "embeddings"), ()])
def test_a_route_whose_provider_has_no_embeddings_is_passed_over(tmp_path, known):
    async def main():
        async with Scripted() as upstream:
            ways = [route("first", upstream.url), route("second", upstream.url)]
            has = {"first": frozenset(known), "second": frozenset({"embeddings"})}
            async with house(tmp_path, ways, policy(open_cells("first", "second")), apis=has) as h:
                return await h.post("/v1/embeddings", body={"model": "e", "input": ["x"]})

    assert play(main()).headers["x-banjia-route"] == ("second" if known == ("chat",) else "first")


def test_where_no_route_has_embeddings_it_is_said_at_once(tmp_path):
    async def main():
        async with Scripted() as upstream:
            way, known = route("r", upstream.url), {"r": frozenset({"chat"})}
            async with house(tmp_path, [way], policy(open_cells("r")), apis=known) as h:
                return await h.post("/v1/embeddings", body={"model": "e", "input": ["x"]}), upstream.seen

    answer, seen = play(main())
    assert (501, "not_served", "false", []) == (
        answer.status,
        answer.error["code"],
        answer.headers["x-should-retry"],
        seen,
    )


def test_what_the_catalogue_says_of_embeddings_decides(tmp_path):
    names = ("deepseek", "minimax", "zhipu", "self_hosted", "openai", "sensenova", "iflytek_spark", "volcengine_ark")
    ways = [Route(n, n, "http://127.0.0.1:9/v1") for n in names]
    found = {name for name, has in apis(config(tmp_path, ways)).items() if "embeddings" in has}
    assert found == {"minimax", "zhipu", "self_hosted", "openai", "sensenova", "volcengine_ark"}
