"""Frameworks that make their own client of OpenAI are told the address where their library looks for it: the environment."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from banjia.move.address import OPENAI_VARIABLE
from banjia.move.edit import Edit
from banjia.move.python_tree import import_os, nodes, parse, variable
from banjia.move.reason import FRAMEWORK as REASON
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "python-default"
LANGUAGES = frozenset({"python"})
RULES = {
    "py-instructor-client": frozenset({"from_provider"}),
    "py-pydantic-ai-client": frozenset(
        {"Agent", "OpenAIModel", "OpenAIChatModel", "OpenAIResponsesModel", "OpenAIEmbeddingModel"}
    ),
    "py-semantic-kernel-client": frozenset(
        {"OpenAIChatCompletion", "OpenAITextCompletion", "OpenAITextEmbedding", "OpenAITextToImage"}
    ),
    "py-agents-client": frozenset({"Agent", "OpenAIProvider"}),
}
OWN = frozenset({"provider", "async_client", "openai_client", "base_url", "model_provider", "client"})

PAIRS = (
    ("app.py", 'import os\nimport instructor\n\nclient = instructor.from_provider("openai/gpt-4o")\n',
     'import os\nimport instructor\nos.environ["OPENAI_BASE_URL"] = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\n\nclient = instructor.from_provider("openai/gpt-4o")\n'),
    ("app.py", 'from pydantic_ai import Agent\nagent = Agent("openai:gpt-4o")\n',
     'import os\nfrom pydantic_ai import Agent\nos.environ["OPENAI_BASE_URL"] = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\nagent = Agent("openai:gpt-4o")\n'),
    ("app.py", 'import os\nfrom pydantic_ai.models.openai import OpenAIChatModel\nmodel = OpenAIChatModel("gpt-4o")\n',
     'import os\nfrom pydantic_ai.models.openai import OpenAIChatModel\nos.environ["OPENAI_BASE_URL"] = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\nmodel = OpenAIChatModel("gpt-4o")\n'),
    ("app.py", 'import os\nfrom semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion\n\n\ndef make():\n    return OpenAIChatCompletion(ai_model_id="gpt-4o")\n',
     'import os\nfrom semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion\nos.environ["OPENAI_BASE_URL"] = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\n\n\ndef make():\n    return OpenAIChatCompletion(ai_model_id="gpt-4o")\n'),
    ("app.py", 'import os\nfrom agents import Agent, Runner\nagent = Agent(name="a", instructions="x")\nprint(Runner.run_sync(agent, "x"))\n',
     'import os\nfrom agents import Agent, Runner\nos.environ["OPENAI_BASE_URL"] = os.environ.get("OPENAI_BASE_URL") or "http://127.0.0.1:8420/v1"\nagent = Agent(name="a", instructions="x")\nprint(Runner.run_sync(agent, "x"))\n'),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    names = RULES.get(finding.rule)
    tree = parse(source.text)
    if names is None or finding.provider != "openai" or tree is None or _set(tree):
        return
    calls = [n for n in nodes(source, finding.line, finding.end) if isinstance(n, ast.Call) and _name(n) in names]
    if not calls or all(any(k.arg in OWN for k in call.keywords) for call in calls):
        return
    last = _imports_end(tree, calls[0].lineno)
    if last == 0:
        return
    _, at = source.span(last, last)
    lead = "\n" if at == len(source.text) and not source.text.endswith("\n") else ""
    line = f'{lead}os.environ["{OPENAI_VARIABLE}"] = {variable(OPENAI_VARIABLE, target.v1)}\n'
    yield Edit(source.path, at, at, line, ID, REASON, finding)
    yield from import_os(source, ID, before=last)


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _imports_end(tree: ast.Module, use: int) -> int:
    """Last line of the imports at the top of a module, before `use`; 0 where there are none."""
    last = 0
    for node in tree.body:
        if node.lineno >= use:
            break
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            last = node.end_lineno or node.lineno
        elif last and not isinstance(node, (ast.Expr, ast.If, ast.Try)):
            break
    return last


def _set(tree: ast.Module) -> bool:
    """Whether the module settles the variable on its way in."""
    return any(
        isinstance(node, (ast.Assign, ast.Expr))
        and "environ" in (text := ast.unparse(node))
        and f"'{OPENAI_VARIABLE}'" in text.partition("=")[0] + text * isinstance(node, ast.Expr)
        for node in tree.body
    )
