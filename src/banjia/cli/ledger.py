"""banjia ledger: verify it, tally persons, export, look up one person, report an incident."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from banjia.text import Lang, Text

if TYPE_CHECKING:
    from banjia.desk.ledger import Place


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, zh: str, en: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=Text(zh, en).say(lang), description=Text(zh, en).say(lang))
        _place(found, lang)
        return found

    verify = command(
        "verify", "重新计算整个台账，指出第一处改动", "recompute the whole ledger and name the first change"
    )
    verify.add_argument("--key", metavar="PUB", help=Text("公钥或其文件", "public key, or its file").say(lang))
    verify.add_argument(
        "--since",
        type=Path,
        metavar="CHECKPOINT",
        help=Text("另存的检查点文件", "a checkpoint kept elsewhere").say(lang),
    )
    command("checkpoint", "打印最新的签名检查点", "print the latest signed checkpoints")
    tally = command("tally", "一年中出境的人数", "persons exported in one year")
    tally.add_argument("--year", type=_year, required=True)
    usage = command("usage", "每个应用的调用、词元和费用", "calls, tokens and cost per application")
    _span(usage, lang, required=False)
    usage.add_argument(
        "--by",
        action="append",
        choices=("app", "route", "model", "asked", "provider", "day"),
        help=Text("按什么分组（可重复；默认 app）", "group by it; may be repeated (default: app)").say(lang),
    )
    export = command("export", "导出一段时间的条目", "export the entries of a span of days")
    _span(export, lang, required=True)
    export.add_argument("--format", choices=("jsonl", "csv", "parquet"), default="jsonl")
    export.add_argument("-o", "--output", type=Path, metavar="FILE", help=Text("输出文件", "output file").say(lang))
    subject = command("subject", "某个人的什么去了哪里", "what of one person went where")
    subject.add_argument("id", metavar="ID")
    subject.add_argument("--kind", help=Text("只按这一种标识查找", "look it up as this kind only").say(lang))
    act = subject.add_mutually_exclusive_group()
    act.add_argument("--export", action="store_true", help=Text("输出全部条目", "print every entry").say(lang))
    act.add_argument(
        "--erase", action="store_true", help=Text("删除；证明不受影响", "erase; the proof stays whole").say(lang)
    )
    incident = command("incident", "事件涉及谁，何时须向谁报告", "whom an incident concerns, and whom to tell by when")
    _span(incident, lang, required=True)
    incident.add_argument("--route", required=True)
    incident.add_argument(
        "--known",
        type=datetime.fromisoformat,
        metavar="TIME",
        help=Text(
            "何时得知（期限由此起算；默认现在）", "when it was noticed: deadlines run from then (default: now)"
        ).say(lang),
    )
    retain = command("retain", "删除已满留存期的内容", "drop what was kept long enough")
    retain.add_argument("--dry-run", action="store_true", help=Text("只说会删什么", "only say what would go").say(lang))
    hold = command("hold", "列出、设置或解除法律保全", "list, place or release legal holds")
    hold.add_argument("name", nargs="?")
    hold.add_argument("--by", default="")
    hold.add_argument("--reason", default="")
    hold.add_argument("--route", default="")
    hold.add_argument("--release", action="store_true", help=Text("解除", "release it").say(lang))
    _span(hold, lang, required=False)
    forget = command("forget-year", "销毁往年的主体密钥", "destroy the subject key of a past year")
    forget.add_argument("--year", type=_year, required=True)
    forget.add_argument("--by", required=True)
    forget.add_argument("--reason", required=True)
    rotate = command("rotate", "更换签名密钥或封存密钥", "change the signing key or the key of the vault")
    rotate.add_argument(
        "key",
        choices=("signing", "vault"),
        help=Text("signing 给检查点签名，vault 封存对照表", "signing signs checkpoints, vault seals maps").say(lang),
    )
    rotate.add_argument("--by", required=True)
    rotate.add_argument("--reason", required=True)
    rotate.add_argument(
        "--destroy",
        action="store_true",
        help=Text(
            "立即销毁旧密钥；封存的内容先换成新密钥",
            "destroy the old key now; what it sealed is sealed anew",
        ).say(lang),
    )


def run(args: argparse.Namespace) -> int:
    from banjia.desk.ledger import Place

    place = Place(args.config, args.store, args.keys, args.entity)
    _in_order(args)
    return _COMMANDS[args.command](args, place)


def _verify(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.ledger import check

    report = check(place, args.key, args.since, _progress(args.lang))
    _show(args, report.to_json(), report.say(args.lang))
    return 0 if report.ok else 1


def _checkpoint(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.ledger import checkpoints

    found = checkpoints(place)
    _show(
        args, [{"origin": origin, "note": note} for origin, note in found], "".join(note for _, note in found).rstrip()
    )
    return 0


def _tally(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.ledger import DETECTED, tally_document

    found = tally_document(place, args.year)
    lang: Lang = args.lang
    lines = [f"{found['entity']} {found['year']}"]
    for name, label in (("ordinary", Text("一般", "ordinary")), ("sensitive", Text("敏感", "sensitive"))):
        measured = _interval(found["measured"][name])
        total = _interval(found[name])
        lines.append(
            Text(
                f"  {label.zh}：{total} 人（其中{DETECTED.zh} {measured}）",
                f"  {label.en}: {total} persons ({DETECTED.en}: {measured})",
            ).say(lang)
        )
    if not found["elsewhere"]["declared"]:
        lines.append(
            Text(
                "  没有申报此网关之外的出境，上限不封顶（配置 elsewhere）",
                "  exports outside this gateway are not declared, so the upper end is open (config: elsewhere)",
            ).say(lang)
        )
    for country, count in found["destinations"].items():
        ordinary, sensitive = _interval(count["ordinary"]), _interval(count["sensitive"])
        lines.append(
            Text(
                f"  → {country or '?'}：一般 {ordinary}，敏感 {sensitive}",
                f"  → {country or '?'}: ordinary {ordinary}, sensitive {sensitive}",
            ).say(lang)
        )
    lines += [f"  ! {w['text'][lang]}" for w in found["warnings"]]
    _show(args, found, "\n".join(lines))
    return 0


def _usage(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.usage import usage

    found = usage(place, args.first, args.last, args.by or ["app"])
    _show(args, found.to_json(), found.say(args.lang))
    return 0


def _export(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.ledger import entries
    from banjia.errors import ConfigError
    from banjia.ledger.export import lines, parquet, table

    found = entries(place, args.first, args.last)
    if args.format == "parquet":
        if args.output is not None:
            parquet(found, args.output)
            return 0
        if sys.stdout.isatty():
            raise ConfigError(
                Text("parquet 不能写到终端", "parquet is not for a terminal"), where="--output", remedy="-o FILE"
            )
        with tempfile.TemporaryDirectory() as folder:
            whole = Path(folder) / "ledger.parquet"
            parquet(found, whole)
            with whole.open("rb") as file:
                shutil.copyfileobj(file, sys.stdout.buffer)
        sys.stdout.buffer.flush()
        return 0
    chunks = lines(found) if args.format == "jsonl" else table(found)
    if args.output is None:
        for chunk in chunks:
            sys.stdout.buffer.write(chunk)
        sys.stdout.buffer.flush()
        return 0
    partial = args.output.with_name(args.output.name + ".part")
    try:
        with partial.open("wb") as file:
            file.writelines(chunks)
        partial.replace(args.output)
    finally:
        partial.unlink(missing_ok=True)
    return 0


def _subject(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.ledger import erase_person, person
    from banjia.ledger.lookup import NOBODY, export_of

    if args.erase:
        years = erase_person(place, args.id, args.kind)
        said = Text(
            f"已删除（{years} 个年度）；人数和证明不变" if years else "没有找到此人",
            f"erased in {years} years; counts and proof stay" if years else "nobody found",
        )
        _show(args, {"id": args.id, "erased_years": years}, said.say(args.lang))
        return 0
    found = person(place, args.id, args.kind)
    said_lines = [export_of(year["year"], x, args.lang) for year in found["years"] for x in year["exports"]]
    count = len(found["entries"])
    some = Text(f"{count} 条记录", f"{count} entries")
    said_lines.append((some if said_lines or count else NOBODY).say(args.lang))
    if args.export:
        said_lines += [json.dumps(entry, ensure_ascii=False) for entry in found["entries"]]
    for year in found["unreadable_years"]:
        said_lines.append(Text(f"{year} 年的密钥已销毁", f"the key of {year} was destroyed").say(args.lang))
    _show(args, found, "\n".join(said_lines))
    return 0


def _incident(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.ledger import happened

    found, notices, known = happened(place, args.route, args.first, args.last, args.known)
    _show(args, found.to_json(notices, known), found.say(notices, known, args.lang))
    return 0


def _retain(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.keeping import plan_document, retain

    planned = retain(place, dry=args.dry_run)
    said = Text(
        f"{'将' if args.dry_run else '已'}删除 {planned.count} 条的内容；保全中 {planned.held} 条",
        f"{planned.count} bodies {'would go' if args.dry_run else 'dropped'}; {planned.held} are on hold",
    )
    _show(args, plan_document(planned), said.say(args.lang))
    return 0


def _hold(args: argparse.Namespace, place: Place) -> int:
    from dataclasses import asdict

    from banjia.desk import keeping
    from banjia.errors import ConfigError

    if args.name is None:
        found = keeping.holds(place)
        said = "\n".join(f"{h.name}  {h.by}  {h.reason}" for h in found)
        _show(args, [asdict(h) for h in found], said or Text("没有保全", "no holds").say(args.lang))
        return 0
    if not args.by or not (args.reason or args.release):
        raise ConfigError(
            Text("保全要写明是谁、为什么", "a hold names who and why"), where="hold", remedy="--by WHO --reason TEXT"
        )
    if args.release:
        keeping.release(place, args.name, args.by)
    else:
        keeping.hold(place, args.name, args.by, args.reason, (args.first, args.last), args.route)
    done = (
        Text(f"保全 {args.name} 已解除", f"hold {args.name} is released")
        if args.release
        else Text(f"保全 {args.name} 已设置：所涉条目不再到期删除", f"hold {args.name} stands: what it covers is kept")
    )
    _show(args, {"hold": args.name, "released": args.release}, done.say(args.lang))
    return 0


def _forget_year(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk.keeping import forget_year

    forget_year(place, args.year, args.by, args.reason)
    said = Text(
        f"{args.year} 年的主体密钥已销毁；请一并销毁其备份",
        f"the subject key of {args.year} is destroyed; destroy its backups too",
    )
    _show(args, {"year": args.year, "destroyed": True}, said.say(args.lang))
    return 0


def _rotate(args: argparse.Namespace, place: Place) -> int:
    from banjia.desk import keeping

    if args.key == "signing":
        found = keeping.rotate_signing(place, args.by, args.reason, destroy=args.destroy)
        said = Text(
            f"此后由 {found['new']} 签名；请另存新的 ledger.pub",
            f"{found['new']} signs from now on; keep a copy of the new ledger.pub",
        )
    else:
        found = keeping.rotate_vault(place, args.by, args.reason, destroy=args.destroy)
        said = Text(
            f"此后用 vault-{found['new']}.key 封存；在用的密钥：{', '.join(found['in_use'])}",
            f"vault-{found['new']}.key seals from now on; keys in use: {', '.join(found['in_use'])}",
        )
    _show(args, found, said.say(args.lang))
    return 0


_COMMANDS: dict[str, Callable[[argparse.Namespace, Place], int]] = {
    "verify": _verify,
    "checkpoint": _checkpoint,
    "tally": _tally,
    "usage": _usage,
    "export": _export,
    "subject": _subject,
    "incident": _incident,
    "retain": _retain,
    "hold": _hold,
    "forget-year": _forget_year,
    "rotate": _rotate,
}


def _place(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help=Text("配置（默认 banjia.yaml）", "config").say(lang)
    )
    parser.add_argument("--store", metavar="URL", help="sqlite:///banjia.db | postgresql://...")
    parser.add_argument("--keys", type=Path, metavar="DIR", help=Text("密钥目录", "keys directory").say(lang))
    parser.add_argument("--entity", metavar="ID", help=Text("法律实体", "legal entity").say(lang))
    parser.add_argument("--json", action="store_true", help=Text("输出 JSON", "print JSON").say(lang))
    parser.add_argument("--lang", choices=("zh", "en"), default=lang, help=argparse.SUPPRESS)


def _span(parser: argparse.ArgumentParser, lang: Lang, *, required: bool) -> None:
    first, last = Text("第一天", "first day"), Text("最后一天（含）", "last day, included")
    for name, dest, words in (("--from", "first", first), ("--to", "last", last)):
        parser.add_argument(
            name, dest=dest, type=date.fromisoformat, metavar="DATE", required=required, help=words.say(lang)
        )


def _in_order(args: argparse.Namespace) -> None:
    """Raises ConfigError for a span that ends before it begins."""
    from banjia.errors import ConfigError

    first, last = getattr(args, "first", None), getattr(args, "last", None)
    if first is not None and last is not None and last < first:
        raise ConfigError(
            Text("结束日早于开始日", "the span ends before it begins"),
            where="--to",
            expected=f">= {first}",
            found=str(last),
            remedy=Text(f"对调两个日期：--from {last} --to {first}", f"swap the days: --from {last} --to {first}"),
        )


def _year(word: str) -> int:
    if not (word.isascii() and word.isdigit() and len(word) == 4 and word >= "1970"):
        raise argparse.ArgumentTypeError("1970-9999")
    return int(word)


def _show(args: argparse.Namespace, document: Any, words: str) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2) if args.json else words)


def _interval(bounds: list[int | None]) -> str:
    low, high = bounds
    if high is None:
        return f"≥ {low}"
    return str(low) if low == high else f"{low}-{high}"


def _progress(lang: Lang) -> Callable[[int], None] | None:
    if not sys.stderr.isatty():
        return None
    done = 0

    def say(count: int) -> None:
        nonlocal done
        done += count
        if done // 100_000 != (done - count) // 100_000:
            print(Text(f"已核验 {done} 条", f"{done} entries verified").say(lang), file=sys.stderr)

    return say
