"""Config: what banjia.yaml says, read and typed; nothing here has been judged yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from banjia.config.alias import Alias
from banjia.config.confirmation import Confirmation
from banjia.config.document import Document
from banjia.config.secret import Secret
from banjia.config.treatment import TreatmentRule

Facts = Mapping[str, object]  # fact id -> value as written; the catalogue judges it


@dataclass(frozen=True, slots=True)
class Entity:
    id: str
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Persons exported in one year outside this gateway, as declared; inclusive intervals, None is unbounded."""

    year: int
    ordinary: tuple[int, int | None]
    sensitive: tuple[int, int | None]
    by: str
    on: date
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Labels:
    explicit: Literal["auto", "on", "off"] = "auto"
    implicit: Literal["auto", "on", "off"] = "auto"
    shown_by_app: str = ""
    position: Literal["start", "end"] = "end"  # of the notice in the text
    producer: str = ""  # name or code of the producer in the implicit label; "" = the entity's id


@dataclass(frozen=True, slots=True)
class App:
    id: str
    keys: tuple[Secret, ...] = ()
    facts: Facts = field(default_factory=dict)
    purposes: Mapping[str, Facts] = field(default_factory=dict)
    routes: tuple[str, ...] = ()  # order is preference
    treatment: TreatmentRule = field(default_factory=TreatmentRule)
    labels: Labels = field(default_factory=Labels)
    options: Mapping[str, object] = field(
        default_factory=dict
    )  # limits, budgets, moderation, rollout, hard_loss ... read by the gateway


@dataclass(frozen=True, slots=True)
class Route:
    """One way out. `provider` is a catalogue id; place, operator and filing follow the host."""

    id: str
    provider: str
    base_url: str
    key: Secret | None = None
    channel: str | None = None  # network.channel
    api_version: str | None = None
    stand_in: bool = False
    models: Mapping[str, str] = field(default_factory=dict)  # name asked for (wildcards) -> name upstream, undated
    dated: tuple[Alias, ...] = ()  # those with a beginning or an end; while they hold they go before undated ones
    facts: Facts = field(default_factory=dict)
    country: str | None = None  # declared for a host the catalogue does not know
    reason: str = ""
    options: Mapping[str, object] = field(default_factory=dict)  # auth, time-outs, inline_images, overrides ...

    @property
    def aliases(self) -> tuple[Alias, ...]:
        return (*(Alias(asked, model) for asked, model in self.models.items()), *self.dated)

    def names(self, on: date) -> dict[str, str]:
        """Name asked for -> name upstream, as it is on that day."""
        return {a.asked: a.model for a in self.aliases if a.holds(on)}

    def upstream(self, on: date) -> tuple[str, ...]:
        """The models that are named for that day or a later one."""
        return tuple(dict.fromkeys(a.upstream for a in self.aliases if a.upstream and not a.is_over(on)))


@dataclass(frozen=True, slots=True)
class Attestation:
    """A dated declaration that a duty is met; empty `apps` or `routes` means all."""

    duty: str
    by: str
    on: date
    apps: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    until: date | None = None
    evidence: str = ""

    def covers(self, duty: str, *, app: str, route: str, on: date) -> bool:
        return (
            self.duty == duty
            and (not self.apps or app in self.apps)
            and (not self.routes or route in self.routes)
            and self.on <= on
            and (self.until is None or on <= self.until)
        )


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A doubtful route accepted by name, with the reason."""

    route: str
    by: str
    reason: str
    on: date
    apps: tuple[str, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ReadingChoice:
    """A contested reading chosen against the strict default, with the reason."""

    reading: str
    option: str
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Config:
    path: Path
    store: str
    keys: Path
    gateway_country: str | None
    gateway_facts: Facts
    entity: Entity
    elsewhere: tuple[Elsewhere, ...]
    apps: tuple[App, ...]
    routes: tuple[Route, ...]
    attestations: tuple[Attestation, ...]
    acceptances: tuple[Acceptance, ...]
    readings: tuple[ReadingChoice, ...]
    packs: tuple[str, ...]  # () = those that known facts bring in
    auto_approve: bool
    treatment: TreatmentRule
    labels: Labels
    options: Mapping[str, object]  # further top-level settings, read by the room they belong to
    filings: tuple[Confirmation, ...] = ()
    document: Document | None = field(default=None, repr=False, compare=False)  # what it was read from

    def at(self, place: str) -> str:
        """`apps[0].limits` -> `banjia.yaml:12 apps[0].limits`; without its document, the place alone."""
        return place if self.document is None else self.document.locate(place)

    @property
    def files(self) -> tuple[Path, ...]:
        """The files beside the config that are read with it: those of keys and of keywords."""
        secrets = [k for a in self.apps for k in a.keys] + [r.key for r in self.routes if r.key is not None]
        found = [s.base / s.ref.removeprefix("file:") for s in secrets if s.ref.startswith("file:")]
        for options in (self.options, *(a.options for a in self.apps)):
            screen = options.get("moderation")
            names = screen.get("keywords") if isinstance(screen, Mapping) else None
            listed = [names] if isinstance(names, str) else names if isinstance(names, list) else []
            found += [self.path.parent / str(name) for name in listed]
        return tuple(dict.fromkeys(found))

    def app(self, id: str) -> App | None:  # noqa: A002
        return next((a for a in self.apps if a.id == id), None)

    def filing(self, *, route: str, model: str, on: date) -> Confirmation | None:
        """The filing confirmed for a model of a route on that day, the latest where there are several."""
        found = [c for c in self.filings if c.covers(route=route, model=model, on=on)]
        return max(found, key=lambda c: c.on, default=None)

    def route(self, id: str) -> Route | None:  # noqa: A002
        return next((r for r in self.routes if r.id == id), None)
