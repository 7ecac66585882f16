"""A base URL in a settings file points at the target; a relay written there is retired by the same stroke."""

from __future__ import annotations

from collections.abc import Iterator

from banjia.move.address import find
from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "settings-url"
LANGUAGES = frozenset({"settings"})
MOVES = Text("基础地址改指向网关", "the base URL points at the gateway")
RETIRES = Text("停用中转，地址改指向网关", "the relay is retired, the address points at the gateway")

PAIRS = (
    (".env", "OPENAI_API_KEY=\nOPENAI_BASE_URL=https://api.openai.com/v1\nOPENAI_API_BASE=https://api.openai.com/v1/\n",
     "OPENAI_API_KEY=\nOPENAI_BASE_URL=http://127.0.0.1:8420/v1\nOPENAI_API_BASE=http://127.0.0.1:8420/v1/\n"),
    ("application.yml", "spring:\n  ai:\n    openai:\n      base-url: https://api.openai.com  # default\n",
     "spring:\n  ai:\n    openai:\n      base-url: http://127.0.0.1:8420  # default\n"),
    (".env", "OPENAI_API_KEY=\nOPENAI_BASE_URL=https://api.chatanywhere.tech/v1\nOPENAI_API_BASE=https://api.openai.com/v1\n",
     "OPENAI_API_KEY=\nOPENAI_BASE_URL=http://127.0.0.1:8420/v1\nOPENAI_API_BASE=http://127.0.0.1:8420/v1\n"),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    relay = finding.kind == "proxy" and finding.provider == "relay"
    if finding.kind not in {"config", "env", "http"} and not (relay and finding.env):
        return
    if finding.provider not in {"openai", "azure_openai", "relay", "any"}:
        return
    for number in range(finding.line, finding.end + 1):
        line = source.line(number)
        found = find(line, finding.url if finding.provider == "relay" else None)
        if found is None:
            continue
        at = source.starts[number - 1]
        yield Edit(
            source.path, at + found.start, at + found.end, found.moved(target), ID, RETIRES if relay else MOVES, finding
        )
