"""Java: a literal address becomes a setting; a LangChain4j or openai-java builder is told the base URL."""

from __future__ import annotations

from collections.abc import Iterator

from banjia.move.address import find
from banjia.move.edit import Edit
from banjia.move.reason import ADDRESS as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place, within
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "java"
LANGUAGES = frozenset({"java"})
FIXED = Text("注解里的常量直接写网关地址", "an annotation takes constants only: the gateway's address stands in it")
ANNOTATION = frozenset({"annotation", "marker_annotation", "annotation_argument_list", "switch_label"})
BUILDERS = (
    "OpenAiChatModel",
    "OpenAiStreamingChatModel",
    "OpenAiEmbeddingModel",
    "OpenAiLanguageModel",
    "OpenAiStreamingLanguageModel",
    "OpenAiModerationModel",
    "OpenAiImageModel",
    "OpenAiOfficialChatModel",
    "OpenAiOfficialStreamingChatModel",
    "OpenAiOfficialEmbeddingModel",
    "OpenAIOkHttpClient",
)

PAIRS = (
    ("Mail.java", 'class Mail {\n    static final String HOST = "https://api.openai.com/";\n    String u() { return HOST + "v1/chat/completions"; }\n}\n',
     'class Mail {\n    static final String HOST = System.getenv().getOrDefault("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1").replaceFirst("/v1/?$", "") + "/";\n    String u() { return HOST + "v1/chat/completions"; }\n}\n'),
    ("Api.java", 'interface Api {\n    @POST("https://api.openai.com/v1/chat/completions") Object call();\n}\n',
     'interface Api {\n    @POST("http://127.0.0.1:8420/v1/chat/completions") Object call();\n}\n'),
    ("Letters.java", 'class Letters {\n    @Value("${llm.base-url:https://api.openai.com}")\n    private String base;\n    String u() { return base + "/v1/chat/completions"; }\n}\n',
     'class Letters {\n    @Value("${llm.base-url:http://127.0.0.1:8420}")\n    private String base;\n    String u() { return base + "/v1/chat/completions"; }\n}\n'),
    ("Azure.java", 'import com.azure.ai.openai.OpenAIClientBuilder;\nclass Azure {\n    Object c = new OpenAIClientBuilder().endpoint("https://acme.openai.azure.com").buildClient();\n}\n',
     'import com.azure.ai.openai.OpenAIClientBuilder;\nclass Azure {\n    Object c = new OpenAIClientBuilder().endpoint(System.getenv().getOrDefault("AZURE_OPENAI_ENDPOINT", "http://127.0.0.1:8420")).buildClient();\n}\n'),
    ("Mail.java", 'import dev.langchain4j.model.openai.OpenAiChatModel;\nclass Mail {\n    Object m = OpenAiChatModel.builder()\n            .apiKey("x")\n            .build();\n}\n',
     'import dev.langchain4j.model.openai.OpenAiChatModel;\nclass Mail {\n    Object m = OpenAiChatModel.builder().baseUrl(System.getenv().getOrDefault("OPENAI_BASE_URL", "http://127.0.0.1:8420/v1"))\n            .apiKey("x")\n            .build();\n}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.provider not in {"openai", "azure_openai"}:
        return
    read = f'System.getenv().getOrDefault("OPENAI_BASE_URL", "{target.v1}")'
    if finding.kind in {"http", "client"}:
        for node in nodes(source, "string_literal", finding.line, finding.end):
            raw = node.text()
            address = find(raw)
            annotated = within(node, ANNOTATION)
            if address is None or (address.start != 1 and not annotated):
                continue
            start, end = place(node)
            if annotated:
                moved = address.moved(target)
                yield Edit(source.path, start + address.start, start + address.end, moved, ID, FIXED, finding)
                continue
            rest = raw[address.end : -1]
            base = read if address.has_v1 else f'{read}.replaceFirst("/v1/?$", "")'
            if address.azure:
                base = f'System.getenv().getOrDefault("AZURE_OPENAI_ENDPOINT", "{target.root}")'
            yield Edit(source.path, start, end, f'{base} + "{rest}"' if rest else base, ID, REASON, finding)
    if finding.kind == "client":
        for node in nodes(source, "method_invocation", finding.line, finding.end):
            words = node.text()
            if not any(words == f"{name}.builder()" for name in BUILDERS):
                continue
            _, end = place(node)
            statement = source.text[end : source.text.find(";", end)]
            if ".baseUrl(" not in statement:
                yield Edit(source.path, end, end, f".baseUrl({read})", ID, REASON, finding)
