"""banjia law: the rules as of a day, their timeline and changes; checks of packs; the filing registers."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from banjia.text import Lang, Text, same

if TYPE_CHECKING:
    from banjia.desk.assess import Request


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    from banjia.cli import filings as register
    from banjia.cli.assess import day, question

    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    verbs = parser.add_subparsers(dest="verb", required=True, metavar="show|cite|timeline|diff|check|filings|sweep")

    def verb(name: str, zh: str, en: str) -> argparse.ArgumentParser:
        return verbs.add_parser(name, help=say(zh, en), description=say(zh, en))

    show = verb("show", "列出法规，或显示一部法规、一个条文", "list statutes, or show one statute or provision")
    show.add_argument(
        "name", nargs="*", help=say("规则包、法规或条文，如 cbdf art. 8", "pack, statute or place: cbdf art. 8")
    )
    show.add_argument("--confidence", choices=("text", "secondary", "memory"), help=say("只看这种把握", "only these"))
    cite = verb("cite", "解析引用", "what a citation stands for")
    cite.add_argument("name", nargs="+", help=say("引用，如 pipl arts. 36, 37", "a citation: pipl arts. 36, 37"))
    timeline = verb("timeline", "2021 年以来各时段的结论", "the verdict by band of days since 2021")
    question(timeline, say)
    diff = verb("diff", "两个日期之间法律的变化", "what changed in the law between two days")
    diff.add_argument("first", type=day, metavar="DATE")
    diff.add_argument("second", type=day, metavar="DATE")
    question(diff, say)
    verb("check", "检查规则包", "check packs")
    filings = verb("filings", "检索备案与登记信息", "search the filing registers")
    register.arguments(filings, say, day)
    sweep = verb("sweep", "对一张表的每一行作评估", "answer every row of a table")
    sweep.add_argument("table", type=Path, help=say("CSV：id、on 和事实的列", "CSV: id, on and columns of facts"))
    sweep.add_argument("-o", "--out", type=Path, required=True, help=say("结果写到哪里", "where the verdicts go"))
    for each in verbs.choices.values():
        each.add_argument("--json", action="store_true", help=say("输出一个 JSON 文档", "one JSON document"))
        if not any("--on" in action.option_strings for action in each._actions):  # noqa: SLF001
            each.add_argument("--on", type=day, metavar="DATE", help=say("哪天的法律", "the law of that day"))
        if not any("--pack" in action.option_strings for action in each._actions):  # noqa: SLF001
            each.add_argument("--pack", action="append", default=[], metavar="DIR", help=say("另外的规则包", "a pack"))
        each.add_argument("--lang", choices=("zh", "en"), default=lang, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    verbs: dict[str, Callable[[argparse.Namespace], int]] = {
        "show": _show,
        "cite": _cite,
        "timeline": _timeline,
        "diff": _diff,
        "check": _check,
        "filings": _filings,
        "sweep": _sweep,
    }
    return verbs[args.verb](args)


def _show(args: argparse.Namespace) -> int:
    from banjia.desk import law

    found = law.show(" ".join(args.name) or None, on=_day(args), packs=args.pack, confidence=args.confidence)
    if args.json:
        return _print({"statutes": [each.to_json() for each in found]})
    for each in found:
        statute = each.statute
        alive = Text("有效", "in force") if each.in_force else Text("当日无效", "not in force that day")
        span = f"{statute.since or ''} – {statute.until or ''}"
        _say(
            args,
            same(f"{statute.id}  ") + statute.title + same(f"  [{each.pack}] {span}  {statute.confidence}  ") + alive,
        )
        for provision in each.provisions:
            _say(args, same(f"  {provision.ref}  ") + provision.title + same(f"  ({provision.confidence})"))
            _say(args, same("    ") + provision.text)
    return 0


def _cite(args: argparse.Namespace) -> int:
    from banjia.desk import law

    found = law.cite([" ".join(args.name)], on=_day(args), packs=args.pack)
    if args.json:
        return _print({"cites": [{**cite.to_json(), "text": cite.text.as_dict()} for cite in found]})
    for cite in found:
        _say(args, same(f"{cite.id}  ") + cite.title + same(f"  {cite.in_force[0] or ''} – {cite.in_force[1] or ''}"))
        absent = Text("没有载入这一处的摘要，见来源", "no summary of this place is loaded; see the source")
        _say(args, same("  ") + (cite.text if cite.text.en else absent))
        _say(args, same(f"  {cite.confidence}  {cite.source}"))
    return 0


def _timeline(args: argparse.Namespace) -> int:
    from banjia.assess.words import verdict
    from banjia.desk import law

    found = law.history(_request(args))
    if args.json:
        routes = [{"route": s.id, "model": s.model, "bands": [b.to_json() for b in bands]} for s, bands in found]
        return _print({"routes": routes})
    for scope, bands in found:
        _say(args, same("/".join(part for part in (scope.id, scope.model) if part)))
        before: dict[str, tuple[str, ...]] = {}
        for band in bands:
            now = dict(band.outcomes)
            changed = "; ".join(f"{axis} {'|'.join(new)}" for axis, new in now.items() if before.get(axis) != new)
            _say(args, same(f"  {band.first} – {band.last or ''}  ") + verdict(band.verdict) + same(f"  {changed}"))
            before = now
    return 0


def _diff(args: argparse.Namespace) -> int:
    from banjia.assess.words import verdict
    from banjia.desk import law
    from banjia.facts.value import say, show

    changed, moved = law.difference(args.first, args.second, _request(args))
    if args.json:
        return _print({"changes": [c.to_json() for c in changed], "moved": [m.to_json() for m in moved]})
    for change in changed:
        _say(args, same(change.pack))
        for id_, title, kind in change.statutes:
            word = Text("开始生效：", "begun: ") if kind == "begun" else Text("失效：", "ended: ")
            _say(args, same("  ") + word + same(f"{id_}  ") + title)
        for name, rules in (("+", change.begun), ("-", change.ended)):
            if rules:
                _say(args, same(f"  {name} {', '.join(rules)}"))
        for move in change.moves:
            facts = {fact: say(show(value)).say(args.lang) for fact, value in move.witness.items()}
            witness = ", ".join(f"{fact}={said}" for fact, said in facts.items())
            _say(args, same(f"  {move.axis}: {move.old} → {move.new}  ({witness})"))
    for each in moved:
        arrow = verdict(each.before.verdict) + same(" → ") + verdict(each.after.verdict)
        _say(args, same(f"{each.app}/{each.route}: ") + arrow)
    if not changed and not moved:
        _say(args, Text("没有变化", "nothing changed"))
    return 0


def _check(args: argparse.Namespace) -> int:
    from banjia.desk import law

    faults = law.read_faults(args.pack)
    if faults:
        if args.json:
            _print({"errors": [fault.as_dict() for fault in faults], "findings": []})
        for fault in faults if not args.json else ():
            _say(args, Text(fault.say("zh"), fault.say("en")))
        return 1
    found = law.check(args.pack)
    open_ones = [flaw for flaw in found if not flaw.reason]
    if args.json:
        _print({"errors": [], "findings": [flaw.to_json() for flaw in found]})
        return 1 if open_ones else 0
    for flaw in found:
        tail = Text(f"  理由：{flaw.reason}", f"  reason: {flaw.reason}") if flaw.reason else same("")
        _say(args, same(f"{flaw.where}: {flaw.id}: ") + flaw.text + tail)
    _say(args, Text(f"{len(open_ones)} 个问题待处理", f"{len(open_ones)} findings without a reason"))
    return 1 if open_ones else 0


def _filings(args: argparse.Namespace) -> int:
    from banjia.cli import filings

    return filings.run(args)


def _sweep(args: argparse.Namespace) -> int:
    import sys

    from banjia.desk.assess import Request
    from banjia.desk.sweep import sweep

    def progress(count: int) -> None:
        print(f"\r{count}", end="", file=sys.stderr)

    answered, failed = sweep(args.table, args.out, Request(packs=tuple(args.pack)), progress=progress)
    if args.json:
        _print({"answered": answered, "failed": failed, "out": str(args.out)})
    else:
        _say(args, Text(f"{answered} 行已评估，{failed} 行有误", f"{answered} rows answered, {failed} failed"))
    return 1 if failed else 0


def _request(args: argparse.Namespace) -> Request:
    from banjia.cli.assess import request

    return request(args)


def _day(args: argparse.Namespace) -> date:
    from banjia.desk import clock

    found: date = args.on or clock.today()
    return found


def _print(document: dict[str, Any]) -> int:
    print(json.dumps(document, ensure_ascii=False, indent=1))
    return 0


def _say(args: argparse.Namespace, text: Text) -> None:
    print(text.say(args.lang).rstrip())
