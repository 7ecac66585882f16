"""Space: which model made the vectors that an application has stored under a name, kept from the first answer on."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any

from banjia.errors import StoreError
from banjia.store.vault import Vault

SPACE = "vectors"
FOREVER = 2**62  # a pin has no life span

log = logging.getLogger("banjia.gateway")


class Spaces:
    """Pins by application and the model's name as it asks for it; the config's own pin goes before and replaces them.

    While the store cannot be read, a pin that this process does not know yet is not enforced.
    """

    def __init__(self, vault: Callable[[], Vault] | None) -> None:
        self._open = vault
        self._vault: Vault | None = None
        self._known: dict[str, str] = {}

    async def of(self, app: str, asked: str) -> str:
        """The pinned space, or nothing."""
        name = f"{app}\0{asked}"
        if name not in self._known and self._open is not None:
            found = await self._ask(lambda vault: vault.get(SPACE, name, at=0))
            if found is not None:
                self._known[name] = found.decode()
        return self._known.get(name, "")

    async def pin(self, app: str, asked: str, space: str, *, replace: bool = False) -> None:
        """After an answer of that space. What is pinned already stays, unless the config says so."""
        name = f"{app}\0{asked}"
        if self._known.get(name) == space:
            return
        if self._open is None:
            stands = space if replace else self._known.get(name, space)
        elif replace:
            await self._ask(lambda vault: vault.put(SPACE, name, space.encode(), until=FOREVER))
            stands = space
        else:
            found = await self._ask(lambda vault: vault.first(SPACE, name, space.encode(), until=FOREVER))
            if found is None:
                return
            stands = found.decode()
        if stands != space:
            log.warning("application %s: vectors of %s were given while %s is pinned", app, space, stands)
        self._known[name] = stands

    async def _ask(self, work: Callable[[Vault], Any]) -> Any:
        def beside() -> Any:
            if self._vault is None:
                assert self._open is not None
                self._vault = self._open()
            return work(self._vault)

        try:
            return await asyncio.to_thread(beside)
        except StoreError as error:
            log.warning("the pins of vector spaces cannot be used now: %s", error)
            return None
