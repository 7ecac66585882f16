"""A settings file that holds the key but no base URL gets the whole set of variables: each client reads another one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

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
SPRING = Text("Spring 的客户端补上基础地址", "the base URL of the Spring client")
SETS = {"OPENAI_API_KEY": ("OPENAI_BASE_URL", "OPENAI_API_BASE"), "AZURE_OPENAI_API_KEY": ("AZURE_OPENAI_ENDPOINT",)}
DOCKER = re.compile(r"^(?P<lead>\s*ENV\s+)(?P<name>[A-Z_]+)(?P<mark>=|\s+)")
ITEM = re.compile(r"^(?P<lead>\s*)-\s+name:\s*(?P<quote>[\"']?)(?P<name>[A-Z_]+)(?P=quote)\s*$")
FLOW = re.compile(r"^(?P<lead>\s*)-\s+\{(?P<space>\s*)name:\s*(?P<quote>[\"']?)(?P<name>[A-Z_]+)(?P=quote)\s*,")
FORMS = (
    re.compile(r"^(?P<lead>\s*(?:export\s+)?)(?P<name>[A-Z_]+)(?P<mark>\s*=\s*)"),
    re.compile(r"^(?P<lead>\s*-\s+[\"']?)(?P<name>[A-Z_]+)(?P<mark>=)"),
    re.compile(r"^(?P<lead>\s+)(?P<name>[A-Z_]+)(?P<mark>:\s+)"),
)
PROPERTY = re.compile(r"^(?P<lead>(?:[\w-]+\.)*(?:openai|open-ai)(?:\.[\w-]+)*\.)api-key(?P<mark>\s*[=:]\s*)")
NESTED = re.compile(r"^(?P<lead>\s+)api-key(?P<mark>:\s+)")

PAIRS = (
    (".env", "OPENAI_API_KEY=\nTZ=Asia/Shanghai\n",
     "OPENAI_API_KEY=\nOPENAI_BASE_URL=http://127.0.0.1:8420/v1\nOPENAI_API_BASE=http://127.0.0.1:8420/v1\nTZ=Asia/Shanghai\n"),
    ("docker-compose.yml", "services:\n  chat:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n",
     "services:\n  chat:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n      OPENAI_BASE_URL: http://127.0.0.1:8420/v1\n      OPENAI_API_BASE: http://127.0.0.1:8420/v1\n"),
    ("docker-compose.yml", "services:\n  chat:\n    environment:\n      - OPENAI_API_KEY=${OPENAI_API_KEY}\n",
     "services:\n  chat:\n    environment:\n      - OPENAI_API_KEY=${OPENAI_API_KEY}\n      - OPENAI_BASE_URL=http://127.0.0.1:8420/v1\n      - OPENAI_API_BASE=http://127.0.0.1:8420/v1\n"),
    ("deploy.yaml", "kind: Pod\nspec:\n  containers:\n    - name: app\n      env:\n        - name: OPENAI_API_KEY\n          valueFrom:\n            secretKeyRef: {name: ai, key: openai}\n",
     "kind: Pod\nspec:\n  containers:\n    - name: app\n      env:\n        - name: OPENAI_BASE_URL\n          value: http://127.0.0.1:8420/v1\n        - name: OPENAI_API_BASE\n          value: http://127.0.0.1:8420/v1\n        - name: OPENAI_API_KEY\n          valueFrom:\n            secretKeyRef: {name: ai, key: openai}\n"),
    ("deploy.yaml", "kind: Pod\nspec:\n  containers:\n    - name: app\n      env:\n        - {name: OPENAI_API_KEY, valueFrom: {secretKeyRef: {name: ai, key: openai}}}\n",
     'kind: Pod\nspec:\n  containers:\n    - name: app\n      env:\n        - {name: OPENAI_BASE_URL, value: "http://127.0.0.1:8420/v1"}\n        - {name: OPENAI_API_BASE, value: "http://127.0.0.1:8420/v1"}\n        - {name: OPENAI_API_KEY, valueFrom: {secretKeyRef: {name: ai, key: openai}}}\n'),
    ("Dockerfile", "FROM python:3.11\nENV OPENAI_API_KEY=$KEY \\\n    TZ=Asia/Shanghai\n",
     "FROM python:3.11\nENV OPENAI_BASE_URL=http://127.0.0.1:8420/v1\nENV OPENAI_API_BASE=http://127.0.0.1:8420/v1\nENV OPENAI_API_KEY=$KEY \\\n    TZ=Asia/Shanghai\n"),
    ("Dockerfile", "FROM python:3.11\nENV OPENAI_API_KEY none\n",
     "FROM python:3.11\nENV OPENAI_BASE_URL http://127.0.0.1:8420/v1\nENV OPENAI_API_BASE http://127.0.0.1:8420/v1\nENV OPENAI_API_KEY none\n"),
    ("application.properties", "spring.ai.openai.api-key=${OPENAI_API_KEY}\n", "spring.ai.openai.api-key=${OPENAI_API_KEY}\nspring.ai.openai.base-url=http://127.0.0.1:8420\n"),
    ("application.properties", "langchain4j.open-ai.chat-model.api-key=${OPENAI_API_KEY}\n", "langchain4j.open-ai.chat-model.api-key=${OPENAI_API_KEY}\nlangchain4j.open-ai.chat-model.base-url=http://127.0.0.1:8420/v1\n"),
    ("application-prod.yml", "spring.ai.openai.api-key: ${OPENAI_API_KEY}\n", "spring.ai.openai.api-key: ${OPENAI_API_KEY}\nspring.ai.openai.base-url: http://127.0.0.1:8420\n"),
    ("application.yml", "spring:\n  ai:\n    openai:\n      api-key: ${OPENAI_API_KEY}\n", "spring:\n  ai:\n    openai:\n      api-key: ${OPENAI_API_KEY}\n      base-url: http://127.0.0.1:8420\n"),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"config", "env", "secret"}:
        return
    line = source.line(finding.line)
    ending = "\r\n" if "\r\n" in source.text else "\n"
    start, after = source.span(finding.line, finding.line)
    wanted = SETS.get(finding.env or "")
    if wanted is None:
        added = _spring(source, finding, target, line)
        if added:
            yield _behind(source, after, [added], ending, finding, SPRING)
        return
    if any(
        re.search(rf"(?<![\w$\x7b]){name}\s*[\"']?\s*(?:[=:,]|$|\s\S)", source.text, re.MULTILINE) for name in wanted
    ):
        return
    values = [target.root if name.startswith("AZURE") else target.v1 for name in wanted]
    both = list(zip(wanted, values, strict=True))
    if item := ITEM.match(line):
        lines = [row for name, v in both for row in (f"{item['lead']}- name: {name}", f"{item['lead']}  value: {v}")]
        yield Edit(source.path, start, start, "".join(row + ending for row in lines), ID, REASON, finding)
    elif flow := FLOW.match(line):
        space = flow["space"]
        rows = [f'{flow["lead"]}- {{{space}name: {name}, value: "{v}"{space}}}' for name, v in both]
        yield Edit(source.path, start, start, "".join(row + ending for row in rows), ID, REASON, finding)
    elif docker := DOCKER.match(line):
        if docker["name"] == finding.env:
            lines = [docker["lead"] + name + docker["mark"] + v for name, v in both]
            yield Edit(source.path, start, start, "".join(row + ending for row in lines), ID, REASON, finding)
    elif form := next((m for f in FORMS if (m := f.match(line)) and m["name"] == finding.env), None):
        close = '"' if form["lead"].endswith('"') else "'" if form["lead"].endswith("'") else ""
        quote = '"' if source.path.endswith((".tf", ".tfvars", ".toml")) else ""
        lines = [form["lead"] + name + form["mark"] + quote + v + quote + close for name, v in both]
        yield _behind(source, after, lines, ending, finding, REASON)


def _behind(source: Source, after: int, lines: list[str], ending: str, finding: Finding, reason: Text) -> Edit:
    at_end = after == len(source.text) and not source.text.endswith("\n")
    block = ending + ending.join(lines) if at_end else ending.join(lines) + ending
    return Edit(source.path, after, after, block, ID, reason, finding)


def _spring(source: Source, finding: Finding, target: Target, line: str) -> str:
    """The line to add behind a client's `api-key`, or nothing: Spring AI wants the root, LangChain4j the version too."""
    name = PurePosixPath(source.path)
    if (
        (finding.env or "").rpartition(".")[2] != "api-key"
        or finding.provider != "openai"
        or not name.name.startswith(("application", "bootstrap"))
    ):
        return ""
    if (found := PROPERTY.match(line)) and f"{found['lead']}base-url" not in source.text:
        url = target.root if found["lead"].startswith("spring.ai.openai.") else target.v1
        azure = ".azure." in found["lead"]
        return "" if azure else f"{found['lead']}base-url{found['mark']}{url}"
    if name.suffix in {".yml", ".yaml"} and (nested := NESTED.match(line)):
        block = _around(source, finding.line, nested["lead"])
        above = source.text[: source.starts[finding.line - 1]]
        if (
            "base-url" in block
            or not re.search(r"^spring:", above, re.MULTILINE)
            or re.search(r"^\s+azure:", above, re.MULTILINE)
        ):
            return ""
        return f"{nested['lead']}base-url{nested['mark']}{target.root}"
    return ""


def _around(source: Source, number: int, indent: str) -> str:
    """The lines of the same block, above and below."""
    rows: list[str] = []
    for step in (-1, 1):
        at = number + step
        while 1 <= at <= len(source.starts) and (source.line(at).startswith(indent) or not source.line(at).strip()):
            rows.append(source.line(at))
            at += step
    return "\n".join(rows)
