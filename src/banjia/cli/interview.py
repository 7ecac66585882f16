"""The interview on the terminal: ask, take, show how the verdict narrows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from banjia.text import Lang, Text

if TYPE_CHECKING:
    from banjia.desk.assess import Request


def interview(request: Request, *, out: Path | None, lang: Lang) -> int:
    """Ask until nothing is open, or until the person stops; the answers are kept either way."""
    from banjia.assess.words import WHO, full, headline
    from banjia.desk.interview import DEFAULT_OUT, Interview, hint
    from banjia.errors import BanjiaError
    from banjia.facts.value import say as say_value
    from banjia.facts.value import show

    def say(text: Text) -> None:
        print(text.say(lang), file=sys.stderr)

    talk = Interview(request, out or DEFAULT_OUT)
    answers = talk.answers()
    for id_, value, origin in talk.known(answers):
        say(
            Text(
                f"已知 {id_} = {say_value(show(value)).zh}（{origin.kind} {origin.source}）",
                f"known {id_} = {say_value(show(value)).en} ({origin.kind} {origin.source})",
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
            words = input("> ").strip()
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
            say(Text(error.say("zh"), error.say("en")))
            continue
        answers = talk.answers()
    for answer in answers.assessments[:1]:
        print(full(answer, lang))
    say(Text(f"答案已写入 {talk.out}", f"answers are in {talk.out}"))
    return answers.exit_code
