"""Compile: every call that banjia.yaml allows to be asked for, assessed once, as the gateway's finite table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from banjia.assess.assess import assess_route, ending
from banjia.assess.assessment import ORDER, Assessment, AxisResult
from banjia.assess.compiled import Blocked, Compiled
from banjia.assess.doubts import Choice
from banjia.assess.scope import ORDINARY, SENSITIVE, RouteScope, app_profile, route_scopes
from banjia.config.config import App, Config, Route
from banjia.config.treatment import TreatmentRule
from banjia.facts.profile import Known, Profile, Provenance
from banjia.facts.value import Interval
from banjia.law.corpus import Corpus
from banjia.logic.condition import AtLeast, atoms
from banjia.policy.policy import (
    DATA_CLASSES,
    Band,
    Cell,
    Cite,
    DataClass,
    Finer,
    Policy,
    RouteFacts,
    Treatment,
    Verdict,
)
from banjia.routes.catalogue import Catalogue
from banjia.routes.lifecycle import life
from banjia.routes.provider import Provider
from banjia.text import Text, same

SURROGATES: frozenset[Treatment] = frozenset({"pseudonymise", "fake", "mask"})
CLASS_FACTS: Mapping[DataClass, tuple[bool, bool]] = {
    "none": (False, False),
    "ordinary": (True, False),
    "sensitive": (True, True),
}


def compile_policy(config: Config, *, law: Corpus, routes: Catalogue, on: date) -> Compiled:
    """The whole table for one day of the law; it expires on the day before the law changes."""
    return _Compiler(config, law, routes, on).run()


@dataclass
class _Compiler:
    config: Config
    law: Corpus
    routes: Catalogue
    on: date

    def run(self) -> Compiled:
        scopes = {
            route.id: tuple(route_scopes(self.config, route, self.routes, self.on)) for route in self.config.routes
        }
        cells: list[Cell] = []
        blocked: list[Blocked] = []
        packs: dict[str, str] = {}
        for app in self.config.apps:
            mine: list[Cell] = []
            doubted: list[tuple[Profile, RouteScope]] = []
            unmet: dict[str, None] = {}
            for purpose in ("", *app.purposes):
                profile = app_profile(self.config, app, purpose)
                for route in app.routes or tuple(scopes):
                    for scope in scopes[route]:
                        for cell, answer in self.cells(app, purpose, profile, scope):
                            mine.append(cell)
                            packs |= answer.law.packs
                            if not cell.settled and cell.decision == "refuse" and _is_first(cell.band):
                                doubted.append((profile, scope))
                            if answer.worst in {"conditional", "doubtful"}:
                                unmet |= dict.fromkeys(duty.id for duty in answer.duties.unmet)
            if (doubted or unmet) and all(cell.decision == "refuse" for cell in mine):
                facts = dict.fromkeys(fact for profile, scope in doubted for fact in self.ask(app, profile, scope))
                blocked.append(Blocked(app.id, tuple(facts), tuple(unmet)))
            cells += mine
        policy = Policy(
            entity=self.config.entity.id,
            law_date=self.on,
            expires=self.expires(packs),
            packs=tuple(sorted(packs.items())),
            law_hash=self.law.hash,
            routes=tuple(self.facts_of(scope) for found in scopes.values() for scope in found[:1]),
            cells=tuple(_dated(cell, self.expires(packs)) for cell in cells),
        )
        return Compiled(policy, tuple(blocked))

    def cells(self, app: App, purpose: str, profile: Profile, scope: RouteScope) -> Iterator[tuple[Cell, Assessment]]:
        abroad = self.facts_of(scope).abroad
        for data_class in DATA_CLASSES:
            whole = self.cell(app, purpose, profile, scope, data_class, Band())
            if data_class == "none" or not abroad:
                yield whole
                continue
            rows = [whole]
            if not _alike(*whole):
                rows = [self.cell(app, purpose, profile, scope, data_class, band) for band in self.bands()]
            for cell, answer in _merged(rows):
                yield self.counted(app, profile, scope, cell), answer

    def cell(
        self, app: App, purpose: str, profile: Profile, scope: RouteScope, data_class: DataClass, band: Band
    ) -> tuple[Cell, Assessment]:
        answer = self.assess(app, profile, scope, data_class, band)
        place = self.facts_of(scope)
        passes = self.passes(answer, app, scope)
        treatment = _treatment(app.treatment, place, data_class) if passes else "refuse"
        gravest = max(answer.axes.values(), key=_weight, default=None)
        worst: Verdict = answer.worst  # type: ignore[assignment]
        cites = [c for c in answer.cites if gravest is not None and c.id in gravest.cites]
        cell = Cell(
            app=app.id,
            purpose=purpose,
            route=scope.id,
            model=scope.model or "*",
            data_class=data_class,
            band=band,
            decision="pass" if passes else "refuse",
            verdict=worst,
            settled=len(answer.reachable) == 1,
            treatment=treatment,
            rule=_rule(answer, gravest.id if gravest else ""),
            reason=_reason(answer, gravest),
            cites=tuple(Cite(c.id, c.title, c.source, c.confidence) for c in cites[:6]),
            duties=tuple(duty.id for duty in answer.duties.certain),
            until=self.until(app, scope),
            finer=_finer(app.treatment) if passes and data_class != "none" else (),
        )
        return cell, answer

    def counted(self, app: App, profile: Profile, scope: RouteScope, cell: Cell) -> Cell:
        """The cell with the exemption that holds at any tally, and whether its persons are counted all the same.

        Two readings say who is counted: `exempt-flows-tally` of exempt flows, `pseudonymised-tally` of surrogates.
        """
        if cell.decision != "pass" or cell.data_class == "none":
            return cell
        if cell.treatment in SURROGATES and self.reads("pseudonymised-tally", "outside"):
            return replace(cell, basis="pseudonymised", uncounted=True)
        top = Band(*((edges[-1], None) for edges in (self.edges(ORDINARY), self.edges(SENSITIVE))))
        export = self.assess(app, profile, scope, cell.data_class, top).axes.get("export")
        if export is None or set(export.reachable) != {"exempt"}:
            return cell
        named = profile.get("export.scenario")
        basis = str(named.value) if named is not None and str(named.value) != "none" else "exempt"
        return replace(cell, basis=basis, uncounted=self.reads("exempt-flows-tally", "outside"))

    def reads(self, reading: str, option: str) -> bool:
        return any(r.reading == reading and r.option == option for r in self.config.readings)

    def assess(self, app: App, profile: Profile, scope: RouteScope, data_class: DataClass, band: Band) -> Assessment:
        """The route for one class of data, with the tallies of one band; the call itself is counted."""
        personal, sensitive = CLASS_FACTS[data_class]
        origin = Provenance("measured", f"data class {data_class}", self.on)
        facts = {"data.personal_info": Known(personal, origin), "data.sensitive_pi": Known(sensitive, origin)}
        for fact, edges, counts in (
            (ORDINARY, band.ordinary, personal and not sensitive),
            (SENSITIVE, band.sensitive, sensitive),
        ):
            low = max(edges[0], 1 if counts else 0)
            high = None if edges[1] is None else max(edges[1] - 1, low)
            facts[fact] = Known(Interval(low, high), origin)
        whole = Profile.merge(profile.without(*facts), scope.profile.without(*facts), Profile(facts))
        return assess_route(
            whole,
            on=self.on,
            law=self.law,
            routes=self.routes,
            endpoint=scope.endpoint,
            choices=self.choices,
            attested=self.attested(app, scope),
            listed=self.config.packs,
            explain=False,
        )

    def ask(self, app: App, profile: Profile, scope: RouteScope) -> tuple[str, ...]:
        """The facts worth asking first for a route that open facts close; persons are counted, not asked for."""
        answer = assess_route(
            Profile.merge(profile, scope.profile),
            on=self.on,
            law=self.law,
            routes=self.routes,
            endpoint=scope.endpoint,
            choices=self.choices,
            attested=self.attested(app, scope),
            listed=self.config.packs,
        )
        return tuple([m.fact for m in answer.missing if m.fact not in {ORDINARY, SENSITIVE}][:3])

    def passes(self, answer: Assessment, app: App, scope: RouteScope) -> bool:
        """Permitted passes; conditional once every before-use duty is attested; doubtful if accepted by name too."""
        match answer.worst:
            case "permitted":
                return True
            case "conditional":
                return not answer.duties.unmet
            case "doubtful":
                return not answer.duties.unmet and self.accepted(app, scope)
            case _:
                return False

    def accepted(self, app: App, scope: RouteScope) -> bool:
        return any(
            a.route == scope.id
            and (not a.apps or app.id in a.apps)
            and a.on <= self.on
            and (a.until is None or self.on <= a.until)
            and a.reason
            for a in self.config.acceptances
        )

    @property
    def choices(self) -> tuple[Choice, ...]:
        return tuple(Choice(r.reading, r.option, r.reason) for r in self.config.readings)

    def attested(self, app: App, scope: RouteScope) -> frozenset[str]:
        return frozenset(
            a.duty for a in self.config.attestations if a.covers(a.duty, app=app.id, route=scope.id, on=self.on)
        )

    def until(self, app: App, scope: RouteScope) -> date | None:
        """The last day of the cell: before an attestation, acceptance or confirmed filing lapses, or the model ends."""
        days: list[date | None] = [
            a.until for a in self.config.attestations if a.covers(a.duty, app=app.id, route=scope.id, on=self.on)
        ]
        days += [a.until for a in self.config.acceptances if a.route == scope.id and a.until and a.until >= self.on]
        if scope.model and (filing := self.config.filing(route=scope.id, model=scope.model, on=self.on)):
            days.append(filing.until)
        provider = scope.profile.get("provider")
        if scope.model and provider is not None and (found := self.routes.find(str(provider.value))):
            ends = life(found, scope.model, self.on, by=ending(self.choices)).ends
            days.append(ends - timedelta(days=1) if ends and ends > self.on else None)
        return min((day for day in days if day is not None), default=None)

    def expires(self, packs: Mapping[str, str]) -> date | None:
        """The day before the law of the packs in use changes."""
        used = [built for built in self.law.packs if built.pack.id in packs]
        cuts = [cut for built in used for cut in built.base.cuts if cut > self.on]
        return min(cuts) - timedelta(days=1) if cuts else None

    def bands(self) -> tuple[Band, ...]:
        """The bands that the law of the day draws on the two tallies."""
        ordinary, sensitive = self.edges(ORDINARY), self.edges(SENSITIVE)
        return tuple(Band(one, other) for one in _spans(ordinary) for other in _spans(sensitive))

    def edges(self, fact: str) -> tuple[int, ...]:
        found = {0}
        for built in self.law.packs:
            for axis in built.base.on(self.on).axes.values():
                for rule in axis.rules:
                    found |= {a.bound for a in atoms(rule.when) if isinstance(a, AtLeast) and a.fact == fact}
        return tuple(sorted(found))

    def provider_of(self, route: Route | None, judged: Provider | None) -> str:
        """The provider the config names, which brings the dialect; the judged one where it names none."""
        named = self.routes.find(route.provider) if route else None
        return named.id if named else judged.id if judged else ""

    def facts_of(self, scope: RouteScope) -> RouteFacts:
        route = self.config.route(scope.id)
        provider = scope.profile.get("provider")
        found = self.routes.find(str(provider.value)) if provider else None
        kinds = self.routes.kinds(found, scope.endpoint) if found else ()
        stored = scope.profile.get("endpoint.store_country")
        country = str(stored.value) if stored else scope.endpoint.store if scope.endpoint else ""
        if country in {"SELF", "REGION", "?"} or (found is not None and found.is_engine and not country):
            country = (self.config.gateway_country or "") if country == "SELF" else ""
        home = self.config.gateway_country or "CN"
        return RouteFacts(
            id=scope.id,
            provider=self.provider_of(route, found),
            kind=kinds[0] if kinds else "",
            country=country,
            abroad=country != home,
            stand_in=bool(route and route.stand_in),
        )


def _is_first(band: Band) -> bool:
    """Whether a year begins in it: what is open about higher tallies closes nothing today."""
    return band.ordinary[0] == band.sensitive[0] == 0


def _dated(cell: Cell, expires: date | None) -> Cell:
    """A cell that outlives the policy needs no day of its own."""
    lasts = cell.until is None or (expires is not None and cell.until >= expires)
    return replace(cell, until=None) if lasts else cell


def _alike(cell: Cell, answer: Assessment) -> bool:
    """True if no tally can change the decision: it is settled over all of them, and nothing is left to be attested."""
    return cell.settled and (cell.verdict in {"permitted", "prohibited"} or not answer.duties.unmet)


def _merged(rows: Sequence[tuple[Cell, Assessment]]) -> Iterator[tuple[Cell, Assessment]]:
    """One cell for all tallies where the bands make no difference."""
    first, answer = rows[0]
    if all(_says(cell) == _says(first) for cell, _ in rows):
        yield replace(first, band=Band()), answer
    else:
        yield from rows


def _says(cell: Cell) -> tuple[object, ...]:
    """What the gateway acts on; where nothing passes, one reason is as good as another."""
    duties = cell.duties if cell.decision == "pass" else ()
    return cell.decision, cell.verdict, cell.settled, cell.treatment, duties


def _spans(edges: Sequence[int]) -> list[tuple[int, int | None]]:
    return [(low, high) for low, high in zip(edges, [*edges[1:], None], strict=True)]


def _treatment(chosen: TreatmentRule, place: RouteFacts, data_class: DataClass) -> Treatment:
    """What config says, else: personal information stays at home, all else may go."""
    told = chosen.of(abroad=place.abroad, data_class=data_class, country=place.country, route=place.id)
    if told is not None and (data_class != "none" or told == "refuse"):
        return told
    return "home" if place.abroad and data_class != "none" else "allow"


def _finer(chosen: TreatmentRule) -> tuple[Finer, ...]:
    return tuple(Finer(f.treatment, f.field, f.types) for f in chosen.finer)


def _reason(answer: Assessment, gravest: AxisResult | None) -> Text:
    """Why, and what is not yet done where that is all that stands in the way."""
    text = gravest.text if gravest else same("")
    unmet = answer.duties.unmet
    if answer.worst not in {"conditional", "doubtful"} or not unmet:
        return text
    named = unmet[0].text
    more = Text(f"等 {len(unmet)} 项", f" and {len(unmet) - 1} more") if len(unmet) > 1 else same("")
    return text + Text("；使用前须完成：", "; to be done before use: ") + named + more


def _rule(answer: Assessment, axis: str) -> str:
    if not axis:
        return "no-axis"
    result = answer.axes[axis]
    return result.rules[0] if result.rules else f"{axis}.{result.reachable[-1]}"


def _weight(axis: AxisResult) -> tuple[int, bool]:
    """The gravest first; of equally grave ones the one that is settled."""
    return ORDER.index(axis.verdicts[-1]), len(axis.verdicts) == 1
