"""Kotlin, PHP, Ruby, Rust and shell: a literal address becomes a setting with the target as default."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from banjia.move.address import Address, find
from banjia.move.edit import Edit
from banjia.move.reason import CONSTANT_ADDRESS as FIXED
from banjia.move.reason import DEFAULT
from banjia.move.reason import LITERAL as REASON
from banjia.move.source import Source
from banjia.move.syntax_tree import nodes, place
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "other-url"
LANGUAGES = frozenset({"kotlin", "php", "ruby", "rust", "bash"})
KINDS = {
    "kotlin": ("string_literal",),
    "php": ("string", "encapsed_string"),
    "ruby": ("string",),
    "rust": ("string_literal",),
    "bash": ("string", "raw_string", "word", "concatenation"),
}
CONSTANT = {
    "kotlin": re.compile(r"\bconst\b|^\s*@"),
    "php": re.compile(r"\b(?:const|static|public|private|protected|var)\b|\bfunction\b"),
    "rust": re.compile(r"\b(?:const|static)\b"),
}

READ = {
    "php": re.compile(r"\\?(?:env|Env::get)\(\s*['\"][A-Z0-9_]+['\"]\s*,"),
    "ruby": re.compile(r"ENV\.fetch[( ]\s*['\"][A-Z0-9_]+['\"]\s*,"),
}

PAIRS = (
    ("services.php", "<?php\nreturn ['base_uri' => env('OPENAI_BASE_URI', 'https://api.openai.com/v1')];\n", "<?php\nreturn ['base_uri' => env('OPENAI_BASE_URI', 'http://127.0.0.1:8420/v1')];\n"),
    ("openai.rb", 'OpenAI.configure do |config|\n  config.uri_base = ENV.fetch("OPENAI_URI_BASE", "https://api.openai.com/")\nend\n',
     'OpenAI.configure do |config|\n  config.uri_base = ENV.fetch("OPENAI_URI_BASE", "http://127.0.0.1:8420/")\nend\n'),
    ("Mail.kt", 'import java.net.URL\nfun ask() = URL("https://api.openai.com/v1/chat/completions").openConnection()\n',
     'import java.net.URL\nfun ask() = URL((System.getenv("OPENAI_BASE_URL") ?: "http://127.0.0.1:8420/v1") + "/chat/completions").openConnection()\n'),
    ("Api.kt", 'const val HOST = "https://api.openai.com/"\n', 'const val HOST = "http://127.0.0.1:8420/"\n'),
    ("mail.php", "<?php\n$ch = curl_init('https://api.openai.com/v1/chat/completions');\n",
     "<?php\n$ch = curl_init((getenv('OPENAI_BASE_URL') ?: 'http://127.0.0.1:8420/v1') . '/chat/completions');\n"),
    ("api.php", "<?php\nclass Api {\n    const HOST = 'https://api.openai.com/v1';\n}\n", "<?php\nclass Api {\n    const HOST = 'http://127.0.0.1:8420/v1';\n}\n"),
    ("mail.rb", 'require "net/http"\nuri = URI("https://api.openai.com/v1/chat/completions")\n',
     'require "net/http"\nuri = URI((ENV["OPENAI_BASE_URL"] || "http://127.0.0.1:8420/v1") + "/chat/completions")\n'),
    ("ask.sh", 'curl -s https://api.openai.com/v1/chat/completions -H "Authorization: Bearer $OPENAI_API_KEY" -d @body.json\n',
     'curl -s "${OPENAI_BASE_URL:-http://127.0.0.1:8420/v1}/chat/completions" -H "Authorization: Bearer $OPENAI_API_KEY" -d @body.json\n'),
    ("ask.sh", 'URL="https://api.openai.com/v1/$OP"\ncurl "$URL"\n', 'URL="${OPENAI_BASE_URL:-http://127.0.0.1:8420/v1}/$OP"\ncurl "$URL"\n'),
    ("ask.sh", "curl 'https://api.openai.com/v1/models'\n", "curl \"${OPENAI_BASE_URL:-http://127.0.0.1:8420/v1}\"'/models'\n"),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind not in {"http", "client", "env", "config"} or finding.provider not in {"openai", "azure_openai"}:
        return
    for kind in KINDS[source.language]:
        for node in nodes(source, kind, finding.line, finding.end):
            address = find(node.text())
            if address is None:
                continue
            edit = (
                _shell(source, node, address, finding, target)
                if source.language == "bash"
                else _literal(source, node, address, finding, target)
            )
            if edit is not None:
                yield edit


def _literal(source: Source, node: Any, address: Address, finding: Finding, target: Target) -> Edit | None:
    raw = node.text()
    start, end = place(node)
    if address.start != 1 or raw[:1] not in "\"'" or raw[:3] == '"""':
        return None
    constant = CONSTANT.get(source.language)
    line = source.line(node.range().start.line + 1)
    if _is_default(node, source.language):
        return Edit(
            source.path, start + address.start, start + address.end, address.moved(target), ID, DEFAULT, finding
        )
    if (constant is not None and constant.search(line)) or source.language == "rust":
        return Edit(source.path, start + address.start, start + address.end, address.moved(target), ID, FIXED, finding)
    quote, rest = raw[0], raw[address.end : -1]
    base = _read(source.language, address, target, quote)
    plus = " . " if source.language == "php" else " + "
    return Edit(source.path, start, end, f"{base}{plus}{quote}{rest}{quote}" if rest else base, ID, REASON, finding)


def _is_default(node: Any, language: str) -> bool:
    """Whether the literal is the default of a variable that is asked for: Laravel's `env`, Ruby's `ENV.fetch`."""
    around = READ.get(language)
    parent = node.parent()
    while parent is not None and parent.kind() in {"argument", "arguments", "argument_list"}:
        parent = parent.parent()
    return around is not None and parent is not None and around.match(parent.text()) is not None


def _read(language: str, address: Address, target: Target, quote: str) -> str:
    name = f"{quote}{address.variable}{quote}"
    default = f"{quote}{target.root if address.azure else target.v1}{quote}"
    bare = not address.has_v1 and not address.azure
    if language == "kotlin":
        read = f"(System.getenv({name}) ?: {default})"
        return f'{read}.removeSuffix("/v1")' if bare else read
    if language == "php":
        read = f"(getenv({name}) ?: {default})"
        return f"preg_replace('#/v1/?$#', '', {read})" if bare else read
    read = f"(ENV[{name}] || {default})"
    return f'{read}.delete_suffix("/v1")' if bare else read


def _shell(source: Source, node: Any, address: Address, finding: Finding, target: Target) -> Edit | None:
    """In double quotes in place; a bare word is quoted; single quotes are closed before and opened behind."""
    parent = node.parent()
    if parent is not None and parent.kind() in {"string", "concatenation"} and node.kind() != "concatenation":
        return None  # the whole is met by itself
    start, end = place(node)
    raw = node.text()
    default = target.root if address.azure else target.v1
    read = f"${{{address.variable}:-{default}}}"
    if not address.has_v1 and not address.azure:
        read = target.root  # the shell cannot cut a version off in place
    at, to = start + address.start, start + address.end
    before = source.text[at - 1 : at]
    if node.kind() == "raw_string":
        lead = "" if address.start == 1 else "'"
        text = f'"{read}"\'' if lead == "" else f"'\"{read}\"'"
        return Edit(source.path, at - (1 if lead == "" else 0), to, text, ID, REASON, finding)
    if node.kind() == "string" or before == '"':
        return Edit(source.path, at, to, read, ID, REASON, finding)
    if address.start == 0 and '"' not in raw and "'" not in raw:
        return Edit(source.path, start, end, f'"{read}{raw[address.end :]}"', ID, REASON, finding)
    return Edit(source.path, at, to, read, ID, REASON, finding)
