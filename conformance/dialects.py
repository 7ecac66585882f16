"""Dialects: the stand-ins of the matrix, the gateway's config and policy in front of them, and what a file says is not to be had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from banjia.policy.file import write
from banjia.policy.policy import DATA_CLASSES, Band, Cell, Policy, RouteFacts
from banjia.routes.catalogue import load
from banjia.routes.dialect.operation import Detokenize, EmulateTools, FieldMove, Reject, VectorShape
from banjia.routes.dialect.translator import Translator
from banjia.routes.lifecycle import life
from banjia.routes.model import Model
from banjia.routes.provider import Provider
from banjia.text import Text

PROVIDERS = (
    "openai", "azure_openai", "alibaba_bailian", "baidu_qianfan", "zhipu", "deepseek", "moonshot", "volcengine_ark",
    "tencent", "iflytek_spark", "minimax", "stepfun", "siliconflow", "sensenova", "baichuan", "lingyiwanwu",
    "vllm", "sglang", "llamacpp", "ollama", "xinference",
)  # fmt: skip
DEPLOYMENTS = "azure_openai_deployments"  # the same provider, by paths with an api-version
ASKED = {"chat": "gpt-4o", "vision": "gpt-4-turbo", "reasoning": "o3", "embed": "text-embedding-3-small"}
VOCABULARY = b"SGVsbG8= 9906\nIHdvcmxk 1917\n"  # the two tokens that the scenario sends
ENGINE_MODELS = {"chat": "served", "vision": "served", "reasoning": "served", "embed": "served-vectors"}

CONFIG = """\
store: sqlite:///banjia.db
keys: keys/
gateway: {{country: US}}
entity: {{id: conformance, facts: {{data.personal_info: no, actor.establishment: US}}}}
timeouts: {{first_byte: 30, idle: 30}}
apps:
{apps}
routes:
{routes}
"""


@dataclass(frozen=True, slots=True)
class Spoken:
    """One dialect of the matrix: its provider and the models that answer there for the names a client asks for."""

    id: str
    provider: Provider
    models: dict[str, str]  # use -> model; a use that the provider has no model for is absent

    @property
    def key(self) -> str:
        return f"sk-conformance-{self.id}"

    def without(self, scenario: str) -> str:
        """The place in the provider's file that says that this is not to be had; "" where nothing does."""
        use = NEEDS.get(scenario, "chat")
        if use not in self.models:
            return (
                f"apis.embeddings = {self.provider.apis.get('embeddings', 'no')}" if use == "embed" else NO_MODEL[use]
            )
        own = self.provider.apis.get("embeddings") == "own_shape"
        if use == "embed" and own and not any(isinstance(op, VectorShape) for op in self.provider.dialect.request):
            return "apis.embeddings = own_shape, not spoken"
        selection = Translator(self.provider).selection(self.models[use], "embeddings" if use == "embed" else "chat")
        for op in selection.request:
            if isinstance(op, Reject) and op.field in FIELDS.get(scenario, ()):
                return f"dialect.request: reject {op.field}"
            if isinstance(op, EmulateTools) and scenario.startswith("tool"):
                return "dialect.request: emulate_tools"
            if isinstance(op, Detokenize) and scenario == "embed_token_ids":
                return "dialect.request: detokenize"
        if scenario == "tools_parallel" and any(isinstance(op, FieldMove) and op.as_list for op in selection.answer):
            return "dialect.answer: field_move as_list, one call an answer"
        return ""


NEEDS = {"vision": "vision", "tool_loop": "reasoning"} | {
    f"embed_{n}": "embed" for n in ("1", "25", "2100", "token_ids")
}
NO_MODEL = {
    "vision": "models[].inputs: none of them takes an image",
    "chat": "models: none of them chats",
    "reasoning": "models: none of them chats",
}
FIELDS = {
    "tools_auto": ("tools",),
    "tools_required": ("tools", "tool_choice"),
    "tools_named": ("tools", "tool_choice"),
    "tools_parallel": ("tools", "parallel_tool_calls"),
    "tool_loop": ("tools",),
    "json_object": ("response_format",),
    "json_schema": ("response_format",),
    "embed_token_ids": ("input",),
}


def spoken(on: date) -> tuple[Spoken, ...]:
    found = [Spoken(name, load().by_id(name), _models(load().by_id(name), on)) for name in PROVIDERS]
    azure = next(s for s in found if s.id == "azure_openai")
    return (*found, Spoken(DEPLOYMENTS, azure.provider, azure.models))


def lay_out(path: Path, dialects: tuple[Spoken, ...], stand_ins: str, on: date) -> None:
    """banjia.yaml and the policy that lets each application use its one route."""
    apps, routes, cells, facts = [], [], [], []
    (path / "words.tiktoken").write_bytes(VOCABULARY)
    words = sha256(VOCABULARY).hexdigest()
    (path / "up.key").write_text("sk-upstream-stand-in", encoding="utf-8")
    for d in dialects:
        (path / f"{d.id}.key").write_text(d.key, encoding="utf-8")
        embeddings = f"embeddings: {{vocabulary: words.tiktoken, sha256: {words}}}"
        apps.append(f'  - {{id: {d.id}, keys: ["file:{d.id}.key"], routes: [{d.id}], {embeddings}}}')
        names = ", ".join(f"{ASKED[use]}: '{model}'" for use, model in d.models.items())
        base, version = _base(d, stand_ins)
        key = "" if d.provider.auth.optional else ", key: 'file:up.key'"
        routes.append(
            f"  - {{id: {d.id}, provider: {d.provider.id}, base_url: '{base}', stand_in: true{key}{version}, "
            f"models: {{{names}}}}}"
        )
        facts.append(RouteFacts(d.id, d.provider.id, "foreign-api", "US", abroad=False))
        cells += [_open(d.id, data_class) for data_class in DATA_CLASSES]
    text = CONFIG.format(apps="\n".join(apps), routes="\n".join(routes))
    (path / "banjia.yaml").write_text(text, encoding="utf-8")
    write(
        Policy("conformance", on, None, (("none", "1"),), "sha256:none", tuple(facts), tuple(cells)),
        path / "policy.json",
    )


def lay_out_one(path: Path, stand_ins: str, key: str, on: date) -> None:
    """One application, whatever names it asks for, on the stand-in of OpenAI itself: for suites that others wrote."""
    (path / "app.key").write_text(key, encoding="utf-8")
    names = {"text-embedding-*": "text-embedding-3-small", "*": "gpt-5.1"}
    models = ", ".join(f"'{asked}': {model}" for asked, model in names.items())
    text = CONFIG.format(
        apps='  - {id: openai, keys: ["file:app.key"], routes: [openai]}',
        routes=f"  - {{id: openai, provider: openai, base_url: '{stand_ins}/openai/v1', stand_in: true, key: 'file:app.key', models: {{{models}}}}}",
    )
    (path / "banjia.yaml").write_text(text, encoding="utf-8")
    facts = (RouteFacts("openai", "openai", "foreign-api", "US", abroad=False),)
    cells = tuple(_open("openai", data_class) for data_class in DATA_CLASSES)
    write(Policy("conformance", on, None, (("none", "1"),), "sha256:none", facts, cells), path / "policy.json")


def _base(d: Spoken, stand_ins: str) -> tuple[str, str]:
    if d.id == DEPLOYMENTS:
        return f"{stand_ins}/{d.id}/openai", ", api_version: '2024-10-21'"
    if d.provider.id == "azure_openai":
        return f"{stand_ins}/{d.id}/openai/v1", ", api_version: v1"
    if d.provider.id == "sensenova":  # its embeddings stand beside this base
        return f"{stand_ins}/{d.id}/compatible-mode/v2", ""
    return f"{stand_ins}/{d.id}/v1", ""


def _open(name: str, data_class: str) -> Cell:
    return Cell(
        app=name, purpose="", route=name, model="*", data_class=data_class, band=Band(), decision="pass",
        verdict="permitted", settled=True, treatment="allow", rule="no-bar", reason=Text("替身", "a stand-in"),
    )  # fmt: skip


def _models(provider: Provider, on: date) -> dict[str, str]:
    if provider.is_engine:
        return dict(ENGINE_MODELS)
    alive = [m for m in provider.models if life(provider, m.id, on).state == "available"] or list(provider.models)
    chats = [m for m in alive if m.kind == "chat"]
    able = [m for m in chats if m.tools] or chats
    found = {
        "chat": _first(able, lambda m: m.reasoning != "always") or _first(able),
        "vision": _first(chats, lambda m: "image" in m.inputs),
        "reasoning": _first(able, lambda m: m.thinks_by_default) or _first(able),
        "embed": _first(alive, lambda m: m.kind == "embedding"),
    }
    return {use: model.id for use, model in found.items() if model is not None}


def _first(models: list[Model], fits: Callable[[Model], bool] = bool) -> Model | None:
    return next((m for m in models if fits(m)), None)
