"""A client made in Python reads its base URL from the environment, with the target as default."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from banjia.move.address import AZURE_VARIABLE, OPENAI_VARIABLE, find
from banjia.move.edit import Edit
from banjia.move.python_tree import import_os, nodes, parse, place, variable
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-client"
LANGUAGES = frozenset({"python"})
REASON = Text(
    "客户端的基础地址取自环境变量，默认网关", "the client's base URL comes from the environment, by default the gateway"
)
KEYWORDS = {  # class -> its keywords for the address, the first is the one to write
    "OpenAI": ("base_url",),
    "AsyncOpenAI": ("base_url",),
    "ChatOpenAI": ("base_url", "openai_api_base"),
    "OpenAIEmbeddings": ("base_url", "openai_api_base"),
    "AzureOpenAI": ("azure_endpoint", "base_url"),
    "AsyncAzureOpenAI": ("azure_endpoint", "base_url"),
    "AzureChatOpenAI": ("azure_endpoint", "base_url"),
    "AzureOpenAIEmbeddings": ("azure_endpoint", "base_url"),
}

PAIRS = (
    ("app.py", 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
     'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"], base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("app.py", '"""Doc."""\nfrom openai import AsyncOpenAI\nclient = AsyncOpenAI()\n',
     '"""Doc."""\nimport os\nfrom openai import AsyncOpenAI\nclient = AsyncOpenAI(base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("app.py", 'import os\nfrom openai import AzureOpenAI\nclient = AzureOpenAI(\n    azure_endpoint="https://acme.openai.azure.com/",\n    api_version="2024-06-01",\n)\n',
     'import os\nfrom openai import AzureOpenAI\nclient = AzureOpenAI(\n    azure_endpoint=os.environ.get("AZURE_OPENAI_ENDPOINT") or "http://127.0.0.1:8420",\n    api_version="2024-06-01",\n)\n'),
    ("app.py", 'import os\nimport openai\nopenai.api_base = "https://api.openai.com/v1"\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n',
     'import os\nimport openai\nopenai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n'),
    ("app.py", "import os\nfrom openai import OpenAI\nclient = OpenAI(\n    timeout=4,  # seconds\n)\n",
     'import os\nfrom openai import OpenAI\nclient = OpenAI(\n    timeout=4,  # seconds\n    base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1",\n)\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind != "client" or finding.provider not in {"openai", "azure_openai", "relay"}:
        return
    for node in nodes(source, finding.line, finding.end):
        found: Edit | None = None
        if isinstance(node, ast.Call):
            found = _call(source, node, finding, target)
        elif isinstance(node, ast.Assign):
            found = _assign(source, node, finding, target)
        if found is not None:
            yield found
            yield from import_os(source, ID)


def _call(source: Source, call: ast.Call, finding: Finding, target: Target) -> Edit | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    words = KEYWORDS.get(_original(source, name), ())
    if not words or any(k.arg is None for k in call.keywords):
        return None  # `**settings` may carry the address: the environment decides there
    azure = "azure" in words[0]
    default = target.root if azure else target.v1
    value = variable(AZURE_VARIABLE if azure else OPENAI_VARIABLE, default)
    given = next((k for k in call.keywords if k.arg in words), None)
    if given is not None:
        return _value(source, given.value, value, finding)
    if any(k.arg in {"data_residency", "http_client"} for k in call.keywords):
        return None
    return _insert(source, call, f"{words[0]}={value}", finding)


def _assign(source: Source, node: ast.Assign, finding: Finding, target: Target) -> Edit | None:
    spot = node.targets[0]
    if not (isinstance(spot, ast.Attribute) and spot.attr in {"api_base", "base_url"}):
        return None
    name = "OPENAI_API_BASE" if spot.attr == "api_base" else OPENAI_VARIABLE
    return _value(source, node.value, variable(name, target.v1), finding)


def _value(source: Source, node: ast.expr, new: str, finding: Finding) -> Edit | None:
    """A literal address becomes the expression; whatever else stands there is the application's own affair."""
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return None
    relay = finding.url if finding.provider == "relay" else None
    if find(node.value, relay) is None:
        return None
    start, end = place(source, node)
    return Edit(source.path, start, end, new, ID, REASON, finding)


def _insert(source: Source, call: ast.Call, argument: str, finding: Finding) -> Edit:
    _, close = place(source, call)
    close -= 1  # the bracket
    parts = [*call.args, *(k.value for k in call.keywords)]
    if not parts:
        return Edit(source.path, close, close, argument, ID, REASON, finding)
    last = max(parts, key=lambda p: (p.end_lineno or 0, p.end_col_offset or 0))
    _, end = place(source, last)
    tail = source.text[end:close]
    if "," not in tail:
        return Edit(source.path, end, end, f", {argument}", ID, REASON, finding)
    comma = end + tail.index(",") + 1
    line = source.line(last.lineno)
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r\n" if "\r\n" in source.text else "\n"
    lead = f"{ending}{indent}" if last.lineno != call.lineno else " "
    here = source.text[comma : source.text.index("\n", comma)] if "\n" in tail[comma - end :] else ""
    if last.lineno != call.lineno and here.lstrip().startswith("#"):
        comma += len(here.rstrip("\r"))  # a comment behind the last argument stays with it
    return Edit(source.path, comma, comma, f"{lead}{argument},", ID, REASON, finding)


def _original(source: Source, name: str) -> str:
    """The class behind an alias of `from ... import X as Y`."""
    tree = parse(source.text)
    for node in ast.walk(tree) if tree else ():
        if isinstance(node, ast.ImportFrom):
            for alias in node.names:
                if alias.asname == name:
                    return alias.name
    return name
