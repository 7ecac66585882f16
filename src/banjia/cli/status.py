"""`banjia` alone: uses found, closed routes, open facts, and one next command."""

from __future__ import annotations

import argparse
from pathlib import Path

from banjia.text import Lang, Text, same


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    del lang
    parser.add_argument("--config", type=Path, help="banjia.yaml")
    parser.add_argument("--json", action="store_true", help="JSON")


def run(args: argparse.Namespace) -> int:
    from banjia.assess.words import verdict
    from banjia.desk.check import check
    from banjia.desk.clock import today
    from banjia.desk.scan import scan

    here = Path()
    answer = check(here, scan(here), config=args.config, on=today())
    if args.json:
        import json

        print(json.dumps(answer.to_json(), ensure_ascii=False))
        return 0
    uses, files = len(answer.inventory.findings), len({finding.path for finding in answer.inventory.findings})
    lines = [
        Text(
            f"{uses} 处使用，在 {files} 个文件中；共读 {answer.inventory.files} 个文件",
            f"{uses} uses in {files} of {answer.inventory.files} files",
        )
    ]
    for use in answer.uses:
        found = verdict(use.assessment.verdict)
        lines.append(same(f"  {use.kind:<28}{len(use.findings):>4}  ") + found)
    closed = len(answer.stop)
    lines.append(Text(f"已关闭的路线：{closed}", f"closed routes in use: {closed}"))
    lines.append(Text(f"待回答的事实：{len(answer.ask)}", f"open facts worth asking: {len(answer.ask)}"))
    lines.append(Text("下一步：", "next: ") + answer.next)
    print("\n".join(line.say(args.lang) for line in lines))
    return 0
