"""Provider: who sells or serves models, under whose law, from which hosts, in which dialect."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

from banjia.routes.dialect.operation import Dialect
from banjia.routes.model import Model
from banjia.routes.record import Evident, Record
from banjia.text import Text

Side = Literal["cn_mainland", "hk", "overseas", "self_hosted", "mixed"]
Status = Literal["live", "winding_down", "closed", "self_hosted"]
Offer = Literal["yes", "no", "enterprise-only", "unknown"]
Api = Literal["yes", "no", "partial", "unknown", "own_shape", "other_base"]
CHINA = ("CN", "HK", "MO")


class Entity(Record, frozen=True, kw_only=True):
    """One contract party and the side it sells on."""

    name: str
    country: str
    side: Side


class Operator(Evident, frozen=True, kw_only=True):
    headquarters: str  # ISO country, "" where nobody stands behind the entry
    entities: tuple[Entity, ...] = ()


class RegionRule(Evident, rename={"from_": "from"}, frozen=True, kw_only=True):
    """Whom the vendor serves, while the rule holds; `until` is its last day. Answers are the vendor's, not a law's."""

    from_: date | None = None
    until: date | None = None
    list: str = ""  # a region list of regions.toml
    mainland: Offer = "unknown"
    hk: Offer = "unknown"
    macau: Offer = "unknown"
    individuals_cn: Offer = "unknown"
    ownership: str = ""  # an ownership rule of regions.toml
    note: Text | None = None

    def holds(self, on: date) -> bool:
        return (self.from_ is None or self.from_ <= on) and (self.until is None or on <= self.until)


class Base(Evident, frozen=True, kw_only=True):
    """One base URL; `{name}` marks are the customer's own."""

    url: str
    apis: tuple[str, ...] = ()  # () = all that the provider has
    note: Text | None = None


class Endpoint(Evident, frozen=True, kw_only=True):
    """A host or a family of hosts. Not pinned: the host alone does not prove where inference runs."""

    match: str  # exact host, "*.suffix", "re:" and an anchored expression, "loopback" or "private"
    store: str  # ISO country, EU, SELF, REGION, "?"
    infer: tuple[str, ...]  # ISO country, EU, SELF, REGION, ZONE_US, ZONE_EU, GLOBAL, GLOBAL_EX_CN, "?"
    pinned: bool
    side: Side | None = None
    bases: tuple[Base, ...] = ()
    closed: date | None = None  # first day without service
    note: Text | None = None


class Sku(Record, frozen=True, kw_only=True):
    """A deployment type that decides where inference runs."""

    names: tuple[str, ...]
    infer: tuple[str, ...]
    rule: Text


class Auth(Evident, frozen=True, kw_only=True):
    header: str = "Authorization"
    template: str = "Bearer {key}"
    alternatives: tuple[str, ...] = ()  # further forms, as `Header: template`
    optional: bool = False
    note: Text | None = None


class Assurance(Evident, frozen=True, kw_only=True):
    """What the vendor says it does with data. It never answers a question of law by itself."""

    topic: Literal[
        "training", "retention", "deletion", "human-review", "content-filter", "certificate", "contract", "residency"
    ]
    says: Text
    value: bool | None = None
    scope: str = ""
    not_answered: Text | None = None


class Terms(Evident, frozen=True, kw_only=True):
    document: str
    section: str = ""
    effective: date | None = None
    rule: Text


class FilingRow(Record, frozen=True, kw_only=True):
    """One row of the public register, as printed there."""

    seq: int
    number: str
    entity: str
    register: Literal["genai-filed", "genai-registered", "on-device"] = "genai-filed"


class Covers(Evident, frozen=True, kw_only=True):
    """Our reading of which register rows may cover which model ids; it needs the vendor's confirmation."""

    models: tuple[str, ...]  # globs
    rows: tuple[int, ...]
    reading: Literal["stated", "named", "likely", "possible", "none"]
    note: Text | None = None


class Algorithm(Record, frozen=True, kw_only=True):
    """An algorithm filing in the role that serves companies through an API."""

    name: str
    number: str
    consumer_number: str = ""


class Filing(Record, frozen=True, kw_only=True):
    """Numbers here are proposals: none counts as confirmed before someone dates it and shows evidence."""

    family: str = ""
    rows: tuple[FilingRow, ...] = ()
    covers: tuple[Covers, ...] = ()
    filer_is_party: Literal["yes", "no", "unknown"] = "unknown"
    algorithms: tuple[Algorithm, ...] = ()
    note: Text | None = None


class Key(Evident, frozen=True, kw_only=True):
    env: tuple[str, ...] = ()
    shape: str = ""  # an expression over the whole key
    note: Text | None = None


class Provider(Evident, frozen=True, kw_only=True):
    """One file of routes/providers. Place follows the host, dialect follows the provider."""

    id: str
    name: Text
    aliases: tuple[str, ...] = ()
    side: Side
    status: Status = "live"
    closed: date | None = None  # first day on which nothing is sold any more
    operator: Operator | None = None
    regions: tuple[RegionRule, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    skus: tuple[Sku, ...] = ()
    key: Key = Key()
    auth: Auth = Auth()
    apis: dict[str, Api] = {}  # noqa: RUF012  (msgspec copies empty defaults)
    models: tuple[Model, ...] = ()
    filing: Filing = Filing()
    terms: tuple[Terms, ...] = ()
    assurances: tuple[Assurance, ...] = ()
    limits: Text | None = None
    port: int | None = None  # of an engine that serves own weights
    trap: Text | None = None
    note: Text | None = None
    open: tuple[Text, ...] = ()  # what must be probed with a real key before it is trusted
    dialect: Dialect = Dialect()

    @property
    def is_engine(self) -> bool:
        return self.side == "self_hosted"

    def side_of(self, endpoint: Endpoint | None) -> Side:
        return endpoint.side if endpoint is not None and endpoint.side is not None else self.side

    def find(self, model: str, version: str = "") -> tuple[Model, ...]:
        """The entries of one model id: that version, else the ones without a version, else every version."""
        rows = tuple(m for m in self.models if m.id == model or model in m.names)
        if not version:
            return rows
        exact = tuple(m for m in rows if m.version == version)
        return exact or tuple(m for m in rows if not m.version) or rows

    def model(self, model: str) -> Model | None:
        """The newest entry of one id."""
        rows = self.find(model)
        return max(rows, key=lambda m: (not m.ends, m.version), default=None)

    def bases(self, *, side: Side | None = None) -> Iterator[tuple[Endpoint, Base]]:
        for endpoint in self.endpoints:
            if side is None or self.side_of(endpoint) == side:
                for base in endpoint.bases:
                    yield endpoint, base
