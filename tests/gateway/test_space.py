"""The space of an application's vectors is pinned by the first answer, and holds over a change of config."""

from __future__ import annotations

import asyncio

import pytest
from scripted import Scripted, http, play, write

from banjia.errors import StoreError
from banjia.gateway.space import Spaces
from banjia.store.keys import Keys
from banjia.store.vault import Vault
from banjia.text import Text
from house import house, open_cells, policy, route


@pytest.fixture
def vault(tmp_path, store):
    """In both engines."""
    return lambda: Vault.open(store, Keys(tmp_path / "pin-keys"))


async def vectors(seen, writer):
    row = {"object": "embedding", "index": 0, "embedding": [0.5, 1.0]}
    await write(writer, http({"object": "list", "model": seen.json["model"], "data": [row], "usage": {}}))


def embeds(tmp_path, vault, models, asked="e", **app):
    """One call to a gateway that was started afresh with these models."""

    async def main():
        async with Scripted(vectors) as upstream:
            ways = [route("r", upstream.url, models=models)]
            async with house(tmp_path, ways, policy(open_cells("r")), vault=vault, **app) as h:
                answer = await h.post("/v1/embeddings", body={"model": asked, "input": ["x"]}, x_banjia_lang="en")
            return answer, len(upstream.seen)

    return play(main())


def test_another_model_under_the_same_name_is_refused_after_a_restart(tmp_path, vault):
    assert embeds(tmp_path, vault, {"e": "one"})[0].status == 200
    answer, sent = embeds(tmp_path, vault, {"e": "two"})
    assert (answer.status, answer.error["code"], sent) == (409, "vector_space", 0)
    assert "embeddings.space" in answer.error["message"]
    assert embeds(tmp_path, vault, {"e": "one"})[0].status == 200


def test_the_config_moves_the_pin_for_good(tmp_path, vault):
    assert embeds(tmp_path, vault, {"e": "one"})[0].status == 200
    moved = {"options": {"embeddings": {"space": "self_hosted/two"}}}
    assert embeds(tmp_path, vault, {"e": "two"}, **moved)[0].status == 200
    assert embeds(tmp_path, vault, {"e": "two"})[0].status == 200
    assert embeds(tmp_path, vault, {"e": "one"})[0].status == 409


def test_a_name_of_its_own_has_a_space_of_its_own(tmp_path, vault):
    models = {"e": "one", "f": "two"}
    assert embeds(tmp_path, vault, models)[0].status == 200
    assert embeds(tmp_path, vault, models, "f")[0].status == 200


def test_a_call_that_failed_pins_nothing(tmp_path, vault):
    async def main():
        async with Scripted(lambda seen, writer: write(writer, http(b"no", status="503 no"))) as upstream:
            ways = [route("r", upstream.url, models={"e": "one"})]
            async with house(tmp_path, ways, policy(open_cells("r")), vault=vault) as h:
                return await h.post("/v1/embeddings", body={"model": "e", "input": ["x"]})

    assert play(main()).status == 503
    assert embeds(tmp_path, vault, {"e": "two"})[0].status == 200


def test_of_two_workers_the_first_pins(vault):
    async def main():
        one, two = Spaces(vault), Spaces(vault)
        assert (await one.of("a", "e"), await two.of("a", "e")) == ("", "")
        await one.pin("a", "e", "x/one")
        await two.pin("a", "e", "x/two")
        return await one.of("a", "e"), await two.of("a", "e"), await Spaces(vault).of("a", "e")

    assert asyncio.run(main()) == ("x/one", "x/one", "x/one")


def test_a_store_that_is_down_keeps_nobody_from_embedding(tmp_path):
    def broken():
        raise StoreError(Text("坏了", "down"))

    assert embeds(tmp_path, broken, {"e": "one"})[0].status == 200
