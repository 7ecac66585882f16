"""LangChain's embeddings send text instead of the token ids of OpenAI's vocabulary, which no other model can read."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.python_tree import append, nodes, original, place
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-embed-text"
LANGUAGES = frozenset({"python"})
NAMES = frozenset({"OpenAIEmbeddings", "AzureOpenAIEmbeddings"})
KEYWORD = "check_embedding_ctx_length"
SAID = frozenset({KEYWORD, "tiktoken_enabled"})
REASON = Text(
    "不设这一项，LangChain 发的是 OpenAI 词表的 token 编号：别家模型读不懂，网关也看不到内容；"
    "改发原文，也不再下载词表。超长文本不再自动切段",
    "without it LangChain sends token ids of OpenAI's vocabulary, which no other model reads and the gateway cannot look "
    "into; text is sent instead and no vocabulary is downloaded. Texts longer than the model takes are no longer split",
)

PAIRS = (
    ("index.py", 'from langchain_openai import OpenAIEmbeddings\n\nvectors = OpenAIEmbeddings(model="text-embedding-3-small", base_url=BASE)\n',
     'import os\nfrom langchain_openai import OpenAIEmbeddings\n\nvectors = OpenAIEmbeddings(model="text-embedding-3-small", base_url=BASE or os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1", check_embedding_ctx_length=False)\n'),
    ("index.py", "import os\nfrom langchain_openai import OpenAIEmbeddings\n\nvectors = OpenAIEmbeddings()\n",
     'import os\nfrom langchain_openai import OpenAIEmbeddings\n\nvectors = OpenAIEmbeddings(check_embedding_ctx_length=False, base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("index.py", 'import os\nfrom langchain_openai import OpenAIEmbeddings as E\n\nvectors = E(\n    model="text-embedding-3-small",  # 1536\n    chunk_size=64,\n)\n',
     'import os\nfrom langchain_openai import OpenAIEmbeddings as E\n\nvectors = E(\n    model="text-embedding-3-small",  # 1536\n    chunk_size=64,\n    base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1",\n    check_embedding_ctx_length=False,\n)\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    del target
    if finding.kind not in {"client", "import"} or not finding.rule.startswith("py-langchain-openai-"):
        return
    first, last = (1, len(source.starts)) if finding.kind == "import" else (finding.line, finding.end)
    for node in nodes(source, first, last):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)) and _sends_ids(source, node):
            yield _edit(source, node, finding)


def _sends_ids(source: Source, call: ast.Call) -> bool:
    """Whether the call makes such a class and says nothing about it; `**options` may say it unseen."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return original(source, name) in NAMES and not any(k.arg is None or k.arg in SAID for k in call.keywords)


def _edit(source: Source, call: ast.Call, finding: Finding) -> Edit:
    argument = f"{KEYWORD}=False"
    if call.args or call.keywords:
        return append(source, call, argument, ID, REASON, finding)
    _, end = place(source, call.func)
    at = source.text.index("(", end)  # in front of what else may be written between the brackets
    return Edit(source.path, at, at + 1, f"({argument}, ", ID, REASON, finding)
