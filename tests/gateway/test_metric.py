"""What /metrics says is read by Prometheus as it was counted, and stays bounded whatever callers ask for."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from banjia.gateway.metric import MOST_ROWS, REST, Metrics

NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
LABEL = rf'{NAME}="(?:[^"\\\n]|\\["\\n])*"'
SAMPLE = re.compile(rf"({NAME})(?:{{({LABEL}(?:,{LABEL})*)}})? (-?[0-9.eE+-]+|[+-]?Inf|NaN)")
HELP = re.compile(rf"# HELP {NAME} [^\n]+")
TYPE = re.compile(rf"# TYPE ({NAME}) (counter|gauge|histogram)")
PARTS = {"counter": ("",), "gauge": ("",), "histogram": ("_bucket", "_sum", "_count")}


def read(text: str) -> dict[tuple[str, str], float]:
    """(name, labels) -> value; fails where a line is not of the text format, or its family was not announced."""
    kinds: dict[str, str] = {}
    found: dict[tuple[str, str], float] = {}
    for line in text.removesuffix("\n").split("\n"):
        if kind := TYPE.fullmatch(line):
            assert kind[1] not in kinds, line
            kinds[kind[1]] = kind[2]
        elif not HELP.fullmatch(line):
            sample = SAMPLE.fullmatch(line)
            assert sample, line
            assert any(sample[1] == f + part for f, k in kinds.items() for part in PARTS[k]), line
            assert (sample[1], sample[2]) not in found, line
            found[sample[1], sample[2]] = float(sample[3])
    return found


@given(st.text(max_size=20), st.text(max_size=20), st.integers(0, 2**52), st.floats(0, 1e6))
def test_every_line_is_of_the_text_format_and_exact(app, model, tokens, seconds):
    metrics = Metrics()
    metrics.call_done(app, "r", model, "chat/completions", 200, tokens, 1, seconds)
    metrics.count("banjia_cost_total", app, "r", model, "CNY", by=seconds)
    found = read(metrics.render([("banjia_up", "Up.", {(): float("inf")}, ())]).decode())
    values = {name: value for (name, labels), value in found.items() if 'kind="output"' not in (labels or "")}
    assert values["banjia_cost_total"] == seconds
    assert values["banjia_request_seconds_sum"] == seconds
    assert values["banjia_up"] == float("inf")
    if tokens:
        assert values["banjia_tokens_total"] == tokens


@pytest.mark.parametrize("count", [999_999, 1_234_567, 12_345_678_901])
def test_a_counter_goes_on_counting_beyond_a_million(count):
    metrics = Metrics()
    metrics.count("banjia_unexpected_total", by=count)
    metrics.count("banjia_unexpected_total")
    assert f"banjia_unexpected_total {count + 1}\n" in metrics.render().decode()


def test_names_that_callers_make_up_cost_a_bounded_memory_and_are_still_counted():
    metrics = Metrics()
    for n in range(MOST_ROWS + 500):
        metrics.call_done("app", "r", f"model {n}", "chat/completions", 200, 2, 1, 0.1)
        metrics.count("banjia_cost_total", "app", "r", f"model {n}", "CNY", by=0.5)
    found = read(metrics.render().decode())
    tokens = {labels: value for (name, labels), value in found.items() if name == "banjia_tokens_total"}
    assert len(tokens) <= MOST_ROWS + 1
    assert sum(tokens.values()) == 3 * (MOST_ROWS + 500)
    assert any(f'model="{REST}"' in labels for labels in tokens)
