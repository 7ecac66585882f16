"""`banjia check [PATH]`: scan and assess on one screen; the exit code gates a build."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from banjia.text import Lang, Text, same

if TYPE_CHECKING:
    from banjia.desk.check import Check, Use

PLACES = 3
NOTHING = Text("没有可走的路线；--why 说明缘由", "no route is open; --why says why")
UNSETTLED = Text("事实未齐，尚不能定；先回答下面的问题", "not settled while facts are open; answer the questions below")
BLANK = same("")


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument("path", nargs="?", type=Path, default=Path())
    parser.add_argument("--config", type=Path, help="banjia.yaml")
    parser.add_argument(
        "--on",
        type=date.fromisoformat,
        metavar="YYYY-MM-DD",
        help=Text("哪一天的法律", "the law of that day").say(lang),
    )
    parser.add_argument(
        "--why", action="store_true", help=Text("说明每条路线的理由", "give the reasons of every route").say(lang)
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON")
    form.add_argument("--sarif", action="store_true", help="SARIF 2.1.0")


def run(args: argparse.Namespace) -> int:
    from banjia.desk.check import check
    from banjia.desk.clock import today
    from banjia.desk.scan import scan

    inventory = scan(args.path)
    answer = check(args.path, inventory, config=args.config, on=args.on or today())
    if args.json:
        import json

        print(json.dumps(answer.to_json(), ensure_ascii=False))
    elif args.sarif:
        from banjia.desk.scan import sarif

        print(sarif(answer.inventory, closed={f.key for u in answer.stop for f in u.findings}))
    else:
        print(screen(answer, args.lang))
        if args.why:
            from banjia.assess.words import full

            kinds = {u.kind for u in answer.uses}
            shown = [a for a in answer.routes if a.route.split("/")[0] in kinds.union(answer.configured)]
            print("\n" + "\n\n".join(full(a, args.lang) for a in shown))
    return answer.exit_code


def screen(answer: Check, lang: Lang) -> str:
    """One screen: stop, other uses, use, first, ask, next."""
    from banjia.assess.words import verdict

    lines = [f"banjia check {answer.path}   {answer.on.isoformat()}", ""]
    for use in answer.stop:
        lines += _use(use, Text("停用", "stop"), lang)
    for use in answer.uses:
        if not use.is_closed:
            lines += _use(use, Text("在用", "used"), lang)
    for model in answer.models:
        lines.append(_row(Text("已停模型", "ended") if model.stops else Text("将停模型", "ending"), model.say(), lang))
    if answer.behind_gateway:
        lines.append(
            _row(
                Text("网关", "gateway"),
                Text("OpenAI 客户端已指向内部地址", "OpenAI clients already point at a private host"),
                lang,
            )
        )
    best = answer.use
    if best is None:
        lines.append(_row(Text("可用", "use"), NOTHING if _settled(answer) else UNSETTLED, lang))
    else:
        lines.append(
            _row(Text("可用", "use"), Text(f"{best.route}：", f"{best.route}: ") + verdict(best.verdict), lang)
        )
    for i, duty in enumerate(answer.first):
        lines.append(
            _row(
                Text("先做", "first") if i == 0 else BLANK,
                duty.text + Text(f"（{_cites(duty.cites)}）", f" ({_cites(duty.cites)})"),
                lang,
            )
        )
    for i, missing in enumerate(answer.ask):
        lines.append(
            _row(
                Text("要问", "ask") if i == 0 else BLANK,
                missing.question + same(f"  [{missing.fact}]"),
                lang,
            )
        )
    if answer.inventory.skipped:
        n = len(answer.inventory.skipped)
        lines.append(
            _row(
                Text("跳过", "skipped"),
                Text(f"{n} 个文件未读，--json 列出", f"{n} files were not read; --json lists them"),
                lang,
            )
        )
    lines += ["", _row(Text("下一步", "next"), answer.next, lang)]
    lines += ["", Text("这不是法律意见；由律师决定。", "This is not legal advice; counsel decides.").say(lang)]
    return "\n".join(lines)


def _use(use: Use, title: Text, lang: Lang) -> list[str]:
    from banjia.assess.words import headline

    cites = _cites(use.cites[:2])
    lines = [_row(title, headline(use.assessment) + same(f"   {cites}"), lang)]
    lines += [
        _row(BLANK, same(f"  {f.path}:{f.line}  ") + f.text + same(_host(f.url)), lang) for f in use.findings[:PLACES]
    ]
    more = len(use.findings) - PLACES
    if more > 0:
        lines.append(_row(BLANK, Text(f"  还有 {more} 处", f"  and {more} more"), lang))
    return lines


def _host(url: str | None) -> str:
    host = urlsplit(url).hostname if url else None
    return f"  {host}" if host else ""


def _settled(answer: Check) -> bool:
    return all(a.verdict == "prohibited" for a in answer.routes)


def _row(title: Text, words: Text, lang: Lang) -> str:
    head = title.say(lang)
    width = 10 - (len(head) if lang == "zh" else 0)  # a Chinese character is two columns wide
    return f"{head:<{width}}{words.say(lang)}".rstrip()


def _cites(cites: tuple[str, ...] | list[str]) -> str:
    return "; ".join(cites)
