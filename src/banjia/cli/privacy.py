"""banjia privacy detect: find personal information in JSON Lines."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from banjia.errors import ConfigError
from banjia.text import Lang, Text


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="detect")
    detect = commands.add_parser(
        "detect",
        help=Text("找出每条记录中的个人信息", "find personal information in each record").say(lang),
        description=Text(
            '逐行读 {"id","text"}，逐行写 {"id","spans"}', 'reads lines {"id","text"}, writes lines {"id","spans"}'
        ).say(lang),
    )
    _common(detect, lang)


def run(args: argparse.Namespace) -> int:
    from banjia.desk import privacy as desk

    with ExitStack() as stack:
        source, name = _source(args.path, stack)
        _write(desk.detect(source, name, reading=args.reading, on=args.on))
    return 0


def _common(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument(
        "path", nargs="?", default="-", help=Text("文件；- 为标准输入", "a file, - for a pipe").say(lang)
    )
    parser.add_argument(
        "--reading",
        choices=("current", "strict"),
        default="current",
        help=Text(
            "敏感类别的口径：current 按 GB/T 45574-2025，strict 另按 GB/T 35273",
            "what is sensitive: current is GB/T 45574-2025, strict also GB/T 35273",
        ).say(lang),
    )
    parser.add_argument(
        "--on", type=_day, metavar="DATE", help=Text("判断年龄的日期", "the day for telling ages").say(lang)
    )
    parser.add_argument(
        "--json", action="store_true", help=Text("输出总是 JSON 行", "output is always JSON lines").say(lang)
    )


def _write(rows: Iterable[object]) -> None:
    import msgspec

    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    for row in rows:
        out.write(encode(row) + b"\n")
    out.flush()


def _source(path: str, stack: ExitStack) -> tuple[Iterable[bytes], str]:
    if path == "-":
        return sys.stdin.buffer, "stdin"
    try:
        return stack.enter_context(Path(path).open("rb")), path
    except OSError as error:
        raise ConfigError(
            Text("文件打不开", "the file cannot be opened"), where=path, found=error.strerror or str(error)
        ) from error


def _day(text: str) -> date:
    return date.fromisoformat(text)
