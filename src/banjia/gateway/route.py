"""Route: one way out as the gateway uses it: where it leads, its key, its names, the head of its requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote

from banjia.config.config import Route
from banjia.errors import ConfigError
from banjia.gateway.alias import Aliases
from banjia.gateway.image import ImageSettings, read_images
from banjia.gateway.option import Options, nearest
from banjia.gateway.target import Target, Timeouts, parse_proxy, parse_target
from banjia.policy.policy import RouteFacts
from banjia.routes.dialect.translator import Translator
from banjia.text import Text

Operation = Literal["chat/completions", "embeddings", "completions", "responses"]

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[\x20-\x7e]*")
TIMEOUTS = frozenset({"connect", "first_byte", "idle", "keep_alive"})
LIMITS = frozenset({"connections", "answer_bytes"})
AUTHS = ("bearer", "api-key")
WORDS = frozenset({"proxy", "ca"})
NUMBERS = frozenset({"weight", "retries"})
MOST_RETRIES = 10
OWN = frozenset({"host", "content-length", "transfer-encoding", "connection", "accept-encoding", "expect"})


@dataclass(frozen=True, slots=True)
class RouteSettings:
    id: str
    provider: str
    country: str
    abroad: bool
    kind: str
    stand_in: bool
    target: Target
    aliases: Aliases
    auth: tuple[str, str] | None  # header name and value
    form: Literal["openai", "azure-deployment"] = "openai"
    api_version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    weight: float = 1.0
    retries: int = 1  # further tries on this route after a failure that may be repeated
    keyless: str = ""  # why the key could not be read; such a route is not used
    translator: Translator | None = None  # None: the route speaks OpenAI's own dialect
    apis: frozenset[str] = frozenset()  # parts of OpenAI's API that the provider has beside chat and embeddings
    images: ImageSettings | None = None  # None: as the application says
    options: Mapping[str, Any] = field(default_factory=dict)

    def path(self, operation: str, model: str) -> str:
        if self.form == "azure-deployment":
            return f"{self.target.path}/deployments/{quote(model, safe='')}/{operation}?api-version={self.api_version}"
        return f"{self.target.path}/{operation}"

    def head(self, operation: str, model: str, *, method: str = "POST", path: str = "") -> bytes:
        """Everything up to the value of content-length; nothing in it comes from the caller."""
        lines = [
            f"{method} {path or self.path(operation, model)} HTTP/1.1",
            f"host: {self.target.authority}",
            *([f"{self.auth[0]}: {self.auth[1]}"] if self.auth is not None else []),
            *(f"{name}: {value}" for name, value in self.headers),
            "content-type: application/json",
            "accept-encoding: identity",
            "content-length: ",
        ]
        return "\r\n".join(lines).encode("ascii")


def build_route(
    route: Route,
    facts: RouteFacts | None,
    *,
    where: str,
    on: date,
    defaults: Mapping[str, Any],
    auth: tuple[str, str],
    translator: Translator | None = None,
    apis: frozenset[str] = frozenset(),
    base: Path = Path(),
) -> RouteSettings:
    """`auth` is the provider's header and template. A route that the policy does not know counts as abroad."""
    target = parse_target(route.base_url, where=f"{where}.base_url")
    words = Options({k: v for k, v in route.options.items() if k in WORDS}, where, WORDS)
    proxy, ca = words.word("proxy"), words.word("ca")
    limits = Options(route.options.get("limits"), f"{where}.limits", LIMITS)
    target = replace(
        target,
        timeouts=_timeouts(route.options.get("timeouts"), f"{where}.timeouts", defaults),
        proxy=parse_proxy(proxy, where=f"{where}.proxy") if proxy else None,
        ca=base / ca if ca else None,
        max_connections=limits.count("connections") or target.max_connections,
        max_answer=limits.count("answer_bytes") or target.max_answer,
    )
    form: Literal["openai", "azure-deployment"] = "openai"
    if route.provider in {"azure_openai", "azure_21vianet"}:
        if not target.path:
            target = replace(target, path="/openai/v1" if route.api_version in {None, "v1"} else "/openai")
        if route.api_version not in {None, "v1"}:
            form = "azure-deployment"
    version = route.api_version or ""
    if not re.fullmatch(r"[\w.-]*", version):
        raise ConfigError(
            Text("不是 API 版本", "not an API version"),
            where=f"{where}.api_version",
            expected="v1 | YYYY-MM-DD[-preview]",
        )
    header, keyless = _auth(route, auth, where)
    own = Options({k: v for k, v in route.options.items() if k in NUMBERS}, where, NUMBERS)
    return RouteSettings(
        id=route.id,
        provider=route.provider,
        country=facts.country if facts else "",
        abroad=facts.abroad if facts else True,
        kind=facts.kind if facts else "",
        stand_in=route.stand_in,
        target=target,
        aliases=Aliases(route.names(on), takes_all=not route.aliases),
        auth=header,
        form=form,
        api_version=version,
        headers=_headers(route.options.get("headers"), f"{where}.headers"),
        weight=own.number("weight", 1.0),
        retries=own.count("retries", least=0, most=MOST_RETRIES, default=1),
        keyless=keyless,
        translator=translator,
        apis=apis,
        images=read_images(route.options.get("inline_images"), f"{where}.inline_images", base),
        options=route.options,
    )


def _timeouts(raw: object, where: str, defaults: Mapping[str, Any]) -> Timeouts:
    options = Options(
        {**defaults, **raw} if isinstance(raw, Mapping) else defaults if raw is None else raw, where, TIMEOUTS
    )
    base = Timeouts()
    return Timeouts(
        connect=options.number("connect", base.connect, least=0.05),
        first_byte=options.number("first_byte", base.first_byte, least=0.05),
        idle=options.number("idle", base.idle, least=0.05),
        keep_alive=options.number("keep_alive", base.keep_alive),
    )


def _auth(route: Route, auth: tuple[str, str], where: str) -> tuple[tuple[str, str] | None, str]:
    chosen = route.options.get("auth")
    if chosen is not None and chosen not in AUTHS:
        raise ConfigError(
            Text("没有这种认证方式", "no such way to authenticate"),
            where=f"{where}.auth",
            expected=" | ".join(AUTHS),
            found=repr(chosen)[:80],
            remedy=nearest(str(chosen), AUTHS),
        )
    if route.key is None:
        return None, ""
    try:
        value = route.key.reveal()
    except ConfigError as error:
        return None, error.say("en")
    name, template = auth
    if chosen == "bearer":  # an Entra token instead of a key, for instance
        name, template = "authorization", "Bearer {key}"
    elif chosen == "api-key":
        name, template = "api-key", "{key}"
    return _header(name, template.replace("{key}", value), f"{where}.key"), ""


def _headers(raw: object, where: str) -> tuple[tuple[str, str], ...]:
    if raw is None:
        return ()
    if not isinstance(raw, Mapping):
        raise ConfigError(
            Text("这里应为映射", "a mapping is expected here"),
            where=where,
            expected="{name: value}",
            found=type(raw).__name__,
        )
    for name, value in raw.items():
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            raise ConfigError(
                Text("请求头的值应为文字", "the value of a header is a text"),
                where=f"{where}.{name}",
                expected='"..."',
                found=type(value).__name__,
            )
    return tuple(_header(str(k), str(v), f"{where}.{k}", own=True) for k, v in raw.items())


def _header(name: str, value: str, where: str, *, own: bool = False) -> tuple[str, str]:
    if not TOKEN.fullmatch(name) or not VALUE.fullmatch(value) or (own and name.lower() in OWN):
        raise ConfigError(  # the value may be a key: it is not shown
            Text("不能作为请求头发送", "cannot be sent as a header"),
            where=where,
            expected=Text("可打印的 ASCII，不换行", "printable ASCII on one line"),
        )
    return name.lower(), value
