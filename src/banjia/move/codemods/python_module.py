"""Code that uses the openai module itself gets its base set behind the import: versions 0 and 1 name it differently."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TypeGuard

from banjia.move.address import OPENAI_VARIABLE
from banjia.move.edit import Edit
from banjia.move.python_tree import import_os, parse, variable, within
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "python-module"
LANGUAGES = frozenset({"python"})
REASON = Text("模块级调用：在导入之后设基础地址", "calls on the module: the base is set behind the import")
OLD = frozenset(
    {
        "ChatCompletion",
        "Completion",
        "Embedding",
        "Image",
        "Audio",
        "Moderation",
        "Edit",
        "File",
        "FineTune",
        "Model",
        "FineTuningJob",
    }
)
NEW = frozenset(
    {
        "chat",
        "completions",
        "embeddings",
        "responses",
        "images",
        "audio",
        "moderations",
        "files",
        "models",
        "fine_tuning",
    }
)

PAIRS = (
    ("old.py", 'import openai\n\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n',
     'import os\nimport openai\nopenai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\n\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n'),
    ("old.py", 'import os\n\ndef ask():\n    import openai\n    return openai.ChatCompletion.create(model="gpt-4", messages=[])\n',
     'import os\n\ndef ask():\n    import openai\n    openai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\n    return openai.ChatCompletion.create(model="gpt-4", messages=[])\n'),
    ("old.py", "import os\nimport openai\n\ndef set_up(base):\n    if base:\n        openai.api_base = base\n\nclass Chat(openai.ChatCompletion):\n    pass\n",
     'import os\nimport openai\nopenai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\n\ndef set_up(base):\n    if base:\n        openai.api_base = base\n\nclass Chat(openai.ChatCompletion):\n    pass\n'),
    ("old.py", 'import openai\nimport os\n\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n',
     'import openai\nimport os\nopenai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\n\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n'),
    ("old.py", "import os\n\ndef retry():\n    import openai\n    return openai.error.Timeout\n\ndef ask():\n    try:\n        import openai\n    except ImportError:\n        raise\n    return openai.ChatCompletion\n",
     'import os\n\ndef retry():\n    import openai\n    return openai.error.Timeout\n\ndef ask():\n    try:\n        import openai\n        openai.api_base = os.environ.get("OPENAI_API_BASE") or "http://127.0.0.1:8420/v1"\n    except ImportError:\n        raise\n    return openai.ChatCompletion\n'),
    ("new.py", 'import os\nimport openai\n\nopenai.chat.completions.create(model="gpt-4", messages=[])\n',
     'import os\nimport openai\nopenai.base_url = (os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1").rstrip("/") + "/"\n\nopenai.chat.completions.create(model="gpt-4", messages=[])\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    tree = parse(source.text)
    if finding.kind not in {"call", "import"} or finding.provider != "openai" or tree is None:
        return
    found = _imported(tree)
    if found is None:
        return
    imports, name = found
    used = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute) and getattr(n.value, "id", "") == name}
    field = "api_base" if used & OLD else "base_url" if used & NEW else ""
    if target.choices.upgrade and field == "api_base":
        field = "base_url"
    if not field or _set(tree.body, name):
        return
    for node in imports:
        if not _follows(source, node, name):
            yield from _behind(source, tree, node, (name, field), finding, target)


def _behind(
    source: Source, tree: ast.Module, node: ast.Import, field_of: tuple[str, str], finding: Finding, target: Target
) -> Iterator[Edit]:
    name, field = field_of
    variable_name = "OPENAI_API_BASE" if field == "api_base" else OPENAI_VARIABLE
    last = node.end_lineno or node.lineno
    if node in tree.body:
        last = max(last, _os(tree, last))
    _, after = source.span(last, last)
    line = source.line(node.lineno)
    indent = line[: len(line) - len(line.lstrip())]
    ending = "\r\n" if "\r\n" in source.text else "\n"
    lead = ending if after == len(source.text) and not source.text.endswith("\n") else ""
    value = variable(variable_name, target.v1)
    if field == "base_url":
        value = f'({value}).rstrip("/") + "/"'  # the module joins its paths to it as it stands
    words = f"{lead}{indent}{name}.{field} = {value}{ending}"
    yield Edit(source.path, after, after, words, ID, REASON, finding)
    yield from import_os(source, ID, before=last if node in tree.body else None)


def _imported(tree: ast.Module) -> tuple[tuple[ast.Import, ...], str] | None:
    """The import of the module and its name: the first at the top, else each in a function that uses a resource of it."""
    for node in tree.body:
        if _is_openai(node):
            return (node,), node.names[0].asname or "openai"
    found: list[ast.Import] = []
    first: ast.Import | None = None
    for scope in (n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Module))):
        inside = [n for statement in scope.body for n in within(statement)]
        imports = [n for n in inside if _is_openai(n)]
        first = first or (imports[0] if imports else None)
        names = {n.names[0].asname or "openai" for n in imports}
        uses = any(
            isinstance(n, ast.Attribute) and getattr(n.value, "id", "") in names and n.attr in OLD | NEW for n in inside
        )
        found += imports[:1] if uses else []
    chosen = tuple(found) or ((first,) if first else ())
    return (chosen, chosen[0].names[0].asname or "openai") if chosen else None


def _is_openai(node: ast.AST) -> TypeGuard[ast.Import]:
    return isinstance(node, ast.Import) and len(node.names) == 1 and node.names[0].name == "openai"


def _os(tree: ast.Module, line: int) -> int:
    """Where `import os` stands further down among the imports; 0 where it does not."""
    below = [n for n in tree.body if n.lineno > line]
    for node in below:
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            break
        if isinstance(node, ast.Import) and any(a.name == "os" and a.asname is None for a in node.names):
            return node.end_lineno or node.lineno
    return 0


def _set(body: list[ast.stmt], name: str) -> bool:
    """Whether the module sets the base on its way in, whatever happens later."""
    return any(
        isinstance(node, ast.Assign)
        and isinstance(spot := node.targets[0], ast.Attribute)
        and spot.attr in {"api_base", "base_url", "azure_endpoint"}
        and getattr(spot.value, "id", "") == name
        for node in body
    )


def _follows(source: Source, node: ast.Import, name: str) -> bool:
    """Whether the base is set on the line behind an import inside a block."""
    last = node.end_lineno or node.lineno
    return last < len(source.starts) and source.line(last + 1).strip().startswith(
        (f"{name}.api_base", f"{name}.base_url")
    )
