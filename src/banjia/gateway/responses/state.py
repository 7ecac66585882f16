"""State: answers that were stored, sealed and with a life span; each known only to its own application."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import msgspec

from banjia.errors import StoreError
from banjia.gateway.keeping import Keeping
from banjia.gateway.refusal import Refusal
from banjia.gateway.responses.answer import holder_of
from banjia.store.vault import Vault
from banjia.text import Text

Json = dict[str, Any]
T = TypeVar("T")
SPACE = "responses"
LIFE = 30 * 24 * 3600 * 1000  # milliseconds, as long as OpenAI keeps them
REMEMBERED = 1000  # answers kept in memory where there is no store


class Kept(msgspec.Struct):
    """`messages` is the chain up to and with this answer, in chat's form; `root` is the first answer of the chain."""

    app: str
    root: str
    response: Json
    input: list[Json]
    messages: list[Json]


class States:
    def __init__(self, vault: Callable[[], Vault] | None) -> None:
        self._kept = Keeping(SPACE, vault, most=REMEMBERED)

    async def put(self, kept: Kept, *, at: int) -> None:
        """Each of these raises Refusal where the store cannot be used now."""
        await _told(self._kept.put({kept.response["id"]: msgspec.json.encode(kept)}, until=at + LIFE))

    async def item(self, id: str, app: str, *, at: int) -> Json | None:  # noqa: A002
        """One item of an answer that is kept, for callers who refer to it instead of sending it again."""
        kept = await self.get(holder_of(id), app, at=at)
        return next((i for i in kept.response["output"] if i.get("id") == id), None) if kept is not None else None

    async def get(self, id: str, app: str, *, at: int) -> Kept | None:  # noqa: A002
        value = await _told(self._kept.get(id, at=at))
        if value is None:
            return None
        kept = msgspec.json.decode(value, type=Kept)
        return kept if kept.app == app else None

    async def drop(self, id: str) -> None:  # noqa: A002
        await _told(self._kept.drop(id))


async def _told(work: Awaitable[T]) -> T:
    try:
        return await work
    except StoreError as error:
        text = Text("存储暂时不可用：", "the store cannot be used now: ") + error.problem
        raise Refusal(503, "server_error", "state_unavailable", text, retry=True, wait=5.0) from error
