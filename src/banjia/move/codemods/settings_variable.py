"""A settings file that holds the key but no base URL gets the whole set of variables: each client reads another one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding
from banjia.text import Text

ID = "settings-variable"
LANGUAGES = frozenset({"settings"})
REASON = Text(
    "补上基础地址变量：0.x 版读 OPENAI_API_BASE，1-3 版读 OPENAI_BASE_URL",
    "the base URL variables: version 0 reads OPENAI_API_BASE, versions 1 to 3 read OPENAI_BASE_URL",
)
SETS = {"OPENAI_API_KEY": ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "AZURE_OPENAI_API_KEY": ("AZURE_OPENAI_ENDPOINT",)}
FORMS = (
    re.compile(r"^(?P<lead>\s*(?:export\s+|ENV\s+)?)(?P<name>[A-Z_]+)(?P<mark>=)"),
    re.compile(r"^(?P<lead>\s*-\s+[\"']?)(?P<name>[A-Z_]+)(?P<mark>=)"),
    re.compile(r"^(?P<lead>\s+)(?P<name>[A-Z_]+)(?P<mark>:\s+)"),
)

PAIRS = (
    (".env", "OPENAI_API_KEY=\nTZ=Asia/Shanghai\n",
     "OPENAI_API_KEY=\nOPENAI_BASE_URL=http://127.0.0.1:8420/v1\nOPENAI_API_BASE=http://127.0.0.1:8420/v1\nTZ=Asia/Shanghai\n"),
    ("docker-compose.yml", "services:\n  chat:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n",
     "services:\n  chat:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n      OPENAI_BASE_URL: http://127.0.0.1:8420/v1\n      OPENAI_API_BASE: http://127.0.0.1:8420/v1\n"),
    ("docker-compose.yml", "services:\n  chat:\n    environment:\n      - OPENAI_API_KEY=${OPENAI_API_KEY}\n",
     "services:\n  chat:\n    environment:\n      - OPENAI_API_KEY=${OPENAI_API_KEY}\n      - OPENAI_BASE_URL=http://127.0.0.1:8420/v1\n      - OPENAI_API_BASE=http://127.0.0.1:8420/v1\n"),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    wanted = SETS.get(finding.env or "") if finding.kind in {"config", "env", "secret"} else None
    if wanted is None:
        return
    line = source.line(finding.line)
    form = next((m for f in FORMS if (m := f.match(line)) and m["name"] == finding.env), None)
    if form is None or any(re.search(rf"(?<![\w$\x7b]){name}\s*[=:]", source.text) for name in wanted):
        return
    ending = "\r\n" if "\r\n" in source.text else "\n"
    close = '"' if form["lead"].endswith('"') else "'" if form["lead"].endswith("'") else ""
    values = [target.root if name.startswith("AZURE") else target.v1 for name in wanted]
    lines = [form["lead"] + name + form["mark"] + v + close for name, v in zip(wanted, values, strict=True)]
    _, after = source.span(finding.line, finding.line)
    at_end = after == len(source.text) and not source.text.endswith("\n")
    block = ending + ending.join(lines) if at_end else ending.join(lines) + ending
    yield Edit(source.path, after, after, block, ID, REASON, finding)
