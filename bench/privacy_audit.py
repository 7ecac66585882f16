"""Measures how fast the audit reads request logs for identifiers, and with names: MB of log a second, on one core.

The logs are as applications write them: a system prompt, a question, an answer, usage. In `service` logs every third
request names a person, in `general` ones every thirtieth; the second are what the limit is for.

    python bench/privacy_audit.py [MEGABYTES]
"""

from __future__ import annotations

import json
import random
import sys
import tempfile
import time
from pathlib import Path

from crossing.value import Values

from banjia.privacy.audit_run import forget, run

SIZE = 40
ZH = (
    "请根据产品手册回答用户的问题，语气亲切，不要编造没有的功能。遇到退款、投诉或发票问题时，先说明流程，再请用户补充订单编号。",
    "本季度的销售额比去年同期增长了百分之十二，其中华东地区贡献最大，主要得益于新渠道的开拓和老客户的复购。",
    "系统提示词要求模型只输出表格，不要加任何解释；如果信息不足，就在相应的单元格里写上“待补充”三个字。",
    "昨天的会议讨论了三个议题：仓库搬迁的时间安排、第二阶段预算的审批，以及客服排班在节假日期间的调整方案。",
    "这段代码在并发量较大时会出现死锁，原因是两个线程以不同的顺序获取同一组锁，建议统一加锁顺序后再做压力测试。",
)
EN = (
    "You answer questions about the product manual. Keep it short, never invent a feature, and ask for the order first. ",
    "The scheduler moves idle workers to the queue that waits longest; no lock is held meanwhile, so throughput stays. ",
    "Summarise the meeting in five bullet points, then list the open questions with an owner and a date for each one. ",
    "Our revenue grew by twelve percent over the last quarter, driven mostly by the new channel and returning buyers. ",
)


def row(chance: random.Random, number: int, every: int = 3) -> dict[str, object]:
    texts = ZH if number % 2 else EN
    v = Values(chance)
    said = "".join(chance.choice(texts) for _ in range(chance.randrange(2, 12)))
    if number % every == 0:
        said += (
            f"联系人{v.name_zh()}，电话{v.mobile()}，邮箱{v.email()}。"
            if number % 2
            else f"Write to {v.email()}, call {v.phone_en()}."
        )
    if number % (10 * every) == 0:
        said += f"证件{v.resident_id()}，卡号{v.card()}。"
    answer = "".join(chance.choice(texts) for _ in range(chance.randrange(1, 8)))
    messages = [{"role": "system", "content": "".join(texts)}, {"role": "user", "content": said}]
    return {
        "id": f"req-{number:08d}",
        "created": 1_770_000_000 + number * 37,
        "api_base": "https://api.openai.com/v1",
        "request": {"model": "gpt-4o-2024-08-06", "temperature": 0.2, "max_tokens": 512, "messages": messages},
        "response": {
            "id": f"chatcmpl-{chance.getrandbits(96):x}",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": answer}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": len(said), "completion_tokens": len(answer), "total_tokens": len(said + answer)},
        },
    }


def log(path: Path, size: int, *, ascii_only: bool, every: int = 3) -> int:
    chance = random.Random(7)
    number = written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            line = json.dumps(row(chance, number, every), ensure_ascii=ascii_only) + "\n"
            file.write(line)
            written += len(line.encode())
            number += 1
    return written


def main() -> None:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else SIZE
    with tempfile.TemporaryDirectory() as folder:
        for what, ascii_only, every in (
            ("general, UTF-8", False, 30),
            ("general, \\u escapes", True, 30),
            ("service, UTF-8", False, 3),
        ):
            path = Path(folder) / f"log-{ascii_only}-{every}.jsonl"
            written = log(path, size * 1_000_000, ascii_only=ascii_only, every=every)
            run([_small(path)], names=False)  # the pattern database is loaded once
            for _ in range(3):
                forget()  # what was seen in the last round is not known in the next
                began, cpu = time.perf_counter(), time.process_time()
                state = run([path], names=False)
                took, used = time.perf_counter() - began, time.process_time() - cpu
                print(
                    f"{'identifiers, ' + what:<34}{written / used / 1e6:>8.0f} MB/s of CPU"
                    f"{written / took / 1e6:>8.0f} MB/s by the clock   limit 100   "
                    f"{state.tally.rows} rows, {sum(state.tally.types.values())} found, {len(state.tally.groups)} persons"
                )
        path = Path(folder) / "names.jsonl"
        written = log(path, 1_000_000, ascii_only=False)
        began = time.process_time()
        run([path])
        print(f"{'with names':<48}{written / (time.process_time() - began) / 1e6:>8.2f} MB/s of CPU")


def _small(path: Path) -> Path:
    small = path.with_name("small.jsonl")
    with path.open("rb") as file:
        small.write_bytes(b"".join(file.readline() for _ in range(50)))
    return small


if __name__ == "__main__":
    main()
