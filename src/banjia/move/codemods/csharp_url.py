"""C#: a literal address becomes a setting with the target as default."""

from __future__ import annotations

from collections.abc import Iterator

from banjia.move.address import find
from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "csharp-url"
LANGUAGES = frozenset({"csharp"})
REASON = Text("写死的地址改为环境变量，默认网关", "a literal address becomes a setting, by default the gateway")

PAIRS = (
    ("A.cs", 'using System;\nusing System.Net.Http;\nclass A {\n    void M(HttpClient http) { http.PostAsync("https://api.openai.com/v1/chat/completions", null); }\n}\n',
     'using System;\nusing System.Net.Http;\nclass A {\n    void M(HttpClient http) { http.PostAsync((Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1") + "/chat/completions", null); }\n}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "client"} or finding.provider not in {"openai", "azure_openai"}:
        return
    name = "Environment" if "using System;" in source.text else "System.Environment"
    for node in nodes(source, "string_literal", finding.line, finding.end):
        raw = node.text()
        address = find(raw)
        is_constant = "const " in source.line(node.range().start.line + 1)
        if address is None or address.start != 1 or address.azure or not address.has_v1 or is_constant:
            continue
        rest = raw[address.end : -1]
        base = f'({name}.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "{target.v1}")'
        start, end = place(node)
        yield Edit(source.path, start, end, f'{base} + "{rest}"' if rest else base, ID, REASON, finding)
