"""Clients made in Ruby, PHP and Kotlin are told the base URL."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.move.edit import Edit
from banjia.move.reason import CLIENT as REASON
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.scan.finding import Finding

ID = "other-client"
LANGUAGES = frozenset({"ruby", "php", "kotlin"})
RUBY = re.compile(r"\bOpenAI::Client\.new(?P<open>\(\s*(?!\s*[\w@]+\s*\))(?P<first>\w+:)?|\b(?!\s*[({]|\s+\w))")
CONFIGURE = re.compile(r"^(?P<indent>[ \t]*)OpenAI\.configure do \|(?P<name>\w+)\|[ \t]*\n", re.MULTILINE)
PHP_CLIENT = re.compile(
    r"(?P<name>\\?OpenAI)::client\((?P<key>[^(),]*(?:\([^()]*\))?[^(),]*)(?P<more>(?:,[^(),]*(?:\([^()]*\))?[^(),]*){0,2})\)"
)
PHP_MORE = ("withOrganization", "withProject")
PHP_FACTORY = re.compile(r"\\?OpenAI::factory\(\)")
KOTLIN = re.compile(r"\bOpenAi(?:Streaming)?(?:Chat|Embedding|Language|Moderation|Image)Model\.builder\(\)")

PAIRS = (
    ("app.rb", 'require "openai"\nclient = OpenAI::Client.new(access_token: ENV["OPENAI_API_KEY"])\n',
     'require "openai"\nclient = OpenAI::Client.new(uri_base: ENV["OPENAI_BASE_URL"] || "http://127.0.0.1:8420/v1", access_token: ENV["OPENAI_API_KEY"])\n'),
    ("app.rb", 'require "openai"\nclient = OpenAI::Client.new\n', 'require "openai"\nclient = OpenAI::Client.new(uri_base: ENV["OPENAI_BASE_URL"] || "http://127.0.0.1:8420/v1")\n'),
    ("app.rb", 'require "openai"\nclient = OpenAI::Client.new(api_key: ENV["OPENAI_API_KEY"])\n',
     'require "openai"\nclient = OpenAI::Client.new(base_url: ENV["OPENAI_BASE_URL"] || "http://127.0.0.1:8420/v1", api_key: ENV["OPENAI_API_KEY"])\n'),
    ("app.rb", 'require "openai"\nOpenAI.configure do |config|\n  config.access_token = ENV.fetch("OPENAI_API_KEY")\nend\n',
     'require "openai"\nOpenAI.configure do |config|\n  config.uri_base = ENV["OPENAI_BASE_URL"] || "http://127.0.0.1:8420/v1"\n  config.access_token = ENV.fetch("OPENAI_API_KEY")\nend\n'),
    ("app.php", "<?php\n$client = OpenAI::client('k', 'org');\n",
     "<?php\n$client = OpenAI::factory()->withBaseUri(getenv('OPENAI_BASE_URL') ?: 'http://127.0.0.1:8420/v1')->withApiKey('k')->withOrganization('org')->make();\n"),
    ("app.php", "<?php\n$client = OpenAI::client(getenv('OPENAI_API_KEY'));\n",
     "<?php\n$client = OpenAI::factory()->withBaseUri(getenv('OPENAI_BASE_URL') ?: 'http://127.0.0.1:8420/v1')->withApiKey(getenv('OPENAI_API_KEY'))->make();\n"),
    ("app.php", "<?php\n$client = OpenAI::factory()->withApiKey('k')->make();\n",
     "<?php\n$client = OpenAI::factory()->withBaseUri(getenv('OPENAI_BASE_URL') ?: 'http://127.0.0.1:8420/v1')->withApiKey('k')->make();\n"),
)  # fmt: skip


def edits(source: Source, finding: Finding, target: Target) -> Iterator[Edit]:
    if finding.kind != "client" or finding.provider != "openai":
        return
    first, last = source.span(finding.line, finding.end)
    make = {"ruby": _ruby, "php": _php, "kotlin": _kotlin}[source.language]
    yield from make(source, finding, target, first, last)


def _ruby(source: Source, finding: Finding, target: Target, first: int, last: int) -> Iterator[Edit]:
    read = f'ENV["OPENAI_BASE_URL"] || "{target.v1}"'
    for found in CONFIGURE.finditer(source.text, first, last):
        block = source.text[found.end() : source.text.find("\nend", found.end())]
        if f"{found['name']}.uri_base" not in block:
            line = f"{found['indent']}  {found['name']}.uri_base = {read}\n"
            yield Edit(source.path, found.end(), found.end(), line, ID, REASON, finding)
    for found in RUBY.finditer(source.text, first, last):
        given = source.text[found.start() : last]
        if "uri_base" in given or "base_url" in given:
            continue
        text = f"{'base_url' if 'api_key:' in given else 'uri_base'}: {read}"  # two libraries of one name
        if found["open"].startswith("(") and found["first"]:
            at = found.start("first")
            yield Edit(source.path, at, at, f"{text}, ", ID, REASON, finding)
        elif not found["open"]:
            yield Edit(source.path, found.end(), found.end(), f"({text})", ID, REASON, finding)


def _php(source: Source, finding: Finding, target: Target, first: int, last: int) -> Iterator[Edit]:
    text = f"->withBaseUri(getenv('OPENAI_BASE_URL') ?: '{target.v1}')"
    for found in PHP_CLIENT.finditer(source.text, first, last):
        own = "".join(
            f"->{m}({v.strip()})" for m, v in zip(PHP_MORE, (found["more"] or "").split(",")[1:], strict=False)
        )
        new = f"{found['name']}::factory(){text}->withApiKey({found['key']}){own}->make()"
        yield Edit(source.path, found.start(), found.end(), new, ID, REASON, finding)
    for found in PHP_FACTORY.finditer(source.text, first, last):
        statement = source.text[found.end() : source.text.find(";", found.end())]
        if "withBaseUri" not in statement:
            yield Edit(source.path, found.end(), found.end(), text, ID, REASON, finding)


def _kotlin(source: Source, finding: Finding, target: Target, first: int, last: int) -> Iterator[Edit]:
    text = f'.baseUrl(System.getenv("OPENAI_BASE_URL") ?: "{target.v1}")'
    for found in KOTLIN.finditer(source.text, first, last):
        if ".baseUrl(" not in source.text[found.end() : found.end() + 400].partition(".build()")[0]:
            yield Edit(source.path, found.end(), found.end(), text, ID, REASON, finding)
