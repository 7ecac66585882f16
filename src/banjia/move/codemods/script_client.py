"""A client made in JavaScript or TypeScript reads its base URL from the environment; `dataResidency` goes, it excludes one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from banjia.move.edit import Edit
from banjia.move.reason import CLIENT as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place, root
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "script-client"
LANGUAGES = frozenset({"javascript", "typescript", "tsx"})
RESIDENCY = Text("dataResidency 与基础地址互斥，删去", "dataResidency excludes a base URL and is removed")
EMPTY = Text(
    "这个地址可能是空的，空则会去 OpenAI：空时用网关",
    "this address may be empty and would lead to OpenAI: then the gateway",
)


@dataclass(frozen=True, slots=True)
class Form:
    """`within`: the option that holds the address is itself held by another."""

    option: str
    within: str = ""
    azure: bool = False

    @property
    def variable(self) -> str:
        return "AZURE_OPENAI_ENDPOINT" if self.azure else "OPENAI_BASE_URL"


IMPORTED = re.compile(
    r"(?<![\w$.'\"/@-])(?!(?:import|from|const|let|var|require|type)\b)([\w$]+)(?:\s+as\s+([\w$]+)|\s*:\s*([\w$]+))?"
)

SDK = Form("baseURL")
CHAIN = Form("baseURL", within="configuration")
FORMS: dict[str, dict[str, Form]] = {
    "js-openai-client": {"OpenAI": SDK, "AzureOpenAI": Form("endpoint", azure=True), "Configuration": Form("basePath")},
    "js-ai-sdk-openai-client": {"createOpenAI": SDK},
    "js-langchain-openai-client": dict.fromkeys(("ChatOpenAI", "OpenAI", "OpenAIEmbeddings"), CHAIN),
    "js-llamaindex-client": dict.fromkeys(
        ("OpenAI", "OpenAIEmbedding", "openai", "OpenAIResponses", "openaiResponses"),
        Form("baseURL", within="additionalSessionOptions"),
    ),
}

PAIRS = (
    ("a.ts", 'import OpenAI from "openai";\nconst client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n',
     'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", apiKey: process.env.OPENAI_API_KEY });\n'),
    ("a.js", 'import OpenAI from "openai";\nconst client = new OpenAI();\n',
     'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\n'),
    ("a.ts", 'import OpenAI from "openai";\nconst client = new OpenAI({ dataResidency: "eu", maxRetries: 1 });\n',
     'import OpenAI from "openai";\nconst client = new OpenAI({ baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", maxRetries: 1 });\n'),
    ("a.ts", 'import { OpenAI, OpenAIEmbedding, openai } from "@llamaindex/openai";\nimport { Settings } from "llamaindex";\nSettings.llm = new OpenAI({ model: "gpt-4o" });\nSettings.llm = openai({ model: "gpt-4o" });\nSettings.embedModel = new OpenAIEmbedding();\n',
     'import { OpenAI, OpenAIEmbedding, openai } from "@llamaindex/openai";\nimport { Settings } from "llamaindex";\nSettings.llm = new OpenAI({ additionalSessionOptions: { baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" }, model: "gpt-4o" });\nSettings.llm = openai({ additionalSessionOptions: { baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" }, model: "gpt-4o" });\nSettings.embedModel = new OpenAIEmbedding({ additionalSessionOptions: { baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" } });\n'),
    ("a.js", 'import OpenAI from "openai";\nexport const make = (options) => new OpenAI(options);\n',
     'import OpenAI from "openai";\nexport const make = (options) => new OpenAI({ ...options, baseURL: options.baseURL || process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\n'),
    ("a.ts", 'import OpenAI from "openai";\nexport const make = (options) => new OpenAI({ ...options });\n',
     'import OpenAI from "openai";\nexport const make = (options) => new OpenAI({ ...options, baseURL: (options as any).baseURL || process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\n'),
    ("a.ts", 'import OpenAI from "openai";\nexport const make = (baseURL?: string) => new OpenAI({ baseURL, maxRetries: 1 });\n',
     'import OpenAI from "openai";\nexport const make = (baseURL?: string) => new OpenAI({ baseURL: baseURL || process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", maxRetries: 1 });\n'),
    ("a.ts", 'import OpenAI from "openai";\nexport const make = (c: any, azure: boolean) => new OpenAI({ ...c, baseURL: azure ? `${c.azure}/openai` : c.baseURL });\nexport const other = (c: any) => new OpenAI({ baseURL: c.get("LLM_BASE") });\nexport const third = (a?: string, b?: string) => new OpenAI({ baseURL: a ?? b });\n',
     'import OpenAI from "openai";\nexport const make = (c: any, azure: boolean) => new OpenAI({ ...c, baseURL: azure ? `${c.azure}/openai` : c.baseURL || process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\nexport const other = (c: any) => new OpenAI({ baseURL: c.get("LLM_BASE") || process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\nexport const third = (a?: string, b?: string) => new OpenAI({ baseURL: (a ?? b) || process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" });\n'),
    ("a.ts", 'import { ChatOpenAI } from "@langchain/openai";\nconst model = new ChatOpenAI({ maxRetries: 1 });\n',
     'import { ChatOpenAI } from "@langchain/openai";\nconst model = new ChatOpenAI({ configuration: { baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" }, maxRetries: 1 });\n'),
    ("a.ts", 'import { OpenAIEmbeddings as Vectors } from "@langchain/openai";\nexport const embed = async (x: string) => (await new Vectors({ maxRetries: 1 }).embedQuery(x)).length;\n',
     'import { OpenAIEmbeddings as Vectors } from "@langchain/openai";\nexport const embed = async (x: string) => (await new Vectors({ configuration: { baseURL: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1" }, maxRetries: 1 }).embedQuery(x)).length;\n'),
    ("a.js", 'const { Configuration, OpenAIApi } = require("openai");\nconst api = new OpenAIApi(new Configuration({ organization: "x" }));\n',
     'const { Configuration, OpenAIApi } = require("openai");\nconst api = new OpenAIApi(new Configuration({ basePath: process.env.OPENAI_BASE_URL || "http://127.0.0.1:8420/v1", organization: "x" }));\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.provider not in {"openai", "azure_openai", "any"}:
        return
    if finding.kind == "import":
        yield from _of_import(source, finding, target)
        return
    if finding.kind != "client":
        return
    forms = FORMS.get(finding.rule, {})
    for kind in ("new_expression", "call_expression"):
        for node in nodes(source, kind, finding.line, finding.end):
            maker = node.field("constructor") or node.field("function")
            name = maker.text().rpartition(".")[2] if maker is not None else ""
            form = forms.get(name) or forms.get((finding.symbol or "") if kind == "new_expression" else "")
            if form is not None:
                yield from _make(source, node, form, finding, target)


def _of_import(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    """Every construction of what an import brought, wherever it stands in the file."""
    forms = FORMS.get(finding.rule.removesuffix("import") + "client", {})
    first, last = source.span(finding.line, finding.end)
    named = IMPORTED.findall(source.text[first:last])
    names = {own or other or name: name for name, own, other in named}
    for node in nodes(source, "new_expression", 1, len(source.starts)):
        maker = node.field("constructor").text()
        form = forms.get(names.get(maker, ""))
        if form is not None:
            yield from _make(source, node, form, finding, target)


def _make(source: Source, node: Any, form: Form, finding: Finding, target: Target) -> Iterator[Edit]:
    read = f'process.env.{form.variable} || "{target.root if form.azure else target.v1}"'
    option = f"{form.option}: {read}"
    whole = f"{form.within}: {{ {option} }}" if form.within else option
    arguments = node.field("arguments")
    inner = [c for c in arguments.children() if c.is_named() and c.kind() != "comment"] if arguments is not None else []
    if arguments is None:
        _, end = place(node)
        yield Edit(source.path, end, end, f"({{ {whole} }})", ID, REASON, finding)
    elif not inner:
        start, end = place(arguments)
        yield Edit(source.path, start, end, f"({{ {whole} }})", ID, REASON, finding)
    elif inner[0].kind() == "object":
        yield from _object(source, inner[0], form, read, whole, finding)
    elif inner[0].kind() in {"identifier", "member_expression"} and not form.within:
        start, end = place(inner[0])
        raw = inner[0].text()
        text = f"{{ ...{raw}, {form.option}: {_held(source, raw, form)} || {read} }}"
        yield Edit(source.path, start, end, text, ID, EMPTY, finding)


def _object(source: Source, node: Any, form: Form, read: str, whole: str, finding: Finding) -> Iterator[Edit]:
    parts = [c for c in node.children() if c.is_named() and c.kind() != "comment"]
    for part in parts:
        name = part.field("key").text() if part.kind() == "pair" else part.text()
        if form.within and name == form.within:
            value = part.field("value") if part.kind() == "pair" else None
            if value is not None and value.kind() == "object":
                yield from _object(
                    source, value, Form(form.option, azure=form.azure), read, f"{form.option}: {read}", finding
                )
            return
        if name in {form.option, "baseURL", "endpoint", "basePath"}:
            yield from _given(source, part, form, read, finding)
            return
    start, _ = place(node)
    body = node.text()
    spreads = [p for p in parts if p.kind() == "spread_element"]
    if spreads:
        raw = spreads[-1].text().removeprefix("...").strip()
        if form.within or not re.fullmatch(r"[\w$.]+", raw):
            return
        _, last = place(parts[-1])
        text = f", {form.option}: {_held(source, raw, form)} || {read}"
        yield Edit(source.path, last, last, text, ID, EMPTY, finding)
        return
    residency = next((p for p in parts if p.kind() == "pair" and p.field("key").text() == "dataResidency"), None)
    if residency is not None:
        at, to = place(residency)
        yield Edit(source.path, at, to, whole, ID, RESIDENCY, finding)
        return
    rest = body[1:].lstrip()
    space = body[1 : len(body) - len(rest)]
    lead = space if "\n" in space else " "
    comma = "" if rest == "}" else ","
    tail = "" if "\n" in space or rest != "}" else " "
    yield Edit(source.path, start + 1, start + 1, f"{lead}{whole}{comma}{tail}", ID, REASON, finding)


def _given(source: Source, part: Any, form: Form, read: str, finding: Finding) -> Iterator[Edit]:
    """An address that is handed in and may be empty falls back to the gateway; a literal or a full choice stays."""
    if form.azure:
        return
    if part.kind() == "pair":
        for value in _ends(part.field("value")):
            if _always_set(source, value.text()):
                continue
            start, end = place(value)
            raw = value.text()
            mixed = value.kind() == "binary_expression" and "??" in raw  # beside it `||` needs brackets
            yield Edit(
                source.path, start, end, f"({raw}) || {read}" if mixed else f"{raw} || {read}", ID, EMPTY, finding
            )
    elif part.kind() == "shorthand_property_identifier" and not _always_set(source, part.text()):
        start, end = place(part)
        yield Edit(source.path, start, end, f"{form.option}: {part.text()} || {read}", ID, EMPTY, finding)


def _ends(value: Any) -> Iterator[Any]:
    """The parts of an expression that may be empty and lead to OpenAI then: names, look-ups, and branches that are such."""
    if value is None:
        return
    kind = value.kind()
    if kind in {"identifier", "member_expression", "undefined"} or (kind == "call_expression" and _looks_up(value)):
        yield value
    elif kind == "ternary_expression":
        yield from _ends(value.field("consequence"))
        yield from _ends(value.field("alternative"))
    elif kind == "binary_expression" and re.search(r"\?\?|\|\|", value.text()) and [*_ends(value.field("right"))]:
        yield value


def _looks_up(call: Any) -> bool:
    """A reader of settings that is given no default: `config.get("X")`."""
    arguments = [c for c in call.field("arguments").children() if c.is_named()]
    return call.field("function").text().endswith(".get") and len(arguments) == 1


def _held(source: Source, raw: str, form: Form) -> str:
    owner = f"({raw} as any)" if source.language in {"typescript", "tsx"} else raw
    return f"{owner}.{form.option}"


def _always_set(source: Source, name: str) -> bool:
    """Whether the one declaration of that name ends in something of its own: a literal, or a choice that has one."""
    found = [
        d
        for d in root(source.text, source.language).find_all(kind="variable_declarator")
        if d.field("name").text() == name
    ]
    values = [d.field("value") for d in found]
    return bool(values) and all(
        v is not None
        and (v.kind() in {"string", "template_string"} or "??" in v.text() or "||" in v.text() or '"' in v.text())
        for v in values
    )
