"""banjia policy: compile, show, compare and approve the gateway's policy."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from datetime import date
from pathlib import Path

from banjia.text import Lang, Text

CONFIG = Path("banjia.yaml")


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    actions = parser.add_subparsers(dest="action", required=True)
    compile_ = actions.add_parser("compile", help=say("按配置和某日的法律编译", "compile for the config and a day"))
    compile_.add_argument("-o", "--out", type=Path, help=say("写入文件", "write to a file"))
    compile_.add_argument("--on", type=_day, metavar="DATE", help=say("哪天的法律", "the law of that day"))
    compile_.add_argument(
        "--gate",
        action="store_true",
        help=say("未答的问题关闭应用全部路线时退出码 3", "exit 3 where open facts close all of an app's routes"),
    )
    compile_.add_argument(
        "--keep-ended",
        action="store_true",
        help=say("已停用的模型只警告（策略拒绝它）", "only warn about models that ended (the policy refuses them)"),
    )
    show = actions.add_parser("show", help=say("显示策略", "show a policy"))
    show.add_argument(
        "policy",
        nargs="?",
        default="",
        help=say("文件、摘要、in-force 或 proposed", "file, hash, in-force or proposed"),
    )
    diff = actions.add_parser("diff", help=say("两份策略的差别", "what differs between two"))
    diff.add_argument("old")
    diff.add_argument("new")
    diff.add_argument(
        "--replay",
        type=int,
        default=0,
        metavar="N",
        help=say("再用最近 N 次决定试新策略", "try the new one on the last N decisions of the ledger"),
    )
    approve = actions.add_parser("approve", help=say("批准一份放开路线的策略", "approve a policy that opens a route"))
    approve.add_argument("hash")
    approve.add_argument("--by", required=True, help=say("谁批准", "who approves"))
    approve.add_argument("--reason", required=True, help=say("理由", "the reason"))
    close = actions.add_parser("close", help=say("立刻关闭所有境外路线", "close all routes abroad at once"))
    reopen = actions.add_parser(
        "reopen", help=say("撤回关闭；放开仍须批准", "take the closing back; opening still waits for approval")
    )
    for action in (close, reopen):
        action.add_argument("--abroad", action="store_true", required=True, help=say("境外路线", "the routes abroad"))
        action.add_argument("--by", required=True, type=_said, help=say("谁", "who"))
        action.add_argument("--reason", required=True, type=_said, help=say("理由", "the reason"))
    for action in (compile_, show, diff, approve, close, reopen):
        action.add_argument("--config", type=Path, default=CONFIG, help=say("配置文件", "config file"))
        action.add_argument("--json", action="store_true", help=say("输出一个 JSON 文档", "one JSON document"))
        action.add_argument("--lang", choices=("zh", "en"), default=lang, help=say("语言", "language"))


def run(args: argparse.Namespace) -> int:
    actions = {
        "compile": _compile,
        "show": _show,
        "diff": _diff,
        "approve": _approve,
        "close": _close,
        "reopen": _reopen,
    }
    return actions[args.action](args)


def _compile(args: argparse.Namespace) -> int:
    from banjia.desk import policy as desk

    policy, blocked = desk.compile_policy(args.config, on=args.on, gate=args.gate, keep_ended=args.keep_ended)
    for words in blocked:
        print(f"! {words.say(args.lang)}", file=sys.stderr)
    for model in desk.ending(args.config, args.on):
        print(f"! {model.say().say(args.lang)}", file=sys.stderr)
    if args.out is not None:
        from banjia.policy.file import write

        write(policy, args.out)
        print(f"{args.out}  {policy.hash}", file=sys.stderr if args.json else sys.stdout)
    if args.json or args.out is None:
        print(policy.encode().decode())
    return 0


def _show(args: argparse.Namespace) -> int:
    from banjia.desk import policy as desk

    if args.policy:
        policy = desk.load(args.policy, args.config)
        print(policy.encode().decode() if args.json else "\n".join(desk.cell_lines(policy, args.lang)))
        return 0
    now, waiting, closure = desk.standing(args.config)
    if args.json:
        hashes = {"in_force": now.hash if now else None, "proposed": waiting.hash if waiting else None}
        closed = {"by": closure.by, "reason": closure.reason, "at": closure.at} if closure is not None else None
        print(json.dumps({**hashes, "closed_abroad": closed}, ensure_ascii=False))
        return 0
    if closure is not None:
        words = Text(
            f"!! 境外路线已由 {closure.by} 关闭：{closure.reason}",
            f"!! all routes abroad were closed by {closure.by}: {closure.reason}",
        )
        print(words.say(args.lang))
    if now is None:
        print(
            Text("还没有策略生效；先运行 banjia serve", "no policy is in force yet; run banjia serve first").say(
                args.lang
            )
        )
        return 0
    print("\n".join(desk.cell_lines(now, args.lang)))
    if waiting is not None:
        line = Text(
            f"等待批准：banjia policy approve {waiting.hash} --by 姓名 --reason 理由",
            f"waiting: banjia policy approve {waiting.hash} --by WHO --reason TEXT",
        )
        print("\n".join(["", line.say(args.lang), *desk.change_lines(desk.difference(now, waiting), args.lang)]))
    return 0


def _diff(args: argparse.Namespace) -> int:
    from banjia.desk import policy as desk
    from banjia.desk import replay as again

    new = desk.load(args.new, args.config)
    found = desk.difference(desk.load(args.old, args.config), new)
    tried = again.tried(args.config, new, args.replay) if args.replay else []
    if args.json:
        rows = [
            {
                "kind": c.kind,
                "app": c.cell.app,
                "purpose": c.cell.purpose,
                "route": c.cell.route,
                "model": c.cell.model,
                "data_class": c.cell.data_class,
                "ordinary": c.cell.band.ordinary,
                "sensitive": c.cell.band.sensitive,
                "rule": {"before": c.before.rule, "after": c.after.rule},
                "treatment": {"before": c.before.treatment, "after": c.after.treatment},
            }
            for c in found
        ]
        replayed = [dataclasses.asdict(r) for r in tried]
        print(json.dumps({"changes": rows, "replay": replayed}, ensure_ascii=False, indent=1))
    else:
        lines = desk.change_lines(found, args.lang) or [Text("没有差别", "no difference").say(args.lang)]
        print("\n".join([*lines, *again.replay_lines(tried, args.lang)]))
    return 0


def _approve(args: argparse.Namespace) -> int:
    from banjia.desk import policy as desk

    policy = desk.approve_hash(args.config, args.hash, by=args.by, reason=args.reason)
    if args.json:
        print(json.dumps({"approved": policy.hash, "by": args.by, "reason": args.reason}, ensure_ascii=False))
    else:
        print(Text(f"已批准 {policy.hash}", f"approved {policy.hash}").say(args.lang))
    return 0


def _close(args: argparse.Namespace) -> int:
    from banjia.desk.closure import close_abroad

    closed = close_abroad(args.config, by=args.by, reason=args.reason)
    if args.json:
        found = {"closed": list(closed.routes), "by": closed.closure.by, "reason": closed.closure.reason}
        print(json.dumps({**found, "stood": closed.stood}, ensure_ascii=False))
        return 0
    names = ", ".join(closed.routes) or "-"
    if closed.stood:
        text = Text(
            f"境外路线早已由 {closed.closure.by} 关闭：{names}", f"closed already by {closed.closure.by}: {names}"
        )
    else:
        text = Text(
            f"已关闭境外路线：{names}；运行中的网关一秒内生效。"
            "撤回：banjia policy reopen --abroad --by 姓名 --reason 理由",
            f"closed: {names}; gateways that run take it over within a second. "
            "Take it back with: banjia policy reopen --abroad --by WHO --reason TEXT",
        )
    print(text.say(args.lang))
    return 0


def _reopen(args: argparse.Namespace) -> int:
    from banjia.desk.closure import reopen_abroad

    found = reopen_abroad(args.config, by=args.by, reason=args.reason)
    waiting = found.waiting.hash if found is not None and found.waiting is not None else None
    if args.json:
        print(json.dumps({"waiting": waiting, "by": args.by, "reason": args.reason}, ensure_ascii=False))
        return 0
    if waiting is None:
        text = Text("已撤回关闭；没有需要批准的放开", "taken back; nothing opens that waits for approval")
    else:
        text = Text(
            f"已撤回关闭；放开等待批准：banjia policy approve {waiting} --by 姓名 --reason 理由",
            f"taken back; to let it open: banjia policy approve {waiting} --by WHO --reason TEXT",
        )
    print(text.say(args.lang))
    return 0


def _said(word: str) -> str:
    if not 0 < len(word.strip()) <= 512:
        raise argparse.ArgumentTypeError("1-512")
    return word.strip()


def _day(word: str) -> date:
    try:
        return date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError("YYYY-MM-DD") from None
