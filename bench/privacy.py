"""Privacy: what is found on invented prompts, how fast, how restoring holds; beside Presidio where the reader has it.

BANJIA_PRESIDIO names a Python that has presidio-analyzer and a spaCy model in its own environment; without it the row is left out.
"""

import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from privacy_prompts import Maker, disguised, prompts

from banjia.privacy.engine import Engine
from banjia.privacy.restore import Restorer
from banjia.privacy.span import NOT_PERSONAL

SEED = int(os.environ.get("BANJIA_BENCH_SEED", "2026"))
COUNT = int(os.environ.get("BANJIA_BENCH_COUNT", "400"))
CHUNKINGS = int(os.environ.get("BANJIA_BENCH_CHUNKINGS", "100000"))
Found = list[dict[str, Any]]

PRESIDIO = """
import json, sys
from presidio_analyzer import AnalyzerEngine
analyzer = AnalyzerEngine()
kinds = {"PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "CREDIT_CARD": "BANK_CARD", "US_SSN": "SSN", "IP_ADDRESS": "IP",
         "IBAN_CODE": "IBAN", "PERSON": "PERSON", "US_PASSPORT": "PASSPORT", "MAC_ADDRESS": "MAC"}
for line in sys.stdin:
    row = json.loads(line)
    spans = [{"start": r.start, "end": r.end, "type": kinds[r.entity_type], "subject": ""}
             for r in analyzer.analyze(row["text"], language="en", entities=list(kinds))]
    print(json.dumps(spans), flush=True)
"""


def main() -> None:
    engine = Engine()
    rows = prompts(SEED, COUNT)
    sets = {
        "zh + mixed": [r for r in rows if r["lang"] != "en"],
        "en": [r for r in rows if r["lang"] == "en"],
        "disguised": disguised(SEED, COUNT // 2),
    }
    print("overlap scoring, personal information only, seed", SEED)
    head = ("set", "system", "P", "R", "F1", "PERSON P", "PERSON R", "ADDRESS R", "traps", "missed", "persons off")
    print(("{:<12}{:<10}" + "{:>11}" * 9).format(*head))
    rivals: list[tuple[str, Callable[[list[dict[str, Any]]], list[Found]]]] = [("banjia", lambda rs: ours(engine, rs))]
    if os.environ.get("BANJIA_PRESIDIO"):
        rivals.append(("presidio", presidio))
    for name, prompts_of_set in sets.items():
        for rival, find in rivals:
            report(name, rival, prompts_of_set, find(prompts_of_set))
    if len(rivals) == 1:
        print("(Presidio left out: set BANJIA_PRESIDIO to a Python that has it)")
    speed(engine)
    restoring()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (limit 200)")


def ours(engine: Engine, rows: list[dict[str, Any]]) -> list[Found]:
    return [[{**s.as_dict(), "subject": s.subject} for s in engine.detect(r["text"])] for r in rows]


def presidio(rows: list[dict[str, Any]]) -> list[Found]:
    given = "".join(json.dumps({"text": r["text"]}) + "\n" for r in rows)
    out = subprocess.run(
        [os.environ["BANJIA_PRESIDIO"], "-c", PRESIDIO], input=given, capture_output=True, text=True, check=True
    )
    return [json.loads(line) for line in out.stdout.splitlines()]


def report(name: str, rival: str, rows: list[dict[str, Any]], found: list[Found]) -> None:
    hit = dict.fromkeys(("all", "PERSON", "ADDRESS"), 0)
    gold, right, said = dict(hit), dict(hit), dict(hit)
    traps = trapped = grave = missed = off = 0
    for row, spans in zip(rows, found, strict=True):
        mine = [s for s in spans if s["type"] not in NOT_PERSONAL]
        true = [s for s in row["spans"] if s["type"] not in NOT_PERSONAL]
        for t in true:
            ok = any(meets(s, t) and s["type"] == t["type"] for s in mine)
            for key in ("all", t["type"]):
                if key in gold:
                    gold[key] += 1
                    hit[key] += ok
        for s in mine:
            ok = any(meets(s, t) and s["type"] == t["type"] for t in true)
            for key in ("all", s["type"]):
                if key in said:
                    said[key] += 1
                    right[key] += ok
        traps += len(row["traps"])
        trapped += sum(any(meets(s, t) for s in mine) for t in row["traps"])
        if row["sensitive"]:
            grave += 1
            missed += any(not any(meets(s, t) for s in mine) for t in true)
        off += abs(len({s["subject"] for s in mine if s["subject"]}) - len({t["subject"] for t in true}))
    precision, recall = right["all"] / max(1, said["all"]), hit["all"] / max(1, gold["all"])
    f1 = 2 * precision * recall / max(1e-9, precision + recall)
    cells = (
        f"{precision:.3f}", f"{recall:.3f}", f"{f1:.3f}", part(right, said, "PERSON"), part(hit, gold, "PERSON"), part(hit, gold, "ADDRESS"),
        f"{trapped}/{traps}", f"{missed}/{grave}", f"{off / len(rows):.2f}" if rival == "banjia" else "-",
    )  # fmt: skip
    print(("{:<12}{:<10}" + "{:>11}" * 9).format(name, rival, *cells))


def part(over: dict[str, int], under: dict[str, int], kind: str) -> str:
    return f"{over[kind] / under[kind]:.3f}" if under[kind] else "-"


def meets(a: dict[str, Any], b: dict[str, Any]) -> bool:
    return bool(a["start"] < b["end"] and b["start"] < a["end"])


LETTER = (
    "尊敬的客户服务部：本人于上月通过贵司网站购买了一台空气净化器，收货后发现滤芯有明显的使用痕迹，且机身侧面有划痕。我已经三次致电客服，"
    "前两次都说会有专员回电，但至今没有任何人联系我。第三次接电话的是{a}，他承诺两天内上门取件，结果又过了一周。商品是{b}代为签收的，"
    "他可以证明外包装当时就已经破损。现要求贵司在三个工作日内退款并承担运费，否则我将向消费者协会投诉。请{c}经理尽快处理，联系电话{p}，"
    "退款请打到原支付账户。此外希望公司改进售后流程，不要让消费者反复催促。"
)


def speed(engine: Engine) -> None:
    m = Maker(SEED)
    letter = LETTER.format(a=m.zh_name(), b=m.zh_name(), c=m.zh_name(), p=m.mobile())
    kilobyte = letter.encode()[:1000].decode("utf-8", "ignore")
    many = "\n".join(r["text"] for r in prompts(SEED, 200) if r["lang"] != "en")
    dense = "".join(
        f"用户{i}来电咨询保单进度并留下号码{m.mobile()}，已登记备用邮箱{m.email()}；证件{m.id_cn()}已核对完毕，等待下一步通知。"
        for i in range(400)
    )
    clean_en = (
        "The scheduler moves idle workers to the queue that waits longest, and no lock is held meanwhile. " * 2000
    )
    clean_zh = "调度器把空闲的进程移到等待最久的队列，其间不持有任何锁，因此吞吐量几乎不受影响。" * 2000
    print(f"{'1 kB letter with names':<44}{best(lambda: engine.detect(kilobyte)) * 1e3:>9.2f} ms   limit 4")
    sixteen = many.encode()[:16_000].decode("utf-8", "ignore")
    print(f"{'16 kB, a name or number every 50 bytes':<44}{best(lambda: engine.detect(sixteen)) * 1e3:>9.2f} ms")
    for what, text, limit in (("clean English", clean_en, 30), ("clean Chinese", clean_zh, 30), ("dense", dense, 10)):
        size = len(text.encode())
        found = len(engine.identifiers(text)[0])
        per = f"a hit every {size // found} bytes" if found else "no hit"
        rate = size / best(lambda t=text: engine.identifiers(t)) / 1e6
        print(f"{f'stage A alone, {what}, {per}':<44}{rate:>9.1f} MB/s limit {limit}")


def best(function: Callable[[], object], rounds: int = 9) -> float:
    took = []
    for _ in range(rounds):
        started = time.process_time()
        function()
        took.append(time.process_time() - started)
    return min(took)


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
