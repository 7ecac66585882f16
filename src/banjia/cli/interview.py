"""The interview on the terminal: ask, take, show how the verdict narrows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from banjia.text import Lang, Text, same

if TYPE_CHECKING:
    from banjia.desk.assess import Answers, Request


ORIGINS = {
    "declared": Text("声明", "declared"),
    "scanned": Text("扫描", "scanned"),
    "filled": Text("目录", "catalogue"),
    "measured": Text("实测", "measured"),
    "advised": Text("建议", "advised"),
    "implied": Text("推出", "implied"),
}


def interview(request: Request, *, out: Path | None, lang: Lang) -> Answers:
    """Ask until nothing is open, or until the person stops; the answers are kept either way."""
    from banjia.assess.words import WHO, headline
    from banjia.desk.interview import DEFAULT_OUT, Interview, hint
    from banjia.errors import BanjiaError
    from banjia.facts.value import say as say_value
    from banjia.facts.value import show

    def say(text: Text) -> None:
        print(text.say(lang), file=sys.stderr)

    talk = Interview(request, out or DEFAULT_OUT)
    answers = talk.answers()
    for id_, value, origin in talk.known(answers):
        shown, origin_kind = say_value(show(value)), ORIGINS.get(origin.kind, same(origin.kind))
        say(
            Text(
                f"已知 {id_} = {shown.zh}（{origin_kind.zh} {origin.source}）",
                f"known {id_} = {shown.en} ({origin_kind.en} {origin.source})",
            )
        )
    say(Text("回车表示不知道，h 看说明，q 结束", "Enter: don't know; h: what it means; q: stop"))
    while True:
        for answer in answers.assessments[:3]:
            say(headline(answer))
        found = talk.next(answers)
        if found is None:
            break
        missing, fact = found
        who = WHO.get(missing.who, Text(missing.who, missing.who))
        say(Text(f"\n{missing.question.zh}（{who.zh}）", f"\n{missing.question.en} ({who.en})"))
        say(Text("  ", "  ") + hint(fact))
        try:
            words = _said()
        except EOFError:
            break
        if words.lower() == "q":
            break
        if words.lower() in {"h", "help"}:
            say(fact.meaning)
            continue
        try:
            talk.take(fact, words)
        except BanjiaError as error:
            say(error.problem + Text("；请答：", "; please answer: ") + hint(fact))
            continue
        answers = talk.answers()
    say(Text(f"答案已写入 {talk.out}", f"answers are in {talk.out}"))
    return answers


def _said() -> str:
    """One answer; the mark goes where the questions go, so that a document on standard output stays one."""
    print("> ", end="", file=sys.stderr, flush=True)
    line = sys.stdin.readline()
    if not line:
        print(file=sys.stderr)
        raise EOFError
    return line.strip()
