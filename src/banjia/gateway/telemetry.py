"""Telemetry: spans and metrics by OpenTelemetry's conventions for generative AI; loaded at the first call."""

from __future__ import annotations

import os
import re
import threading
import time
from typing import TYPE_CHECKING, Any

from banjia import __version__

if TYPE_CHECKING:
    from banjia.gateway.call import Call
    from banjia.gateway.observability import Collector, Observability, Reach
    from banjia.gateway.settings import Candidate

# names of https://github.com/open-telemetry/semantic-conventions-genai, to which they moved after version 1.41
OPERATIONS = {"chat/completions": "chat", "completions": "text_completion", "embeddings": "embeddings"}
PROVIDERS = {
    "azure_openai": "azure.ai.openai",
    "azure_21vianet": "azure.ai.openai",
    "xai": "x_ai",
    "mistral": "mistral_ai",
    "moonshot": "moonshot_ai",
    "aws_bedrock": "aws.bedrock",
    "google_gemini_api": "gcp.gemini",
    "google_vertex": "gcp.vertex_ai",
}
SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
TOKENS = tuple(4.0**n for n in range(14))
DELIVERY = 5.0  # seconds that one delivery may take, and that the last one is waited for
OWN_KIND = "self-hosted-open-weights"
HOST = b"\r\nhost: "
TRACE = re.compile(rb"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")

_kept: list[Telemetry] = []


def telemetry_for(settings: Observability) -> Telemetry | None:
    """The same one as long as the settings do not change; None where nothing is to be told."""
    collector, reach = settings.collector, settings.traceparent
    if collector is None and reach == "none":
        return None
    if not _kept or (_kept[0].collector, _kept[0].reach) != (collector, reach):
        _kept[:] = [Telemetry(collector, reach)]
    return _kept[0]


class Telemetry:
    """One process's way to a collector. Without a collector it only hands the caller's trace on."""

    def __init__(self, collector: Collector | None, reach: Reach) -> None:
        self.collector = collector
        self.reach = reach
        self._lock = threading.Lock()
        self._providers: list[Any] = []
        self._tracer: Any = None
        self._duration: Any = None
        self._first: Any = None
        self._tokens: Any = None
        self._is_open = collector is None

    def begin(self, call: Call, candidate: Candidate) -> Span:
        if not self._is_open:
            self._open()
        return Span(self, call, candidate)

    def close(self) -> None:
        """Deliver what is left; waits no longer than the delivery may take."""
        for provider in self._providers:
            provider.shutdown()

    def _open(self) -> None:
        with self._lock:
            if self._is_open or self.collector is None:
                return
            import requests  # noqa: PLC0415 - the exporter's own client; nothing is loaded while telemetry is off
            from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter  # noqa: PLC0415
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
            from opentelemetry.sdk.metrics import MeterProvider  # noqa: PLC0415
            from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader  # noqa: PLC0415
            from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
            from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
            from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

            collector = self.collector

            def session() -> Any:
                """Straight to the host that config names: no proxy of the environment, no redirect."""
                made = requests.Session()
                made.trust_env = False
                made.max_redirects = 0
                return made

            resource = Resource(
                {
                    "service.name": "banjia",
                    "service.version": __version__,
                    "service.instance.id": str(os.getpid()),
                }
            )
            common: dict[str, Any] = {"headers": dict(collector.headers), "timeout": DELIVERY}
            if collector.traces:
                traces = TracerProvider(resource=resource, shutdown_on_exit=False)
                exporter = OTLPSpanExporter(endpoint=collector.url("traces"), session=session(), **common)
                traces.add_span_processor(BatchSpanProcessor(exporter))
                self._tracer = traces.get_tracer("banjia", __version__)
                self._providers.append(traces)
            if collector.metrics:
                reader = PeriodicExportingMetricReader(
                    OTLPMetricExporter(endpoint=collector.url("metrics"), session=session(), **common),
                    export_interval_millis=collector.interval * 1000,
                )
                meters = MeterProvider([reader], resource=resource, shutdown_on_exit=False)
                meter = meters.get_meter("banjia", __version__)
                self._duration = meter.create_histogram(
                    "gen_ai.client.operation.duration",
                    unit="s",
                    description="GenAI operation duration.",
                    explicit_bucket_boundaries_advisory=SECONDS,
                )
                self._first = meter.create_histogram(
                    "gen_ai.client.operation.time_to_first_chunk",
                    unit="s",
                    description="Time to receive the first chunk.",
                    explicit_bucket_boundaries_advisory=SECONDS,
                )
                self._tokens = meter.create_histogram(
                    "gen_ai.client.token.usage",
                    unit="{token}",
                    description="Number of input and output tokens used.",
                    explicit_bucket_boundaries_advisory=TOKENS,
                )
                self._providers.append(meters)
            self._is_open = True

    def started(self, call: Call, attributes: dict[str, Any]) -> Any:
        if self._tracer is None:
            return None
        from opentelemetry.trace import SpanKind  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator  # noqa: PLC0415

        caller = TraceContextTextMapPropagator().extract({"traceparent": call.trace.decode("latin-1")})
        name = f"{attributes['gen_ai.operation.name']} {attributes['gen_ai.request.model']}"
        return self._tracer.start_span(name, context=caller, kind=SpanKind.CLIENT, attributes=attributes)

    def measured(
        self, attributes: dict[str, Any], seconds: float, read: int, written: int, *, first: float | None
    ) -> None:
        """`first` is of a stream that has begun."""
        if self._duration is None:
            return
        self._duration.record(seconds, attributes)
        if first is not None:
            self._first.record(first, {k: v for k, v in attributes.items() if k != "error.type"})
        for kind, count in (("input", read), ("output", written)):
            if count:
                self._tokens.record(count, {**attributes, "gen_ai.token.type": kind})


class Span:
    """One exchange with an upstream; ended once, with the outcome that the ledger has."""

    __slots__ = ("_attributes", "_began", "_call", "_candidate", "_entry", "_span", "_telemetry")

    def __init__(self, telemetry: Telemetry, call: Call, candidate: Candidate) -> None:
        route = candidate.route
        self._telemetry = telemetry
        self._began = time.monotonic()
        self._call = call
        self._candidate = candidate
        self._attributes: dict[str, Any] = {
            "gen_ai.operation.name": OPERATIONS.get(call.operation, call.operation),
            "gen_ai.provider.name": PROVIDERS.get(route.provider, route.provider),
            "gen_ai.request.model": candidate.model,
            "server.address": route.target.host,
            "server.port": route.target.port,
        }
        self._span = telemetry.started(call, {**self._attributes, "banjia.app": call.app.id, "banjia.route": route.id})

    def carried(self, head: bytes) -> bytes:
        """The head of the request with the trace in it, where config lets this upstream know of it."""
        if not self._may_know():
            return head
        trace = self._call.trace
        if self._span is not None:
            context = self._span.get_span_context()
            trace = b"00-%032x-%016x-%02x" % (context.trace_id, context.span_id, int(context.trace_flags))
        return head.replace(HOST, b"\r\ntraceparent: " + trace + HOST, 1) if TRACE.fullmatch(trace) else head

    def end(self, outcome: dict[str, Any], *, entry: str = "") -> None:
        status, read, written = outcome.get("status", 200), outcome.get("input", 0), outcome.get("output", 0)
        if status >= 400:
            self._attributes["error.type"] = str(outcome.get("code") or status)
        seconds = outcome.get("ms", 0) / 1000
        first = self._call.first - self._began if self._call.stream and self._call.first else None
        self._telemetry.measured(self._attributes, seconds, read, written, first=first)
        if self._span is None:
            return
        from opentelemetry.trace import StatusCode  # noqa: PLC0415

        if read or written:
            self._span.set_attributes({"gen_ai.usage.input_tokens": read, "gen_ai.usage.output_tokens": written})
        self._span.set_attribute("gen_ai.request.stream", self._call.stream)
        if entry:
            self._span.set_attribute("banjia.decision", entry)
        if status >= 400:
            self._span.set_attribute("error.type", self._attributes["error.type"])
            self._span.set_status(StatusCode.ERROR)
        self._span.end()
        self._span = None

    def _may_know(self) -> bool:
        route = self._candidate.route
        match self._telemetry.reach:
            case "own":
                return not route.abroad and route.kind == OWN_KIND
            case "home":
                return not route.abroad
            case _:
                return False
