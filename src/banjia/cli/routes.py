"""banjia routes: list, show and compare providers and models; play one on loopback."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from banjia.text import Lang, Text

FEATURES = ("tools", "forced_tools", "images", "json_object", "json_schema", "streams", "several_answers")
ACTIONS = ("list", "show", "advise", "guide", "simulate", "probe")


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    parser.add_argument("action", nargs="?", choices=ACTIONS, default="list")
    parser.add_argument("name", nargs="?", default="", help=say("服务商（show、guide、simulate）", "provider"))
    parser.add_argument("--on", type=date.fromisoformat, metavar="DATE", help=say("哪一天", "as of that day"))
    parser.add_argument("--json", action="store_true", help=say("输出一个 JSON 文档", "one JSON document"))
    parser.add_argument("--csv", action="store_true", help=say("CSV（advise）", "CSV (advise)"))
    parser.add_argument(
        "--providers",
        type=Path,
        action="append",
        default=[],
        metavar="DIR",
        help=say("自己的服务商文件", "own provider files"),
    )
    parser.add_argument("--provider", default="", help=say("只看一个服务商", "one provider only"))
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        help=say("模型（可用通配符）；advise：现在用的模型", "model (a glob); advise: a model in use"),
    )
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--abroad", action="store_true", help=say("有境外端点的", "with endpoints abroad"))
    place.add_argument("--home", action="store_true", help=say("有境内端点或自有的", "with endpoints at home, or own"))
    parser.add_argument("--open-weights", action="store_true", help=say("开放权重", "open weights"))
    parser.add_argument(
        "--ending", action="store_true", help=say("已停用或 90 天内停用", "ended, or ending in 90 days")
    )
    advise = parser.add_argument_group("advise")
    advise.add_argument("--path", type=Path, help=say("从代码读出用法", "read the use off this code"))
    advise.add_argument(
        "--config",
        type=Path,
        help=say("也说明配置所用模型的寿命（list）", "list: also the life of the models that it names"),
    )
    advise.add_argument("--app")
    advise.add_argument("--fact", action="append", default=[], metavar="ID=VALUE")
    for feature in FEATURES:
        advise.add_argument(f"--{feature.replace('_', '-')}", action="store_true")
    advise.add_argument("--longest-input", type=int, default=0, metavar="TOKENS")
    advise.add_argument(
        "--width", action="append", default=[], metavar="MODEL=N", help=say("已存向量的宽度", "width of stored vectors")
    )
    advise.add_argument("--volume", type=Path, metavar="CSV", help="model,requests,input_tokens,output_tokens")
    advise.add_argument(
        "--ledger",
        type=int,
        nargs="?",
        const=30,
        default=0,
        metavar="DAYS",
        help=say("从台账最近 N 天读出用量（默认 30）", "volumes from the ledger's last days (default 30)"),
    )
    advise.add_argument("--requests", type=int, default=0)
    advise.add_argument("--input-tokens", type=int, default=0, help=say("每月", "a month"))
    advise.add_argument("--output-tokens", type=int, default=0, help=say("每月", "a month"))
    advise.add_argument("--currency", choices=("CNY", "USD"), default="CNY")
    advise.add_argument("--rate", type=float, metavar="USD_CNY", help=say("当日汇率", "the day's exchange rate"))
    probe = parser.add_argument_group("probe")
    probe.add_argument(
        "--base-url", default="", help=say("接口基址（默认取自文件）", "base URL (default: from the file)")
    )
    probe.add_argument("--key", default="", metavar="env:NAME", help=say("密钥的出处", "where the key is"))
    play = parser.add_argument_group("simulate")
    play.add_argument("--host", default="127.0.0.1")
    play.add_argument("--port", type=int, default=8430)


def run(args: argparse.Namespace) -> int:
    from banjia.desk import routes as desk

    if args.action == "list":
        return _list(args)
    if args.action == "advise":
        return _advise(args)
    if not args.name:
        return _missing(args)
    if args.action == "simulate":
        model = args.model[0] if args.model else ""
        return desk.simulate(
            args.name, host=args.host, port=args.port, model=model, lang=args.lang, folders=args.providers
        )
    if args.action == "probe":
        return _probe(args)
    if args.action == "show" and args.json:
        args.provider = args.name
        return _list(args)
    page = desk.show if args.action == "show" else desk.guide
    print(page(args.name, args.lang, on=args.on, folders=args.providers))
    return 0


def _list(args: argparse.Namespace) -> int:
    import json

    from banjia.desk import routes as desk
    from banjia.desk.clock import today
    from banjia.routes.listing import Filter

    wanted = Filter(
        provider=args.provider,
        model=args.model[0] if args.model else "",
        place="home" if args.home else "abroad" if args.abroad else "",
        open_weights=args.open_weights,
        ending=args.ending,
    )
    on = args.on or today()
    named = desk.named(args.config, on)
    found = desk.lines(wanted, on=on, folders=args.providers)
    if args.json:
        document: dict[str, object] = {"on": on.isoformat(), "providers": [line.to_json() for line in found]}
        if args.config is not None:
            document["config"] = [m.to_json() for m in named]
        print(json.dumps(document, ensure_ascii=False))
    else:
        print("\n".join(desk.marked(m).say(args.lang) for m in named), end="\n\n" if named else "")
        print(desk.text(found, wanted, args.lang, on=on, folders=args.providers))
    return 4 if any(m.stops for m in named) else 0 if found else 1


def _advise(args: argparse.Namespace) -> int:
    import json

    from banjia.desk import advise as desk
    from banjia.desk.assess import Request
    from banjia.routes.price import Volume

    request = Request(config=args.config, app=args.app, facts=tuple(args.fact), on=args.on)
    use = desk.use(
        args.model,
        features=frozenset(f for f in FEATURES if getattr(args, f)),
        longest_input=args.longest_input,
        widths=args.width,
        volume=Volume(args.requests, args.input_tokens, args.output_tokens),
        path=args.path,
    )
    answer = desk.advised(
        use, request, currency=args.currency, usd_cny=args.rate, volumes=args.volume, ledger=args.ledger
    )
    if args.json:
        print(json.dumps(answer.to_json(), ensure_ascii=False))
    elif args.csv:
        print(desk.table(answer), end="")
    else:
        print(desk.text(answer, args.lang))
    return answer.exit_code


def _probe(args: argparse.Namespace) -> int:
    import json
    import sys

    from banjia.desk import probe as desk

    model = args.model[0] if args.model else ""
    wanted = desk.wanted(args.name, model=model, base_url=args.base_url, key=args.key, folders=args.providers)
    print(wanted.say().say(args.lang), file=sys.stderr)
    found = desk.probe(wanted)
    if args.json:
        print(
            json.dumps({"provider": wanted.provider.id, "findings": [f.to_json() for f in found]}, ensure_ascii=False)
        )
    else:
        print("\n".join(f.say().say(args.lang) for f in found))
    return 5 if any(f.differs for f in found) else 0


def _missing(args: argparse.Namespace) -> int:
    import sys

    print(Text("请写明服务商的 id", "name a provider").say(args.lang), file=sys.stderr)
    return 2
