"""`banjia init [PATH]`: scan, at most five questions, a commented banjia.yaml."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from banjia.text import Lang, Text


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument("path", nargs="?", type=Path, default=Path())
    parser.add_argument(
        "--fact",
        action="append",
        default=[],
        metavar="ID=VALUE",
        help=Text("预先回答一个问题", "answer a question beforehand").say(lang),
    )
    parser.add_argument("--json", action="store_true", help="JSON")


def run(args: argparse.Namespace) -> int:
    from banjia.desk import init
    from banjia.desk.clock import today
    from banjia.desk.scan import scan

    answers = init.answered(args.fact)
    inventory = scan(args.path)
    if sys.stdin.isatty() and not args.json:
        answers = _ask(answers, args.lang)
    target = init.write(args.path, inventory, answers, on=today(), lang=args.lang)
    if args.json:
        import json

        print(
            json.dumps(
                {"path": str(target), "findings": len(inventory.findings), "answers": answers}, ensure_ascii=False
            )
        )
    else:
        print(Text(f"写好 {target}；下一步 banjia check", f"wrote {target}; next: banjia check").say(args.lang))
    return 0


def _ask(answers: dict[str, str], lang: Lang) -> dict[str, str]:
    from banjia.desk import init
    from banjia.errors import FactError

    print(Text("最多五个问题；直接回车表示不知道。", "At most five questions; Enter means not known.").say(lang))
    for question in init.questions():
        while question.fact not in answers:
            said = input(f"  {question.text.say(lang)} ").strip()
            try:
                answers[question.fact] = init.read_answer(question.fact, said)
            except FactError as error:
                print(f"  {error.say(lang)}")
    return answers
