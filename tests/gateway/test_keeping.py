"""What is kept beyond a call stays apart by its name, in both engines and in memory."""

from __future__ import annotations

import asyncio

import pytest

from banjia.gateway.keeping import Keeping
from banjia.gateway.thought import Thoughts
from banjia.store.keys import Keys
from banjia.store.vault import Vault

NAMES = ["app\0call", "app%00call", "%app%2500call", "app\0%00", "app\0\0", "app\0%", "app\0😀", "app\0\\0", "app"]


@pytest.fixture
def vault(tmp_path, store):
    return lambda: Vault.open(store, Keys(tmp_path / "keys"))


@pytest.mark.parametrize("stored", [True, False])
def test_names_that_a_caller_chose_stay_apart_whatever_is_in_them(vault, stored):
    async def main():
        keeping = Keeping("space", vault if stored else None, most=100)
        await keeping.put(dict.fromkeys(NAMES, b"before"), until=100)
        await keeping.put({name: name.encode() for name in NAMES}, until=100)
        assert [await keeping.first(name, b"later", until=100) for name in NAMES] == [n.encode() for n in NAMES]
        assert [await keeping.get(name, at=99) for name in NAMES] == [n.encode() for n in NAMES]
        await keeping.drop(NAMES[0])
        assert [await keeping.get(name, at=99) for name in NAMES[:2]] == [None, NAMES[1].encode()]

    asyncio.run(main())


def test_memory_keeps_the_last_and_no_more():
    async def main():
        keeping = Keeping("space", None, most=2)
        for name in ("a", "b", "c"):
            await keeping.put({name: b"x"}, until=100)
        assert [await keeping.get(name, at=0) for name in ("a", "b", "c")] == [None, b"x", b"x"]

    asyncio.run(main())


def test_reasoning_comes_back_with_its_tool_call_from_either_store(vault):
    async def main():
        await Thoughts(vault).keep("app", "because", ["call_1"], at=0)
        turn = {"role": "assistant", "tool_calls": [{"id": "call_1"}]}
        found = await Thoughts(vault).recall("app", {"messages": [turn]}, "reasoning_content", at=1)
        assert found["messages"][0]["reasoning_content"] == "because"
        other = await Thoughts(vault).recall("other", {"messages": [turn]}, "reasoning_content", at=1)
        assert "reasoning_content" not in other["messages"][0]

    asyncio.run(main())
