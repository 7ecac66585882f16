"""Routes: time to load the whole catalogue, to find a host, and to translate requests, events and errors."""

import subprocess
import sys
import timeit
from collections.abc import Callable
from datetime import date

from banjia.routes import catalogue, filings
from banjia.routes.advice.advise import advise
from banjia.routes.advice.use import Allowed, Use
from banjia.routes.dialect import wire
from banjia.routes.lifecycle import life

ROUTES = catalogue.load()
DAY = date(2026, 11, 23)
MESSAGES = [{"role": "system", "content": "s"}, {"role": "user", "content": "q" * 900}]
REQUEST = {"model": "m", "messages": MESSAGES, "temperature": 0.7, "max_completion_tokens": 500, "stream": True}
EVENT = {
    "id": "c",
    "object": "chat.completion.chunk",
    "model": "m",
    "choices": [{"index": 0, "delta": {"content": "word "}, "finish_reason": None}],
}
FRESH = (
    "import time\nt = time.perf_counter()\nfrom banjia.routes import catalogue\ni = time.perf_counter()\n"
    "r = catalogue.load(); r.by_host('api.openai.com')\nprint(i - t, time.perf_counter() - i)"
)


def best(function: Callable[[], object], number: int) -> float:
    """Seconds a call, the best of five rounds."""
    return min(timeit.repeat(function, number=number, repeat=5)) / number


def show(what: str, seconds: float, limit: str = "") -> None:
    unit, factor = ("ms", 1e3) if seconds > 5e-4 else ("us", 1e6)
    print(f"{what:<52}{seconds * factor:>10.2f} {unit}  {limit}")


def main() -> None:
    runs = [
        subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=True).stdout.split()
        for _ in range(5)
    ]
    show("load every provider, fresh process", min(float(r[1]) for r in runs), "limit 50 ms")
    show("import of the room, fresh process", min(float(r[0]) for r in runs))
    show("provider and endpoint of a host", best(lambda: ROUTES.by_host("api.openai.com"), 20_000))
    show("life of a model on a day", best(lambda: life(ROUTES.by_id("openai"), "gpt-4o", DAY), 5_000))
    show("register searched for one word (2,122 rows)", best(lambda: filings.load().search("deepseek"), 50))
    openai = wire.translator(ROUTES.by_id("openai"))
    show("needs_rewrite, same dialect", best(lambda: openai.needs_rewrite("gpt-4o"), 200_000))
    for name, model in (
        ("openai", "gpt-4o"),
        ("deepseek", "deepseek-flash"),
        ("zhipu", "glm-5.2"),
        ("minimax", "MiniMax-M3"),
    ):
        spoken = wire.translator(ROUTES.by_id(name))
        show(f"request for {name}", best(lambda s=spoken, m=model: s.prepare(m, REQUEST), 5_000))
    for name, model in (("deepseek", "deepseek-flash"), ("vllm", "m"), ("minimax", "MiniMax-M3")):
        rewriter = wire.rewriter(ROUTES.by_id(name), model)
        show(f"stream event from {name}", best(lambda r=rewriter: r.feed(EVENT), 20_000))
    body = {"error": {"code": "1301", "message": "x"}}
    show("error of a vendor in OpenAI's words", best(lambda: wire.map_error(ROUTES.by_id("zhipu"), 400, body), 20_000))
    ways = tuple(
        Allowed(p.id, "cn_mainland", "permitted")
        for p in ROUTES.providers.values()
        if p.side in ("cn_mainland", "mixed")
    )
    use = Use(models=("gpt-4o-mini", "text-embedding-ada-002"), tools=True, json_schema=True)
    show("advice over every mainland way", best(lambda: advise(use, ways, routes=ROUTES, on=DAY), 3))


if __name__ == "__main__":
    main()
