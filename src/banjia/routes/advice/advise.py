"""Advise: the permitted routes for one use, best first. Quality is never guessed: it reads not measured."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjia.routes import filings, price, successor
from banjia.routes.advice.trial import Trial, trial
from banjia.routes.advice.use import Allowed, Use
from banjia.routes.catalogue import Catalogue
from banjia.routes.lifecycle import Life, life
from banjia.routes.model import Model
from banjia.routes.provider import Provider
from banjia.text import Text

NOT_MEASURED = Text("未测量", "not measured")
MOST_PER_PROVIDER = 2
_KINDS = frozenset({"embedding", "transcription", "speech", "image", "moderation"})
_VERDICTS = ("permitted", "conditional", "not-assessed", "indeterminate", "doubtful", "prohibited")
_OPEN = frozenset(_VERDICTS[:-1])


@dataclass(frozen=True, slots=True)
class Option:
    """One model on one way, for one old name."""

    old: str
    way: Allowed
    model: str
    trial: Trial
    life: Life
    filing: filings.Coverage
    cost: price.Cost
    licence: str = ""  # of weights run at home
    winding_down: bool = False

    @property
    def effort(self) -> Text:
        if self.trial.lost:
            return Text("要改代码或数据", "code or data must change")
        if self.trial.emulated:
            return Text("改配置；上线前对比测试", "configuration; compare before going live")
        return Text("只改配置", "configuration only")

    def to_json(self) -> dict[str, Any]:
        ends = self.life.ends
        return {
            "for": self.old,
            "provider": self.way.provider,
            "site": self.way.site,
            "route": self.way.route,
            "model": self.model,
            "verdict": self.way.verdict,
            "quality": NOT_MEASURED.as_dict(),
            "effort": self.effort.as_dict(),
            "kept": _texts(self.trial.kept),
            "emulated": _texts(self.trial.emulated),
            "changed": _texts(self.trial.changed),
            "lost": _texts(self.trial.lost),
            "not_known": _texts(self.trial.unknown),
            "rests_on_memory": self.trial.rests_on_memory,
            "licence": self.licence or None,
            "winding_down": self.winding_down,
            "life": {
                "state": self.life.state,
                "ends": ends.isoformat() if ends else None,
                "contested": self.life.is_contested,
            },
            "filing": {
                "reading": self.filing.reading,
                "numbers": [r.number for r in self.filing.rows],
                "confirmed": False,
            },
            "price_per_month": self.cost.to_json(),
        }


@dataclass(frozen=True, slots=True)
class Advice:
    options: tuple[Option, ...]
    closed: tuple[Allowed, ...]
    unfit: tuple[Option, ...]  # open, but too much is lost or the model has ended
    unknown: tuple[str, ...]  # old names of which nothing is known

    def of(self, old: str) -> tuple[Option, ...]:
        """What fits for one old name, best first."""
        return tuple(o for o in self.options if o.old == old)

    @property
    def nothing_fits(self) -> bool:
        return not self.options

    @property
    def levers(self) -> tuple[Allowed, ...]:
        """The closed ways that something would open."""
        return tuple(w for w in self.closed if w.lever)

    def say(self) -> Text:
        """The first line: what to look at first, or that nothing fits and which lever would open a way."""
        if self.options:
            best = self.options[0]
            return Text(
                f"首选：{best.way.provider} 上的 {best.model}", f"look first at {best.model} at {best.way.provider}"
            )
        return self.nothing()

    def nothing(self) -> Text:
        """That nothing fits, and which lever would open a way."""
        if not self.levers:
            return Text("没有合适的路线", "nothing fits")
        first = f"{self.levers[0].route or self.levers[0].provider}: {self.levers[0].lever}"
        return Text(f"没有合适的路线；可以打开：{first}", f"nothing fits; this would open a way: {first}")

    def to_json(self) -> dict[str, Any]:
        return {
            "summary": self.say().as_dict(),
            "options": [o.to_json() for o in self.options],
            "unfit": [o.to_json() for o in self.unfit],
            "closed": [
                {"provider": w.provider, "site": w.site, "route": w.route, "lever": w.lever} for w in self.closed
            ],
            "unknown": list(self.unknown),
        }


def advise(
    use: Use,
    ways: Sequence[Allowed],
    *,
    routes: Catalogue,
    on: date,
    currency: price.Currency = "CNY",
    rate: price.Money | None = None,
) -> Advice:
    """Ranks by verdict and duties, by what is lost or emulated, by life, by price; one from memory never wins."""
    fit: list[Option] = []
    unfit: list[Option] = []
    for old in use.models:
        for way in ways:
            if way.verdict not in _OPEN:
                continue
            for option in _options(use, old, way, routes, on, currency, rate):
                gone = option.life.state in ("retired", "not-offered")
                (unfit if gone or _unfit(option) else fit).append(option)
    fit.sort(key=_rank)
    unknown = tuple(old for old in use.models if successor.of(old) is None)
    closed = tuple(w for w in ways if w.verdict not in _OPEN)
    return Advice(tuple(fit), closed, tuple(sorted(unfit, key=_rank)), unknown)


def _options(
    use: Use, old: str, way: Allowed, routes: Catalogue, on: date, currency: price.Currency, rate: price.Money | None
) -> Iterable[Option]:
    provider = routes.by_id(way.provider)
    stand = successor.of(old)
    thinks = stand is not None and stand.thinking == "wanted"
    source = routes.by_id("self_hosted") if provider.is_engine else provider
    for model in _models(source, stand, way, on):
        quote = None if way.site == "self" else price.quote(provider.id, model.id, way.site)  # type: ignore[arg-type]
        licence = routes.licences.of(model.id) if way.site == "self" else None
        yield Option(
            old=old,
            way=way,
            model=model.id,
            trial=trial(use, old, provider, model, thinks=thinks),
            life=life(source, model.id, on),
            filing=filings.coverage(provider, model.id),
            cost=price.monthly(quote, use.volume_of(old), on=on, currency=currency, rate=rate),
            licence=licence.id if licence else "",
            winding_down=provider.status == "winding_down",
        )


def _models(provider: Provider, stand: successor.Stand | None, way: Allowed, on: date) -> list[Model]:
    """Those the table of successors names for this way, else the provider's own of the same kind."""
    if stand is None:
        return []
    named = [
        found
        for c in successor.candidates(stand)
        if c.provider == provider.id and c.site == way.site and (found := provider.model(c.model)) is not None
    ]
    if named:
        return named
    kind = stand.work if stand.work in _KINDS else "chat"
    sold = {row.model for offer in price.offers(provider.id) if offer.site == way.site for row in offer.rows}
    alive = [
        m
        for m in provider.models
        if m.kind == kind and (not sold or m.id in sold) and life(provider, m.id, on).state == "available"
    ]
    alive = [m for m in alive if not m.maker] or alive  # a maker's own before copies; a host has copies only
    alive.sort(key=lambda m: m.released or date.min, reverse=True)
    return alive[:MOST_PER_PROVIDER]


def _unfit(option: Option) -> bool:
    """A chat model that loses a feature the application uses does not fit; vectors are always rebuilt."""
    return bool(option.trial.lost) and not option.trial.rebuilds


def _rank(option: Option) -> tuple[object, ...]:
    cost = option.cost
    return (
        option.old,
        _VERDICTS.index(option.way.verdict),
        _VERDICTS.index(option.way.worst or option.way.verdict),
        option.way.duties,
        len(option.trial.unknown),
        len(option.trial.lost),
        len(option.trial.emulated),
        option.winding_down or option.life.state != "available",
        not cost.is_firm,
        cost.amount if cost.is_firm and cost.amount is not None else 0.0,
        option.way.provider,
        option.model,
    )


def _texts(texts: Iterable[Text]) -> list[dict[str, str]]:
    return [t.as_dict() for t in texts]
