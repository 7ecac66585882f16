"""The command line: parse, call desk, print."""

from __future__ import annotations

import codecs
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from banjia.cli.verbs import VERBS, Verb
from banjia.text import Lang, Text, locale_lang

if TYPE_CHECKING:
    from banjia.errors import BanjiaError

TITLE = Text("banjia 搬家：把应用的 AI 调用搬到允许去的地方。", "banjia 搬家: move your AI calls to where they may be.")
MORE = Text(
    "每个命令都接受 --json 和 --lang zh|en；按日期判断的命令接受 --on DATE。",
    "Every verb takes --json and --lang zh|en; where a day matters, --on DATE.",
)
FAULT = Text(
    "程序自身的错误：{what}；请报告，设 BANJIA_TRACE=1 可看细节",
    "a fault of the program itself: {what}; please report it, BANJIA_TRACE=1 shows the detail",
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb. Exit codes: 0 done, 1 error, 2 usage, 3 open facts, 4 prohibited, 5 action needed."""
    _speak_any_language()
    words = list(sys.argv[1:] if argv is None else argv)
    lang = _lang(words)
    if words and words[0] in {"-h", "--help", "help"}:
        print(overview(lang))
        return 0
    if words and words[0] == "--version":
        from banjia import __version__

        print(f"banjia {__version__}")
        return 0
    name = words[0] if words and not words[0].startswith("-") else "status"
    verb = next((v for v in VERBS if v.name == name), Verb("status", Text("", "")) if name == "status" else None)
    if verb is None:
        return _unknown(name, lang)
    return _run(verb, words[1:] if words and words[0] == name else words, lang)


def overview(lang: Lang) -> str:
    """What `banjia --help` prints: the four first verbs, then the expert ones."""
    lines = [TITLE.say(lang), ""]
    for expert in (False, True):
        if expert:
            lines += ["", Text("进阶：", "expert:").say(lang)]
        lines += [f"  {v.name:<9}{v.help.say(lang)}" for v in VERBS if v.expert is expert]
    return "\n".join([*lines, "", MORE.say(lang)])


def _run(verb: Verb, words: list[str], lang: Lang) -> int:
    from banjia.errors import BanjiaError

    module = importlib.import_module(verb.module)
    from banjia.cli.parser import parser_for

    parser = parser_for(lang)(prog=f"banjia {verb.name}".removesuffix(" status"), description=verb.help.say(lang))
    parser.add_argument("--lang", choices=("zh", "en"), default=lang, help=Text("语言", "language").say(lang))
    module.arguments(parser, lang)
    args = parser.parse_args(words)
    try:
        code: int = module.run(args)
    except BanjiaError as error:
        print(f"banjia: {error.say(args.lang)}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:
        return 1
    except KeyboardInterrupt:
        print(Text("已中断", "interrupted").say(args.lang), file=sys.stderr)
        return 1
    except OSError as error:  # a disk, a file or an address, never the program
        print(f"banjia: {_outside(error).say(args.lang)}", file=sys.stderr)
        return 1
    except Exception as error:
        if os.environ.get("BANJIA_TRACE"):
            raise
        print(f"banjia: {FAULT.format(what=f'{type(error).__name__}: {error}').say(args.lang)}", file=sys.stderr)
        return 1
    return code


def _outside(error: OSError) -> BanjiaError:
    from banjia.errors import BanjiaError, cause

    return BanjiaError(
        Text("系统不允许", "the system does not allow this"),
        where=str(error.filename or ""),
        found=cause(error),
        remedy=Text("检查路径、权限和磁盘空间", "check the path, its rights and the free space"),
    )


def _speak_any_language() -> None:
    """LANG=C knows no Chinese, and JSON is UTF-8 whatever the locale; another locale's gaps are escaped."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            plain = codecs.lookup(stream.encoding).name in {"ascii", "utf-8"}
            stream.reconfigure(encoding="utf-8" if plain else None, errors="backslashreplace")


def _unknown(name: str, lang: Lang) -> int:
    import difflib

    near = difflib.get_close_matches(name, [v.name for v in VERBS], n=1)
    hint = Text(f"；是不是 {near[0]}？", f"; did you mean {near[0]}?").say(lang) if near else ""
    print(Text(f"banjia: 没有命令 {name}{hint}", f"banjia: no verb {name}{hint}").say(lang), file=sys.stderr)
    print(overview(lang), file=sys.stderr)
    return 2


def _lang(words: Sequence[str]) -> Lang:
    for i, word in enumerate(words):
        value = (
            word.partition("=")[2]
            if word.startswith("--lang=")
            else (words[i + 1] if word == "--lang" and i + 1 < len(words) else "")
        )
        if value in {"zh", "en"}:
            return "zh" if value == "zh" else "en"
    return locale_lang()
