"""Fill: what route kind, provider, model, host and day determine, from the catalogue of routes. A given fact wins."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from banjia.facts.profile import Known, Profile, Provenance
from banjia.facts.value import Value
from banjia.routes.catalogue import Catalogue
from banjia.routes.lifecycle import By, life
from banjia.routes.provider import Endpoint, Provider

# Who makes the models of a provider that sells one maker's alone.
MAKERS = {
    "openai": "openai",
    "anthropic": "anthropic",
    "google_gemini_api": "google",
    "mistral": "mistral",
    "xai": "xai",
    "deepseek": "deepseek",
    "moonshot": "moonshot",
    "minimax": "minimax",
    "zhipu": "zhipu",
}
PREFIXES = (
    (
        ("gpt-", "gpt_", "chatgpt", "o1", "o3", "o4-", "text-embedding-", "davinci", "whisper", "tts-", "dall-e"),
        "openai",
    ),
    (("claude",), "anthropic"),
    (("gemini", "gemma", "palm"), "google"),
    (("mistral", "mixtral", "ministral", "codestral"), "mistral"),
    (("grok",), "xai"),
    (("qwen", "qwq", "qvq", "text-embedding-v"), "alibaba"),
    (("ernie",), "baidu"),
    (("glm", "chatglm"), "zhipu"),
    (("deepseek",), "deepseek"),
    (("kimi", "moonshot"), "moonshot"),
    (("doubao", "seed"), "bytedance"),
    (("hunyuan", "hy-"), "tencent"),
    (("minimax", "abab"), "minimax"),
    (("llama",), "meta"),
)
OWN_WEIGHTS = "self-hosted-open-weights"
FOREIGN_MAKERS = frozenset({"openai", "anthropic", "google", "mistral", "xai"})
FOREIGN_KINDS = frozenset({"openai-direct", "foreign-api", "reverse-proxy", "azure-openai-global"})
HOME_KINDS = frozenset({"domestic-filed-api", "domestic-unfiled-api"})
KIND_FILED = {
    "domestic-filed-api": True,
    "domestic-unfiled-api": False,
    "openai-direct": False,
    "azure-openai-global": False,
    "azure-21vianet": False,
}
NO_FILING = "no filing of this maker was found in the register"


def fill(
    profile: Profile, *, on: date, routes: Catalogue, endpoint: Endpoint | None = None, ends: By = "earliest"
) -> Profile:
    """The profile with everything the catalogue settles; `endpoint` is the one that the route's host belongs
    to, `ends` the day that counts where sources give several for the end of a model.
    """
    profile = placed(profile)
    filler = _Filler(profile, on, routes, endpoint, ends)
    found: dict[str, Known] = {}
    for step in (
        _Filler.kind,
        _Filler.offer,
        _Filler.model,
        _Filler.filing,
        _Filler.place,
        _Filler.export,
        _Filler.confusion,
    ):
        for fact, value, source in step(filler):
            if fact not in filler.profile:
                found[fact] = Known(value, Provenance("filled", source, on))
        filler = _Filler(profile.filled(found), on, routes, endpoint, ends)
    return filler.profile


def maker(model: str) -> str | None:
    """Who makes a model, by the look of its name; None where the name does not say."""
    return next((vendor for prefixes, vendor in PREFIXES if model.lower().startswith(prefixes)), None)


def placed(profile: Profile) -> Profile:
    """SELF and REGION as the places they stand for; a place that they leave open is not known."""
    home = profile.get("actor.establishment")
    store = profile.get("endpoint.store_country")
    if store is not None and store.value in {"SELF", "REGION"}:
        if store.value == "SELF" and home is not None:
            profile = profile.with_("endpoint.store_country", home.value, store.provenance)
        else:
            profile = profile.without("endpoint.store_country")
        store = profile.get("endpoint.store_country")
    meant = {"SELF": home, "REGION": store}
    for fact in ("endpoint.infer_countries", "endpoint.remote_access_countries"):
        known = profile.get(fact)
        if known is None or not isinstance(known.value, frozenset) or not known.value & meant.keys():
            continue
        codes = set(known.value) - meant.keys()
        stood = [meant[token] for token in known.value & meant.keys()]
        if None in stood:
            profile = profile.without(fact)
        else:
            codes |= {str(each.value) for each in stood if each is not None}
            profile = profile.with_(fact, frozenset(codes), known.provenance)
    return profile


@dataclass(frozen=True, slots=True)
class _Filler:
    profile: Profile
    on: date
    routes: Catalogue
    endpoint: Endpoint | None
    ends: By

    def value(self, fact: str) -> Value | None:
        known = self.profile.get(fact)
        return known.value if known else None

    @property
    def provider(self) -> Provider | None:
        name = self.value("provider")
        return self.routes.find(name) if isinstance(name, str) else None

    def kind(self) -> Iterator[tuple[str, Value, str]]:
        """The route kind, where provider and host leave one."""
        provider = self.provider
        if self.value("route") == OWN_WEIGHTS and provider is None:
            yield "provider", "self_hosted", f"route {OWN_WEIGHTS}"
        if provider is None:
            return
        kinds = self.routes.kinds(provider, self.endpoint)
        if len(kinds) == 1:
            yield "route", kinds[0], _of(provider)
        elif self.value("model.filed") is not None and "foreign-api" not in kinds:
            yield "route", "domestic-filed-api" if self.value("model.filed") else "domestic-unfiled-api", _of(provider)

    def offer(self) -> Iterator[tuple[str, Value, str]]:
        """Whether the vendor serves the mainland, and sells the API at all, on that day."""
        provider = self.provider
        if provider is None:
            if self.value("route") in HOME_KINDS:
                yield "provider.serves_mainland", True, f"route {self.value('route')}: sold in the mainland"
            return
        if provider.is_engine:
            yield "route.api_available", True, f"{_of(provider)}: run by its user"
            return
        served = self.routes.serves(provider, "CN", self.on)
        if served.answer in {"yes", "enterprise-only"}:
            yield "provider.serves_mainland", True, _of(provider, *served.src)
        elif served.answer == "no" and not _closed(provider, self.on):
            yield "provider.serves_mainland", False, _of(provider, *served.src)
        if _closed(provider, self.on):
            yield "route.api_available", False, _of(provider)
        elif provider.status == "live" and provider.endpoints and provider.id != "azure_21vianet":
            yield "route.api_available", True, _of(provider)

    def model(self) -> Iterator[tuple[str, Value, str]]:
        """Maker, licence and life span of the model named."""
        provider = self.provider
        model = self.value("model.id") or self.value("model.family")
        name = str(model).rpartition("/")[2].lower() if model else ""
        if provider is not None and provider.id in MAKERS:
            yield "model.vendor", MAKERS[provider.id], _of(provider)
        licence = self.routes.licences.of(str(model)) if model else None
        if licence is not None and provider is not None and provider.is_engine:
            yield "model.vendor", licence.vendor, "routes/licences"
            yield "model.licence", licence.id, "routes/licences"
        if made_by := maker(name):
            yield "model.vendor", made_by, "routes/fill"
        if provider is None or not self.value("model.id"):
            return
        span = life(
            provider, str(self.value("model.id")), self.on, str(self.value("model.version") or ""), by=self.ends
        )
        if provider.is_engine:
            yield "model.life", "available", _of(provider)
        elif not span.known:
            yield "model.life", "available", f"routes/{provider.id}: not in the catalogue, nothing known against it"
        elif self.value("model.version") or len(span.possible) == 1 or len(provider.find(span.model)) == 1:
            yield "model.life", span.state, _of(provider, *(e for end in span.sources[:1] for e in end.src))

    def filing(self) -> Iterator[tuple[str, Value, str]]:
        """Filed or not, from the route kind and the maker; never from a register row."""
        kind = self.value("route")
        if isinstance(kind, str) and kind in KIND_FILED:
            yield "model.filed", KIND_FILED[kind], f"route {kind}"
        elif kind in FOREIGN_KINDS and self.value("model.vendor") in FOREIGN_MAKERS:
            yield "model.filed", False, NO_FILING

    def place(self) -> Iterator[tuple[str, Value, str]]:
        """Operator, store and inference of a pinned host, or of a provider all of whose hosts agree."""
        provider = self.provider
        if provider is None:
            return
        found = [self.endpoint] if self.endpoint is not None else list(provider.endpoints)
        if provider.is_engine:
            home = self.value("actor.establishment")
            if self.endpoint is not None and self.endpoint.pinned and isinstance(home, str):
                yield "endpoint.operator_country", home, _of(provider)
                yield "endpoint.store_country", home, _of(provider)
                yield "endpoint.infer_countries", frozenset({home}), _of(provider)
            return
        operators = _operators(provider, self.endpoint)
        if len(operators) == 1:
            yield "endpoint.operator_country", operators.pop(), _of(provider)
        if not found or not all(e.pinned for e in found):
            return
        stores = {e.store for e in found}
        infers = {e.infer for e in found if e.infer}
        if len(stores) == 1 and not stores & {"?", "REGION", "SELF"}:
            yield "endpoint.store_country", stores.pop(), _of(provider)
        if len(infers) == 1 and not {"?", "REGION", "SELF"} & {*next(iter(infers))} and next(iter(infers)):
            yield "endpoint.infer_countries", frozenset(infers.pop()), _of(provider)

    def export(self) -> Iterator[tuple[str, Value, str]]:
        """Whether data leaves the mainland: only for an actor there, and only where the place is known."""
        if self.value("actor.mainland_entity") is not True and self.value("actor.establishment") != "CN":
            return
        if self.value("data.collected_by_offshore_handler") or self.value("data.accessible_from_abroad"):
            return
        gateway = self.value("gateway.country")
        if isinstance(gateway, str) and gateway != "CN":
            yield "data.sent_abroad", True, "gateway.country: the gateway itself stands abroad"
            yield "data.leaves_mainland", True, "gateway.country: the gateway itself stands abroad"
            return
        kind = self.value("route")
        store = self.value("endpoint.store_country")
        infer = self.value("endpoint.infer_countries")
        if kind in FOREIGN_KINDS and store != "CN":
            yield "data.sent_abroad", True, f"route {kind}: no place of it lies in the mainland"
            yield "data.leaves_mainland", True, f"route {kind}: no place of it lies in the mainland"
        elif kind in {*HOME_KINDS, "azure-21vianet"} and store in {None, "CN"} and infer is None:
            yield "data.sent_abroad", False, f"route {kind}: a host in the mainland"
            yield "data.leaves_mainland", False, f"route {kind}: a host in the mainland"
            yield "network.channel", "none", f"route {kind}: a host in the mainland"
        elif store == "CN" and infer == frozenset({"CN"}):
            yield "data.sent_abroad", False, "endpoint.store_country, endpoint.infer_countries"
            yield "data.leaves_mainland", False, "endpoint.store_country, endpoint.infer_countries"
            yield "network.channel", "none", "endpoint.store_country, endpoint.infer_countries"
        elif isinstance(store, str) and store != "CN":
            yield "data.sent_abroad", True, "endpoint.store_country"
            yield "data.leaves_mainland", True, "endpoint.store_country"

    def confusion(self) -> Iterator[tuple[str, Value, str]]:
        """Output of a service to the public may confuse or mislead, unless the operator claims otherwise."""
        if self.value("service.offered_to_domestic_public") is True:
            yield "service.content_may_confuse", True, "deep-synthesis art. 17(1): presumed for services to the public"


def _closed(provider: Provider, on: date) -> bool:
    return provider.closed is not None and on >= provider.closed


def _operators(provider: Provider, endpoint: Endpoint | None) -> set[str]:
    """Countries of the contract parties that stand behind the host, or behind all hosts alike."""
    if provider.operator is None:
        return set()
    side = provider.side_of(endpoint) if endpoint is not None else None
    return {e.country for e in provider.operator.entities if side is None or e.side == side}


def _of(provider: Provider, *sources: str) -> str:
    return " ".join((f"routes/{provider.id}", *sources[:1]))
