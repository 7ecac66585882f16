"""banjia assess: which routes are open on a day, and why."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from banjia.text import Lang, Text

if TYPE_CHECKING:
    from banjia.assess.assessment import Assessment
    from banjia.desk.assess import Request
    from banjia.errors import BanjiaError


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    question(parser, say)
    parser.add_argument(
        "--cases", type=Path, metavar="FILE", help=say("案例文件（JSONL 或 YAML）", "cases (JSONL or YAML)")
    )
    parser.add_argument("--html", type=Path, metavar="FILE", help=say("写成一个 HTML 文件", "write one HTML file"))
    parser.add_argument("--plan", action="store_true", help=say("列出步骤和期限", "dated steps"))
    parser.add_argument("--exposure", action="store_true", help=say("违规的后果", "what a breach may cost"))
    parser.add_argument("--why", action="store_true", help=say("逐条列出规则的真假", "every rule with its truth"))
    parser.add_argument("-i", "--interview", action="store_true", help=say("逐个提问", "ask the questions one by one"))
    parser.add_argument(
        "--scan", type=Path, metavar="PATH", help=say("先从代码中读出事实", "take facts from the code first")
    )
    parser.add_argument("--out", type=Path, help=say("访谈写入的事实文件", "file of facts the interview writes"))
    parser.add_argument("--json", action="store_true", help=say("输出一个 JSON 文档", "one JSON document"))


def question(parser: argparse.ArgumentParser, say: Callable[[str, str], str]) -> None:
    """What a question about routes is made of; shared with the law's timeline and diff."""
    parser.add_argument("--config", type=Path, help=say("banjia.yaml（默认当前目录）", "banjia.yaml (default: here)"))
    parser.add_argument("--app", help=say("应用的标识", "id of the application"))
    parser.add_argument("--purpose", default="", help=say("用途", "purpose"))
    parser.add_argument("--route", help=say("路线种类、路线标识或服务商", "route kind, id of a route, or provider"))
    parser.add_argument("--model", default="", help=say("模型", "model"))
    parser.add_argument("--facts", type=Path, help=say("事实文件（YAML 或 JSON）", "file of facts (YAML or JSON)"))
    parser.add_argument("--fact", action="append", default=[], metavar="ID=VALUE", help=say("一个事实", "one fact"))
    parser.add_argument("--on", type=day, metavar="DATE", help=say("哪天的法律", "the law of that day"))
    parser.add_argument(
        "--reading", action="append", default=[], metavar="ID=OPTION:REASON", help=say("选用的理解", "a reading")
    )
    parser.add_argument(
        "--pack", action="append", default=[], metavar="DIR", help=say("另外的规则包", "a further pack")
    )


def run(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from banjia.desk import assess as desk

    asked = replace(request(args), traced=args.why)
    if args.scan:
        from banjia.desk.interview import scanned

        asked = replace(asked, extra=scanned(args.scan))
    if args.cases:
        return _cases(args, desk.cases(args.cases, asked))
    if args.interview:
        from banjia.cli.interview import interview

        answers = interview(asked, out=args.out, lang=args.lang)
    else:
        answers = desk.assess(asked)
    if args.html:
        desk.write_page(answers, args.html, args.lang)
    if args.json:
        documents = desk.documents(answers, with_plan=args.plan, with_exposure=args.exposure)
        whole = documents[0] if args.route and len(documents) == 1 else {"routes": documents}
        print(json.dumps(whole, ensure_ascii=False, indent=1))
    elif args.interview:
        from banjia.assess.words import full

        print("\n".join(full(answer, args.lang) for answer in answers.assessments[:1]))
    else:
        print(desk.text(answers, args.lang, with_plan=args.plan, with_exposure=args.exposure))
    return answers.exit_code


def request(args: argparse.Namespace) -> Request:
    from banjia.desk.assess import Request

    return Request(
        config=args.config,
        app=args.app,
        purpose=args.purpose,
        route=args.route,
        model=args.model,
        facts_file=args.facts,
        facts=tuple(args.fact),
        on=args.on,
        readings=tuple(args.reading),
        packs=tuple(args.pack),
    )


def _cases(args: argparse.Namespace, results: Iterator[tuple[str, Assessment | BanjiaError]]) -> int:
    from banjia.assess.words import full
    from banjia.errors import BanjiaError

    failed = 0
    for id_, result in results:
        if isinstance(result, BanjiaError):
            failed += 1
            print(f"banjia: {result.say(args.lang)}", file=sys.stderr)
            if args.json:
                print(json.dumps({"id": id_, **result.as_dict()}, ensure_ascii=False))
        else:
            print(json.dumps(result.to_json(), ensure_ascii=False) if args.json else full(result, args.lang, why=False))
    return 1 if failed else 0


def day(word: str) -> object:
    from datetime import date

    try:
        return date.fromisoformat(word)
    except ValueError:
        raise argparse.ArgumentTypeError("YYYY-MM-DD") from None
