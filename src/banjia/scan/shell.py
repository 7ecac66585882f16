"""Shell: the uses in the lines of a script, of a Dockerfile and of a build: variables, addresses, models, libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from banjia.scan.finding import Finding, Kind
from banjia.scan.lexicon import Lexicon
from banjia.scan.manifest import installed
from banjia.scan.rule import Rule
from banjia.scan.said import said
from banjia.scan.syntax.node import HOLE

# What is told to whoever runs the script.
ASIDE = re.compile(r"\d?>&\d|>>?\s*/dev/(?:null|stderr|stdout)")
# A setting that a script writes into a file: echo "api=https://...".
WRITTEN = re.compile(r"""(?i)echo\s+(?:-\w+\s+)*["']([A-Za-z_]\w*=[^\s"']+)["']\s*;?$""")
# An address that begins with a variable.
ADDRESS = re.compile(r"""\$\{?\w+\}?[^\s"'`]*[:/][^\s"'`]+""")
# A line that sends a request.
CALLED = re.compile(r"\b(?:curl|wget|http|https|xh|Invoke-RestMethod|Invoke-WebRequest)\s")
VARIABLE = re.compile(r"\$\{?(\w+)")
# Set, given as an option, a field of a body, a default, or compared: not merely named.
SHELL_MODEL = re.compile(
    r"(?i)(?:model\w*\\?[\"']?\s*(?::?[:=]|:-)\s*\\?[\"']?|--(?:model|engine|deployment)\w*[\s=][\"']?|\s-m\s+[\"']?)"
    r"(?:\$\{\w+:-)?([\w.:\-/]{3,60})|model\w*\}?[\"']?\s*(?:=|==|=~|!=)\s*[\"'^]*([\w.:\-/]{3,60})"
)

# A whole word in quotes, or a pattern for one.
QUOTED = re.compile(r"""["']\^?([A-Za-z][\w.:\-/]{3,60})\$?["']""")

# A program in one line that fetches a vocabulary: python -c "import tiktoken; ...".
VOCABULARY = re.compile(r"\btiktoken\b.*\b(?:get_encoding|encoding_for_model)\b")
# A text that a script shows of itself.
HERE = re.compile(
    r"^\s*(?:cat|usage\w*|printf|read\s+-r\s+-d\s+\S+\s+\w+)\s*(?:>&2\s*)?"
    r"<<[-~]?\s*[\"']?(\w+)[\"']?\s*(?:>&2)?\s*$"
)


def shell_lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a script that it runs; what it shows of itself, `cat <<EOF`, is left out."""
    until = ""
    for number, line in enumerate(text.splitlines(), 1):
        if until:
            if line.strip() == until:
                until = ""
            continue
        if found := HERE.match(line):
            until = found[1]
            continue
        yield number, line


def shell_line(path: str, line: str, number: int, lexicon: Lexicon, *, code: bool = False) -> Iterator[Finding]:
    """One line of shell: variables set, addresses called, libraries installed."""

    def make(kind: Kind, provider: str, rule: Rule, **more: str | None) -> Finding:
        snippet = line if kind != "secret" else kind
        return said(path, number, kind, provider, rule, snippet, fix=rule.fix_of(kind), **more)  # type: ignore[arg-type]

    bare = re.sub(r"(?:^|\s)#.*$", "", line).strip()
    if written := WRITTEN.match(bare):
        bare = written[1]
    if not bare or (re.match(r"(?i)(?:@?echo|printf|rem|write-host|::)\b", bare) and ">" not in ASIDE.sub("", bare)):
        return
    told: set[Kind] = set()
    for item, rule, provider in installed(bare, number):
        yield make("dependency", provider, rule, symbol=item.name)
        told.add("dependency")
    for _, hit in lexicon.urls(bare):
        kind: Kind = "proxy" if hit.provider == "relay" else hit.rule.kind or "http"
        setting = re.match(r"(?:export\s+|set\s+|-e\s+)?([A-Za-z_]\w*)=", bare)
        if kind == "http" and setting and lexicon.env(setting[1]) and not code:
            continue
        if kind not in told:
            told.add(kind)
            yield make(kind, hit.provider, hit.rule, url=hit.url)
    for word in ADDRESS.findall(bare) if "http" not in told else ():
        if (asked := lexicon.path(re.sub(r"\$\{?\w+\}?", HOLE, word))) and not asked.rule.weak:
            owner = next((known for name in VARIABLE.findall(word) if (known := lexicon.env(name))), None)
            provider = owner.provider if owner and owner.provider != "any" else asked.provider
            yield make("http", provider, asked.rule, url=word)
            told.add("http")
            break
    for found in re.finditer(
        r"(?:^|[\s;&|\"'({$!]|-e\s+|\$env:)([A-Za-z_][A-Za-z0-9_]{4,60})(?==|[\"'}\s)%:]|$)", bare
    ):
        name = found[1]
        if not re.search(r"[A-Z]", name) or "_" not in name:
            continue
        if (named := lexicon.env(name)) and not named.rule.weak and "env" not in told:
            told.add("env")
            if "http" not in told and CALLED.search(bare) and name.endswith(("URL", "URI", "ENDPOINT", "HOST", "BASE")):
                told.add("http")
                yield make("http", named.provider, named.rule, env=name)
            yield make("env" if code else "config", named.provider, named.rule, env=name)
    if VOCABULARY.search(bare) and "tokenizer" not in told:
        yield make("tokenizer", "openai", lexicon.named("host", "host-tiktoken"))
    if secret := lexicon.key(bare, lambda: line):
        yield make("secret", "openai" if secret.provider == "any" else secret.provider, secret.rule)
    for word in (*(found[1] or found[2] for found in SHELL_MODEL.finditer(bare + " ")), *QUOTED.findall(bare)):
        if "model" not in told and (model := lexicon.model(word)):
            told.add("model")
            yield make("model", model.provider, model.rule, model=word)
