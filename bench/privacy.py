"""Privacy: what is found on invented prompts, how fast, how restoring holds; beside Presidio where the reader has it.

BANJIA_PRESIDIO names a Python with presidio-analyzer and a spaCy model in its own environment (BANJIA_PRESIDIO_MODEL the
model, if not its default); BANJIA_UNER a folder with files of Universal NER (`*.iob2`). What is not named is left out.
The small tagger stands beside the large one. A figure beyond its limit is marked with `!`.
"""

import os
import random
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from prompts import families, presidio
from prompts.hidden import hidden
from prompts.kept import kept
from prompts.news import news
from prompts.render import Row
from prompts.score import Score
from prompts.values import Maker

from banjia.privacy.engine import Engine
from banjia.privacy.restore import Restorer

SEED = int(os.environ.get("BANJIA_BENCH_SEED", "2026"))
COUNT = int(os.environ.get("BANJIA_BENCH_COUNT", "300"))
CHUNKINGS = int(os.environ.get("BANJIA_BENCH_CHUNKINGS", "100000"))
UNER = os.environ.get("BANJIA_UNER", "")
# by set and figure: the least or the most it may be
Limit = tuple[str, float]
LIMITS: dict[str, dict[str, Limit]] = {
    "zh": {"F1": ("least", 0.94), "PERSON P": ("least", 0.90), "PERSON R": ("least", 0.93), "ADDRESS R": ("least", 0.85),
           "traps": ("most", 0.02), "missed": ("most", 0.10), "off": ("most", 0.15)},
    "en": {"F1": ("least", 0.85), "traps": ("most", 0.02), "missed": ("most", 0.10), "off": ("most", 0.15)},
    "hidden": {"R": ("least", 0.80)},
}  # fmt: skip
HEADS = ("P", "R", "F1", "PERSON P", "PERSON R", "ADDRESS R", "traps", "missed", "off")


def main() -> None:
    engine = Engine()
    print(
        f"overlap scoring, personal information only, seed {SEED}; traps: look-alikes reported; missed: sensitive records"
    )
    print(
        "with an item fully uncovered; off: persons per record told wrongly; kept: prompts no rule was written against"
    )
    print(("{:<12}{:<10}" + "{:>11}" * len(HEADS)).format("set", "system", *HEADS))
    for limits, values in LIMITS.items():
        cells = [f"{values[h][0]} {values[h][1]:.2f}" if h in values else "" for h in HEADS]
        print(("{:<12}{:<10}" + "{:>11}" * len(HEADS)).format(limits, "limit", *cells))
    small = Engine(tagger="small")
    for name, rows in sets().items():
        report(name, "banjia", rows, ours(engine, rows))
        if name.split()[-1] in ("zh", "hidden", "zh-dev"):
            report(name, "small", rows, ours(small, rows))
        if presidio.python():
            report(name, "presidio", rows, presidio.found(rows))
    if not presidio.python():
        print("(Presidio left out: set BANJIA_PRESIDIO to a Python that has it)")
    speed(engine, small)
    restoring()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (limit 200)")


def sets() -> dict[str, list[Row]]:
    single = families.plain(SEED, COUNT)
    found = {
        "zh": [r for r in single if r["lang"] != "en"] + families.zh(SEED, COUNT // 3),
        "en": [r for r in single if r["lang"] == "en"] + families.en(SEED, COUNT // 3),
        **kept(SEED, COUNT),
        "hidden": hidden(SEED, COUNT),
    }
    for file in sorted(Path(UNER).glob("*-dev.iob2")) if UNER else ():
        found[file.stem] = news(file)
    return found


def ours(engine: Engine, rows: list[Row]) -> list[list[dict[str, Any]]]:
    return [[s.as_dict() for s in engine.detect(r["text"])] for r in rows]


def report(name: str, rival: str, rows: list[Row], found: list[list[dict[str, Any]]]) -> None:
    score = Score()
    for row, spans in zip(rows, found, strict=True):
        score.add(row, [s for s in spans if not name.endswith("-dev") or s["type"] == "PERSON"])
    figures = (
        score.precision(), score.recall(), score.f1, score.precision("PERSON"), score.recall("PERSON"),
        score.recall("ADDRESS"), score.traps, score.missed, score.off if rival == "banjia" and not name.endswith("-dev") else None,
    )  # fmt: skip
    limits = LIMITS.get(name.rsplit(maxsplit=1)[-1], {}) if rival == "banjia" else {}
    cells = [_cell(f, limits.get(h)) for h, f in zip(HEADS, figures, strict=True)]
    print(("{:<12}{:<10}" + "{:>11}" * len(HEADS)).format(name, rival, *cells), flush=True)


def _cell(figure: float | None, limit: Limit | None) -> str:
    if figure is None:
        return "-"
    beyond = limit is not None and (figure < limit[1] if limit[0] == "least" else figure > limit[1])
    return f"{figure:.3f}{'!' if beyond else ''}"


LETTER = (
    "尊敬的客户服务部：本人于上月通过贵司网站购买了一台空气净化器，收货后发现滤芯有明显的使用痕迹，且机身侧面有划痕。我已经三次致电客服，"
    "前两次都说会有专员回电，但至今没有任何人联系我。第三次接电话的是{a}，他承诺两天内上门取件，结果又过了一周。商品是{b}代为签收的，"
    "他可以证明外包装当时就已经破损。现要求贵司在三个工作日内退款并承担运费，否则我将向消费者协会投诉。请{c}经理尽快处理，联系电话{p}，"
    "退款请打到原支付账户。此外希望公司改进售后流程，不要让消费者反复催促。"
)


def speed(engine: Engine, small: Engine) -> None:
    m = Maker(SEED)
    letter = LETTER.format(a=m.zh_name(), b=m.zh_name(), c=m.zh_name(), p=m.mobile())
    many = "\n".join(r["text"] for r in families.plain(SEED, 200) if r["lang"] != "en")
    dense = "".join(
        f"用户{i}来电咨询保单进度并留下号码{m.mobile()}，已登记备用邮箱{m.email()}；证件{m.id_cn()}已核对完毕，等待下一步通知。"
        for i in range(400)
    )
    clean_en = (
        "The scheduler moves idle workers to the queue that waits longest, and no lock is held meanwhile. " * 2000
    )
    clean_zh = "调度器把空闲的进程移到等待最久的队列，其间不持有任何锁，因此吞吐量几乎不受影响。" * 2000
    for what, text, limit in (
        ("1 kB letter with names", first(letter, 1000), "limit 4, aim 1"),
        ("1 kB, a name or number every 50 bytes", first(many, 1000), "limit 4"),
        ("16 kB, a name or number every 50 bytes", first(many, 16_000), "aim 15"),
    ):
        for who, finder in (("", engine), ("small: ", small)):
            took = runs(lambda t=text, f=finder: f.detect(t))
            print(f"{who + what:<48}{took[len(took) // 2] * 1e3:>9.2f} ms median, {took[0] * 1e3:.2f} best   {limit}")
    for what, text, limit in (("clean English", clean_en, 30), ("clean Chinese", clean_zh, 30), ("dense", dense, 10)):
        size = len(text.encode())
        found = len(engine.identifiers(text)[0])
        per = f"a hit every {size // found} bytes" if found else "no hit"
        took = runs(lambda t=text: engine.identifiers(t))
        rates = f"{size / took[len(took) // 2] / 1e6:>9.1f} MB/s median, {size / took[0] / 1e6:.1f} best"
        print(f"{f'stage A alone, {what}, {per}':<48}{rates}   limit {limit}")


def first(text: str, size: int) -> str:
    return text.encode()[:size].decode("utf-8", "ignore")


def runs(function: Callable[[], object], rounds: int = 15) -> list[float]:
    """Processor time of each run, in order; the first, which loads what is loaded on demand, is left out."""
    function()
    took = []
    for _ in range(rounds):
        started = time.process_time()
        function()
        took.append(time.process_time() - started)
    return sorted(took)


def restoring() -> None:
    """Random chunkings of answers full of tokens, whole and broken ones, against the restoration in one piece."""
    chance = random.Random(SEED)
    originals = {f"⟦人名{i}·k7qz⟧": f'王"{i}\\' for i in range(1, 13)} | {
        f"⟦PERSON{i}·k7qz⟧": f"O'Neil {i}" for i in range(1, 5)
    }
    restorer = Restorer(originals)
    pieces = [*originals, *(t[1:-1] for t in originals), "⟦", "⟧", "⟦人名1", "·k7", "人", "好的，", "ok ", "\n"]
    wrong = 0
    started = time.process_time()
    fed = 0
    for n in range(CHUNKINGS):
        answer = "".join(chance.choice(pieces) for _ in range(chance.randrange(1, 9)))
        in_json = n % 2 == 1
        channel, at, said = restorer.pieces(in_json=in_json), 0, ""
        while at < len(answer):
            size = chance.randrange(1, 8)
            said += channel.feed(answer[at : at + size])
            at += size
            fed += 1
        wrong += said + channel.end() != restorer.text(answer, in_json=in_json)
    each = (time.process_time() - started) / fed
    print(f"{CHUNKINGS} random chunkings: {wrong} mismatches, {each * 1e6:.1f} us a piece")
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
