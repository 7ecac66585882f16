"""Desk of traits: what an application asks of its models, read off the code of its calls and off the ledger."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from banjia.desk import clock
from banjia.desk.ledger import Place
from banjia.desk.usage import usage
from banjia.routes import successor
from banjia.routes.price import Volume
from banjia.scan.finding import Finding

MONTH = 30  # days that stand for a month
AROUND = 2  # lines around a use that still belong to it
FOREIGN = frozenset({"openai", "azure_openai", "anthropic", "google_gemini_api", "relay", "any"})
PLACES = frozenset({"call", "http", "client", "embed_dim", "model"})

FEATURES: dict[str, re.Pattern[str]] = {
    "tools": re.compile(r"\b(?:tools|functions)\b[\"']?\s*[=:]"),
    "forced_tools": re.compile(r"\btool_?choice[\"']?\s*[=:]\s*(?:[\"']required|\{)", re.IGNORECASE),
    "images": re.compile(r"\bimage_url\b|\binput_image\b|data:image/"),
    "json_object": re.compile(r"[\"']json_object[\"']"),
    "json_schema": re.compile(r"[\"']json_schema[\"']|\bresponse_format\s*=\s*[A-Z]\w+|\.parse\("),
    "streams": re.compile(r"\bstream[\"']?\s*[=:]\s*[Tt]rue|\.stream\("),
    "several_answers": re.compile(r"\bn[\"']?\s*[=:]\s*(?:[2-9]|\d\d)"),
}
WIDTH = re.compile(
    r"\b(?:dimensions?|dims?|embed(?:ding)?_?dim\w*|vector_?size|size)[\"']?\s*[=:(]\s*(\d{2,5})\b", re.IGNORECASE
)
DEFAULT_WIDTHS = {"text-embedding-ada-002": 1536, "text-embedding-3-small": 1536, "text-embedding-3-large": 3072}


@dataclass(frozen=True, slots=True)
class Traits:
    """`seen` says where each feature was seen first, as path:line."""

    models: tuple[str, ...] = ()
    seen: dict[str, str] = field(default_factory=dict)
    widths: dict[str, int] = field(default_factory=dict)

    @property
    def features(self) -> frozenset[str]:
        return frozenset(self.seen)


def traits_of(path: Path) -> Traits:
    """What scan finds under the path, and what is written at the places that it finds."""
    from banjia.desk.scan import scan

    inventory = scan(path)
    base = path if path.is_dir() else path.parent
    used = [f for f in inventory.findings if f.provider in FOREIGN]
    models = tuple(dict.fromkeys(f.model for f in used if f.model))
    seen: dict[str, str] = {}
    width = 0
    for finding in used:
        if finding.kind not in PLACES:
            continue
        text = _written(base / finding.path, finding)
        for name, pattern in FEATURES.items():
            if name not in seen and pattern.search(text):
                seen[name] = f"{finding.path}:{finding.line}"
        if finding.kind == "embed_dim" and (found := WIDTH.search(text)) is not None:
            width = width or int(found[1])
    return Traits(models, seen, dict(_widths(models, width)))


def volumes_of(place: Place, days: int = MONTH) -> dict[str, Volume]:
    """Use of a month by the model asked for, from the ledger's last days."""
    today = clock.today()
    report = usage(place, today - timedelta(days=days - 1), today, ("asked",))
    return {
        key[0]: Volume(round(u.requests * MONTH / days), round(u.input * MONTH / days), round(u.output * MONTH / days))
        for key, u in report.groups.items()
        if u.requests and key[0] != "-"
    }


def _widths(models: Iterable[str], width: int) -> Iterable[tuple[str, int]]:
    """Vectors are as wide as the code says, else as wide as the model makes them."""
    for model in models:
        stand = successor.of(model)
        if stand is not None and stand.work == "embedding" and (width or DEFAULT_WIDTHS.get(model)):
            yield model, width or DEFAULT_WIDTHS[model]


def _written(file: Path, finding: Finding) -> str:
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ""
    around = AROUND if finding.kind != "model" else 0
    return "\n".join(lines[max(0, finding.line - 1 - around) : finding.end + around])
