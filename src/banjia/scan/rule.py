"""Rule: one pattern as data, read from rules/*.yml. One file is one pattern with its own hits and misses.

Every file has: id, match, languages, literals (a file without any of them is never looked at by this rule; `a&b` asks
for both), kind or sdk, provider, text {zh, en}, hits and misses. `match` says what the pattern is held against:

    sdk      imports, constructors, settings, calls of one library (section `sdk`), its names in manifests (`packages`)
    host     the host of a URL or a bare host name
    path     the path of an API
    env      the name of a setting
    model    a model id, whole
    key      a literal key, whole
    state    an id of something kept on the provider's side
    line     a line of a text format (nginx and its like)
    width    the width of stored vectors
    switch   the setting of an exported application that names a vendor
"""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from importlib import resources
from typing import Any, Literal, cast

from banjia.errors import ConfigError
from banjia.scan.finding import KINDS, Fix, Kind
from banjia.scan.hosts import every_form, every_literal, host_literals, host_pattern
from banjia.text import Text

Match = Literal["sdk", "host", "path", "env", "model", "key", "state", "line", "width", "switch"]
MATCHES: tuple[Match, ...] = ("sdk", "host", "path", "env", "model", "key", "state", "line", "width", "switch")
CODE = ("python", "typescript", "tsx", "javascript", "java", "kotlin", "go", "csharp", "php", "ruby", "rust")
SCRIPT = ("typescript", "tsx", "javascript")

# What is done about a finding where its rule says nothing else.
FIXES: dict[Kind, Fix] = {
    "dependency": "none",
    "import": "none",
    "client": "auto",
    "call": "none",
    "http": "auto",
    "env": "config",
    "config": "config",
    "model": "config",
    "tokenizer": "manual",
    "embed_dim": "manual",
    "state": "manual",
    "proxy": "manual",
    "secret": "auto",
}


@dataclass(frozen=True, slots=True)
class Sample:
    """Text that a rule must or must not find something in; `finds` reads `line kind provider`."""

    file: str
    code: str
    finds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sdk:
    """How one library is used. Patterns are held against the dotted path inside the library."""

    modules: tuple[str, ...]
    default: str
    globals: tuple[str, ...]
    providers: tuple[tuple[re.Pattern[str], str], ...]
    client: re.Pattern[str] | None
    factory: re.Pattern[str] | None
    setting: re.Pattern[str] | None
    call: re.Pattern[str] | None
    state: re.Pattern[str] | None
    tokenizer: re.Pattern[str] | None
    model: re.Pattern[str] | None
    shape: re.Pattern[str] | None
    extension: re.Pattern[str] | None
    base: tuple[str, ...]
    given: tuple[str, ...]
    unless: tuple[str, ...]  # arguments that bring the client from elsewhere: what they are given to is none


@dataclass(frozen=True, slots=True)
class Rule:
    id: str
    match: Match
    languages: tuple[str, ...]
    literals: tuple[str, ...]
    kind: Kind | None
    provider: str
    text: Text
    pattern: re.Pattern[str] | None
    context: re.Pattern[str] | None
    near: re.Pattern[str] | None  # what must stand somewhere in the file, where the pattern alone says too little
    weak: bool
    fix: Fix | None
    packages: tuple[tuple[str, str], ...]
    sdk: Sdk | None
    hits: tuple[Sample, ...]
    misses: tuple[Sample, ...]

    def fix_of(self, kind: Kind) -> Fix:
        return self.fix or FIXES[kind]

    def id_of(self, kind: Kind) -> str:
        return f"{self.id}-{kind}" if self.match == "sdk" else self.id


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in the order of their ids, and a hash of the files they were read from."""

    all: tuple[Rule, ...]
    hash: str

    def of(self, match: Match) -> tuple[Rule, ...]:
        return tuple(rule for rule in self.all if rule.match == match)

    def named(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.all if rule.id == rule_id), None)


@functools.cache
def rules() -> Rules:
    """The rules of this installation."""
    found = [read_rule(text, where=name) for name, text in _files()]
    return Rules(tuple(sorted(found, key=lambda rule: rule.id)), rules_hash())


@functools.cache
def rules_hash() -> str:
    """What tells these rules from others, without reading what they say."""
    digest = hashlib.sha256()
    for _, text in _files():
        digest.update(text.encode())
    digest.update(every_form().encode())
    return digest.hexdigest()[:16]


@functools.cache
def _files() -> tuple[tuple[str, str], ...]:
    folder = resources.files("banjia.scan") / "rules"
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yml"))
    return tuple((name, (folder / name).read_text(encoding="utf-8")) for name in names)


def read_rule(text: str, *, where: str) -> Rule:
    """One rule file; a wrong one is a ConfigError naming the file and the field."""
    import yaml  # noqa: PLC0415 - a scan that knows every file reads no rule

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        raw = yaml.load(text, Loader=loader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        raise ConfigError(
            Text("规则文件不是合法的 YAML", "the rule file is not YAML"), where=where, found=str(error)
        ) from error
    if not isinstance(raw, dict):
        raise ConfigError(Text("规则文件应为一个映射", "a rule file is one mapping"), where=where)
    try:
        return _rule(raw, where)
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ConfigError(
            Text("规则缺少字段或字段有误", "a field of the rule is missing or wrong"), where=where, found=repr(error)
        ) from error


def _rule(raw: dict[str, Any], where: str) -> Rule:
    match = raw["match"]
    kind = raw.get("kind")
    if match not in MATCHES:
        raise ConfigError(
            Text("未知的 match", "unknown match"), where=where, expected=" | ".join(MATCHES), found=str(match)
        )
    if kind is not None and kind not in KINDS:
        raise ConfigError(Text("未知的 kind", "unknown kind"), where=where, expected=" | ".join(KINDS), found=str(kind))
    return Rule(
        id=raw["id"],
        match=match,
        languages=tuple(raw.get("languages", ("any",))),
        literals=(*(literal.lower() for literal in raw.get("literals", ())), *_host_literals(raw)),
        kind=cast("Kind | None", kind),
        provider=raw["provider"],
        text=Text(raw["text"]["zh"], raw["text"]["en"]),
        pattern=host_pattern(raw["provider"], raw.get("pattern", ""))
        if raw.get("hosts") == "catalogue"
        else _pattern(raw, "pattern"),
        context=_pattern(raw, "context"),
        near=_pattern(raw, "near"),
        weak=bool(raw.get("weak", False)),
        fix=raw.get("fix"),
        packages=tuple((ecosystem, name) for ecosystem, names in raw.get("packages", {}).items() for name in names),
        sdk=_sdk(raw["sdk"]) if match == "sdk" else None,
        hits=tuple(_sample(sample) for sample in raw.get("hits", ())),
        misses=tuple(_sample(sample) for sample in raw.get("misses", ())),
    )


def _host_literals(raw: dict[str, Any]) -> tuple[str, ...]:
    match raw.get("hosts"):
        case "catalogue":
            return host_literals(raw["provider"])
        case "all":
            return every_literal()
        case None:
            return ()
        case other:
            raise ValueError(other)


def _sdk(raw: dict[str, Any]) -> Sdk:
    return Sdk(
        modules=tuple(raw["modules"]),
        default=raw.get("default", ""),
        globals=tuple(raw.get("globals", ())),
        providers=tuple((re.compile(pattern), provider) for pattern, provider in raw.get("providers", {}).items()),
        client=_pattern(raw, "client"),
        factory=_pattern(raw, "factory"),
        setting=_pattern(raw, "setting"),
        call=_pattern(raw, "call"),
        state=_pattern(raw, "state"),
        tokenizer=_pattern(raw, "tokenizer"),
        model=_pattern(raw, "model"),
        shape=_pattern(raw, "shape"),
        extension=_pattern(raw, "extension"),
        base=tuple(raw.get("base", ())),
        given=tuple(raw.get("given", ())),
        unless=tuple(raw.get("unless", ())),
    )


def _pattern(raw: dict[str, Any], name: str) -> re.Pattern[str] | None:
    return re.compile(raw[name]) if raw.get(name) else None


def _sample(raw: dict[str, Any]) -> Sample:
    return Sample(raw["file"], raw["code"], tuple(raw.get("finds", ())))
