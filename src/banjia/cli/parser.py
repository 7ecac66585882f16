"""Parser: argparse in the reader's language: usage, headings and its own errors."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

from banjia.text import Lang, Text

HEADINGS = {
    "positional arguments": Text("位置参数", "positional arguments"),
    "options": Text("选项", "options"),
}
HELP = Text("显示本帮助后退出", "show this help message and exit")
WANTED = re.compile(r"^argument (.+?): (.+)$")  # a type of ours says only what it wants
CHOICES = re.compile(r"choose from (.*)\)$")

# what argparse says, and how it is said in Chinese
SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^the following arguments are required: (.+)$", r"缺少参数：\1"),
        (r"^argument (.+?): invalid choice: (.+) \(choose from (.+)\)$", r"参数 \1：没有 \2 这个取值，可选：\3"),
        (r"^argument (.+?): invalid int value: (.+)$", r"参数 \1：\2 不是整数"),
        (r"^argument (.+?): invalid float value: (.+)$", r"参数 \1：\2 不是数"),
        (r"^argument (.+?): invalid fromisoformat value: (.+)$", r"参数 \1：\2 不是日期，应为 YYYY-MM-DD"),
        (r"^argument (.+?): invalid \S+ value: (.+)$", r"参数 \1：取值 \2 不对"),
        (r"^argument (.+?): expected one argument$", r"参数 \1：需要一个取值"),
        (r"^argument (.+?): expected at least one argument$", r"参数 \1：至少需要一个取值"),
        (r"^argument (.+?): expected at most one argument$", r"参数 \1：至多一个取值"),
        (r"^argument (.+?): expected (\d+) arguments?$", r"参数 \1：需要 \2 个取值"),
        (r"^argument (.+?): not allowed with argument (.+)$", r"参数 \1：不能与 \2 同时使用"),
        (r"^argument (.+?): ignored explicit argument (.+)$", r"参数 \1：不带取值，给出的 \2 无效"),
        (r"^one of the arguments (.+) is required$", r"以下参数须给出一个：\1"),
        (r"^unrecognized arguments: (.+)$", r"不认识的参数：\1"),
        (r"^ambiguous option: (.+) could match (.+)$", r"\1 有歧义，可能是：\2"),
        (r"^can't open '(.+)': (.+)$", r"打不开 \1：\2"),
        (r"^argument (.+?): (.+)$", r"参数 \1：应为 \2"),
    )
)


class Parser(argparse.ArgumentParser):
    """English as argparse has it, but that a date is called a date."""

    lang: Lang = "en"

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {Text('错误', 'error').say(self.lang)}: {said(message, self.lang)}\n")


class ChineseParser(Parser):
    lang: Lang = "zh"

    def __init__(self, **settings: Any) -> None:
        settings.setdefault("formatter_class", ChineseFormatter)
        super().__init__(**settings)
        for group in self._action_groups:
            if group.title in HEADINGS:
                group.title = HEADINGS[group.title].zh
        for action in self._actions:
            if action.dest == "help":
                action.help = HELP.zh


class ChineseFormatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


def parser_for(lang: Lang) -> type[Parser]:
    """Sub-parsers are of the same class."""
    return ChineseParser if lang == "zh" else Parser


def said(message: str, lang: Lang) -> str:
    """What argparse says, in a language."""
    if lang == "en":
        if not any(pattern.search(message) for pattern, _ in SAID[:-1]):
            return WANTED.sub(r"argument \1: expected \2", message)
        return message.replace("invalid fromisoformat value", "not a date (YYYY-MM-DD)")
    for pattern, words in SAID:
        if pattern.search(message):
            return pattern.sub(words, message)
    return message
