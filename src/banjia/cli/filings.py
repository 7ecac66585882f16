"""banjia law filings: search the registers, what may cover a model, and the confirmation of a number."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from banjia.text import Lang, Text, same

Say = Callable[[str, str], str]


def arguments(parser: argparse.ArgumentParser, say: Say, day: Callable[[str], object]) -> None:
    parser.add_argument(
        "action", choices=("search", "counts", "formats", "covers", "confirm"), help=say("动作", "action")
    )
    parser.add_argument(
        "words",
        nargs="*",
        help=say(
            "检索词；covers 为服务商与模型；confirm 为编号",
            "words; for covers: provider and model; for confirm: a number",
        ),
    )
    parser.add_argument("--place", default="", help=say("属地", "place"))
    parser.add_argument("--register", default="", choices=("filed", "registered", "algorithm", "on-device"))
    new = parser.add_argument_group(say("核实编号（confirm）", "a number confirmed (confirm)"))
    new.add_argument("--config", type=Path, default=Path("banjia.yaml"), help=say("配置文件", "the config"))
    new.add_argument("--route", action="append", default=[], metavar="ID", help=say("路线", "a route of the config"))
    new.add_argument(
        "--model", action="append", default=[], metavar="NAME", help=say("上游模型名", "upstream model name")
    )
    new.add_argument(
        "--from", dest="origin", choices=("official-attachment", "vendor"), help=say("核实依据", "confirmed from")
    )
    new.add_argument(
        "--evidence",
        type=Path,
        metavar="FILE",
        help=say("所存文件，只记录摘要", "the document kept; its digest is written"),
    )
    new.add_argument("--by", default="", metavar="WHO", help=say("核实人", "who confirms"))
    new.add_argument("--until", type=day, metavar="DATE", help=say("有效期至", "last day"))


def run(args: argparse.Namespace) -> int:
    actions = {"search": _search, "counts": _counts, "formats": _formats, "covers": _covers, "confirm": _confirm}
    return actions[args.action](args)


def _search(args: argparse.Namespace) -> int:
    from banjia.desk import filings

    rows = filings.search(" ".join(args.words), place=args.place, register=args.register)
    if args.json:
        return _print({"rows": [row.to_json() for row in rows]})
    for row in rows:
        print(f"{row.register} {row.seq}  {row.name}  {row.entity}  {row.number}  {row.filed_on or ''} {row.mark}")
    _say(
        args,
        Text(f"{len(rows)} 行；编号在核实之前只是建议", f"{len(rows)} rows; a number is a proposal until confirmed"),
    )
    return 0


def _counts(args: argparse.Namespace) -> int:
    from banjia.desk import filings

    months, about = filings.counts(), filings.about()
    if args.json:
        published = [{"as_of": c.as_of.isoformat(), "filed": c.filed, "registered": c.registered} for c in about.counts]
        return _print({"months": [{"month": m, "new": n, "total": t} for m, n, t in months], "published": published})
    for month, new, total in months:
        print(f"{month}  +{new}  {total}")
    _say(args, Text("公布的累计数（备案，登记）：", "published totals (filed, registered):"))
    for count in about.counts:
        print(f"{count.as_of}  {count.filed}  {'-' if count.registered is None else count.registered}")
    return 0


def _formats(args: argparse.Namespace) -> int:
    from banjia.desk import filings

    about = filings.about()
    if args.json:
        held = [{"register": f.register, "expression": f.expression, "example": f.example} for f in about.formats]
        return _print({"formats": held})
    for form in about.formats:
        print(f"{form.register:<11} {form.example}")
    _say(args, about.caution)
    return 0


def _covers(args: argparse.Namespace) -> int:
    from banjia.desk import filings

    if not args.words:
        return _usage(args, Text("covers 需要服务商与模型", "covers needs a provider and a model"))
    provider, _, model = " ".join(args.words).partition(" ")
    found = filings.covered(provider, model)
    if args.json:
        held = [{"seq": r.seq, "number": r.number, "entity": r.entity} for r in found.rows]
        return _print({"provider": found.provider, "model": found.model, "reading": found.reading, "rows": held})
    _say(args, found.say())
    return 0


def _confirm(args: argparse.Namespace) -> int:
    from banjia.desk import filings

    needs = {"NUMBER": args.words, "--route": args.route, "--model": args.model, "--from": args.origin,
             "--evidence": args.evidence, "--by": args.by}  # fmt: skip
    lacking = [name for name, value in needs.items() if not value]
    if lacking:
        names = ", ".join(lacking)
        return _usage(args, Text(f"confirm 还需要 {names}", f"confirm also needs {names}"))
    word = filings.Word(
        number=" ".join(args.words),
        models=tuple(args.model),
        routes=tuple(args.route),
        origin=args.origin,
        evidence=args.evidence,
        by=args.by,
        on=args.on,
        until=args.until,
    )
    done = filings.confirm(args.config, word)
    if args.json:
        return _print(
            {
                "number": done.filing.number,
                "evidence": done.filing.evidence,
                "on": done.filing.on.isoformat(),
                "row": done.row.to_json() if done.row else None,
                "doubts": [doubt.as_dict() for doubt in done.doubts],
            }
        )
    _say(args, done.filing.say())
    if done.row is not None:
        _say(args, Text(f"登记行：{done.row.name}，{done.row.entity}", f"its row: {done.row.name}, {done.row.entity}"))
    else:
        _say(args, Text("所带的登记表没有这个编号", "the register carried here has no such number"))
    for doubt in done.doubts:
        _say(args, Text("注意：", "note: ") + doubt)
    _say(args, same(f"{args.config.name}: {done.line}"))
    return 0


def _usage(args: argparse.Namespace, problem: Text) -> int:
    import sys

    print(problem.say(args.lang), file=sys.stderr)
    return 2


def _say(args: argparse.Namespace, text: Text) -> None:
    lang: Lang = args.lang
    print(text.say(lang))


def _print(document: object) -> int:
    print(json.dumps(document, ensure_ascii=False, indent=2))
    return 0
