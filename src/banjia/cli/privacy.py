"""banjia privacy detect|redact|restore|audit: personal information in files and pipes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from banjia.errors import ConfigError
from banjia.text import Lang, Text

RECORDS = Text('逐行读 {"id","text"}，顺序不变', 'reads lines {"id","text"} and keeps their order')
HELP = {
    "detect": Text("找出每条记录中的个人信息", "find personal information in each record"),
    "redact": Text("把个人信息换成标记；--map 保存还原用的对照表", "put marks in its place; --map keeps the way back"),
    "restore": Text("按对照表还原", "put the originals back by the map"),
    "audit": Text(
        "回看日志：多少人、哪一类、何时、去了哪里",
        "look back over logs: how many persons, of which class, when, where to",
    ),
}


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    commands = parser.add_subparsers(dest="command", required=True, metavar="detect|redact|restore|audit")
    made = {
        name: commands.add_parser(name, help=text.say(lang), description=text.say(lang)) for name, text in HELP.items()
    }
    for name in ("detect", "redact", "restore"):
        made[name].add_argument("path", nargs="?", default="-", help=RECORDS.say(lang))
        made[name].add_argument(
            "--plain",
            action="store_true",
            help=Text("输入是一整篇文字，不是 JSON Lines", "the input is one text, not JSON Lines").say(lang),
        )
    for name in ("detect", "redact", "audit"):
        _reading(made[name], lang)
    for name in ("detect", "redact"):
        made[name].add_argument(
            "--tagger",
            choices=("lac", "small"),
            default="lac",
            help=Text(
                "读中文的网络：lac 最准，small 更快更小",
                "the network that reads Chinese: lac is surest, small faster and leaner",
            ).say(lang),
        )
    made["detect"].add_argument(
        "--on",
        type=date.fromisoformat,
        metavar="DATE",
        help=Text("判断年龄的日期", "the day for telling ages").say(lang),
    )
    made["redact"].add_argument(
        "--mask", action="store_true", help=Text("只遮盖，不可还原", "mask for good, with no way back").say(lang)
    )
    made["redact"].add_argument(
        "--fake",
        action="store_true",
        help=Text(
            "换成同样形式、但不可能属于任何人的值", "put values of the same form in their place that nobody can have"
        ).say(lang),
    )
    for name in ("redact", "restore"):
        made[name].add_argument(
            "--map",
            type=Path,
            required=name == "restore",
            metavar="FILE",
            help=Text("加密的对照表", "the sealed map").say(lang),
        )
        made[name].add_argument(
            "--key",
            type=Path,
            metavar="FILE",
            help=Text("对照表的密钥，默认 MAP.key", "key of the map, MAP.key by default").say(lang),
        )
    _audit(made["audit"], lang)
    for one in made.values():
        one.add_argument("--json", action="store_true", help=Text("机器可读的输出", "output for machines").say(lang))
        one.add_argument("--lang", choices=("zh", "en"), default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    from banjia.desk import privacy as desk

    if args.command == "audit":
        return _show_audit(args)
    with ExitStack() as stack:
        source, name = _source(args.path, stack)
        if args.plain:
            source = _one_record(source, name)
        if args.command == "detect":
            rows = desk.detect(source, name, reading=args.reading, tagger=args.tagger, on=args.on)
        elif args.command == "redact":
            if args.mask and (args.fake or args.map):
                raise ConfigError(
                    Text("--mask 不可还原，不能同时用 --map 或 --fake", "--mask has no way back: no --map, no --fake"),
                    where="--mask",
                    remedy=Text("去掉其中之一", "leave one of them out"),
                )
            if not args.mask and args.map is None:
                raise ConfigError(
                    Text("要么给出 --map，要么用 --mask", "give --map, or --mask"),
                    where="--map",
                    remedy=Text("--map FILE 可还原；--mask 不可还原", "--map FILE can be restored, --mask cannot"),
                )
            rows = desk.redact(
                source,
                name,
                reading=args.reading,
                tagger=args.tagger,
                treatment="mask" if args.mask else "fake" if args.fake else "pseudonymise",
                map_path=None if args.mask else args.map,
                key_path=args.key,
            )
        else:
            rows = desk.restore(source, name, map_path=args.map, key_path=args.key)
        if args.plain and args.command != "detect":
            for row in rows:
                sys.stdout.buffer.write(row["text"].encode("utf-8", "surrogatepass"))
            sys.stdout.buffer.flush()
        else:
            _write(rows)
    return 0


def _reading(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument(
        "--reading",
        choices=("current", "strict"),
        default="current",
        help=Text(
            "敏感类别的口径：current 按 GB/T 45574-2025，strict 另按 GB/T 35273",
            "what is sensitive: current is GB/T 45574-2025, strict also GB/T 35273",
        ).say(lang),
    )


def _audit(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument(
        "paths",
        nargs="+",
        help=Text("日志文件或目录：jsonl、json、csv、parquet，可为 gz、zst", "log files or folders").say(lang),
    )
    parser.add_argument("--jobs", type=int, default=1, help=Text("进程数", "processes").say(lang))
    parser.add_argument(
        "--state", type=Path, metavar="FILE", help=Text("进度文件，可中断后继续", "progress, to go on later").say(lang)
    )
    parser.add_argument(
        "--no-names",
        dest="names",
        action="store_false",
        help=Text("只找编号类，更快", "numbers only, faster").say(lang),
    )


def _show_audit(args: argparse.Namespace) -> int:
    from banjia.desk import privacy as desk

    watched = sys.stderr.isatty()

    def progress(rows: int, path: str) -> None:
        print(f"\r\x1b[K{rows} {path}", end="", file=sys.stderr, flush=True)

    try:
        result = desk.audit(
            args.paths,
            reading=args.reading,
            names=args.names,
            jobs=args.jobs,
            state=args.state,
            progress=progress if watched else None,
        )
    finally:
        if watched:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
    if args.json:
        _write([result])
    else:
        print(_report(result, args.lang))
    return 1 if result["unread"] else 0


def _report(result: dict[str, Any], lang: Lang) -> str:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    lines = [
        say(f"读了 {result['files']} 个文件、{result['rows']} 行。", f"{result['files']} files, {result['rows']} rows.")
    ]
    if passed := result["passed_over"]:
        lines.append(
            say(f"  另有 {passed} 个文件不是日志，未读", f"  {passed} files are of no kind of log and were not read")
        )
    lines += [_gap(gap, lang) for gap in result["unread"]]
    for y in result["years"]:
        year = y["year"] or say("日期不明（不计入下面的 elsewhere）", "no day (not in elsewhere below)")
        lines.append(
            say(
                f"{year}：送出境内端点之外的人：敏感 {_range(y['sensitive'])}，其他 {_range(y['ordinary'])}",
                f"{year}: persons sent elsewhere than to endpoints on the mainland: "
                f"sensitive {_range(y['sensitive'])}, others {_range(y['ordinary'])}",
            )
        )
        lines += [_destination(place, count, y, lang) for place, count in y["destinations"].items()]
        lines += [_line_crossed(c, lang) for c in y["crossed"]]
    if result["types"]:
        lines.append(say("识别到的项目（示例已遮盖）：", "items found (examples masked):"))
    lines += [
        f"  {kind:<14}{count:>9}  {'  '.join(result['samples'].get(kind, ()))}"
        for kind, count in result["types"].items()
    ]
    if result["elsewhere"]:
        lines.append(say("可写进 banjia.yaml：", "for banjia.yaml:"))
        lines.append("elsewhere:")
        lines += [
            f"  {year}: {{ordinary: {e['ordinary']}, sensitive: {e['sensitive']}, by: {e['by']}, on: {e['on']}, "
            f'evidence: "{e["evidence"]}"}}'
            for year, e in result["elsewhere"].items()
        ]
    lines += [say(f"证据 {result['evidence']}", f"evidence {result['evidence']}"), str(result["note"][lang])]
    return "\n".join(lines)


def _destination(place: str, count: list[int], year: dict[str, Any], lang: Lang) -> str:
    grave = year["destinations_sensitive"].get(place)
    said = [Text(f"其中敏感 {_range(grave)}", f"{_range(grave)} of them sensitive").say(lang)] if grave else []
    said += [Text("境内", "on the mainland").say(lang)] if place in year["home"] else []
    return f"  {place:<40} {_range(count):>9}  {'; '.join(said)}".rstrip()


def _line_crossed(c: dict[str, Any], lang: Lang) -> str:
    kind = Text("敏感", "sensitive") if c["class"] == "sensitive" else Text("非敏感", "not sensitive")
    return Text(
        f"  {c['on']} 起达到 {c['line']} 人（{kind.zh}）：{c['means']['zh']}（{c['cites'][0]}）",
        f"  {c['on']}: {c['line']} reached ({kind.en}): {c['means']['en']} ({c['cites'][0]})",
    ).say(lang)


def _gap(gap: dict[str, Any], lang: Lang) -> str:
    if gap["broken"]:
        return Text(
            f"  没有读完，其后的不在计数内：{gap['path']}（{gap['broken']}）",
            f"  not read to its end, what follows is in no count: {gap['path']} ({gap['broken']})",
        ).say(lang)
    return Text(
        f"  {gap['lines']} 行不是 JSON，不在计数内：{gap['path']}:{gap['first']}",
        f"  lines that are no JSON and in no count: {gap['lines']}, the first {gap['path']}:{gap['first']}",
    ).say(lang)


def _range(pair: list[int]) -> str:
    return str(pair[0]) if pair[0] == pair[1] else f"{pair[0]}-{pair[1]}"


def _write(rows: Iterable[object]) -> None:
    import msgspec

    encode = msgspec.json.Encoder().encode
    out = sys.stdout.buffer
    for row in rows:
        try:
            line = encode(row)
        except UnicodeEncodeError:  # half of a surrogate pair came in, and goes out as it came
            line = json.dumps(row).encode()
        out.write(line + b"\n")
    out.flush()


def _one_record(source: Iterable[bytes], name: str) -> list[bytes]:
    """A whole text as the only record. Raises ConfigError for what is no UTF-8."""
    try:
        text = b"".join(source).decode("utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(
            Text("不是 UTF-8 文字", "this is no text in UTF-8"),
            where=name,
            found=str(error),
            remedy=Text(
                "先转换编码，如 iconv -f GB18030 -t UTF-8", "convert it first, as by iconv -f GB18030 -t UTF-8"
            ),
        ) from error
    return [json.dumps({"id": name, "text": text}).encode()]


def _source(path: str, stack: ExitStack) -> tuple[Iterable[bytes], str]:
    if path == "-":
        return sys.stdin.buffer, "stdin"
    try:
        return stack.enter_context(Path(path).open("rb")), path
    except OSError as error:
        raise ConfigError(
            Text("文件打不开", "the file cannot be opened"), where=path, found=error.strerror or str(error)
        ) from error
