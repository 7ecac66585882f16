"""`banjia move PATH`: the diff first; `--apply` writes, `--undo` takes back, `--verify` proves."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from banjia.text import Lang, Text

if TYPE_CHECKING:
    from banjia.move.change import Hunk
    from banjia.move.plan import Plan

ACTION = 5
COLOURS = {"+": "32", "-": "31", "@": "36", "#": "1"}


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
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="purpose=ID|subject=EXPR",
        help=say(
            "给 Python 和 JS 的客户端加上 x-banjia-purpose 或 x-banjia-subject；从不猜测",
            "send x-banjia-purpose or x-banjia-subject from clients in Python and JS; never guessed",
        ),
    )
    parser.add_argument(
        "--upgrade-openai",
        action="store_true",
        help=say("把 openai-python 0.x 的调用改成现行版本", "rewrite calls of openai-python 0.x for today's"),
    )
    parser.add_argument("--apply", action="store_true", help=say("写入改动", "write the changes"))
    parser.add_argument(
        "--commit", action="store_true", help=say("写入并按改动种类各做一次 git 提交", "write, one git commit per kind")
    )
    parser.add_argument(
        "--patch", type=Path, metavar="FILE", help=say("把全部改动写成一个补丁", "write all changes as one patch")
    )
    parser.add_argument(
        "--undo", action="store_true", help=say("原样撤回上一次搬迁", "take back the latest move exactly")
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help=say("有未提交改动也写入", "write even where files have uncommitted changes"),
    )
    proof = parser.add_argument_group(say("证明", "proof"))
    proof.add_argument(
        "--verify", action="store_true", help=say("证明应用仍能运行", "prove that the application still runs")
    )
    proof.add_argument(
        "--run",
        default="",
        metavar="COMMAND",
        help=say("搬迁前后各运行一次的命令", "command that is run before and after the move"),
    )
    proof.add_argument(
        "--tests", default="", metavar="COMMAND", help=say("项目自己的测试命令", "the project's own test command")
    )
    proof.add_argument(
        "--types", default="", metavar="COMMAND", help=say("项目自己的类型检查", "the project's own type checker")
    )
    proof.add_argument(
        "--env-file",
        action="append",
        default=[],
        metavar="FILE",
        help=say("启动时读取的 env 文件（相对于 PATH）", "env file that its start-up reads, relative to PATH"),
    )
    proof.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help=say("运行时的变量", "a variable of the run")
    )
    proof.add_argument(
        "--accept",
        action="append",
        default=[],
        metavar="HOST",
        help=say("允许它徒劳地尝试的主机（仍然拒绝）", "a host it may try in vain (denied all the same)"),
    )
    proof.add_argument(
        "--accept-key",
        action="append",
        default=[],
        metavar="FIELD",
        help=say(
            "不比较的字段：库只发给 OpenAI 自己的主机",
            "a field not compared: one a library sends to OpenAI's host alone",
        ),
    )
    proof.add_argument(
        "--enclosure",
        choices=("namespace", "process"),
        help=say("隔离方式；默认用网络命名空间", "how it is enclosed; by default in a network namespace"),
    )
    proof.add_argument("--no-gateway", action="store_true", help=say("不再经网关运行", "no run through the gateway"))
    parser.add_argument("--json", action="store_true", help="JSON")


def run(args: argparse.Namespace) -> int:
    from banjia.desk import move

    if args.undo:
        _alone(args)
        undone = move.undo(args.path)
        exact, merged = undone.exact, undone.merged
        words = Text(
            f"已还原 {len(exact)} 个文件", f"{_many(len(exact), 'file is as it was', 'files are as they were')}"
        )
        if merged:
            words += Text(
                f"；{', '.join(merged)}：搬迁已撤出，之后的修改保留",
                f"; {', '.join(merged)}: the move is out, what was edited since stays",
            )
        if left := move.earlier(args.path):
            words += Text(
                f"；更早的搬迁还有 {left} 次，再 --undo 一次可撤回", f"; {left} earlier: --undo again takes it back"
            )
        _print(args, {"undone": [*exact, *merged], "merged": list(merged)}, words)
        return 0
    where = move.target(args.to, args.gateway, args.config)
    found = move.look(args.path, where, args.only, move.choices(args.header, upgrade=args.upgrade_openai))
    document = found.to_json()
    if not args.json:
        print(shown(found, args.lang, colour=_colours()))
    if args.patch:
        args.patch.write_bytes(found.patch)
    if args.apply or args.commit:
        document |= _write(args, found)
    code = 0 if args.apply or args.commit or not found.changes else ACTION
    if args.verify:
        code = _verify(args, found, document)
    if args.json:
        print(json.dumps(document, ensure_ascii=False))
    return code


def _colours() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _alone(args: argparse.Namespace) -> None:
    """Taking back and writing in one call would leave in doubt what stands afterwards."""
    from banjia.errors import ConfigError

    others = ("--apply", "--commit", "--patch", "--verify")
    given = [name for name in others if getattr(args, name.removeprefix("--"))]
    if given:
        raise ConfigError(
            Text("--undo 不和别的动作一起用", "--undo goes with no other action"),
            where="banjia move",
            found=" ".join(given),
            remedy=Text("先 --undo，再单独运行一次", "run --undo, then the other by itself"),
        )


def _write(args: argparse.Namespace, found: Plan) -> dict[str, object]:
    from banjia.desk import move

    written, commits = move.apply(args.path, found, force=args.force, commit=args.commit)
    if not args.json and written:
        back = f"banjia move {shlex.quote(str(args.path))} --undo" if args.path != Path() else "banjia move --undo"
        words = Text(
            f"写入 {len(found.changes)} 个文件；{back} 可还原",
            f"{_many(len(found.changes), 'file', 'files')} written; {back} takes it back",
        )
        print(words.say(args.lang))
        if commits:
            print(Text(f"{len(commits)} 次提交", f"{len(commits)} commits").say(args.lang), " ".join(commits))
    return {"written": str(written) if written else None, "commits": list(commits)}


def _verify(args: argparse.Namespace, found: Plan, document: dict[str, object]) -> int:
    from banjia.desk import move_proof

    wishes = move_proof.Wishes(
        run=args.run,
        tests=args.tests,
        types=args.types,
        env_files=tuple(args.env_file),
        variables=tuple(args.set),
        accepted=frozenset(args.accept),
        accepted_keys=frozenset(args.accept_key),
        gateway=not args.no_gateway,
        enclosure=args.enclosure,
    )
    record = move_proof.verify(args.path, found, wishes)
    document["proof"] = record.to_json()
    kept = move_proof.keep(args.path, record)
    document["records"] = [str(file) for file in kept]
    if not args.json:
        print(record.text(args.lang))
        print(Text(f"记录：{kept[0]}、{kept[1]}", f"recorded: {kept[0]}, {kept[1]}").say(args.lang))
    return 0 if record.holds else 1


def shown(plan: Plan, lang: Lang, *, colour: bool) -> str:
    """By file, each hunk under its findings and reasons; then the kinds of change, then the checklist by group."""
    from banjia.move.checklist import TITLES

    lines: list[str] = []
    for change in plan.changes:
        lines += [_tint(f"--- a/{change.path}", colour=colour), _tint(f"+++ b/{change.path}", colour=colour)]
        for hunk in change.hunks():
            lines += [_tint(line, colour=colour) for line in (*_reasons(hunk, lang), *hunk.lines)]
        lines.append("")
    for kind in plan.kinds:
        files = sum(kind in c.kinds for c in plan.changes)
        edits = sum(e.codemod == kind and e.finding is not None for e in plan.edits)
        lines.append(
            Text(
                f"{kind}：{files} 个文件，{edits} 处",
                f"{kind}: {_many(files, 'file', 'files')}, {_many(edits, 'edit', 'edits')}",
            ).say(lang)
        )
    if not plan.changes:
        lines.append(Text("没有要改的地方", "nothing to change").say(lang))
    for group, title in TITLES.items():
        found = [i for i in plan.checklist if i.group == group]
        if found:
            lines.append(f"{title.say(lang)} ({len(found)})")
            lines += [f"  [ ] {i.finding.path}:{i.finding.line}  {i.remedy.say(lang)}" for i in found]
    for edit in plan.overlapping:
        words = Text(f"与别的改动重叠，未做：{edit.path}", f"overlaps another change and was left out: {edit.path}")
        lines.append(words.say(lang))
    return "\n".join(lines)


def _reasons(hunk: Hunk, lang: Lang) -> list[str]:
    rows: list[str] = []
    for edit in hunk.edits:
        found = f"{edit.path}:{edit.finding.line} {edit.finding.rule}" if edit.finding else edit.path
        rows.append(f"# {found}: {edit.reason.say(lang)} [{edit.codemod}]")
    return list(dict.fromkeys(rows))


def _many(count: int, one: str, more: str) -> str:
    return f"{count} {one if count == 1 else more}"


def _print(args: argparse.Namespace, document: dict[str, object], words: Text) -> None:
    print(json.dumps(document, ensure_ascii=False) if args.json else words.say(args.lang))


def _tint(line: str, *, colour: bool) -> str:
    code = COLOURS.get(line[:1])
    return f"\033[{code}m{line}\033[0m" if colour and code else line
