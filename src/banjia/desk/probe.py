"""Desk of the probe: a provider's claims put to a live endpoint with the user's key, one small request each."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from banjia.config.secret import Secret
from banjia.desk.clock import today
from banjia.desk.routes import routes
from banjia.errors import ConfigError, RouteError, cause
from banjia.gateway.answer import UpstreamError
from banjia.gateway.target import parse_target
from banjia.gateway.upstream import Upstream
from banjia.routes.dialect.translator import Translator
from banjia.routes.example import first_base
from banjia.routes.lifecycle import life
from banjia.routes.probe import Claim, Finding, claims, judged
from banjia.routes.provider import Provider
from banjia.text import Text

LARGEST_ANSWER = 1 << 20


@dataclass(frozen=True, slots=True)
class Wanted:
    provider: Provider
    model: str
    base_url: str
    key: Secret | None
    claims: tuple[Claim, ...]

    def say(self) -> Text:
        return Text(
            f"向 {self.base_url} 发送 {len(self.claims)} 个小请求，会产生少量费用",
            f"sends {len(self.claims)} small requests to {self.base_url}; they cost a little",
        )


def wanted(name: str, *, model: str, base_url: str, key: str, folders: Sequence[Path] = ()) -> Wanted:
    provider = routes(folders).by_id(name)
    day = today()
    alive = (m.id for m in provider.models if m.kind == "chat" and life(provider, m.id, day).state == "available")
    chosen = model or next(alive, "")
    if not chosen:
        raise ConfigError(Text("请写明模型", "name a model"), where="--model", expected="--model ID")
    secret = Secret.parse(key, base=Path(), where="--key") if key else None
    if secret is None and not provider.auth.optional:
        named = provider.key.env[0] if provider.key.env else "API_KEY"
        raise ConfigError(Text("需要密钥", "a key is needed"), where="--key", expected=f"--key env:{named}")
    base = base_url or first_base(provider, day)[1]
    return Wanted(provider, chosen, base, secret, claims(provider, chosen))


def probe(asked: Wanted) -> tuple[Finding, ...]:
    return asyncio.run(_all(asked))


async def _all(asked: Wanted) -> tuple[Finding, ...]:
    target = parse_target(asked.base_url, where="--base-url")
    upstream = Upstream(target)
    try:
        return tuple([await _one(asked, upstream, claim) for claim in asked.claims])
    finally:
        upstream.close()


def _path(provider: Provider, claim: Claim) -> str:
    if claim.operation == "models":
        return "/models"
    if claim.operation != "embeddings":
        return "/chat/completions"
    model = str(claim.request.get("model", ""))
    return Translator(provider).path(model, "embeddings") or "/embeddings"


async def _one(asked: Wanted, upstream: Upstream, claim: Claim) -> Finding:
    target = upstream.target
    body = msgspec.json.encode(claim.request)
    listing = claim.operation == "models"
    body = b"" if listing else body
    lines = [
        f"{'GET' if listing else 'POST'} {target.path}{_path(asked.provider, claim)} HTTP/1.1",
        f"host: {target.authority}",
        "content-type: application/json",
        "accept-encoding: identity",
        f"content-length: {len(body)}",
    ]
    if asked.key is not None:
        auth = asked.provider.auth
        lines.append(f"{auth.header}: {auth.template.replace('{key}', asked.key.reveal())}")
    try:
        answer = await upstream.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"), body, repeatable=False)
        raw = await answer.body(LARGEST_ANSWER)
    except UpstreamError as error:
        raise RouteError(
            Text("端点没有回答", "the endpoint did not answer"), where=asked.base_url, found=cause(error)
        ) from error
    try:
        decoded = msgspec.json.decode(raw)
    except msgspec.MsgspecError:
        decoded = raw.decode("utf-8", "replace") if claim.operation == "stream" else None
    return judged(asked.provider, claim, answer.status, decoded)
