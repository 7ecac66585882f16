"""`banjia scan PATH`: every use of an AI service in code and configuration."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from banjia.text import Text

if TYPE_CHECKING:
    from banjia.scan.finding import Inventory
    from banjia.text import Lang


NOTED = 20  # where more is for information only, half as many lines are shown
HEAD = Text("使用：{uses} 处 · 文件：{files} 个", "uses: {uses} · files: {files}")
KNOWN = Text(" · 另已知：{count} 处", " · known besides: {count}")
MORE = Text("  … 另有 {count} 处，见 --json 或 --html", "  … {count} more in --json or --html")


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    zh = lang == "zh"
    parser.add_argument("path", nargs="?", default=".", help="目录或文件" if zh else "a folder or a file")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="JSON")
    form.add_argument("--sarif", action="store_true", help="SARIF 2.1.0")
    form.add_argument("--cyclonedx", action="store_true", help="CycloneDX 1.7")
    parser.add_argument("--html", metavar="FILE", help="另写一个网页" if zh else "write one HTML page as well")
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="不报告此文件中已有的" if zh else "do not report what this file has",
    )
    parser.add_argument(
        "--write-baseline",
        metavar="FILE",
        help="把现有的全部记入此文件" if zh else "write all that is found to this file",
    )
    parser.add_argument(
        "--since",
        metavar="REV",
        help="只看此版本以来改动的文件" if zh else "only files changed since this git revision",
    )
    parser.add_argument(
        "--jobs",
        type=_count,
        default=None,
        metavar="N",
        help="并行进程数（默认每个处理器一个，至多四个）"
        if zh
        else "processes (default: one a processor, at most four)",
    )
    parser.add_argument("--no-cache", action="store_true", help="不用缓存" if zh else "neither use nor write the cache")


def run(args: argparse.Namespace) -> int:
    from banjia.desk.scan import cyclonedx, page, sarif, scan, write, write_baseline

    inventory = scan(
        args.path,
        since=args.since,
        jobs=args.jobs or _processors(),
        remember=not args.no_cache,
        baseline=args.baseline,
        progress=_progress if sys.stderr.isatty() else None,
    )
    if args.html:
        write(args.html, page(inventory, args.path, args.lang))
    if args.write_baseline:
        write_baseline(inventory, args.write_baseline)
    if args.json:
        import json

        print(json.dumps(inventory.to_json(), ensure_ascii=False))
    elif args.sarif:
        print(sarif(inventory))
    elif args.cyclonedx:
        print(cyclonedx(inventory, args.path))
    else:
        print(_text(inventory, args.lang))
    return 0


def _count(raw: str) -> int:
    number = int(raw)
    if number < 1:
        raise ValueError(raw)
    return number


def _processors() -> int:
    import os

    able = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(4, able)


def _progress(done: int, total: int) -> None:
    print(f"\r{done}/{total}", end="" if done < total else "\n", file=sys.stderr, flush=True)


def _text(inventory: Inventory, lang: Lang) -> str:
    from banjia.scan.finding import NO_REASON
    from banjia.scan.words import STEPS

    rows: list[str] = [_head(inventory, lang), ""] if inventory.findings else [_nothing(inventory.suppressed, lang)]
    left = list(inventory.findings)
    for name, title in STEPS:
        group = [finding for finding in left if name in (finding.kind, finding.fix)]
        left = [finding for finding in left if name not in (finding.kind, finding.fix)]
        if group:
            shown = group if name != "none" or len(group) <= NOTED else group[: NOTED // 2]
            rows.append(f"{title.say(lang)} ({len(group)})")
            rows.extend(
                f"  {_plain(finding.path)}:{finding.line}  {finding.text.say(lang)}  [{finding.provider}"
                f"{', ' + _plain(named) if (named := finding.model or finding.env or finding.url) else ''}]"
                for finding in shown
            )
            if more := len(group) - len(shown):
                rows.append(MORE.format(count=more).say(lang))
            rows.append("")
    rows.extend(f"? {url.question.say(lang)} ({_plain(url.path)}:{url.line})" for url in inventory.open_urls)
    rows.extend(f"! {NO_REASON.say(lang)} ({_plain(remark.path)}:{remark.line})" for remark in inventory.remarks)
    rows.extend(
        f"- {_plain(skipped.path)}: {skipped.text.say(lang)}"
        for skipped in inventory.skipped
        if skipped.reason not in ("lock", "apart")
    )
    return "\n".join(rows).rstrip()


def _head(inventory: Inventory, lang: Lang) -> str:
    files = len({finding.path for finding in inventory.findings})
    providers = sorted({finding.provider for finding in inventory.findings} - {"any"})
    head = HEAD.format(uses=len(inventory.findings), files=files).say(lang)
    if inventory.suppressed:
        head += KNOWN.format(count=inventory.suppressed).say(lang)
    return f"{head} · {', '.join(providers)}" if providers else head


def _plain(path: str) -> str:
    """A path on one line that a terminal only shows."""
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in path)


def _nothing(suppressed: int, lang: Lang) -> str:
    if suppressed:
        return (
            f"没有新的使用；{suppressed} 处已在基线中或已注明理由。"
            if lang == "zh"
            else f"nothing new; {suppressed} known from the baseline or accepted with a reason"
        )
    return "没有发现 AI 服务的使用。" if lang == "zh" else "no use of an AI service was found"
