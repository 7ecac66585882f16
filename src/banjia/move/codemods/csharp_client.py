"""C#: Semantic Kernel's services, Betalgo's options and OpenAI_API's client are told the endpoint each in its own way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from banjia.move.edit import Edit
from banjia.move.reason import CLIENT as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "csharp-client"
LANGUAGES = frozenset({"csharp"})
SERVICES = frozenset({"OpenAIChatCompletionService"})
VECTORS = frozenset({"AddOpenAITextEmbeddingGeneration", "AddOpenAIEmbeddingGenerator"})
OPTIONS = frozenset({"OpenAiOptions", "OpenAIOptions"})

PAIRS = (
    ("A.cs", 'using System;\nusing Microsoft.SemanticKernel.Connectors.OpenAI;\nclass A {\n    object s = new OpenAIChatCompletionService("gpt-4o", "key");\n}\n',
     'using System;\nusing Microsoft.SemanticKernel.Connectors.OpenAI;\nclass A {\n    object s = new OpenAIChatCompletionService("gpt-4o", new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1"), "key");\n}\n'),
    ("A.cs", 'using System;\nusing Microsoft.SemanticKernel;\nclass A {\n    void M() { Kernel.CreateBuilder().AddOpenAITextEmbeddingGeneration("text-embedding-3-small", "key"); }\n}\n',
     'using System;\nusing Microsoft.SemanticKernel;\nclass A {\n    void M() { Kernel.CreateBuilder().AddOpenAITextEmbeddingGeneration("text-embedding-3-small", new OpenAI.OpenAIClient(new System.ClientModel.ApiKeyCredential("key"), new OpenAI.OpenAIClientOptions { Endpoint = new Uri(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1") })); }\n}\n'),
    ("A.cs", 'using System;\nusing Betalgo.Ranul.OpenAI;\nclass A {\n    object s = new OpenAIService(new OpenAIOptions { ApiKey = "key" });\n    object t = new OpenAIService(new OpenAIOptions() { ApiKey = "key" });\n}\n',
     'using System;\nusing Betalgo.Ranul.OpenAI;\nclass A {\n    object s = new OpenAIService(new OpenAIOptions { BaseDomain = System.Text.RegularExpressions.Regex.Replace(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1", "(/v1)?/?$", "") + "/", ApiKey = "key" });\n    object t = new OpenAIService(new OpenAIOptions() { BaseDomain = System.Text.RegularExpressions.Regex.Replace(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1", "(/v1)?/?$", "") + "/", ApiKey = "key" });\n}\n'),
    ("A.cs", 'using System;\nusing OpenAI_API;\nclass A {\n    OpenAIAPI a = new OpenAIAPI("key");\n    OpenAIAPI b = new OpenAIAPI();\n}\n',
     'using System;\nusing OpenAI_API;\nclass A {\n    OpenAIAPI a = new OpenAIAPI("key") { ApiUrlFormat = System.Text.RegularExpressions.Regex.Replace(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1", "(/v1)?/?$", "") + "/{0}/{1}" };\n    OpenAIAPI b = new OpenAIAPI() { ApiUrlFormat = System.Text.RegularExpressions.Regex.Replace(Environment.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "http://127.0.0.1:8420/v1", "(/v1)?/?$", "") + "/{0}/{1}" };\n}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind != "client" or finding.provider != "openai":
        return
    for node in nodes(source, "object_creation_expression", finding.line, finding.end):
        yield from _made(source, node, finding, target)
    for node in nodes(source, "invocation_expression", finding.line, finding.end):
        yield from _added(source, node, finding, target)


def _made(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    name = node.field("type").text().rpartition(".")[2]
    listed = node.field("arguments")
    values = [a for a in listed.children() if a.is_named()] if listed is not None else []
    start, end = place(node)
    if name in SERVICES and len(values) >= 2 and "Uri" not in listed.text():
        if any(":" in v.text().replace("::", "") and '"' not in v.text() for v in values[:2]):
            return  # named arguments may stand in any order
        _, at = place(values[0])
        yield Edit(source.path, at, at, f", {_uri(source, target)}", ID, REASON, finding)
    elif name in OPTIONS and "BaseDomain" not in node.text() and "ProviderType" not in node.text():
        block = source.text.find("{", start, end)
        if block >= 0:
            root = f'{_root(source, target)} + "/"'
            yield Edit(source.path, block + 1, block + 1, f" BaseDomain = {root},", ID, REASON, finding)
    elif name == "OpenAIAPI" and "{" not in node.text():
        option = f'{{ ApiUrlFormat = {_root(source, target)} + "/{{0}}/{{1}}" }}'
        yield Edit(source.path, end, end, f" {option}", ID, REASON, finding)


def _added(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    """Vectors in Semantic Kernel take no endpoint, but a client of the official library."""
    called = node.field("function").text().rpartition(".")[2]
    values = [a for a in node.field("arguments").children() if a.is_named()]
    if called not in VECTORS or len(values) != 2 or any(":" in v.text() and '"' not in v.text() for v in values):
        return
    start, end = place(values[1])
    if "OpenAIClient" in values[1].text():
        return
    options = f"new OpenAI.OpenAIClientOptions {{ Endpoint = {_uri(source, target)} }}"
    client = f"new OpenAI.OpenAIClient(new System.ClientModel.ApiKeyCredential({values[1].text()}), {options})"
    yield Edit(source.path, start, end, client, ID, REASON, finding)


def _uri(source: Source, target: Target) -> str:
    name = "Uri" if "using System;" in source.text else "System.Uri"
    return f"new {name}({_read(source, target)})"


def _root(source: Source, target: Target) -> str:
    return f'System.Text.RegularExpressions.Regex.Replace({_read(source, target)}, "(/v1)?/?$", "")'


def _read(source: Source, target: Target) -> str:
    name = "Environment" if "using System;" in source.text else "System.Environment"
    return f'{name}.GetEnvironmentVariable("OPENAI_BASE_URL") ?? "{target.v1}"'
