"""A literal address in Python becomes a setting with the target as default; what stands behind the version stays."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from banjia.move.address import Address, find
from banjia.move.edit import Edit
from banjia.move.python_tree import import_os, nodes, place, variable
from banjia.move.reason import LITERAL as REASON
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "python-url"
LANGUAGES = frozenset({"python"})
ABOVE = 12
VARIABLE = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
READS = frozenset({"get", "getenv", "setdefault"})

PAIRS = (
    ("call.py", 'import os\nimport requests\n\nrequests.post("https://api.openai.com/v1/chat/completions", json={})\n',
     'import os\nimport requests\n\nrequests.post((os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1") + "/chat/completions", json={})\n'),
    ("call.py", 'import os\nURL = os.getenv("OPENAI_API_BASE_URL", "https://api.openai.com/v1")\n',
     'import os\nURL = os.getenv("OPENAI_API_BASE_URL", "http://127.0.0.1:8420/v1")\n'),
    ("call.py", 'import os\nimport requests\nOP = "embeddings"\nrequests.post(f"https://api.openai.com/v1/{OP}", json={})\n',
     "import os\nimport requests\nOP = \"embeddings\"\nrequests.post(f\"{os.environ.get('OPENAI_BASE_URL') or 'http://127.0.0.1:8420/v1'}/{OP}\", json={})\n"),
    ("call.py", 'import os\nbase = os.getenv("OPENAI_BASE_URL") or "https://api.openai.com/v1"\n',
     'import os\nbase = os.getenv("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\n'),
    ("settings.py", 'import environ\nenv = environ.Env()\nURL = env("OPENAI_BASE_URL", default="https://api.openai.com/v1")\nEND = env.str("OPENAI_ENDPOINT", "https://api.openai.com/v1/")\n',
     'import environ\nenv = environ.Env()\nURL = env("OPENAI_BASE_URL", default="http://127.0.0.1:8420/v1")\nEND = env.str("OPENAI_ENDPOINT", "http://127.0.0.1:8420/v1/")\n'),
    ("settings.py", 'import os\nfrom pydantic import Field\nURL = "https://api.openai.com/v1"  # per stage\nbase: str = Field(default="https://api.openai.com/v1")\nhost = client(base_url="https://api.openai.com", timeout=4)\n',
     'import os\nfrom pydantic import Field\nURL = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"  # per stage\nbase: str = Field(default=os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1")\nhost = client(base_url=(os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1").removesuffix("/v1"), timeout=4)\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "env", "client"} or finding.provider not in {"openai", "azure_openai"}:
        return
    found = list(nodes(source, finding.line, finding.end))
    inner = {id(v) for n in found if isinstance(n, ast.JoinedStr) for v in n.values}
    near = list(
        nodes(source, max(1, finding.line - ABOVE), finding.end)
    )  # the choice may begin lines above its default
    reads = [n for n in near if isinstance(n, ast.Call) and _reads(n)]
    defaults = {id(a) for n in reads for a in (*n.args[1:], *(k.value for k in n.keywords if k.arg == "default"))}
    defaults |= {id(n.values[-1]) for n in near if isinstance(n, ast.BoolOp) and _falls_back(n)}
    for node in found:
        edit: Edit | None = None
        if isinstance(node, ast.JoinedStr):
            edit = _formatted(source, node, finding, target)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inner:
            edit = _literal(source, node, node.value, finding, target, default=id(node) in defaults)
        if edit is not None:
            yield edit
            if "os.environ" in edit.new:
                yield from import_os(source, ID)


def _literal(
    source: Source, node: ast.Constant, value: str, finding: Finding, target: Target, *, default: bool
) -> Edit | None:
    address = find(value)
    start, end = place(source, node)
    raw = source.text[start:end]
    if address is None or address.start != 0 or raw[:1] not in "\"'" or raw[:3] in {'"""', "'''"}:
        return None
    quote = raw[0]
    if default:
        at = start + 1 + address.start
        return Edit(source.path, at, start + 1 + address.end, address.moved(target), ID, REASON, finding)
    rest = value[address.end :]
    base = _base(address, target, quote)
    if not rest and "removesuffix" not in base and _alone(source.text, start, end):
        base = base[1:-1]
    new = f"{base} + {quote}{rest}{quote}" if rest else base
    return Edit(source.path, start, end, new, ID, REASON, finding)


def _formatted(source: Source, node: ast.JoinedStr, finding: Finding, target: Target) -> Edit | None:
    start, end = place(source, node)
    raw = source.text[start:end]
    address = find(raw)
    if address is None or not address.variable.startswith("OPENAI"):
        return None
    quote = "'" if '"' in raw[:3] else '"'
    base = _base(address, target, quote)
    inner = base[1:-1] if base.startswith("(") and base.endswith(")") else base
    return Edit(source.path, start + address.start, start + address.end, "{" + inner + "}", ID, REASON, finding)


def _base(address: Address, target: Target, quote: str) -> str:
    if address.azure:
        return f"({variable(address.variable, target.root, quote)})"
    if address.has_v1:
        return f"({variable(address.variable, target.v1, quote)})"
    return f"({variable(address.variable, target.v1, quote)}).removesuffix({quote}/v1{quote})"


def _alone(text: str, start: int, end: int) -> bool:
    """Whether an expression stands between brackets, commas and equals signs, where no operator can take a part of it."""
    before, behind = text[:start].rstrip(" \t"), text[end:].lstrip(" \t")
    return (
        before.endswith(("(", "[", ",", "{", ":", "="))
        and not before.endswith("==")
        and behind[:1] in {"", ",", ")", "]", "}", "\n", "#"}
    )


def _falls_back(choice: ast.BoolOp) -> bool:
    """`read(...) or "address"`: the variable is asked already, the literal is only its default."""
    return isinstance(choice.op, ast.Or) and any(isinstance(v, ast.Call) and _reads(v) for v in choice.values[:-1])


def _reads(call: ast.Call) -> bool:
    """Whether the call asks for a variable: by its name, or by what it is asked for (django-environ, decouple)."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    asked = call.args[0].value if call.args and isinstance(call.args[0], ast.Constant) else None
    return name in READS or (isinstance(asked, str) and VARIABLE.fullmatch(asked) is not None)
