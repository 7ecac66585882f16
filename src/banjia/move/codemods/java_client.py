"""Java and Kotlin libraries that take no base URL by a builder: the service, the low-level API or the host is made for the target."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from banjia.move.edit import Edit
from banjia.move.reason import CLIENT as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "java-client"
LANGUAGES = frozenset({"java", "kotlin"})
OKHTTP, API = "okhttp3.OkHttpClient", "com.theokanning.openai.client.OpenAiApi"
LOW_LEVEL = frozenset({"OpenAiApi", "OpenAiImageApi", "OpenAiAudioApi", "OpenAiModerationApi"})

PAIRS = (
    ("A.java", 'import com.theokanning.openai.service.OpenAiService;\nclass A {\n    OpenAiService s = new OpenAiService(System.getenv("KEY"));\n}\n',
     'import com.theokanning.openai.service.OpenAiService;\nclass A {\n    OpenAiService s = ((java.util.function.Function<okhttp3.OkHttpClient, OpenAiService>) http -> new OpenAiService(OpenAiService.defaultRetrofit(http, OpenAiService.defaultObjectMapper()).newBuilder().baseUrl(System.getenv().getOrDefault("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1").replaceFirst("/v1/?$", "") + "/").build().create(com.theokanning.openai.client.OpenAiApi.class), http.dispatcher().executorService())).apply(OpenAiService.defaultClient(System.getenv("KEY"), java.time.Duration.ofSeconds(10)));\n}\n'),
    ("A.java", 'import org.springframework.ai.openai.api.OpenAiApi;\nclass A {\n    OpenAiApi a = new OpenAiApi("key");\n    OpenAiApi b = OpenAiApi.builder().apiKey("key").build();\n}\n',
     'import org.springframework.ai.openai.api.OpenAiApi;\nclass A {\n    OpenAiApi a = new OpenAiApi(System.getenv().getOrDefault("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1").replaceFirst("/v1/?$", ""), "key");\n    OpenAiApi b = OpenAiApi.builder().baseUrl(System.getenv().getOrDefault("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1").replaceFirst("/v1/?$", "")).apiKey("key").build();\n}\n'),
    ("B.kt", "import com.aallam.openai.client.OpenAI\nval client = OpenAI(token = key)\n",
     'import com.aallam.openai.client.OpenAI\nval client = OpenAI(token = key, host = com.aallam.openai.client.OpenAIHost(baseUrl = (System.getenv("OPENAI_BASE_URL") ?: "http://127.0.0.1:8420/v1").removeSuffix("/") + "/"))\n'),
    ("B.kt", 'import com.aallam.openai.client.OpenAI\nimport com.aallam.openai.client.OpenAIConfig\nval client = OpenAI(OpenAIConfig("key"))\n',
     'import com.aallam.openai.client.OpenAI\nimport com.aallam.openai.client.OpenAIConfig\nval client = OpenAI(OpenAIConfig("key", host = com.aallam.openai.client.OpenAIHost(baseUrl = (System.getenv("OPENAI_BASE_URL") ?: "http://127.0.0.1:8420/v1").removeSuffix("/") + "/")))\n'),
    ("B.kt", 'import com.theokanning.openai.service.OpenAiService\nval service = OpenAiService("key")\n',
     'import com.theokanning.openai.service.OpenAiService\nval service = OpenAiService.defaultClient("key", java.time.Duration.ofSeconds(10)).let { http -> OpenAiService(OpenAiService.defaultRetrofit(http, OpenAiService.defaultObjectMapper()).newBuilder().baseUrl((System.getenv("OPENAI_BASE_URL") ?: "http://127.0.0.1:8420/v1").removeSuffix("/").removeSuffix("/v1") + "/").build().create(com.theokanning.openai.client.OpenAiApi::class.java), http.dispatcher().executorService()) }\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind != "client" or finding.provider != "openai":
        return
    if source.language == "kotlin":
        for node in nodes(source, "call_expression", finding.line, finding.end):
            yield from _kotlin(source, node, finding, target)
        return
    for node in nodes(source, "object_creation_expression", finding.line, finding.end):
        yield from _made(source, node, finding, target)
    for node in nodes(source, "method_invocation", finding.line, finding.end):
        yield from _built(source, node, finding, target)


def _made(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    name = node.field("type").text().rpartition(".")[2]
    listed = node.field("arguments")
    values = [a.text() for a in listed.children() if a.is_named()]
    start, end = place(node)
    if name == "OpenAiService" and "com.theokanning" in source.text and _is_token(values):
        timeout = values[1] if len(values) == 2 else "java.time.Duration.ofSeconds(10)"  # the library's own default
        own = node.field("type").text()
        api = f"{own}.defaultRetrofit(http, {own}.defaultObjectMapper()).newBuilder()"
        api += f'.baseUrl({_root(target)} + "/").build().create({_api(source)}.class)'
        made = f"new {own}({api}, http.dispatcher().executorService())"
        client = f"{own}.defaultClient({values[0]}, {timeout})"
        new = f"((java.util.function.Function<{OKHTTP}, {own}>) http -> {made}).apply({client})"
        yield Edit(source.path, start, end, new, ID, REASON, finding)
    elif name in LOW_LEVEL and "springframework.ai" in source.text and len(values) == 1:
        at, _ = place(listed)
        yield Edit(source.path, at + 1, at + 1, f"{_root(target)}, ", ID, REASON, finding)


def _built(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    words = node.text()
    if "springframework.ai" not in source.text or not any(words == f"{name}.builder()" for name in LOW_LEVEL):
        return
    _, end = place(node)
    if ".baseUrl(" not in source.text[end : source.text.find(";", end)]:
        yield Edit(source.path, end, end, f".baseUrl({_root(target)})", ID, REASON, finding)


def _is_token(values: list[str]) -> bool:
    """One argument that is no API of its own, or a token with a time-out."""
    if len(values) == 1:
        return not any(word in values[0] for word in ("Api", "api)", ".create("))
    return len(values) == 2 and any(word in values[1] for word in ("Duration", "imeout", "ZERO"))


def _root(target: Target) -> str:
    return f'System.getenv().getOrDefault("OPENAI_BASE_URL", "{target.v1}").replaceFirst("/v1/?$", "")'


def _api(source: Source) -> str:
    """Where the interface stood before release 0.13, and since."""
    old = "import com.theokanning.openai.OpenAiApi;" in source.text
    return "com.theokanning.openai.OpenAiApi" if old else API


def _kotlin(source: Source, node: Any, finding: Finding, target: Target) -> Iterator[Edit]:
    words = node.text()
    name, mark, rest = words.partition("(")
    start, end = place(node)
    inner = rest[:-1]
    read = f'(System.getenv("OPENAI_BASE_URL") ?: "{target.v1}")'
    if not mark or not words.endswith(")"):
        return
    if name in {"OpenAI", "OpenAIConfig"} and "com.aallam.openai" in source.text:
        if "host =" in inner or "OpenAIConfig(" in inner or inner.startswith("config") or not inner.strip():
            return
        host = f'host = com.aallam.openai.client.OpenAIHost(baseUrl = {read}.removeSuffix("/") + "/")'
        at = start + len(name) + 1 + len(inner.rstrip().removesuffix(","))
        yield Edit(source.path, at, at, f", {host}", ID, REASON, finding)
    elif name == "OpenAiService" and "com.theokanning" in source.text and "," not in inner and _is_token([inner]):
        made = f'{name}.defaultRetrofit(http, {name}.defaultObjectMapper()).newBuilder().baseUrl({read}.removeSuffix("/").removeSuffix("/v1") + "/")'
        made += f".build().create({_api(source)}::class.java), http.dispatcher().executorService()"
        client = f"{name}.defaultClient({inner}, java.time.Duration.ofSeconds(10))"
        yield Edit(source.path, start, end, f"{client}.let {{ http -> {name}({made}) }}", ID, REASON, finding)
