"""Desk of the routes: the catalogue of a day, a provider whole, a stand-in. The clock is read here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from banjia.config.lifetime import Lifetime, lifetimes
from banjia.config.reader import read
from banjia.desk.clock import today
from banjia.routes import catalogue
from banjia.routes.catalogue import Catalogue
from banjia.routes.guide import guide as written
from banjia.routes.listing import Filter, ModelLine, ProviderLine, listing, unknown_model
from banjia.routes.provider import Provider
from banjia.text import Lang, Text, same

LOUDEST = 3  # models near their end that the list of providers names
MARKS = {"available": "  ", "ending-soon": "! ", "retired": "x ", "not-offered": "x "}
SIDES = {
    "cn_mainland": Text("境内", "mainland"),
    "hk": Text("香港", "Hong Kong"),
    "overseas": Text("境外", "abroad"),
    "self_hosted": Text("自有", "own"),
    "mixed": Text("境内外", "both"),
}
ANSWERS = {
    "yes": Text("服务内地", "serves mainland"),
    "no": Text("不服务内地", "excludes mainland"),
    "enterprise-only": Text("仅限企业", "enterprises only"),
    "unknown": Text("未读到", "not read"),
}


def routes(folders: Sequence[Path] = ()) -> Catalogue:
    return catalogue.load(tuple(folders))


def lines(wanted: Filter, *, on: date | None = None, folders: Sequence[Path] = ()) -> tuple[ProviderLine, ...]:
    return listing(routes(folders), wanted, on=on or today())


def named(config: Path | None, on: date) -> list[Lifetime]:
    """The models that a config names and that the catalogue knows, with their life."""
    return lifetimes(read(config), routes(), on) if config is not None else []


def marked(model: Lifetime) -> Text:
    mark = "x " if model.stops else "! " if model.ends_soon else "  "
    return same(mark) + model.say()


def text(found: Sequence[ProviderLine], wanted: Filter, lang: Lang, *, on: date, folders: Sequence[Path] = ()) -> str:
    """The list for people: providers, or models where the filter asks for them; ends are marked."""
    if not found:
        miss = unknown_model(routes(folders), wanted)
        return (miss or Text("没有符合条件的服务商", "no provider fits the filter")).say(lang)
    out = [Text(f"截至 {on}", f"as of {on}").say(lang)]
    for line in found:
        out.append(_provider(line, lang))
        if wanted.asks_for_models:
            out += [f"  {MARKS[m.life.state]}{_life(m).say(lang)}" for m in line.models]
        else:
            out += [f"  ! {_life(m).say(lang)}" for m in line.loud[:LOUDEST]]
            if (rest := len(line.loud) - LOUDEST) > 0:
                more = Text(f"  ! 还有 {rest} 个（--ending）", f"  ! {rest} more (--ending)")
                out.append(more.say(lang))
    return "\n".join(out)


def _life(line: ModelLine) -> Text:
    """Versions of one model end on days of their own."""
    name = f"{line.model.id} {line.model.version}".rstrip()
    return replace(line.life, model=name).say()


def show(name: str, lang: Lang, *, on: date | None = None, folders: Sequence[Path] = ()) -> str:
    """A provider whole: its guide as of the day."""
    found = routes(folders)
    return written(found.by_id(name), lang, routes=found, on=on or today())


def guide(name: str, lang: Lang, *, on: date | None = None, folders: Sequence[Path] = ()) -> str:
    """The guide as the documents carry it: of the day on which the provider's file was read."""
    found = routes(folders)
    provider = found.by_id(name)
    return written(provider, lang, routes=found, on=on or provider.read or today())


def simulate(name: str, *, host: str, port: int, model: str, lang: Lang, folders: Sequence[Path] = ()) -> int:
    """Serves the stand-in until it is stopped. It listens on loopback only."""
    import asyncio

    import uvicorn

    from banjia.errors import ConfigError
    from banjia.routes.host import is_loopback
    from banjia.routes.simulate import application

    if not is_loopback(host):
        raise ConfigError(
            Text("替身只在本机上运行", "a stand-in runs on loopback only"),
            where="--host",
            expected="127.0.0.1",
            found=host,
        )
    provider = routes(folders).by_id(name)
    print(said(provider, host, port).say(lang), flush=True)
    config = uvicorn.Config(
        application(provider, model=model), host=host, port=port, log_level="critical", lifespan="off", access_log=False
    )
    asyncio.run(uvicorn.Server(config).serve())
    return 0


def said(provider: Provider, host: str, port: int) -> Text:
    base = f"http://{host}:{port}/v1"
    return Text(
        f"这是 {provider.name.zh} 的替身，不是真的服务：{base}\n"
        f"配置里写 provider: {provider.id}、base_url: {base}、stand_in: true",
        f"This is a stand-in of {provider.name.en}, not the service: {base}\n"
        f"In the config: provider: {provider.id}, base_url: {base}, stand_in: true",
    )


def _provider(line: ProviderLine, lang: Lang) -> str:
    p = line.provider
    served = "" if p.is_engine else ANSWERS[line.serves_mainland].say(lang)
    parts = [f"{p.id:<19}", f"{SIDES[p.side].say(lang):<8}", *([served] if served else [])]
    if p.models:
        parts.append(Text(f"在售模型 {line.alive}", f"{line.alive} models").say(lang))
    if p.status in ("winding_down", "closed"):
        parts.append(Text("!! 正在停止", "!! winding down").say(lang))
    return "  ".join([*parts, p.name.say(lang)])
