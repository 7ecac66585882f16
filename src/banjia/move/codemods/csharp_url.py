"""C#: a literal address becomes a setting with the target as default; clients made of a key alone are told the endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from banjia.move.address import find
from banjia.move.edit import Edit
from banjia.move.reason import ADDRESS as REASON
from banjia.move.reason import CONSTANT_ADDRESS as FIXED
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "csharp"
LANGUAGES = frozenset({"csharp"})
CONSTANT = frozenset({"attribute", "attribute_argument", "parameter", "enum_member_declaration", "case_switch_label"})
CLIENTS = {
    "OpenAIClient": 1,
    "ChatClient": 2,
    "EmbeddingClient": 2,
    "ImageClient": 2,
    "AudioClient": 2,
    "ModerationClient": 2,
}
SEMANTIC = frozenset({"AddOpenAIChatCompletion", "AddOpenAIChatClient"})

PAIRS = (
    ("A.cs", 'using System;\nusing System.Net.Http;\nclass A {\n    void M(HttpClient http) { http.PostAsync("https://api.openai.com/v1/chat/completions", null); }\n}\n',
     'using System;\nusing System.Net.Http;\nclass A {\n    void M(HttpClient http) { http.PostAsync((Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1") + "/chat/completions", null); }\n}\n'),
    ("A.cs", 'class A {\n    const string Url = "https://api.openai.com/v1/chat/completions";\n}\n', 'class A {\n    const string Url = "http://127.0.0.1:8420/v1/chat/completions";\n}\n'),
    ("A.cs", 'using System;\nclass A {\n    string U(string name) => $"https://{name}.openai.azure.com/openai/deployments/x";\n}\n',
     'using System;\nclass A {\n    string U(string name) => (Environment.GetEnvironmentVariable("AZURE_OPENAI_ENDPOINT") ?? "http://127.0.0.1:8420") + $"/openai/deployments/x";\n}\n'),
    ("A.cs", 'using System;\nusing OpenAI.Chat;\nclass A {\n    ChatClient c = new ChatClient("gpt-4o", "key");\n}\n',
     'using System;\nusing OpenAI.Chat;\nclass A {\n    ChatClient c = new ChatClient("gpt-4o", new System.ClientModel.ApiKeyCredential("key"), new OpenAI.OpenAIClientOptions { Endpoint = new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1") });\n}\n'),
    ("A.cs", 'using System;\nusing Microsoft.SemanticKernel;\nclass A {\n    void M() { Kernel.CreateBuilder().AddOpenAIChatCompletion("gpt-4o", "key"); }\n}\n',
     'using System;\nusing Microsoft.SemanticKernel;\nclass A {\n    void M() { Kernel.CreateBuilder().AddOpenAIChatCompletion("gpt-4o", new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1"), "key"); }\n}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "client", "env"} or finding.provider not in {"openai", "azure_openai"}:
        return
    for kind in ("string_literal", "interpolated_string_expression", "verbatim_string_literal"):
        for node in nodes(source, kind, finding.line, finding.end):
            yield from _literal(source, node, finding, target)
    if finding.kind == "client":
        for node in nodes(source, "object_creation_expression", finding.line, finding.end):
            yield from _client(source, node, finding, target)
        for node in nodes(source, "invocation_expression", finding.line, finding.end):
            yield from _kernel(source, node, finding, target)


def _literal(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    raw = node.text()
    address = find(raw)
    lead = raw[: raw.index('"') + 1] if '"' in raw else ""
    if address is None or address.start != len(lead) or lead not in {'"', '$"', '@"'}:
        return
    start, end = place(node)
    constant = any(
        a.kind() in CONSTANT or (a.kind() == "field_declaration" and "const " in a.text()) for a in node.ancestors()
    )
    constant = constant or any(
        a.kind() == "local_declaration_statement" and a.text().startswith("const ") for a in node.ancestors()
    )
    if constant or not (address.azure or address.has_v1):
        yield Edit(source.path, start + address.start, start + address.end, address.moved(target), ID, FIXED, finding)
        return
    rest = raw[address.end : -1]
    base = f"({_read(source, target, azure=address.azure)})"
    yield Edit(source.path, start, end, f'{base} + {lead}{rest}"' if rest else base, ID, REASON, finding)


def _client(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    """A client of a key alone: the key becomes a credential, and options with the endpoint stand behind it."""
    name = node.field("type").text().rpartition(".")[2]
    values = [a for a in node.field("arguments").children() if a.is_named()] if node.field("arguments") else []
    if CLIENTS.get(name) != len(values) or any(":" in v.text() for v in values):
        return
    start, end = place(values[-1])
    key = values[-1].text()
    credential = key if "redential" in key else f"new System.ClientModel.ApiKeyCredential({key})"
    options = f"new OpenAI.OpenAIClientOptions {{ Endpoint = {_uri(source, target)} }}"
    yield Edit(source.path, start, end, f"{credential}, {options}", ID, REASON, finding)


def _kernel(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    """Semantic Kernel takes the endpoint as second argument."""
    called = node.field("function").text().rpartition(".")[2]
    values = [a for a in node.field("arguments").children() if a.is_named()]
    if (
        called not in SEMANTIC
        or not values
        or "Uri" in node.field("arguments").text()
        or any(":" in v.text() for v in values[:2])
    ):
        return
    _, end = place(values[0])
    yield Edit(source.path, end, end, f", {_uri(source, target)}", ID, REASON, finding)


def _uri(source: Source, target: Target) -> str:
    name = "Uri" if "using System;" in source.text else "System.Uri"
    return f"new {name}({_read(source, target, azure=False)})"


def _read(source: Source, target: Target, *, azure: bool) -> str:
    name = "Environment" if "using System;" in source.text else "System.Environment"
    variable = "AZURE_OPENAI_ENDPOINT" if azure else "OPENAI_BASE_URL"
    return f'{name}.GetEnvironmentVariable("{variable}") ?? "{target.root if azure else target.v1}"'
