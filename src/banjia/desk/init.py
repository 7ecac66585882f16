"""Init: a commented banjia.yaml from what the scan finds and at most five answers."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from banjia.errors import ConfigError, cause
from banjia.facts.catalogue import load as facts
from banjia.facts.value import parse
from banjia.routes.catalogue import Catalogue
from banjia.routes.catalogue import load as routes
from banjia.scan.finding import Finding, Inventory
from banjia.text import Lang, Text

QUESTIONS = (
    "actor.establishment",
    "service.offered_to_domestic_public",
    "data.personal_info",
    "data.sensitive_pi",
    "actor.ciio",
)
PLAIN = re.compile(r"[\w.-]+|\[[\w.,/ -]*\]")  # what YAML takes without quotes
NORWAY = re.compile(r"\bNO\b")
LATER = (  # the next facts that decide most; written as comments, to be answered when they are known
    ("actor.kind", "company"),
    ("actor.sector", "[other]"),
    ("actor.state_organ", "no"),
    ("data.important", "no"),
    ("export.scenario", "none"),
)
OLD_NAMES = ("gpt-4o*", "gpt-4*", "gpt-3.5*")

UNKNOWN_NOTE = Text(
    "不知道的事实保留 unknown 即可；banjia check 会说哪个最值得问。",
    "Leave unknown what is not known; `banjia check` says which answer is worth most.",
)
KEY_NOTE = Text("应用凭此密钥调用网关", "the key with which the application calls the gateway")
WEIGHTS_NOTE = Text(
    "自托管权重（vllm、sglang、ollama、llamacpp、xinference）：左边是代码里的名字，右边是上游的名字",
    "own weights (vllm, sglang, ollama, llamacpp, xinference): left the name in the code, right the name upstream",
)


@dataclass(frozen=True, slots=True)
class Question:
    fact: str
    text: Text


def questions() -> tuple[Question, ...]:
    """What is asked, in order; each may stay unanswered."""
    return tuple(Question(id, facts()[id].question) for id in QUESTIONS)  # noqa: A001


def answered(words: Sequence[str]) -> dict[str, str]:
    """What `--fact ID=VALUE` says. Raises where one is not written so, not known, or a fact of a single route."""
    found = {}
    for word in words:
        name, mark, value = (part.strip() for part in word.partition("="))
        if not mark:
            raise ConfigError(
                Text("--fact 应写成 ID=VALUE", "--fact is written ID=VALUE"),
                where="--fact",
                expected="actor.ciio=no",
                found=word,
            )
        if facts().need(name, "--fact").scope == "route":
            raise ConfigError(
                Text("这是一条路线的事实", "this is a fact of a single route"),
                where=f"--fact {name}",
                remedy=Text("init 之后写在那条路线的 facts 下", "write it under the route's `facts` after init"),
            )
        found[name] = read_answer(name, value)
    return found


def read_answer(fact: str, said: str) -> str:
    """An answer as the file writes it; "" is unknown. Raises FactError for a value the question does not take."""
    if said.lower() in {"", "?", "unknown", "不知道"}:
        return "unknown"
    parse(facts()[fact], said.upper() if fact == "actor.establishment" else said, fact)
    return said.upper() if fact == "actor.establishment" else said


def write(path: Path, inventory: Inventory, answers: Mapping[str, str], *, on: date, lang: Lang) -> Path:
    """Write `path`/banjia.yaml. Raises ConfigError where one stands already; never overwrites."""
    target = path / "banjia.yaml"
    text = compose(inventory, answers, name=path.resolve().name, on=on, lang=lang, catalogue=routes())
    try:
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
    except FileExistsError as error:
        raise ConfigError(
            Text("已有 banjia.yaml，不覆盖", "there is a banjia.yaml already; it is not overwritten"),
            where=str(target),
            remedy=Text("直接编辑它，或先移走", "edit it, or move it away first"),
        ) from error
    except OSError as error:
        raise ConfigError(
            Text("写不了配置文件", "the config cannot be written"), where=str(target), found=cause(error)
        ) from error
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        out.write(text)
    return target


def compose(
    inventory: Inventory, answers: Mapping[str, str], *, name: str, on: date, lang: Lang, catalogue: Catalogue
) -> str:
    """The text of the file."""
    app = _slug(name)
    lines = [
        f"# {_say(lang, '由 banjia init 写成', 'written by banjia init')}, {on.isoformat()}",
        f"# {UNKNOWN_NOTE.say(lang)}",
        "store: sqlite:///.banjia/banjia.db",
        "keys: .banjia/keys/",
        f"gateway: {{country: {_country(answers)}}}   # {_say(lang, '网关进程所在地', 'where this process runs')}",
        "",
        "entity:",
        f"  id: {app}",
        "  facts:",
        *_facts(answers, lang, entity=True),
        *_later(answers, entity=True),
        "",
        "apps:",
        f"  - id: {app}",
        f"    keys: [env:{app.upper().replace('-', '_')}_KEY]   # {KEY_NOTE.say(lang)}",
        "    facts:",
        *_facts(answers, lang, entity=False),
        *_later(answers, entity=False),
        "    treatment: {abroad: home}   # refuse | home | pseudonymise | mask | allow",
        "",
        *_uses(inventory.findings, lang),
        "routes:",
        *_local(inventory, lang),
        *_domestic(inventory, catalogue, lang),
    ]
    return "\n".join(lines) + "\n"


def _facts(answers: Mapping[str, str], lang: Lang, *, entity: bool) -> list[str]:
    indent = "    " if entity else "      "
    out = []
    for name in dict.fromkeys((*QUESTIONS, *answers)):
        if (facts()[name].scope == "entity") is not entity:
            continue
        value = answers.get(name, "unknown") or "unknown"
        shown = value if facts()[name].kind == "flag" else _quoted(value)
        out.append(f"{indent}{name}: {shown}   # {facts()[name].question.say(lang)}")
    return out


def _quoted(value: str) -> str:
    """A value as YAML reads it back: Norway is no `no`."""
    return NORWAY.sub('"NO"', value) if PLAIN.fullmatch(value) else f'"{value}"'


def _later(answers: Mapping[str, str], *, entity: bool) -> list[str]:
    indent = "    " if entity else "      "
    open_ones = [(name, value) for name, value in LATER if name not in answers]
    return [f"{indent}# {name}: {value}" for name, value in open_ones if (facts()[name].scope == "entity") is entity]


def _country(answers: Mapping[str, str]) -> str:
    country = answers.get("actor.establishment", "").upper()
    return f'"{country}"' if len(country) == 2 and country.isalpha() else "CN"


def _uses(findings: Sequence[Finding], lang: Lang) -> list[str]:
    seen: dict[str, Finding] = {}
    for finding in findings:
        if finding.provider not in {"any", ""}:
            seen.setdefault(finding.provider, finding)
    if not seen:
        return [f"# {_say(lang, '扫描没有发现 AI 服务。', 'The scan found no AI service.')}", ""]
    head = _say(lang, "扫描发现（各举一处）：", "The scan found (one place each):")
    return [f"# {head}", *(f"#   {p}: {f.path}:{f.line}" for p, f in sorted(seen.items())), ""]


def _local(inventory: Inventory, lang: Lang) -> list[str]:
    names = [m for m in inventory.summary["models"] if isinstance(m, str)]
    chat = sorted({n for n in names if not n.startswith("text-embedding")}) or list(OLD_NAMES)
    embedding = sorted({n for n in names if n.startswith("text-embedding")})
    aliases = ", ".join(f'"{n}": qwen3' for n in [*chat, "*"])
    lines = [
        f"  # {WEIGHTS_NOTE.say(lang)}",
        "  - id: local",
        "    provider: vllm",
        "    base_url: http://127.0.0.1:8000/v1",
        "    channel: none",
        f"    models: {{{aliases}}}",
    ]
    if embedding:
        note = _say(
            lang,
            "换了模型的向量不能与旧向量混用，需要重建",
            "vectors of another model never mix with the old ones: rebuild them",
        )
        lines += [f"    # {', '.join(embedding)}: {note}"]
    return lines


def _domestic(inventory: Inventory, catalogue: Catalogue, lang: Lang) -> list[str]:
    used = {f.provider for f in inventory.findings}
    picked = next((p for p in catalogue.providers.values() if p.id in used and p.side == "cn_mainland"), None)
    provider = picked or catalogue.by_id("alibaba_bailian")
    base = next((b.url for e in provider.endpoints for b in e.bases if e.store == "CN" and "{" not in b.url), "")
    title = _say(
        lang,
        "境内接口，示例；去掉 # 即可用，备案须向厂商确认",
        "a domestic API, as an example; uncomment to use it and confirm its filing with the vendor",
    )
    chat = [m for m in provider.models if not m.ends and not m.id.startswith("text-embedding")]
    model = chat[0].id if chat else "MODEL"
    return [
        f"  # {title}",
        f"  # - id: {provider.id.replace('_', '-')}",
        f"  #   provider: {provider.id}",
        f"  #   base_url: {base}",
        f"  #   key: env:{provider.key.env[0] if provider.key.env else 'PROVIDER_KEY'}",
        "  #   channel: none",
        f'  #   models: {{"*": {model}}}',
    ]


def _slug(name: str) -> str:
    slug = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower()).strip("-")
    return slug or "app"


def _say(lang: Lang, zh: str, en: str) -> str:
    return Text(zh, en).say(lang)
