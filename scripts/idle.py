"""Ten thousand callers that keep a connection and say nothing: what they cost, and whether others are still answered at once.

`CONNECTIONS=10000`; keeps its figures in docs/idle.json. Exit 1 where a connection is refused or costs more than 16 kB, or a call goes wrong.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path

import uvloop
from soak import ROOT, TODAY, Caller, Score, memory, serving

CONNECTIONS = int(os.environ.get("CONNECTIONS", "10000"))
CALLS = 300
LARGEST = 16.0  # kB a connection


class Idle(asyncio.Protocol):
    lost = 0

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        Idle.lost += 1


async def median(port: int, score: Score) -> float:
    """Milliseconds of a plain call, one at a time."""
    caller, times = Caller(port, 1, score), []
    for _ in range(CALLS):
        begun = time.perf_counter()
        await caller.call("json")
        times.append(time.perf_counter() - begun)
    caller.drop()
    return sorted(times)[len(times) // 2] * 1000


async def measured(port: int, pid: int) -> dict[str, object]:
    loop, score = asyncio.get_running_loop(), Score()
    alone = await median(port, score)
    before = memory(pid)
    opened = []
    for at in range(0, CONNECTIONS, 200):
        more = min(200, CONNECTIONS - at)
        opened += await asyncio.gather(*(loop.create_connection(Idle, "127.0.0.1", port) for _ in range(more)))
    await asyncio.sleep(1)
    beside, held = await median(port, score), memory(pid)
    lost = Idle.lost
    for transport, _ in opened:
        transport.abort()
    await asyncio.sleep(2)
    return {
        "on": TODAY.isoformat(),
        "connections": len(opened),
        "lost": lost,
        "kb_a_connection": round((held - before) * 1024 / len(opened), 1),
        "median_ms": {"alone": round(alone, 2), "beside": round(beside, 2)},
        "memory_mb": {"before": round(before, 1), "with": round(held, 1), "after": round(memory(pid), 1)},
        "wrong": sum(score.wrong.values()),
    }


def main() -> int:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most != resource.RLIM_INFINITY and most < CONNECTIONS + 200:
        print(f"this system allows {most} open files; CONNECTIONS={CONNECTIONS} needs more")
        return 0
    with serving() as (port, _, pid, _):  # as an operator's shell starts it; it asks for more files itself
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        kept = uvloop.run(measured(port, pid))
    print(json.dumps(kept, indent=1))
    if CONNECTIONS >= 10_000:
        (ROOT / "docs" / "idle.json").write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    return int(bool(kept["lost"] or kept["wrong"] or float(str(kept["kb_a_connection"])) > LARGEST))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    sys.exit(main())
