"""A notebook: the Python codemods on one line of a cell, written back as the JSON string it was."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from banjia.move.codemods import python_client, python_url
from banjia.move.edit import Edit, applied, merged
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "notebook-cell"
LANGUAGES = frozenset({"notebook"})
STRING = re.compile(r'^(?P<lead>\s*)(?P<json>"(?:[^"\\]|\\.)*")(?P<tail>,?\s*)$')
OS = '__import__("os")'  # a cell may run before the one that imports os

PAIRS = (
    ("search.ipynb", '{"cells": [{"cell_type": "code", "source": [\n    "from openai import OpenAI\\n",\n    "client = OpenAI()"\n   ]}],\n "nbformat": 4, "nbformat_minor": 5, "metadata": {}}\n',
     '{"cells": [{"cell_type": "code", "source": [\n    "from openai import OpenAI\\n",\n    "client = OpenAI(base_url=__import__(\\"os\\").environ.get(\\"OPENAI_BASE_URL\\") or \\"http://127.0.0.1:8420/v1\\")"\n   ]}],\n "nbformat": 4, "nbformat_minor": 5, "metadata": {}}\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.line != finding.end:
        return
    raw = source.line(finding.line)
    found = STRING.match(raw)
    if found is None:
        return
    code: str = json.loads(found["json"])
    cell = Source("cell.py", code.lstrip())
    here = replace(finding, path=cell.path, line=1, end=1)
    changes = [e for mod in (python_client, python_url) for e in mod.edits(cell, here, target) if not _is_import(e)]
    kept, _ = merged(changes)
    if not kept:
        return
    new = code[: len(code) - len(code.lstrip())] + applied(cell.text, kept).replace("os.environ", f"{OS}.environ")
    start = source.starts[finding.line - 1] + found.start("json")
    written = json.dumps(new, ensure_ascii=not any(ord(c) > 127 for c in found["json"]))
    yield Edit(source.path, start, start + len(found["json"]), written, ID, kept[0].reason, finding)


def _is_import(edit: Edit) -> bool:
    return edit.finding is None
