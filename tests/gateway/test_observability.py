"""Traces, metrics and log lines: what they say, to whom they go, and that nothing of a call's content is in them."""

from __future__ import annotations

import dataclasses
import json
import logging
import sys
from collections import Counter

import pytest
from scripted import Scripted, completion, http, play, write

from banjia.errors import ConfigError
from banjia.gateway import observability, telemetry
from banjia.gateway.line import JsonLines
from banjia.gateway.observability import Collector, Observability, read_observability
from banjia.gateway.settings import build_settings
from banjia.gateway.target import parse_target
from banjia.gateway.telemetry import Telemetry
from banjia.routes.catalogue import load
from house import chat, closed_cells, config, house, open_cells, policy, route

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECRET = "the patient of room nine"

otel = pytest.mark.skipif(not observability._is_installed(), reason="the extra is not installed")


def told_to(url: str, reach="none", **more) -> Telemetry:
    return Telemetry(Collector(parse_target(url, where="x"), interval=3600.0, **more), reach)


async def deaf(seen, writer):
    await write(writer, http(b"", kind="application/x-protobuf"))


def scene(tmp_path, settings, *, cells=None, abroad=(), calls=1, model="gpt-4o", handler=None, stream=False, **headers):
    """What the caller, the upstream and the collector saw."""

    async def main():
        async with Scripted(handler) as up, Scripted(deaf) as collector:
            table = policy(cells or open_cells("local"), abroad=abroad)
            given = settings(collector.url.removesuffix("/v1"))
            async with house(tmp_path, [route("local", up.url)], table, settings=given) as h:
                body = chat(
                    model, messages=[{"role": "user", "content": SECRET}], **({"stream": True} if stream else {})
                )
                answers = [await h.post(body=body, **headers) for _ in range(calls)]
            return answers, up.seen, collector.seen

    return play(main())


def decoded(seen):
    from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    spans, points = [], {}
    for request in seen:
        if request.path == "/v1/traces":
            found = ExportTraceServiceRequest.FromString(request.body)
            spans += [s for r in found.resource_spans for scope in r.scope_spans for s in scope.spans]
        else:
            assert request.path == "/v1/metrics"
            found = ExportMetricsServiceRequest.FromString(request.body)
            for r in found.resource_metrics:
                for scope in r.scope_metrics:
                    points |= {m.name: m for m in scope.metrics}
    return spans, points


def attributes(node):
    return {a.key: getattr(a.value, a.value.WhichOneof("value")) for a in node.attributes}


@otel
def test_a_call_is_a_span_by_the_conventions_under_the_callers_trace(tmp_path):
    [answer], _, seen = scene(tmp_path, lambda url: {"telemetry": told_to(url)}, traceparent=CALLER)
    [span], _ = decoded(seen)
    assert (span.name, span.kind) == ("chat true-model", 3)  # of a client
    assert (span.trace_id.hex(), span.parent_span_id.hex()) == (CALLER[3:35], CALLER[36:52])
    found = attributes(span)
    assert found.pop("server.port") > 0
    assert found.pop("banjia.decision") == answer.headers["x-banjia-decision"]
    assert found == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "self_hosted",
        "gen_ai.request.model": "true-model",
        "gen_ai.request.stream": False,
        "gen_ai.usage.input_tokens": 3,
        "gen_ai.usage.output_tokens": 2,
        "server.address": "127.0.0.1",
        "banjia.app": "helpdesk",
        "banjia.route": "local",
    }


@otel
def test_metrics_count_tokens_and_seconds_with_the_advised_buckets(tmp_path):
    _, _, seen = scene(tmp_path, lambda url: {"telemetry": told_to(url)}, calls=3)
    _, points = decoded(seen)
    assert set(points) == {"gen_ai.client.operation.duration", "gen_ai.client.token.usage"}
    duration = points["gen_ai.client.operation.duration"]
    assert (duration.unit, duration.histogram.data_points[0].count) == ("s", 3)
    assert tuple(duration.histogram.data_points[0].explicit_bounds) == telemetry.SECONDS
    usage = points["gen_ai.client.token.usage"].histogram.data_points
    assert {attributes(p)["gen_ai.token.type"]: p.sum for p in usage} == {"input": 9, "output": 6}


@otel
@pytest.mark.parametrize(("stream", "count"), [(True, 1), (False, 0)])
def test_the_time_to_the_first_chunk_is_told_of_streams_alone(tmp_path, stream, count):
    _, _, seen = scene(tmp_path, lambda url: {"telemetry": told_to(url)}, stream=stream)
    _, points = decoded(seen)
    name = "gen_ai.client.operation.time_to_first_chunk"
    told = points[name].histogram.data_points if name in points else []
    assert sum(p.count for p in told) == count
    assert all(0 <= p.sum < 60 for p in told)


def test_providers_go_by_the_names_that_the_conventions_list():
    listed = {"azure.ai.openai", "x_ai", "mistral_ai", "moonshot_ai", "aws.bedrock", "gcp.gemini", "gcp.vertex_ai"}
    assert set(telemetry.PROVIDERS.values()) == listed
    assert set(telemetry.PROVIDERS) <= set(load().providers)


@otel
def test_no_word_of_a_call_and_no_key_is_told(tmp_path):
    async def handler(seen, writer):
        await write(writer, http(completion(text=SECRET)))

    headers = (("authorization", "Bearer collector"),)
    _, _, seen = scene(tmp_path, lambda url: {"telemetry": told_to(url, headers=headers)}, handler=handler)
    assert Counter(r.path for r in seen) == {"/v1/traces": 1, "/v1/metrics": 1}
    assert all(r.headers["authorization"] == "Bearer collector" for r in seen)
    for request in seen:
        assert SECRET.encode() not in request.body
        assert b"sk-banjia" not in request.body


@otel
def test_a_failure_is_an_error_of_its_type(tmp_path):
    async def handler(seen, writer):
        await write(writer, http({"error": {"message": "no", "code": "overloaded"}}, status="400 Bad Request"))

    _, _, seen = scene(tmp_path, lambda url: {"telemetry": told_to(url)}, handler=handler)
    [span], points = decoded(seen)
    assert span.status.code == 2
    assert attributes(span)["error.type"] == "overloaded"
    [point] = points["gen_ai.client.operation.duration"].histogram.data_points
    assert attributes(point)["error.type"] == "overloaded"


@otel
def test_a_collector_that_is_down_harms_no_call(tmp_path):
    answers, _, _ = scene(tmp_path, lambda url: {"telemetry": told_to("http://127.0.0.1:9")})
    assert answers[0].status == 200


@pytest.mark.parametrize(
    ("reach", "abroad", "carried"),
    [("none", (), None), ("own", (), None), ("home", (), CALLER), ("home", ("local",), None)],
)
def test_only_an_upstream_that_config_lets_know_is_told_of_the_callers_trace(tmp_path, reach, abroad, carried):
    settings = lambda url: {"telemetry": Telemetry(None, reach)}  # noqa: E731
    _, seen, _ = scene(tmp_path, settings, abroad=abroad, traceparent=CALLER)
    assert seen[0].headers.get("traceparent") == carried


@otel
def test_an_upstream_hangs_below_the_gateways_own_span(tmp_path):
    _, seen, told = scene(tmp_path, lambda url: {"telemetry": told_to(url, "home")}, traceparent=CALLER)
    [span], _ = decoded(told)
    assert seen[0].headers["traceparent"] == f"00-{span.trace_id.hex()}-{span.span_id.hex()}-01"


def test_a_trace_that_is_none_is_not_handed_on(tmp_path):
    settings = lambda url: {"telemetry": Telemetry(None, "home")}  # noqa: E731
    _, seen, _ = scene(tmp_path, settings, traceparent="00-x")
    assert "traceparent" not in seen[0].headers


def test_without_settings_nothing_is_told_and_nothing_loaded(tmp_path):
    assert telemetry.telemetry_for(read_observability(None, tmp_path)) is None


def test_a_collector_without_the_extra_is_an_error_that_names_it(tmp_path, monkeypatch):
    monkeypatch.setattr(observability, "EXTRA", "no_such_package.at_all")
    with pytest.raises(ConfigError, match=r"OpenTelemetry is not installed.*banjia\[otel\]"):
        read_observability({"otlp": {"endpoint": "http://127.0.0.1:4318"}}, tmp_path)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"otlp": {}}, "no receiver is named"),
        ({"otlp": {"endpoint": "collector:4318"}}, "otlp.endpoint"),
        ({"otlp": {"endpoint": "http://169.254.169.254/"}}, "link-local"),
        ({"logs": "yaml"}, r"text \| json"),
        ({"traceparent": "abroad"}, r"none \| own \| home"),
        ({"usage": True}, r"observability.usage"),
        ({"otlp": {"endpoint": "http://c:1", "headers": {"a": "x\ny"}}}, "otlp.headers.a"),
    ],
)
def test_wrong_settings_say_where(tmp_path, raw, said):
    with pytest.raises(ConfigError, match=said):
        read_observability(raw, tmp_path)


def lines(caplog):
    form = JsonLines()
    return [json.loads(form.format(r)) for r in caplog.records if r.name == "banjia.call"]


def test_a_call_is_one_line_of_json_without_its_content(tmp_path, caplog):
    with caplog.at_level(logging.INFO, "banjia.call"):
        [answer], _, _ = scene(tmp_path, lambda url: {"observability": Observability(calls=True)})
    [line] = lines(caplog)
    assert line["decision"] == answer.headers["x-banjia-decision"]
    told = {k: line[k] for k in ("app", "route", "model", "status", "input", "output")}
    assert told == {"app": "helpdesk", "route": "local", "model": "true-model", "status": 200, "input": 3, "output": 2}
    assert SECRET not in json.dumps(line)


def test_a_refusal_is_a_line_with_its_rule(tmp_path, caplog):
    with caplog.at_level(logging.INFO, "banjia.call"):
        scene(tmp_path, lambda url: {"observability": Observability(calls=True)}, cells=closed_cells("local"))
    [line] = lines(caplog)
    assert (line["message"], line["status"], line["code"]) == ("refusal", 403, "openai.region")


def test_an_error_is_told_without_its_message():
    try:
        int(SECRET)
    except ValueError:
        record = logging.LogRecord("banjia", logging.ERROR, "f", 1, "unexpected", None, sys.exc_info())
    line = json.loads(JsonLines().format(record))
    assert line["error"] == "ValueError"
    assert SECRET not in json.dumps(line)


def test_usage_is_asked_for_where_config_says_always(tmp_path):
    conf = dataclasses.replace(
        config(tmp_path, [route("local", "http://127.0.0.1:9")]), options={"observability": {"usage": "always"}}
    )
    assert build_settings(conf, policy(open_cells("local"))).apps["helpdesk"].counts_usage
