"""Go: go-openai's configuration is told the base URL; a literal address becomes a setting."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from banjia.move.address import OPENAI_VARIABLE, find
from banjia.move.edit import Edit
from banjia.move.reason import ADDRESS as REASON
from banjia.move.reason import CONSTANT_ADDRESS as FIXED
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place, within
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "go"
LANGUAGES = frozenset({"go"})
IMPORT = Text("读取环境变量需要 cmp 和 os", "reading the environment needs cmp and os")
MADE = re.compile(r"^(?P<indent>[ \t]*)(?P<name>\w+)\s*:?=\s*(?P<package>\w+)\.Default(?:Azure)?Config\(")
PLAIN_IMPORT = re.compile(r'[ \t]*"(?P<path>[^"\n]+)"[^\n]*\n')
SET = re.compile(r"^(?P<indent>[ \t]*)\w+\.BaseURL[ \t]*=[ \t]*(?P<value>[^\n]*?)[ \t]*(?://[^\n]*)?\r?$", re.MULTILINE)
HANDED = re.compile(r"[\w.]+(?:\([^()]*\))?")
BODY_END = re.compile(r"^\}", re.MULTILINE)
BLOCK = re.compile(r"^import \(\r?\n", re.MULTILINE)
SINGLE = re.compile(r"^import [^(\n]+\n", re.MULTILINE)

CONSTANT = frozenset({"const_declaration", "const_spec"})
PLAIN = re.compile(r"^\w+\.NewClient$")
OFFICIAL = re.compile(
    r'^(?P<lead>[ \t]*(?:import\s+)?)"(?P<path>github\.com/openai/openai-go(?:/v\d+)?)"[ \t]*\n', re.MULTILINE
)
OFFICIAL_MADE = "openai.NewClient("
EMPTY = Text(
    "这个地址可能是空的，空则会去 OpenAI：空时用网关",
    "this address may be empty and would lead to OpenAI: then the gateway",
)
OPTION = Text("这个选项在 option 包里", "the option stands in the package `option`")
CHAIN = re.compile(r"^(\w+)\.New$")
CHAIN_IMPORT = re.compile(
    r"^\s*(?:import\s+)?(?P<own>\w+\s+)?\"github\.com/tmc/langchaingo/llms/openai\"", re.MULTILINE
)
OWN_CMP = re.compile(r'/cmp"|\bcmp\s*(?:,[^=\n]*)?:?=|\bfunc cmp\b')

PAIRS = (
    ("main.go", 'package main\n\nimport (\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nfunc main() {\n\tcfg := openai.DefaultConfig(os.Getenv("OPENAI_API_KEY"))\n\t_ = openai.NewClientWithConfig(cfg)\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nfunc main() {\n\tcfg := openai.DefaultConfig(os.Getenv("OPENAI_API_KEY"))\n\tcfg.BaseURL = cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")\n\t_ = openai.NewClientWithConfig(cfg)\n}\n'),
    ("main.go", 'package main\n\nimport (\n\t"context"\n\n\topenai "github.com/sashabaranov/go-openai"\n\t"github.com/spf13/viper"\n)\n\nfunc make() {\n\tcfg := openai.DefaultConfig("k")\n\tcfg.BaseURL = viper.GetString("llm.base") // per stage\n\t_ = openai.NewClientWithConfig(cfg)\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"context"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n\t"github.com/spf13/viper"\n)\n\nfunc make() {\n\tcfg := openai.DefaultConfig("k")\n\tcfg.BaseURL = cmp.Or(viper.GetString("llm.base"), os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1") // per stage\n\t_ = openai.NewClientWithConfig(cfg)\n}\n'),
    ("main.go", 'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nfunc make() {\n\tcfg := openai.DefaultConfig("k")\n\tif base := os.Getenv("BASE"); base != "" {\n\t\tcfg.BaseURL = base\n\t}\n\t_ = openai.NewClientWithConfig(cfg)\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nfunc make() {\n\tcfg := openai.DefaultConfig("k")\n\tcfg.BaseURL = cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")\n\tif base := os.Getenv("BASE"); base != "" {\n\t\tcfg.BaseURL = base\n\t}\n\t_ = openai.NewClientWithConfig(cfg)\n}\n'),
    ("main.go", 'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\t"github.com/tmc/langchaingo/llms/openai"\n)\n\nfunc main() {\n\ta, _ := openai.New()\n\tb, _ := openai.New(openai.WithModel("gpt-4o"))\n\t_, _ = a, b\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\t"github.com/tmc/langchaingo/llms/openai"\n)\n\nfunc main() {\n\ta, _ := openai.New(openai.WithBaseURL(cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")))\n\tb, _ := openai.New(openai.WithModel("gpt-4o"), openai.WithBaseURL(cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")))\n\t_, _ = a, b\n}\n'),
    ("main.go", 'package main\n\nimport (\n\t"os"\n\n\t"github.com/google/go-cmp/cmp"\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar d = cmp.Diff\n\nfunc main() {\n\tcfg := openai.DefaultConfig("k")\n\t_ = openai.NewClientWithConfig(cfg)\n}\n',
     'package main\n\nimport (\n\t"os"\n\n\t"github.com/google/go-cmp/cmp"\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar d = cmp.Diff\n\nfunc main() {\n\tcfg := openai.DefaultConfig("k")\n\tcfg.BaseURL = func() string { if v := os.Getenv("OPENAI_BASE_URL"); v != "" { return v }; return "http://127.0.0.1:8420/v1" }()\n\t_ = openai.NewClientWithConfig(cfg)\n}\n'),
    ("main.go", 'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\t"github.com/openai/openai-go/v3"\n)\n\nvar client = openai.NewClient()\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\t"github.com/openai/openai-go/v3"\n\t"github.com/openai/openai-go/v3/option"\n)\n\nvar client = openai.NewClient(option.WithBaseURL(cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")))\n'),
    ("main.go", 'package main\n\nconst (\n\tbase = "https://api.openai.com/v1"\n\thost = "https://api.openai.com"\n)\n',
     'package main\n\nconst (\n\tbase = "http://127.0.0.1:8420/v1"\n\thost = "http://127.0.0.1:8420"\n)\n'),
    ("main.go", 'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar client = openai.NewClient(os.Getenv("KEY"))\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar client = openai.NewClientWithConfig(func() openai.ClientConfig {\n\tcfg := openai.DefaultConfig(os.Getenv("KEY"))\n\tcfg.BaseURL = cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")\n\treturn cfg\n}())\n'),
    ("main.go", 'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\t"github.com/openai/openai-go/v2"\n\t"github.com/openai/openai-go/v2/option"\n)\n\nvar client = openai.NewClient(option.WithAPIKey("k"))\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\t"github.com/openai/openai-go/v2"\n\t"github.com/openai/openai-go/v2/option"\n)\n\nvar client = openai.NewClient(option.WithAPIKey("k"), option.WithBaseURL(cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")))\n'),
    ("main.go", 'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar cfg = openai.DefaultAzureConfig("k", "https://acme.openai.azure.com/")\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nvar cfg = openai.DefaultAzureConfig("k", cmp.Or(os.Getenv("AZURE_OPENAI_ENDPOINT"), "http://127.0.0.1:8420")+"/")\n'),
    ("main.go", 'package main\n\nimport (\n\t"net/http"\n)\n\nfunc main() {\n\thttp.Post("https://api.openai.com/v1/chat/completions", "application/json", nil)\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\thttp.Post(cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")+"/chat/completions", "application/json", nil)\n}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.provider not in {"openai", "azure_openai"}:
        return
    found = [*_literals(source, finding, target)]
    if finding.kind == "client":
        found += [*_clients(source, finding, target), *_made(source, finding, target)]
    yield from found
    if any("os.Getenv" in edit.new for edit in found):
        yield from _imports(source)


def _clients(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    read = _read(source, target)
    for number in range(finding.line, finding.end + 1):
        made = MADE.match(source.line(number))
        if made is None or "Azure" in made.group(0):
            continue
        line = f"{made['indent']}{made['name']}.BaseURL = {read}"
        _, after = source.span(number, number)
        if source.text.startswith(line, after):
            continue
        own = SET.search(source.text, after, _body_end(source.text, after))
        if own is not None and own["indent"] == made["indent"]:  # one that stands deeper is set under a condition
            yield from _falls_back(source, own, target, finding)
            continue
        yield Edit(source.path, after, after, line + "\n", ID, REASON, finding)


def _falls_back(source: Source, own: re.Match[str], target: Target, finding: Finding) -> Iterator[Edit]:
    """An address that the application sets and that may be empty gets the gateway as last resort; a literal stays."""
    value = own["value"]
    if not HANDED.fullmatch(value) or "http" in value or OWN_CMP.search(source.text):
        return
    read = f'os.Getenv("{OPENAI_VARIABLE}")'
    words = [value, *([] if value == read else [read]), f'"{target.v1}"']
    start, end = own.span("value")
    yield Edit(source.path, start, end, f"cmp.Or({', '.join(words)})", ID, EMPTY, finding)


def _body_end(text: str, start: int) -> int:
    """Where the function around ends: a bracket at the margin, as gofmt writes it."""
    found = BODY_END.search(text, start)
    return found.start() if found is not None else len(text)


def _literals(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "client"}:
        return
    for node in nodes(source, "interpreted_string_literal", finding.line, finding.end):
        raw = node.text()
        address = find(raw)
        if address is None or address.start != 1:
            continue
        start, end = place(node)
        if within(node, CONSTANT) or not (address.azure or address.has_v1):
            moved = address.moved(target)
            yield Edit(source.path, start + address.start, start + address.end, moved, ID, FIXED, finding)
            continue
        rest = raw[address.end : -1]
        read = _read(source, target, azure=address.azure)
        yield Edit(source.path, start, end, read + (f'+"{rest}"' if rest else ""), ID, REASON, finding)


def _made(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    """Clients made in one call: go-openai's takes a configuration instead, the official one a further option."""
    read = _read(source, target)
    chain = CHAIN_IMPORT.search(source.text)
    for node in nodes(source, "call_expression", finding.line, finding.end):
        name = node.field("function").text()
        start, end = place(node)
        if name.endswith(".WithAPIKey") and "openai-go" in source.text and ".WithBaseURL(" not in source.text:
            if not any(around.text().startswith(OFFICIAL_MADE) for around in node.ancestors()):
                package = name.partition(".")[0]
                yield Edit(source.path, end, end, f", {package}.WithBaseURL({read})", ID, REASON, finding)
        elif name == "openai.NewClient" and OFFICIAL.search(source.text):
            yield from _official(source, node, read, finding)
        elif PLAIN.match(name) and "sashabaranov/go-openai" in source.text:
            package, arguments = name.partition(".")[0], node.field("arguments").text()
            body = f"\tcfg := {package}.DefaultConfig{arguments}\n\tcfg.BaseURL = {read}\n\treturn cfg\n"
            line = source.line(node.range().start.line + 1)
            indent = line[: len(line) - len(line.lstrip())]
            body = "".join(f"{indent}{row}\n" for row in body.splitlines())
            new = f"{package}.NewClientWithConfig(func() {package}.ClientConfig {{\n{body}{indent}}}())"
            yield Edit(source.path, start, end, new, ID, REASON, finding)
        elif chain is not None and CHAIN.match(name) and name.partition(".")[0] == (chain["own"] or "openai").strip():
            arguments = node.field("arguments").text()
            if ".WithBaseURL(" not in arguments and ".WithAPIType(" not in arguments and "..." not in arguments:
                option = f"{name.partition('.')[0]}.WithBaseURL({read})"
                comma = "" if arguments[1:-1].strip().endswith(",") or not arguments[1:-1].strip() else ", "
                yield Edit(source.path, end - 1, end - 1, comma + option, ID, REASON, finding)


def _official(source: Source, node: Any, read: str, finding: Finding) -> Iterator[Edit]:
    """The official library takes the address as one more option; its package is imported where it was not."""
    arguments = node.field("arguments").text()
    inner = arguments[1:-1].rstrip()
    if ".WithBaseURL(" in arguments or inner.endswith("..."):
        return
    start, _ = place(node.field("arguments"))
    comma = "" if not inner or inner.endswith(",") else ", "
    at = start + 1 + len(inner)
    yield Edit(source.path, at, at, f"{comma}option.WithBaseURL({read})", ID, REASON, finding)
    if not re.search(r'/option"\s*$', source.text, re.MULTILINE) and (line := OFFICIAL.search(source.text)):
        new = f'{line["lead"]}"{line["path"]}/option"\n'
        yield Edit(source.path, line.end(), line.end(), new, ID, OPTION)


def _read(source: Source, target: Target, *, azure: bool = False) -> str:
    name = "AZURE_OPENAI_ENDPOINT" if azure else "OPENAI_BASE_URL"
    default = target.root if azure else target.v1
    if OWN_CMP.search(source.text):  # the name is taken there
        return f'func() string {{ if v := os.Getenv("{name}"); v != "" {{ return v }}; return "{default}" }}()'
    return f'cmp.Or(os.Getenv("{name}"), "{default}")'


def _imports(source: Source) -> Iterator[Edit]:
    wanted = ("os",) if OWN_CMP.search(source.text) else ("cmp", "os")
    missing = [name for name in wanted if not re.search(rf'^\s*(?:import\s+)?"{name}"', source.text, re.MULTILINE)]
    if not missing:
        return
    block = BLOCK.search(source.text)
    if block is not None:
        for name in missing:
            at = _in_order(source.text, block.end(), name)
            yield Edit(source.path, at, at, f'\t"{name}"\n', ID, IMPORT)
        return
    single = SINGLE.search(source.text)
    at = single.start() if single is not None else source.starts[min(1, len(source.starts) - 1)]
    yield Edit(source.path, at, at, "".join(f'import "{name}"\n' for name in missing), ID, IMPORT)


def _in_order(text: str, at: int, name: str) -> int:
    """Where gofmt has a package in the first group of imports: behind those that sort before it."""
    while (row := PLAIN_IMPORT.match(text, at)) is not None and row["path"] < name:
        at = row.end()
    return at
