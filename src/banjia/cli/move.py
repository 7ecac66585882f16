"""`banjia move PATH`: the diff first; `--apply` writes, `--undo` takes back, `--verify` proves."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from banjia.text import Lang, Text

if TYPE_CHECKING:
    from banjia.desk.move import Record
    from banjia.move.plan import Plan

ACTION = 5


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    parser.add_argument("path", nargs="?", type=Path, default=Path())
    parser.add_argument("--to", default="gateway", metavar="gateway|ROUTE-ID", help=say("搬到哪里", "where to move to"))
    parser.add_argument("--gateway", default="", metavar="URL", help=say("网关地址", "address of the gateway"))
    parser.add_argument("--config", type=Path, help="banjia.yaml")
    parser.add_argument(
        "--only", action="append", default=[], metavar="RULE", help=say("只做这一种改动", "only this kind of change")
    )
    parser.add_argument("--apply", action="store_true", help=say("写入改动", "write the changes"))
    parser.add_argument(
        "--undo", action="store_true", help=say("原样撤回上一次搬迁", "take back the latest move exactly")
    )
    parser.add_argument(
        "--verify", action="store_true", help=say("证明应用仍能运行", "prove that the application still runs")
    )
    parser.add_argument(
        "--run",
        default="",
        metavar="COMMAND",
        help=say("对着录音替身运行的命令", "command to run against the recording stand-in"),
    )
    parser.add_argument(
        "--tests", default="", metavar="COMMAND", help=say("项目自己的测试命令", "the project's own test command")
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help=say("有未提交改动也写入", "write even where files have uncommitted changes"),
    )
    parser.add_argument("--json", action="store_true", help="JSON")


def run(args: argparse.Namespace) -> int:
    from banjia.desk import move

    if args.undo:
        paths = move.undo(args.path)
        _print(
            args, {"undone": list(paths)}, Text(f"已还原 {len(paths)} 个文件", f"{len(paths)} files are as they were")
        )
        return 0
    found = move.look(args.path, move.target(args.to, args.gateway, args.config), args.only)
    document = found.to_json()
    if not args.json:
        print(shown(found, args.lang, colour=sys.stdout.isatty()))
    if args.apply:
        written = move.apply(args.path, found, force=args.force)
        document["written"] = str(written) if written else None
        if not args.json:
            print(
                Text(
                    f"写入 {len(found.changes)} 个文件；banjia move --undo 可还原",
                    f"{len(found.changes)} files written; banjia move --undo takes it back",
                ).say(args.lang)
            )
    code = 0 if args.apply or not found.changes else ACTION
    if args.verify:
        record = move.verify(args.path, found, run=args.run, tests=args.tests)
        document["proof"] = record.to_json()
        if not args.json:
            print(ladder(record, args.lang))
        code = 0 if record.holds else 1
    if args.json:
        print(json.dumps(document, ensure_ascii=False))
    return code


def shown(plan: Plan, lang: Lang, *, colour: bool) -> str:
    """Each file's reasons and diff, then the checklist by group."""
    from banjia.move.checklist import TITLES

    lines: list[str] = []
    for change in plan.changes:
        reasons = {e.reason.say(lang): e for e in change.edits}
        for reason, edit in reasons.items():
            place = f"{change.path}:{edit.finding.line}" if edit.finding else change.path
            lines.append(f"# {place}  {reason}  [{edit.codemod}]")
        lines += [_tint(line, colour=colour) for line in change.diff.splitlines()]
        lines.append("")
    if not plan.changes:
        lines.append(Text("没有要改的地方", "nothing to change").say(lang))
    for group, title in TITLES.items():
        found = [i for i in plan.checklist if i.group == group]
        if found:
            lines.append(f"{title.say(lang)} ({len(found)})")
            lines += [f"  [ ] {i.finding.path}:{i.finding.line}  {i.remedy.say(lang)}" for i in found]
    for edit in plan.overlapping:
        lines.append(
            Text(f"与别的改动重叠，未做：{edit.path}", f"overlaps another change and was left out: {edit.path}").say(
                lang
            )
        )
    return "\n".join(lines)


def ladder(record: Record, lang: Lang) -> str:
    marks = {"holds": "[x]", "fails": "[!]", "not-run": "[ ]"}
    lines = []
    for step in record.steps:
        lines.append(f"{marks[step.state]} {step.id}: {step.text.say(lang)}")
        lines += [f"      {detail}" for detail in step.details]
    return "\n".join(lines)


def _print(args: argparse.Namespace, document: dict[str, object], words: Text) -> None:
    print(json.dumps(document, ensure_ascii=False) if args.json else words.say(args.lang))


def _tint(line: str, *, colour: bool) -> str:
    if not colour:
        return line
    code = {"+": "32", "-": "31", "@": "36"}.get(line[:1])
    return f"\033[{code}m{line}\033[0m" if code else line
