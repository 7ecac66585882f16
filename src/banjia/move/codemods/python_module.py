"""Code that calls the openai module itself gets its base set behind the import: version 0 and 1 name it differently."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from banjia.move.address import OPENAI_VARIABLE
from banjia.move.edit import Edit
from banjia.move.python_tree import import_os, parse, variable
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-module"
LANGUAGES = frozenset({"python"})
REASON = Text("模块级调用：在导入之后设基础地址", "calls on the module: the base is set behind the import")
OLD = frozenset(
    {"ChatCompletion", "Completion", "Embedding", "Image", "Audio", "Moderation", "Edit", "File", "FineTune"}
)
NEW = frozenset({"chat", "completions", "embeddings", "responses", "images", "audio", "moderations", "files"})

PAIRS = (
    ("old.py", 'import openai\n\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n',
     'import os\nimport openai\nopenai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\n\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    tree = parse(source.text)
    if finding.kind != "call" or finding.provider != "openai" or tree is None:
        return
    imported = next(
        (
            (node, alias.asname or alias.name)
            for node in tree.body
            if isinstance(node, ast.Import)
            for alias in node.names
            if alias.name == "openai"
        ),
        None,
    )
    if imported is None:
        return
    node, name = imported
    used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == name}
    field = "api_base" if used & OLD else "base_url" if used & NEW else ""
    if not field or field in used or "api_base" in used:
        return
    variable_name = "OPENAI_API_BASE" if field == "api_base" else OPENAI_VARIABLE
    _, after = source.span(node.end_lineno or node.lineno, node.end_lineno or node.lineno)
    line = f"{name}.{field} = {variable(variable_name, target.v1)}"
    ending = "\r\n" if "\r\n" in source.text else "\n"
    yield Edit(source.path, after, after, line + ending, ID, REASON, finding)
    yield from import_os(source, ID)
