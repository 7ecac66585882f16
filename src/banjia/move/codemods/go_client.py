"""Go: go-openai's configuration is told the base URL; a literal address becomes a setting."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.move.address import find
from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "go"
LANGUAGES = frozenset({"go"})
REASON = Text("地址取自环境变量，默认网关", "the address comes from the environment, by default the gateway")
IMPORT = Text("读取环境变量需要 cmp 和 os", "reading the environment needs cmp and os")
MADE = re.compile(r"^(?P<indent>[ \t]*)(?P<name>\w+)\s*:?=\s*(?P<package>\w+)\.Default(?:Azure)?Config\(")
BLOCK = re.compile(r"^import \(\r?\n", re.MULTILINE)
SINGLE = re.compile(r"^import [^(\n]+\n", re.MULTILINE)

PAIRS = (
    ("main.go", 'package main\n\nimport (\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nfunc main() {\n\tcfg := openai.DefaultConfig(os.Getenv("OPENAI_API_KEY"))\n\t_ = openai.NewClientWithConfig(cfg)\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\nfunc main() {\n\tcfg := openai.DefaultConfig(os.Getenv("OPENAI_API_KEY"))\n\tcfg.BaseURL = cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")\n\t_ = openai.NewClientWithConfig(cfg)\n}\n'),
    ("main.go", 'package main\n\nimport (\n\t"net/http"\n)\n\nfunc main() {\n\thttp.Post("https://api.openai.com/v1/chat/completions", "application/json", nil)\n}\n',
     'package main\n\nimport (\n\t"cmp"\n\t"os"\n\t"net/http"\n)\n\nfunc main() {\n\thttp.Post(cmp.Or(os.Getenv("OPENAI_BASE_URL"), "http://127.0.0.1:8420/v1")+"/chat/completions", "application/json", nil)\n}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.provider not in {"openai", "azure_openai"}:
        return
    found = list(_clients(source, finding, target) if finding.kind == "client" else _literals(source, finding, target))
    yield from found
    if found:
        yield from _imports(source)


def _clients(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    for number in range(finding.line, finding.end + 1):
        made = MADE.match(source.line(number))
        if made is None or "Azure" in made.group(0):
            continue
        line = f"{made['indent']}{made['name']}.BaseURL = {_read(target)}"
        if line in source.text:
            continue
        _, after = source.span(number, number)
        yield Edit(source.path, after, after, line + "\n", ID, REASON, finding)


def _literals(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind != "http":
        return
    for node in nodes(source, "interpreted_string_literal", finding.line, finding.end):
        raw = node.text()
        address = find(raw)
        inside_const = "const" in source.line(node.range().start.line + 1).split("=")[0]
        if address is None or address.start != 1 or address.azure or not address.has_v1 or inside_const:
            continue
        rest = raw[address.end : -1]
        start, end = place(node)
        yield Edit(source.path, start, end, _read(target) + (f'+"{rest}"' if rest else ""), ID, REASON, finding)


def _read(target: Target) -> str:
    return f'cmp.Or(os.Getenv("OPENAI_BASE_URL"), "{target.v1}")'


def _imports(source: Source) -> Iterator[Edit]:
    missing = [
        name for name in ("cmp", "os") if not re.search(rf'^\s*(?:import\s+)?"{name}"', source.text, re.MULTILINE)
    ]
    if not missing:
        return
    block = BLOCK.search(source.text)
    if block is not None:
        new = "".join(f'\t"{name}"\n' for name in missing)
        yield Edit(source.path, block.end(), block.end(), new, ID, IMPORT)
        return
    single = SINGLE.search(source.text)
    at = single.start() if single is not None else source.starts[min(1, len(source.starts) - 1)]
    yield Edit(source.path, at, at, "".join(f'import "{name}"\n' for name in missing), ID, IMPORT)
