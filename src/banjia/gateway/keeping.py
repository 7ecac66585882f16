"""Keeping: what is kept sealed in the store beyond one call; the store blocks, so it is asked beside the loop."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import TypeVar

from banjia.store.vault import Vault

T = TypeVar("T")


class Keeping:
    """One space of the vault. Without a store the last `most` values are kept in memory, whatever their span.

    Each of them raises StoreError where the store cannot be used now.
    """

    def __init__(self, space: str, vault: Callable[[], Vault] | None, *, most: int) -> None:
        self._space = space
        self._open = vault
        self._vault: Vault | None = None
        self._most = most
        self._memory: OrderedDict[str, bytes] = OrderedDict()

    async def get(self, name: str, *, at: int) -> bytes | None:
        if self._open is None:
            return self._memory.get(name)
        return await self._beside(lambda vault: vault.get(self._space, _written(name), at=at))

    async def put(self, values: Mapping[str, bytes], *, until: int) -> None:
        if self._open is None:
            for name, value in values.items():
                self._remember(name, value)
            return

        def all_of_them(vault: Vault) -> None:
            for name, value in values.items():
                vault.put(self._space, _written(name), value, until=until)

        await self._beside(all_of_them)

    async def first(self, name: str, value: bytes, *, until: int) -> bytes:
        """Put the value unless there is one already; answer the one that stands."""
        if self._open is None:
            return self._memory.get(name) or self._remember(name, value)
        return await self._beside(lambda vault: vault.first(self._space, _written(name), value, until=until))

    async def drop(self, name: str) -> None:
        if self._open is None:
            self._memory.pop(name, None)
            return
        await self._beside(lambda vault: vault.drop(self._space, _written(name)))

    def _remember(self, name: str, value: bytes) -> bytes:
        self._memory[name] = value
        while len(self._memory) > self._most:
            self._memory.popitem(last=False)
        return value

    async def _beside(self, work: Callable[[Vault], T]) -> T:
        def ask() -> T:
            if self._vault is None:
                assert self._open is not None
                self._vault = self._open()
            return work(self._vault)

        return await asyncio.to_thread(ask)


def _written(name: str) -> str:
    """A name as a column holds it: PostgreSQL's texts have no NUL, which parts an application from what is its own."""
    if "\0" not in name and not name.startswith("%"):
        return name
    return "%" + name.replace("%", "%25").replace("\0", "%00")
