"""Stand-ins of every dialect in one process, each under a path of its own; tells when a caller of a slow stream went away.

Run as `stand_ins.py PORT`. `GET /gone/TOKEN` answers when (wall clock) the connection of the request whose text holds
`gone-TOKEN` was lost, null while it is not.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from datetime import date
from typing import Any

import uvicorn
from dialects import Spoken, spoken

from banjia.routes.simulate import Application, application

TOKEN = re.compile(rb"gone-([0-9a-f]{8,32})")


class Street:
    def __init__(self, dialects: tuple[Spoken, ...]) -> None:
        self._doors = {d.id: application(d.provider) for d in dialects}
        self._gone: dict[str, float | None] = {}

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        first, _, rest = str(scope["path"]).removeprefix("/").partition("/")
        if first == "gone":
            body = json.dumps({"seen": rest in self._gone, "at": self._gone.get(rest)}).encode()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})
            return
        messages = [await receive()]
        while messages[-1].get("more_body"):
            messages.append(await receive())
        found = TOKEN.search(b"".join(m.get("body", b"") for m in messages))
        later = iter(messages)

        async def replayed() -> Any:
            return next(later, None) or await receive()

        door = self._doors[first]
        if found is None:
            await door(scope, replayed, send)
        else:
            await self._watched(found[1].decode(), door, scope, (replayed, receive), send)

    async def _watched(self, token: str, door: Application, scope: Any, ways: tuple[Any, Any], send: Any) -> None:
        self._gone[token] = None
        replayed, receive = ways
        answering = asyncio.ensure_future(door(scope, replayed, send))
        hanging_up = asyncio.ensure_future(receive())
        await asyncio.wait({answering, hanging_up}, return_when=asyncio.FIRST_COMPLETED)
        if hanging_up.done() and not answering.done():
            self._gone[token] = time.time()
        for task in (answering, hanging_up):
            task.cancel()
        await asyncio.gather(answering, hanging_up, return_exceptions=True)


if __name__ == "__main__":
    uvicorn.run(
        Street(spoken(date.today())), port=int(sys.argv[1]), log_level="warning", lifespan="off", access_log=False
    )
