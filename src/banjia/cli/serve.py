"""banjia serve: run the gateway."""

from __future__ import annotations

import argparse
from pathlib import Path

from banjia.text import Lang, Text


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    parser.add_argument("--config", type=Path, default=Path("banjia.yaml"), help=say("配置文件", "config file"))
    parser.add_argument(
        "--policy", type=Path, help=say("已编译的策略；不加载法律", "a compiled policy; the law is not loaded")
    )
    parser.add_argument("--host", default="127.0.0.1", help=say("监听地址", "address to listen on"))
    parser.add_argument("--port", type=_port, default=8420, help=say("监听端口", "port to listen on"))
    parser.add_argument("--workers", type=_workers, default=1, help=say("进程数", "processes"))


def run(args: argparse.Namespace) -> int:
    from banjia.desk.serve import serve
    from banjia.desk.supply import Request

    return serve(
        Request(
            config=args.config,
            policy=args.policy,
            host=args.host,
            port=args.port,
            workers=args.workers,
            lang=args.lang,
        )
    )


def _port(word: str) -> int:
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 6 else -1
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError("0-65535")
    return number


def _workers(word: str) -> int:
    count = int(word) if word.isdigit() else 0
    if not 1 <= count <= 64:
        raise argparse.ArgumentTypeError("1-64")
    return count
