"""Metrics: counts of this process in Prometheus' text form, and those of its fellow workers beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0)

MOST_KNOWN = 1024
MOST_ROWS = 4096  # of one counter: names of models may be the callers' choice
REST = "other"  # what counts for everything beyond

Label = tuple[str, ...]

COUNTERS: Mapping[str, tuple[str, Label]] = {
    "banjia_requests_total": ("Calls by outcome.", ("app", "route", "operation", "status")),
    "banjia_tokens_total": ("Tokens as the provider counts them.", ("app", "route", "model", "kind")),
    "banjia_units_total": ("Pictures, seconds, characters ...", ("app", "route", "model", "unit")),
    "banjia_cost_total": ("Cost at list price.", ("app", "route", "model", "currency")),
    "banjia_refusals_total": ("Calls that the gateway refused, by rule or code.", ("app", "code")),
    "banjia_upstream_failures_total": ("Failed exchanges with an upstream.", ("route", "kind")),
    "banjia_breaker_total": ("Times that the breaker of a route turned to a state.", ("route", "state")),
    "banjia_warnings_total": ("Lossy translations.", ("route", "operation")),
    "banjia_reloads_total": ("Reloads of config or policy.", ("result",)),
    "banjia_unexpected_total": ("Internal errors.", ()),
}
HISTOGRAMS: Mapping[str, tuple[str, Label]] = {
    "banjia_request_seconds": ("Time until the answer was complete.", ("app", "route")),
    "banjia_first_byte_seconds": ("Time until the first byte of the answer.", ("app", "route")),
}


class Counts(msgspec.Struct):
    counters: dict[str, dict[Label, float]] = msgspec.field(default_factory=dict)
    histograms: dict[str, dict[Label, list[float]]] = msgspec.field(default_factory=dict)  # buckets, sum


class Metrics:
    """With a `folder`, each worker leaves its counts there, so that any worker can answer for all of them."""

    def __init__(self, folder: Path | None = None, worker: int = 0) -> None:
        self._folder = folder
        self._worker = worker
        self._counters: dict[str, dict[Label, float]] = {name: defaultdict(float) for name in COUNTERS}
        self._histograms: dict[str, dict[Label, list[float]]] = {name: {} for name in HISTOGRAMS}
        self._known: dict[tuple[str, str, str, str, int], tuple[Label, Label, Label]] = {}
        if folder is not None:
            for found in _read([self._file(folder)]):  # a worker that is started again counts on
                self._add(found)

    def count(self, name: str, *labels: str, by: float = 1) -> None:
        rows = self._counters[name]
        rows[_bounded(rows, labels)] += by

    def observe(self, name: str, seconds: float, *labels: str) -> None:
        row = self._histograms[name].get(labels)
        if row is None:
            row = self._histograms[name][labels] = [0.0] * (len(BUCKETS) + 2)
        row[bisect_left(BUCKETS, seconds)] += 1
        row[-1] += seconds

    def call_done(
        self, app: str, route: str, model: str, operation: str, status: int, read: int, written: int, seconds: float
    ) -> None:
        """One call's outcome, tokens and time; the labels are put together once."""
        key = (app, route, model, operation, status)
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = (
                (app, route, operation, str(status)),
                (app, route, model, "input"),
                (app, route, model, "output"),
            )
        counters = self._counters
        counters["banjia_requests_total"][known[0]] += 1
        if read or written:
            tokens = counters["banjia_tokens_total"]
            tokens[_bounded(tokens, known[1])] += read
            tokens[_bounded(tokens, known[2])] += written
        self.observe("banjia_request_seconds", seconds, app, route)

    def publish(self) -> None:
        """Leave the counts for the other workers; atomic, so that no one reads half of them."""
        if self._folder is None:
            return
        target = self._file(self._folder)
        fresh = target.with_suffix(".new")
        fresh.write_bytes(_encode(Counts(self._counters, self._histograms)))
        fresh.replace(target)

    def render(self, gauges: Iterable[tuple[str, str, Mapping[Label, float], Label]] = ()) -> bytes:
        """All workers' counts, and gauges as (name, help, values, label names)."""
        total = Metrics()
        total._add(Counts(self._counters, self._histograms))
        if self._folder is not None:
            own = self._file(self._folder)
            for found in _read(sorted(p for p in self._folder.glob("worker-*.json") if p != own)):
                total._add(found)
        return total._text(gauges).encode()

    def _file(self, folder: Path) -> Path:
        return folder / f"worker-{self._worker}.json"

    def _add(self, counts: Counts) -> None:
        for name, rows in counts.counters.items():
            for labels, value in rows.items():
                self._counters[name][labels] += value
        for name, series in counts.histograms.items():
            for labels, values in series.items():
                row = self._histograms[name].setdefault(labels, [0.0] * len(values))
                row[:] = [a + b for a, b in zip(row, values, strict=True)]

    def _text(self, gauges: Iterable[tuple[str, str, Mapping[Label, float], Label]]) -> str:
        lines: list[str] = []
        for name, (text, names) in COUNTERS.items():
            lines += [f"# HELP {name} {text}", f"# TYPE {name} counter"]
            lines += [
                f"{name}{_labels(names, labels)} {_number(value)}" for labels, value in self._counters[name].items()
            ]
        for name, (text, names) in HISTOGRAMS.items():
            lines += [f"# HELP {name} {text}", f"# TYPE {name} histogram"]
            for labels, row in self._histograms[name].items():
                below = 0.0
                for edge, value in zip((*map(str, BUCKETS), "+Inf"), row[:-1], strict=True):
                    below += value
                    lines.append(f"{name}_bucket{_labels((*names, 'le'), (*labels, edge))} {_number(below)}")
                lines += [
                    f"{name}_sum{_labels(names, labels)} {_number(row[-1])}",
                    f"{name}_count{_labels(names, labels)} {_number(below)}",
                ]
        for name, text, values, names in gauges:
            lines += [f"# HELP {name} {text}", f"# TYPE {name} gauge"]
            lines += [f"{name}{_labels(names, labels)} {_number(value)}" for labels, value in values.items()]
        return "\n".join(lines) + "\n"


def _bounded(rows: Mapping[Label, float], labels: Label) -> Label:
    """The labels, or where there are too many rows already those of the application alone."""
    return labels if labels in rows or len(rows) < MOST_ROWS else (labels[0], *(REST for _ in labels[1:]))


def _number(value: float) -> str:
    """Exactly, as Prometheus reads it: a counter that is rounded stands still."""
    exact = float(value)
    if exact.is_integer() and abs(exact) < 2**53:
        return str(int(exact))
    return repr(exact).replace("inf", "Inf").replace("nan", "NaN")


def _labels(names: Label, values: Label) -> str:
    if not names:
        return ""
    pairs = ",".join(f'{n}="{_escaped(v)}"' for n, v in zip(names, values, strict=True))
    return "{" + pairs + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _encode(counts: Counts) -> bytes:
    rows = [
        [[name, [[*labels], value]] for name, series in counts.counters.items() for labels, value in series.items()],
        [[name, [[*labels], row]] for name, series in counts.histograms.items() for labels, row in series.items()],
    ]
    return msgspec.json.encode(rows)


def _read(paths: Iterable[Path]) -> Iterable[Counts]:
    for path in paths:
        try:
            counters, histograms = msgspec.json.decode(path.read_bytes())
        except (OSError, msgspec.MsgspecError, ValueError):
            continue
        found = Counts()
        for name, (labels, value) in counters:
            if name in COUNTERS:
                found.counters.setdefault(name, {})[tuple(labels)] = float(value)
        for name, (labels, row) in histograms:
            if name in HISTOGRAMS and len(row) == len(BUCKETS) + 2:
                found.histograms.setdefault(name, {})[tuple(labels)] = [float(v) for v in row]
        yield found
