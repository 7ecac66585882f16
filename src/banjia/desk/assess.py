"""Desk of the assessment: configuration, facts, catalogue and ledger in; assessments out. The clock is read here."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import yaml

from banjia.assess.assess import assess_route
from banjia.assess.assessment import COUNSEL, ORDER, Assessment
from banjia.assess.cases import Case, read_cases
from banjia.assess.declared import check_declared
from banjia.assess.doubts import Choice
from banjia.assess.page import page
from banjia.assess.plan import decision_json, exposure_json, exposure_lines, exposures, plan
from banjia.assess.scope import RouteScope, app_profile, declared_tally, route_scopes
from banjia.assess.words import full
from banjia.config import plain
from banjia.config.config import App, Config
from banjia.config.place import place
from banjia.desk import clock
from banjia.errors import BanjiaError, ConfigError, RouteError, cause
from banjia.facts.catalogue import load as load_facts
from banjia.facts.profile import Profile, Provenance
from banjia.facts.value import Interval
from banjia.law.corpus import Corpus
from banjia.law.corpus import load as load_law
from banjia.routes.catalogue import Catalogue
from banjia.routes.catalogue import load as load_routes
from banjia.text import Lang, Text

DEFAULT_CONFIG = Path("banjia.yaml")


@dataclass(frozen=True, slots=True)
class Request:
    """What a person asks on the command line."""

    config: Path | None = None
    app: str | None = None
    purpose: str = ""
    route: str | None = None
    model: str = ""
    facts_file: Path | None = None
    facts: tuple[str, ...] = ()
    on: date | None = None
    readings: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    extra: Profile = field(default_factory=Profile)
    traced: bool = False


@dataclass(frozen=True)
class Room:
    """Everything one answer needs, gathered once."""

    config: Config | None
    app: App | None
    profile: Profile
    law: Corpus
    routes: Catalogue
    on: date
    today: date
    choices: tuple[Choice, ...]
    listed: tuple[str, ...]


@dataclass(frozen=True)
class Answers:
    """Assessments of one request, best first, with the room they were made in."""

    room: Room
    assessments: tuple[Assessment, ...]

    @property
    def exit_code(self) -> int:
        """The code of the best answer."""
        return min((a.exit_code for a in self.assessments), key=_RANK.index, default=1)


_RANK = (0, 5, 3, 4, 1)


def assess(request: Request) -> Answers:
    """One assessment for each route asked for, best first."""
    room = gather(request)
    found = [one(room, scope, traced=request.traced) for scope in scopes(room, request)]
    return Answers(room, tuple(sorted(found, key=lambda a: (_RANK.index(a.exit_code), ORDER.index(a.worst)))))


def one(room: Room, scope: RouteScope, *, explain: bool = True, traced: bool = False) -> Assessment:
    """One route, completed from the catalogue, under the law of the room's day."""
    app = room.app.id if room.app else ""
    config = room.config
    attested = frozenset(
        a.duty for a in (config.attestations if config else ()) if a.covers(a.duty, app=app, route=scope.id, on=room.on)
    )
    name = "/".join(part for part in (scope.id, scope.model) if part)
    return assess_route(
        Profile.merge(room.profile, scope.profile),
        id="/".join(part for part in (app, name) if part),
        route=name,
        on=room.on,
        today=room.today,
        law=room.law,
        routes=room.routes,
        endpoint=scope.endpoint,
        choices=room.choices,
        attested=attested,
        listed=room.listed,
        explain=explain,
        traced=traced,
    )


def gather(request: Request) -> Room:
    config = _config(request.config)
    app = _app(config, request.app)
    day = clock.today()
    on = request.on or day
    scopes_ = [app_profile(config, app, request.purpose)] if config else []
    if request.facts_file is not None:
        origin = Provenance("declared", request.facts_file.name)
        scopes_.append(Profile.read(_facts_of(request.facts_file), origin))
    scopes_ += [Profile.read(_pair(word), Provenance("declared", "--fact")) for word in request.facts]
    profile = Profile.merge(*scopes_, request.extra)
    law = load_law((*request.packs, *_folders(config)))
    routes = load_routes()
    if config is not None:
        place(config, routes)
        check_declared(config, law)
        profile = profile.filled(declared_tally(config, on, _measured(config, on)))
    return Room(
        config=config,
        app=app,
        profile=profile,
        law=law,
        routes=routes,
        on=on,
        today=day,
        choices=_choices(request.readings, config),
        listed=config.packs if config else (),
    )


def scopes(room: Room, request: Request) -> list[RouteScope]:
    """The routes asked for: one, or every kind and every configured one."""
    if request.route is None:
        stated = room.profile.get("route")
        kinds = (str(stated.value),) if stated else load_facts()["route"].values
        return [*configured(room), *(_kind(kind, request.model) for kind in kinds)]
    if room.config is not None and (route := room.config.route(request.route)) is not None:
        return list(route_scopes(room.config, route, room.routes, room.on))
    if request.route in load_facts()["route"].values:
        return [_kind(request.route, request.model)]
    provider = room.routes.find(request.route) or _no_route(request.route, room)
    facts: dict[str, object] = {"provider": "self_hosted" if provider.is_engine else provider.id}
    if request.model:
        facts["model.id"] = request.model
    return [RouteScope(provider.id, request.model, Profile.read(facts, Provenance("declared", "--route")))]


def cases(path: Path, request: Request) -> Iterator[tuple[str, Assessment | BanjiaError]]:
    """Every case of a file, in order; an error stands in the place of its case."""
    room = bare_room(request)
    for case in read_cases(path):
        if isinstance(case, BanjiaError):
            yield case.where, case
            continue
        try:
            yield case.id, _case(room, case)
        except BanjiaError as error:
            yield case.id, error


def bare_room(request: Request) -> Room:
    """A room without configuration: a case stands on its own facts."""
    day = clock.today()
    choices = _choices(request.readings, None)
    return Room(None, None, Profile(), load_law(request.packs), load_routes(), day, day, choices, ())


def write_page(answers: Answers, path: Path, lang: Lang) -> None:
    path.write_text(page(answers.assessments, lang), encoding="utf-8")


def text(answers: Answers, lang: Lang, *, with_plan: bool = False, with_exposure: bool = False) -> str:
    """The answers for people; several routes at once are kept short."""
    several = len(answers.assessments) > 1
    parts = []
    for answer in answers.assessments:
        parts.append(full(answer, lang, why=not several))
        if with_plan:
            steps = plan(answer, answers.room.law, start=answers.room.today)
            parts += [f"  {step.say().say(lang)}" for step in steps]
        if with_exposure:
            parts += [f"  {line.say(lang)}" for line in exposure_lines(answer, answers.room.law)]
    if several:
        parts.append(COUNSEL.say(lang))
    return "\n".join(parts)


def documents(answers: Answers, *, with_plan: bool = False, with_exposure: bool = False) -> list[dict[str, Any]]:
    """The answers as the contract's JSON; plan and exposure beside them where asked for."""
    found = []
    for answer in answers.assessments:
        document = answer.to_json()
        if with_plan:
            document["plan"] = [s.to_json() for s in plan(answer, answers.room.law, start=answers.room.today)]
        if with_exposure:
            items, decisions = exposures(answer, answers.room.law)
            document["exposure"] = [exposure_json(item) for item in items]
            document["decisions"] = [decision_json(item) for item in decisions]
        found.append(document)
    return found


def _case(room: Room, case: Case) -> Assessment:
    choices = room.choices + tuple(Choice(k, v, f"{case.where}") for k, v in case.readings.items())
    return assess_route(
        Profile.read(case.facts, Provenance("declared", case.where)),
        id=case.id,
        on=case.on,
        today=room.today,
        law=room.law,
        routes=room.routes,
        choices=choices,
    )


def _kind(kind: str, model: str) -> RouteScope:
    facts = {"route": kind} | ({"model.id": model} if model else {})
    return RouteScope(kind, model, Profile.read(facts, Provenance("declared", "--route")))


def configured(room: Room) -> list[RouteScope]:
    if room.config is None:
        return []
    allowed = room.app.routes if room.app and room.app.routes else [r.id for r in room.config.routes]
    configured = [r for r in room.config.routes if r.id in allowed]
    return [scope for route in configured for scope in route_scopes(room.config, route, room.routes, room.on)]


def _folders(config: Config | None) -> list[Path]:
    """Packs that the config names by folder instead of by id."""
    return [config.path.parent / name for name in config.packs if "/" in name] if config else []


def _measured(config: Config, on: date) -> tuple[Interval, Interval] | None:
    """What the ledger has counted this year, where a store exists; reading it never makes one."""
    if not config.store.startswith("sqlite") or not Path(config.store.removeprefix("sqlite:///")).is_file():
        return None
    from banjia.desk.ledger import Place, tally

    counted = tally(Place(config=config.path), on.year)
    return counted.measured_ordinary, counted.measured_sensitive


def _config(path: Path | None) -> Config | None:
    from banjia.config.reader import read

    if path is None:
        return read(DEFAULT_CONFIG) if DEFAULT_CONFIG.is_file() else None
    return read(path)


def _no_route(name: str, room: Room) -> NoReturn:
    own = [r.id for r in room.config.routes] if room.config else []
    near = difflib.get_close_matches(name, [*load_facts()["route"].values, *own, *room.routes.names], n=1)
    raise RouteError(
        Text("没有这样的路线", "no such route"),
        where="--route",
        expected=Text(
            "路线种类、配置中的路线，或 `banjia routes` 列出的服务商",
            "a route kind, a route of the config, or a provider that `banjia routes` lists",
        ),
        found=name,
        remedy=Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else "",
    )


def _app(config: Config | None, id: str | None) -> App | None:  # noqa: A002
    if config is None:
        return None
    if id is None:
        return config.apps[0] if len(config.apps) == 1 else None
    app = config.app(id)
    if app is None:
        near = difflib.get_close_matches(id, [a.id for a in config.apps], n=1)
        raise ConfigError(
            Text(f"没有名为 {id} 的应用", f"no application is called `{id}`"),
            where=f"{config.path.name} apps",
            expected=", ".join(a.id for a in config.apps),
            remedy=Text(f"是不是 {near[0]}？", f"did you mean `{near[0]}`?") if near else "",
        )
    return app


def _facts_of(path: Path) -> dict[str, Any]:
    try:
        data = plain.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(
            Text("读不了事实文件", "the file of facts cannot be read"), where=str(path), found=cause(error)
        ) from error
    data = data.get("facts", data) if isinstance(data, dict) else data
    if not isinstance(data, dict):
        raise ConfigError(
            Text("事实文件应为键值", "a file of facts is a mapping"), where=path.name, expected="actor.ciio: no"
        )
    return {str(k): v["value"] if isinstance(v, dict) and "value" in v else v for k, v in data.items()}


def _pair(word: str) -> dict[str, Any]:
    fact, mark, value = word.partition("=")
    if not mark:
        raise ConfigError(
            Text("--fact 应写成 ID=VALUE", "--fact is written ID=VALUE"),
            where="--fact",
            expected="actor.ciio=no",
            found=word,
        )
    try:
        parsed = plain.load(value)
    except yaml.YAMLError:
        parsed = value
    return {fact.strip(): parsed if parsed is not None else value}


def _choices(words: Sequence[str], config: Config | None) -> tuple[Choice, ...]:
    found = [Choice(r.reading, r.option, r.reason or r.by) for r in (config.readings if config else ())]
    for word in words:
        reading, mark, rest = word.partition("=")
        option, _, reason = rest.partition(":")
        if not mark or not option:
            raise ConfigError(
                Text("--reading 应写成 ID=OPTION:理由", "--reading is written ID=OPTION:REASON"),
                where="--reading",
                found=word,
            )
        found.append(Choice(reading, option, reason))
    return tuple(found)
