"""banjia routes: list, show and compare providers and models; play one on loopback."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from pathlib import Path

from banjia.text import Lang, Text

FEATURES = {
    "tools": Text("工具调用", "tool calls"),
    "forced_tools": Text("强制或指定的工具", "forced or named tools"),
    "images": Text("图片输入", "pictures in"),
    "json_object": Text("JSON 输出", "JSON out"),
    "json_schema": Text("按 schema 输出", "JSON by a schema"),
    "streams": Text("流式", "streams"),
    "several_answers": Text("一次多个回答（n）", "several answers at once (n)"),
}
TOKENS = ("input_tokens", "output_tokens")
Group = argparse._ActionsContainer  # noqa: SLF001 - a parser, or a group of one


def arguments(parser: argparse.ArgumentParser, lang: Lang) -> None:
    """Without an action the list; each action has its own help."""
    _of_list(parser, lang)
    parser.set_defaults(action="list", name="")
    actions = parser.add_subparsers(dest="action", metavar=" | ".join(HELP))
    for name, words in HELP.items():
        action = actions.add_parser(name, help=words.say(lang), description=words.say(lang))
        action.add_argument("--lang", choices=("zh", "en"), default=lang, help=Text("语言", "language").say(lang))
        _ARGUMENTS[name](action, lang)


def _of_list(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    _day(parser, lang)
    _json(parser, lang)
    _folders(parser, lang)
    parser.add_argument("--provider", default="", metavar="ID", help=say("只看一个服务商", "one provider only"))
    parser.add_argument("--model", action="append", default=[], help=say("模型，可用通配符", "model, a glob"))
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--abroad", action="store_true", help=say("有境外端点的", "with endpoints abroad"))
    place.add_argument("--home", action="store_true", help=say("有境内端点或自有的", "with endpoints at home, or own"))
    parser.add_argument("--open-weights", action="store_true", help=say("开放权重", "open weights"))
    parser.add_argument(
        "--ending", action="store_true", help=say("已停用或 90 天内停用", "ended, or ending in 90 days")
    )
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=say("也说明该配置所用模型的寿命", "also the life of the models that this config names"),
    )


def _of_advise(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    use = parser.add_argument_group(say("用法", "the use"))
    use.add_argument(
        "--model", action="append", default=[], help=say("现在用的模型，可多次给出", "a model in use; several")
    )
    use.add_argument("--path", type=Path, metavar="DIR", help=say("从这里的代码读出用法", "read the use off this code"))
    for feature, words in FEATURES.items():
        use.add_argument(f"--{feature.replace('_', '-')}", action="store_true", help=words.say(lang))
    use.add_argument(
        "--longest-input", type=int, default=0, metavar="TOKENS", help=say("最长的输入", "the longest input")
    )
    use.add_argument(
        "--width", action="append", default=[], metavar="MODEL=N", help=say("已存向量的宽度", "width of stored vectors")
    )
    volume = parser.add_argument_group(say("每月用量", "volume of a month"))
    volume.add_argument("--volume", type=Path, metavar="CSV", help=f"CSV: {','.join(('model', 'requests', *TOKENS))}")
    volume.add_argument(
        "--ledger",
        type=int,
        nargs="?",
        const=30,
        default=0,
        metavar="DAYS",
        help=say("取台账最近若干天的用量（默认 30）", "of the ledger's last days (default 30)"),
    )
    volume.add_argument("--requests", type=int, default=0, metavar="N", help=say("次数", "calls"))
    volume.add_argument("--input-tokens", type=int, default=0, metavar="N", help=say("输入词元", "tokens in"))
    volume.add_argument("--output-tokens", type=int, default=0, metavar="N", help=say("输出词元", "tokens out"))
    law = parser.add_argument_group(say("评估", "the assessment"))
    law.add_argument("--config", type=Path, metavar="FILE", help=say("配置（默认此处的）", "config (default: here)"))
    law.add_argument("--app", metavar="ID", help=say("应用", "the application"))
    law.add_argument("--fact", action="append", default=[], metavar="ID=VALUE", help=say("一个事实", "one fact"))
    _day(law, lang)
    shown = parser.add_argument_group(say("输出", "output"))
    shown.add_argument("--currency", choices=("CNY", "USD"), default="CNY", help=say("货币", "currency"))
    shown.add_argument("--rate", type=float, metavar="USD_CNY", help=say("当日汇率", "the day's exchange rate"))
    form = shown.add_mutually_exclusive_group()
    _json(form, lang)
    form.add_argument("--csv", action="store_true", help="CSV")


def _of_page(parser: argparse.ArgumentParser, lang: Lang) -> None:
    _named(parser, lang)
    _day(parser, lang)
    _json(parser, lang)
    _folders(parser, lang)
    parser.set_defaults(model=[], abroad=False, home=False, open_weights=False, ending=False, config=None)


def _of_simulate(parser: argparse.ArgumentParser, lang: Lang) -> None:
    _named(parser, lang)
    parser.add_argument(
        "--model", action="append", default=[], help=Text("只扮演这个模型", "play this model").say(lang)
    )
    parser.add_argument("--host", default="127.0.0.1", help=Text("监听地址", "address to listen on").say(lang))
    parser.add_argument(
        "--port", type=int, default=8430, help=Text("端口（默认 8430）", "port (default 8430)").say(lang)
    )
    _folders(parser, lang)


def _of_probe(parser: argparse.ArgumentParser, lang: Lang) -> None:
    def say(zh: str, en: str) -> str:
        return Text(zh, en).say(lang)

    _named(parser, lang)
    parser.add_argument("--model", action="append", default=[], help=say("要核对的模型", "the model to ask"))
    parser.add_argument(
        "--base-url",
        default="",
        metavar="URL",
        help=say("接口基址（默认取自文件）", "base URL (default: from the file)"),
    )
    parser.add_argument("--key", default="", metavar="env:NAME", help=say("密钥的出处", "where the key is"))
    _json(parser, lang)
    _folders(parser, lang)


def _named(parser: argparse.ArgumentParser, lang: Lang) -> None:
    parser.add_argument("name", metavar="PROVIDER", help=Text("服务商", "the provider").say(lang))


def _day(parser: Group, lang: Lang) -> None:
    parser.add_argument(
        "--on", type=date.fromisoformat, metavar="DATE", help=Text("哪一天", "as of that day").say(lang)
    )


def _json(parser: Group, lang: Lang) -> None:
    parser.add_argument("--json", action="store_true", help=Text("输出一个 JSON 文档", "one JSON document").say(lang))


def _folders(parser: Group, lang: Lang) -> None:
    words = Text("自己的服务商文件", "own provider files").say(lang)
    parser.add_argument("--providers", type=Path, action="append", default=[], metavar="DIR", help=words)


HELP = {
    "list": Text("服务商和模型，可筛选（默认）", "providers and models, filtered (the default)"),
    "show": Text("一个服务商的全部", "one provider whole"),
    "guide": Text("迁到这个服务商的指南", "how to move to this provider"),
    "advise": Text("给现在的用法排出可走的路线", "rank the open ways for what is in use"),
    "simulate": Text("在本机扮演这个服务商", "play this provider on loopback"),
    "probe": Text("向真实端点核对文件里的说法", "put the file's claims to the live endpoint"),
}
_ARGUMENTS: dict[str, Callable[[argparse.ArgumentParser, Lang], None]] = {
    "list": _of_list,
    "show": _of_page,
    "guide": _of_page,
    "advise": _of_advise,
    "simulate": _of_simulate,
    "probe": _of_probe,
}


def run(args: argparse.Namespace) -> int:
    from banjia.desk import routes as desk

    if args.action in {"list", None}:
        return _list(args)
    if args.action == "advise":
        return _advise(args)
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
    text = (desk.show if args.action == "show" else desk.guide)(
        args.name, args.lang, on=args.on, folders=args.providers
    )
    print(_document(args, text) if args.json else text)
    return 0


def _document(args: argparse.Namespace, text: str) -> str:
    import json

    return json.dumps({"provider": args.name, "guide": text}, ensure_ascii=False)


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
