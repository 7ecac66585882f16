"""A key written into Python moves to the environment; rotate it, it has been in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.python_tree import import_os, nodes, place
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-secret"
LANGUAGES = frozenset({"python"})
REASON = Text("写死的密钥改为环境变量；请轮换", "a key in the code becomes a variable; rotate it")
KEY = re.compile(r"^(?:sk-[A-Za-z0-9_-]{16,}|[0-9a-f]{32})$")

PAIRS = (
    ("old.py", 'import os\nimport openai\nopenai.api_key = "sk-' + "a1B2" * 12 + '"\nopenai.api_base = os.environ["OPENAI_API_BASE"]\n',
     'import os\nimport openai\nopenai.api_key = os.environ.get("OPENAI_API_KEY", "")\nopenai.api_base = os.environ["OPENAI_API_BASE"]\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    del target
    if finding.kind != "secret" or finding.provider not in {"openai", "azure_openai"}:
        return
    name = "AZURE_OPENAI_API_KEY" if finding.provider == "azure_openai" else "OPENAI_API_KEY"
    for node in nodes(source, finding.line, finding.end):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KEY.match(node.value):
            start, end = place(source, node)
            yield Edit(source.path, start, end, f'os.environ.get("{name}", "")', ID, REASON, finding)
            yield from import_os(source, ID)
