"""Observability: what the gateway tells of its calls, to whom; never a word of what was said in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from banjia.config.secret import Secret
from banjia.errors import ConfigError
from banjia.gateway.option import Options
from banjia.gateway.route import TOKEN, VALUE
from banjia.gateway.target import Target, parse_target
from banjia.text import Text, same

KNOWN = frozenset({"logs", "calls", "usage", "otlp", "traceparent"})
OTLP = frozenset({"endpoint", "headers", "traces", "metrics", "interval"})
EXTRA = "opentelemetry.exporter.otlp.proto.http"

Reach = Literal["none", "own", "home"]


@dataclass(frozen=True, slots=True)
class Collector:
    """An OTLP receiver over HTTP; the only host that spans and metrics are sent to."""

    target: Target
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    traces: bool = True
    metrics: bool = True
    interval: float = 15.0  # seconds between two deliveries of metrics

    def url(self, signal: str) -> str:
        scheme = "https" if self.target.tls else "http"
        return f"{scheme}://{self.target.authority}{self.target.path}/v1/{signal}"


@dataclass(frozen=True, slots=True)
class Observability:
    logs: Literal["text", "json"] = "text"
    calls: bool = False  # one line of the log for every call
    usage: Literal["asked", "always"] = "asked"  # whether streams are asked for their usage where the caller does not
    collector: Collector | None = None
    traceparent: Reach = "none"  # upstreams that are told of the caller's trace: own weights, or all at home


def read_observability(raw: object, base: Path) -> Observability:
    options = Options(raw, "observability", KNOWN)
    logs = options.word("logs", "text", among=("text", "json"))
    usage = options.word("usage", "asked", among=("asked", "always"))
    reach = options.word("traceparent", "none", among=("none", "own", "home"))
    return Observability(
        logs="json" if logs == "json" else "text",
        calls=options.flag("calls"),
        usage="always" if usage == "always" else "asked",
        collector=_collector(options.mapping("otlp"), base) if "otlp" in options else None,
        traceparent="own" if reach == "own" else "home" if reach == "home" else "none",
    )


def _collector(raw: Mapping[str, object], base: Path) -> Collector:
    options = Options(raw, "observability.otlp", OTLP)
    endpoint = options.word("endpoint")
    if not endpoint:
        raise ConfigError(
            Text("没有写接收端", "no receiver is named"),
            where="observability.otlp",
            expected="endpoint: http(s)://HOST:4318",
            remedy=Text("没有默认地址：不写就不发送", "there is no default: what is not named is not connected to"),
        )
    target = parse_target(endpoint, where="observability.otlp.endpoint")
    if not _is_installed():
        raise ConfigError(
            Text("没有安装 OpenTelemetry", "OpenTelemetry is not installed"),
            where="observability.otlp",
            expected=same("banjia[otel]"),
            remedy=Text(
                "运行 pip install 'banjia[otel]'，或去掉这一段", "run pip install 'banjia[otel]', or leave this out"
            ),
        )
    headers = tuple(_header(str(k), v, base) for k, v in options.mapping("headers").items())
    return Collector(
        target,
        headers,
        options.flag("traces", default=True),
        options.flag("metrics", default=True),
        options.number("interval", 15.0, least=0.1, most=3600.0),
    )


def _header(name: str, raw: object, base: Path) -> tuple[str, str]:
    """A value may be a secret (`env:`, `file:`) or stand there."""
    where = f"observability.otlp.headers.{name}"
    refers = isinstance(raw, str) and raw.startswith(("env:", "file:"))
    value = Secret.parse(raw, base=base, where=where).reveal() if refers else raw
    if not isinstance(value, str) or not TOKEN.fullmatch(name) or not VALUE.fullmatch(value):
        raise ConfigError(
            Text("不能作为请求头发送", "cannot be sent as a header"),
            where=where,
            expected=Text("可打印的 ASCII，或 env:NAME", "printable ASCII, or env:NAME"),
        )
    return name, value


def _is_installed() -> bool:
    try:
        return find_spec(EXTRA) is not None
    except ModuleNotFoundError:
        return False
