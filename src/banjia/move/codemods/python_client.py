"""A client made in Python reads its base URL from the environment, with the target as default; a given one stays."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import replace

from banjia.move.address import OPENAI_VARIABLE, find
from banjia.move.edit import Edit
from banjia.move.python_forms import FORMS, Form, form
from banjia.move.python_tree import append, import_os, nodes, original, place, variable, walked
from banjia.move.reason import CLIENT as REASON
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-client"
OTHERS = re.compile(
    r"azure|vllm|sglang|lm_?studio|ollama|llamafile|hugging|deepseek|groq|(?<![a-z])xai|together|mistral|anthropic|gemini|nvidia|"
    r"qwen|qianwen|dashscope|zhipu|moonshot|minimax|siliconflow|modelscope|samba|cerebras|fireworks|perplexity|openrouter|"
    r"deepinfra|novita|nebius|crusoe|featherless|edenai|cohere",
    re.IGNORECASE,
)
LANGUAGES = frozenset({"python"})
EMPTY = Text(
    "这个地址可能是空的，空则会去 OpenAI：空时用网关",
    "this address may be empty and would lead to OpenAI: then the gateway",
)
SIMPLE = (ast.Name, ast.Attribute, ast.Call, ast.Subscript)

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
    ("app.py", "import os\nfrom openai import OpenAI\n\ndef client(options):\n    return OpenAI(timeout=4, **options)\n",
     'import os\nfrom openai import OpenAI\n\ndef client(options):\n    return OpenAI(timeout=4, **{**options, "base_url": options.get("base_url") or os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"})\n'),
    ("app.py", "import os\nfrom openai import OpenAI\n\ndef client(base_url=None):\n    return OpenAI(base_url=base_url)\n",
     'import os\nfrom openai import OpenAI\n\ndef client(base_url=None):\n    return OpenAI(base_url=base_url or os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("app.py", 'import os\nfrom openai import OpenAI\nclient = OpenAI(data_residency="eu", timeout=4)\n',
     'import os\nfrom openai import OpenAI\nclient = OpenAI(base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1", timeout=4)\n'),
    ("app.py", "import os\nfrom openai import OpenAI\n\ndef client(options):\n    return OpenAI(**options())\n",
     'import os\nfrom openai import OpenAI\n\ndef client(options):\n    return OpenAI(**(lambda given: {**given, "base_url": given.get("base_url") or os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"})(options()))\n'),
    ("app.py", 'import os\nfrom llama_index.llms.openai import OpenAI\nllm = OpenAI(model="gpt-4o")\n',
     'import os\nfrom llama_index.llms.openai import OpenAI\nllm = OpenAI(model="gpt-4o", api_base=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("app.py", 'import os\nfrom haystack.components.generators.chat import OpenAIChatGenerator\nllm = OpenAIChatGenerator(model="gpt-4o")\n',
     'import os\nfrom haystack.components.generators.chat import OpenAIChatGenerator\nllm = OpenAIChatGenerator(model="gpt-4o", api_base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("app.py", 'import os\nfrom openai import OpenAI\n\ndef client(settings, eu):\n    return OpenAI(base_url=getattr(settings, "LLM", None)), OpenAI(base_url="https://eu.api.openai.com/v1" if eu else None)\n',
     'import os\nfrom openai import OpenAI\n\ndef client(settings, eu):\n    return OpenAI(base_url=getattr(settings, "LLM", None) or os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"), OpenAI(base_url=(os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1") if eu else os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
    ("app.py", "import os\nfrom openai import OpenAI\nclient = OpenAI(\n    api_key=KEY,\n    timeout=(4)\n)\nother = OpenAI(\n    timeout=4  # seconds, not ms\n)\n",
     'import os\nfrom openai import OpenAI\nclient = OpenAI(\n    api_key=KEY,\n    timeout=(4),\n    base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\n)\nother = OpenAI(\n    timeout=4, base_url=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"  # seconds, not ms\n)\n'),
    ("app.py", 'import os\nimport dspy\nlm = dspy.LM("openai/gpt-4o")\n',
     'import os\nimport dspy\nlm = dspy.LM("openai/gpt-4o", api_base=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.provider not in {"openai", "azure_openai", "relay", "any"}:
        return
    if finding.kind == "import":
        yield from _of_import(source, finding, target)
        return
    if finding.kind != "client":
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


def _of_import(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    """Every construction of what an import brought, wherever it stands in the file."""
    made = replace(finding, kind="client", rule=finding.rule.removesuffix("import") + "client")
    if made.rule not in FORMS:
        return
    names: set[str] = set()
    for node in nodes(source, finding.line, finding.end):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {a.asname or a.name for a in node.names}
    for node in nodes(source, 1, len(source.starts)):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            owner = node.func if isinstance(node.func, ast.Name) else node.func.value
            if getattr(owner, "id", "") in names and (found := _call(source, node, made, target)) is not None:
                yield replace(found, finding=finding)
                yield from import_os(source, ID)


def _call(source: Source, call: ast.Call, finding: Finding, target: Target) -> Edit | None:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    made = form(finding, original(source, name), call)
    if made is None:
        return None
    value = variable(made.variable, target.root if made.azure else target.v1)
    given = next((k for k in call.keywords if k.arg in made.words), None)
    if given is not None:
        return _value(source, given.value, value, finding)
    residency = next((k for k in call.keywords if k.arg == "data_residency"), None)
    if residency is not None:
        start, end = place(source, residency)
        return Edit(source.path, start, end, f"{made.keyword}={value}", ID, REASON, finding)
    if any(isinstance(k.value, ast.Call) and isinstance(k.value.func, ast.Lambda) for k in call.keywords):
        return None
    unpacked = [k.value for k in call.keywords if k.arg is None]
    if unpacked:
        return _unpacked(source, unpacked, made, value, finding)
    return append(source, call, f"{made.keyword}={value}", ID, REASON, finding)


def _unpacked(source: Source, options: list[ast.expr], made: Form, value: str, finding: Finding) -> Edit | None:
    """`**options` keeps what it holds; the address alone is filled where it holds none."""
    spread = [k.value for o in options if isinstance(o, ast.Dict) for k in o.keys if isinstance(k, ast.Constant)]
    ranked = sorted(
        (o for o in options if isinstance(o, SIMPLE)), key=lambda o: not isinstance(o, (ast.Name, ast.Attribute))
    )
    if made.azure or made.keyword in spread or not ranked or _of_others(source):
        return None  # Azure's client stops without an endpoint; what the braces say already stays
    named = ranked[0]
    start, end = place(source, named)
    raw = source.text[start:end]
    if isinstance(named, ast.Call):  # called once
        new = f'(lambda given: {{**given, "{made.keyword}": given.get("{made.keyword}") or {value}}})({raw})'
    else:
        new = f'{{**{raw}, "{made.keyword}": {raw}.get("{made.keyword}") or {value}}}'
    return Edit(source.path, start, end, new, ID, EMPTY, finding)


def _assign(source: Source, node: ast.Assign, finding: Finding, target: Target) -> Edit | None:
    spot = node.targets[0]
    if not (isinstance(spot, ast.Attribute) and spot.attr in {"api_base", "base_url"}):
        return None
    literal = node.value.value if isinstance(node.value, ast.Constant) else None
    if literal is None:
        return None  # what the application sets itself is its own affair
    if isinstance(literal, str) and (found := find(literal)) is not None and found.azure:
        return _value(source, node.value, variable(found.variable, target.root), finding)
    name = "OPENAI_API_BASE" if spot.attr == "api_base" else OPENAI_VARIABLE
    value = variable(name, target.v1)
    if spot.attr == "base_url":
        value = f'({value}).rstrip("/") + "/"'  # the module joins its paths to it as it stands
    return _value(source, node.value, value, finding)


def _value(source: Source, node: ast.expr, new: str, finding: Finding) -> Edit | None:
    """A literal address becomes the expression; an address that may be empty gets it as its last resort; others stay."""
    start, end = place(source, node)
    if isinstance(node, ast.IfExp) and finding.provider != "azure_openai":
        return _branch(source, node, new, finding)
    if isinstance(node, ast.Constant):
        relay = finding.url if finding.provider == "relay" else None
        if node.value is None or (isinstance(node.value, str) and find(node.value, relay) is not None):
            return Edit(source.path, start, end, new, ID, REASON, finding)
        return None
    if finding.provider == "azure_openai" or OTHERS.search(source.text[start:end]) or _of_others(source):
        return None  # an empty endpoint stops Azure's client; a name that says whose it is leads to nobody else
    if not _may_be_empty(node) or (isinstance(node, ast.Name) and _always_set(source, node.id)):
        return None
    raw = source.text[start:end]
    simple = isinstance(node, (ast.Name, ast.Attribute, ast.Call, ast.Subscript, ast.BoolOp))
    return Edit(source.path, start, end, f"{raw if simple else f'({raw})'} or {new}", ID, EMPTY, finding)


def _branch(source: Source, node: ast.IfExp, new: str, finding: Finding) -> Edit | None:
    """The branch of a choice that leads to OpenAI; the whole choice where both may be empty."""
    parts = [
        p
        for p in (node.body, node.orelse)
        if finding.provider == "relay" or not (isinstance(p, ast.Constant) and p.value)
    ]
    found = [e for part in parts if (e := _value(source, part, new, finding)) is not None]
    if len(found) < 2:
        return found[0] if found else None
    start, end = place(source, node)
    return Edit(source.path, start, end, f"({source.text[start:end]}) or {new}", ID, EMPTY, finding)


def _of_others(source: Source) -> bool:
    """Whether the file's own name or folder says that another vendor's client is made there."""
    return any(OTHERS.search(part) for part in source.path.split("/")[-2:])


def _always_set(source: Source, name: str) -> bool:
    """Whether each assignment of that name in the file ends in an address, and no caller hands it in."""
    values: list[ast.expr] = []
    for node in walked(source.text):
        if isinstance(node, ast.arg) and node.arg == name:
            return False
        assigned = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
        if value is not None and any(getattr(spot, "id", "") == name for spot in assigned):
            values.append(value)
    return bool(values) and not any(_may_be_empty(v) for v in values)


def _may_be_empty(node: ast.expr) -> bool:
    """Whether nothing in the expression itself says that it ends in an address."""
    if isinstance(node, ast.BoolOp):
        return isinstance(node.op, ast.Or) and _may_be_empty(node.values[-1])
    if isinstance(node, ast.IfExp):
        return _may_be_empty(node.body) or _may_be_empty(node.orelse)
    if isinstance(node, ast.Constant):
        return node.value is None or node.value == ""
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name not in {"get", "getenv", "getattr", "pop"}:
            return False
        least = 2 if isinstance(node.func, ast.Name) and name == "getattr" else 1
        defaults = [*node.args[least:], *(k.value for k in node.keywords)]
        return not defaults or _may_be_empty(defaults[-1])
    if isinstance(node, ast.Subscript):
        return getattr(node.value, "attr", "") != "environ"  # a variable that is missing there is an error at once
    return isinstance(node, (ast.Name, ast.Attribute))
