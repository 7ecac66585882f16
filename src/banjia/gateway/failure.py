"""Failure: what went wrong upstream, as OpenAI's clients understand it; its own words are passed on."""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any

import msgspec

from banjia.gateway.answer import Kind, UpstreamError
from banjia.gateway.clock import Clock
from banjia.gateway.refusal import Header, Refusal
from banjia.routes.dialect.error import CanonicalError, map_error
from banjia.routes.provider import Provider
from banjia.text import Text, same

WORDS: dict[Kind, tuple[int, str, Text]] = {
    "connect": (
        502,
        "upstream_unreachable",
        Text("连不上路线 {route} 的上游", "the upstream of route {route} cannot be reached"),
    ),
    "tls": (
        502,
        "upstream_tls",
        Text("路线 {route} 的上游证书或加密有问题", "the upstream of route {route} has a wrong certificate"),
    ),
    "forbidden": (
        502,
        "upstream_forbidden",
        Text(
            "路线 {route} 的主机名指向禁止连接的地址",
            "the host of route {route} leads to an address that is never connected to",
        ),
    ),
    "busy": (503, "upstream_busy", Text("路线 {route} 的连接已用满", "all connections of route {route} are in use")),
    "timeout": (
        504,
        "upstream_timeout",
        Text("路线 {route} 的上游没有按时应答", "the upstream of route {route} did not answer in time"),
    ),
    "closed": (
        502,
        "upstream_closed",
        Text("路线 {route} 的上游未作答就断开", "the upstream of route {route} hung up without an answer"),
    ),
    "broken": (
        502,
        "upstream_broken",
        Text("路线 {route} 的上游答到一半断开", "the upstream of route {route} broke off its answer"),
    ),
    "garbage": (
        502,
        "upstream_garbage",
        Text("路线 {route} 的上游答得不成样子", "the upstream of route {route} answered with garbage"),
    ),
    "too_large": (
        502,
        "upstream_too_large",
        Text("路线 {route} 的上游答案过大", "the answer of the upstream of route {route} is too large"),
    ),
    "client_gone": (499, "client_gone", Text("调用方已断开", "the caller has hung up")),
}

FOR_GOOD = frozenset({"tls", "forbidden", "too_large"})
EXPLAINED = frozenset({"garbage", "too_large"})
MESSAGE = 2000  # characters of an upstream's message that are passed on


class _Error(msgspec.Struct):
    message: str = ""
    type: str | None = None
    code: str | int | None = None
    param: str | None = None


class _Body(msgspec.Struct):
    error: _Error | str | None = None
    message: str | None = None
    code: str | int | None = None


_body = msgspec.json.Decoder(_Body)


def failed(error: UpstreamError, route: str) -> Refusal:
    status, code, text = WORDS[error.kind]
    said = text.format(route=route)
    if error.detail and error.kind in EXPLAINED:
        said += Text(f"（{error.detail}）", f" ({error.detail})")
    return Refusal(status, "server_error", code, said, retry=error.kind not in FOR_GOOD)


def from_status(
    status: int, headers: list[Header], body: bytes, route: str, provider: Provider | None = None
) -> Refusal:
    """An upstream's error status. Its refusal of our key is not the caller's, and a redirect is never followed."""
    if status < 400 or status > 599:
        return failed(UpstreamError("garbage", f"status {status}"), route)
    if provider is not None:
        return from_canonical(map_error(provider, status, _decoded(body), retry_after=_retry_after(headers)), route)
    error = read_error(body)
    said = error.message[:MESSAGE] or body[:200].decode("utf-8", "replace")
    wait = _retry_after(headers)
    if status in {401, 403} and error.code not in {"content_filter", "unsupported_country_region_territory"}:
        return _our_key(route, said)
    kind = error.type or ("server_error" if status >= 500 else "invalid_request_error")
    code = str(error.code) if error.code is not None else f"upstream_{status}"
    retry = status in {408, 409, 429} or status >= 500
    return Refusal(status, kind, code, same(said), param=error.param, retry=retry, wait=wait)


def from_canonical(error: CanonicalError, route: str) -> Refusal:
    """A vendor's error after its provider file has said what it means."""
    if error.status == 401 or (error.status == 403 and not error.is_known):
        return _our_key(route, error.message)
    refusal = Refusal(
        error.status,
        error.type,
        error.code or f"upstream_{error.status}",
        same(error.message),
        param=error.param,
        retry=error.retry,
        wait=error.retry_after,
    )
    refusal.raw = error.raw_code
    return refusal


def _our_key(route: str, said: str) -> Refusal:
    text = Text(
        f"路线 {route} 的上游拒绝了网关的密钥：{said}",
        f"the upstream of route {route} refused the gateway's key: {said}",
    )
    return Refusal(502, "server_error", "upstream_auth", text)


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return body[:MESSAGE].decode("utf-8", "replace")


def read_error(body: bytes) -> _Error:
    """The error in OpenAI's form, or in one of the plain forms that take its place."""
    try:
        found = _body.decode(body)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _Error()
    if isinstance(found.error, _Error):
        return found.error
    message = found.error or found.message or ""
    return _Error(message=message, code=found.code)


def _until(date: bytes) -> float:
    """Seconds to an HTTP date; below zero for what is none."""
    try:
        return parsedate_to_datetime(date.decode("ascii")).timestamp() - Clock().seconds()
    except (ValueError, UnicodeDecodeError):
        return -1.0


def _retry_after(headers: list[Header]) -> float | None:
    for name, value in headers:
        if name in {b"retry-after-ms", b"retry-after"}:
            try:
                seconds = float(value) / (1000 if name == b"retry-after-ms" else 1)
            except ValueError:
                seconds = _until(value)
            if 0 <= seconds <= 3600:
                return seconds
    return None
