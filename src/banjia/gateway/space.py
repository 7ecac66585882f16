"""Space: which model made the vectors that an application has stored under a name, kept from the first answer on."""

from __future__ import annotations

import logging
from collections.abc import Callable

from banjia.errors import StoreError
from banjia.gateway.keeping import Keeping
from banjia.store.vault import Vault

SPACE = "vectors"
FOREVER = 2**62  # a pin has no life span
REMEMBERED = 4096  # names asked for are the callers' choice

log = logging.getLogger("banjia.gateway")


class Spaces:
    """Pins by application and the model's name as it asks for it; the config's own pin goes before and replaces them.

    While the store cannot be read, a pin that this process does not know yet is not enforced.
    """

    def __init__(self, vault: Callable[[], Vault] | None) -> None:
        self._pins = Keeping(SPACE, vault, most=REMEMBERED)
        self._known: dict[str, str] = {}

    async def of(self, app: str, asked: str) -> str:
        """The pinned space, or nothing."""
        name = f"{app}\0{asked}"
        if name not in self._known:
            try:
                found = await self._pins.get(name, at=0)
            except StoreError as error:
                log.warning(UNUSABLE, error)
                return ""
            if found is not None:
                self._know(name, found.decode())
        return self._known.get(name, "")

    async def pin(self, app: str, asked: str, space: str, *, replace: bool = False) -> None:
        """After an answer of that space. What is pinned already stays, unless the config says so."""
        name = f"{app}\0{asked}"
        if self._known.get(name) == space:
            return
        stands = space
        try:
            if replace:
                await self._pins.put({name: space.encode()}, until=FOREVER)
            else:
                stands = (await self._pins.first(name, space.encode(), until=FOREVER)).decode()
        except StoreError as error:
            log.warning(UNUSABLE, error)
            return
        if stands != space:
            log.warning("application %s: vectors of %s were given while %s is pinned", app, space, stands)
        self._know(name, stands)

    def _know(self, name: str, space: str) -> None:
        if len(self._known) >= REMEMBERED:
            self._known.clear()
        self._known[name] = space


UNUSABLE = "the pins of vector spaces cannot be used now: %s"
