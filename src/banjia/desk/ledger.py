"""Desk of the ledger: where it is, and what the verbs ask of it. The clock is read here."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from banjia.config.config import Config
from banjia.config.reader import read as read_config
from banjia.desk import clock
from banjia.desk.policy import in_force
from banjia.errors import ConfigError
from banjia.facts.value import Interval
from banjia.ledger import lookup
from banjia.ledger.checkpoint import Verifier, notes
from banjia.ledger.destinations import by_country, by_form, exempt
from banjia.ledger.entry import Entry
from banjia.ledger.incident import Deadline, Incident, deadlines, incident
from banjia.ledger.operation import operate
from banjia.ledger.outlook import Lines, outlook
from banjia.ledger.pace import pace_of
from banjia.ledger.record import Record, records, start_of
from banjia.ledger.report import Report
from banjia.ledger.subject import DECLARED, Identifier
from banjia.ledger.tally import CHINA, Elsewhere, Tally, bounds, nothing_counted, tally_of
from banjia.ledger.verify import latest, verify
from banjia.privacy.detector import detectors
from banjia.privacy.person import STRONG, normal
from banjia.store import people
from banjia.store.keys import Keys
from banjia.store.store import Store, Transaction, open_store
from banjia.text import Text, same

DEFAULT_CONFIG = Path("banjia.yaml")
DETECTED = Text("经此网关检出", "detected, through this gateway")


@dataclass(frozen=True, slots=True)
class Place:
    """Which ledger is meant: a store given by its address, else that of the config."""

    config: Path | None = None
    store: str | None = None
    keys: Path | None = None
    entity: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    store: Store
    keys: Keys
    entity: str
    elsewhere: Mapping[int, Elsewhere] = field(default_factory=dict)
    ciio: bool = False


@contextmanager
def opened(place: Place) -> Iterator[Ledger]:
    """The ledger of a place; never made anew. Raises StoreError or ConfigError."""
    config = _config(place)
    url = place.store or (config.store if config else "")
    store = open_store(url, create=False)
    try:
        keys = place.keys or (config.keys if config else Path("keys"))
        entity = place.entity or (config.entity.id if config else _only_entity(store))
        yield Ledger(
            store,
            Keys(keys),
            entity,
            elsewhere_of(config) if config else {},
            ciio=bool(config and config.entity.facts.get("actor.ciio")),
        )
    finally:
        store.close()


def check(place: Place, key: str | None, since: Path | None, progress: Callable[[int], None] | None = None) -> Report:
    """Verify the whole ledger. `key` is a public key or the file that holds it."""
    verifier = _verifier(key) if key else None
    outside = list(notes(_text(since))) if since else []
    if since and not any("\n\n— " in note for note in outside):
        raise ConfigError(
            Text("文件里没有检查点", "the file holds no checkpoint"),
            where=str(since),
            remedy=Text("用 banjia ledger checkpoint 的输出", "use what banjia ledger checkpoint printed"),
        )
    with opened(place) as ledger:
        return verify(ledger.store, verifier, outside, progress=progress)


def tally(place: Place, year: int) -> Tally:
    with opened(place) as ledger, ledger.store.snapshot() as tx:
        row = people.census(tx, ledger.entity, year)
        if row is None:
            return nothing_counted(ledger.entity, year, ledger.elsewhere)
        return tally_of(row, ledger.elsewhere.get(year))


def tally_document(place: Place, year: int) -> dict[str, Any]:
    """The tally as the public interface has it, with its destinations."""
    with opened(place) as ledger:
        policy = in_force(ledger.store)
        return _told(ledger, policy.lines if policy is not None else {}, year)


def _told(ledger: Ledger, lines: Lines, year: int) -> dict[str, Any]:
    day = clock.today()
    with ledger.store.snapshot() as tx:
        row = people.census(tx, ledger.entity, year)
        found = (
            tally_of(row, ledger.elsewhere.get(year)) if row else nothing_counted(ledger.entity, year, ledger.elsewhere)
        )
        number = row.id if row else -1
        declared = found.elsewhere
        warnings = outlook(found, lines, pace_of(tx, ledger.entity, day), day) if year == day.year else []
        return {
            "entity": found.entity,
            "year": found.year,
            "destinations": by_country(tx, number),
            "ordinary": bounds(found.ordinary),
            "sensitive": bounds(found.sensitive),
            "measured": {
                "ordinary": bounds(found.measured_ordinary),
                "sensitive": bounds(found.measured_sensitive),
                "basis": DETECTED.as_dict(),
                "forms": by_form(tx, number),
                "exempt": exempt(tx, number),
            },
            "elsewhere": {
                "declared": declared is not None,
                "ordinary": bounds(declared.ordinary) if declared else [0, None],
                "sensitive": bounds(declared.sensitive) if declared else [0, None],
            },
            "lines": {name: list(edges) for name, edges in lines.items()},
            "warnings": [w.to_json() for w in warnings],
        }


def entries(place: Place, first: date, last: date) -> Iterator[Record]:
    """The entries of whole days, both included, in the zone whose days the law counts."""
    with opened(place) as ledger:
        yield from records(ledger.store, start_of(first, CHINA), start_of(last + timedelta(days=1), CHINA))


def person(place: Place, value: str, kind: str | None) -> dict[str, Any]:
    with opened(place) as ledger:
        return {"id": value, **lookup.what_is_known(ledger.store, ledger.keys, _identifiers(value, kind))}


def erase_person(place: Place, value: str, kind: str | None) -> int:
    """Erase one person in every year; answers in how many years there was someone to erase."""
    at = clock_ms()
    with opened(place) as ledger:

        def act(tx: Transaction) -> tuple[int, Sequence[Entry]]:
            written = lookup.erase(tx, ledger.keys, _identifiers(value, kind), at)
            return len(written), written

        return operate(ledger.store, ledger.keys, at, act)


def happened(
    place: Place, route: str, first: date, last: date, known: datetime | None = None
) -> tuple[Incident, tuple[Deadline, ...], int]:
    """What left by a route on whole days, the notices that follow, and the moment from which they run.

    That is when the incident was known: now, where nothing else is said; without a zone it is read as the law's.
    """
    if known is not None and known.tzinfo is None:
        known = known.replace(tzinfo=CHINA)
    noticed = clock_ms() if known is None else int(known.timestamp() * 1000)
    with opened(place) as ledger:
        found = incident(ledger.store, route, start_of(first, CHINA), start_of(last + timedelta(days=1), CHINA))
        if not found.entries:
            _check_route(place, ledger, route)
        return found, deadlines(sensitive=found.grave, ciio=ledger.ciio), noticed


def _check_route(place: Place, ledger: Ledger, route: str) -> None:
    """Raises ConfigError for a route that neither the config nor the ledger has: a wrong name is no quiet span."""
    config = _config(place)
    with ledger.store.snapshot() as tx:
        known = {r.id for r in config.routes} if config else set()
        known |= people.routes(tx)
    if route not in known:
        near = difflib.get_close_matches(route, known, n=1)
        raise ConfigError(
            Text("没有这条路线", "there is no such route"),
            where="--route",
            expected=same(" | ".join(sorted(known)) or "-"),
            found=same(route),
            remedy=Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else "",
        )


def checkpoints(place: Place) -> list[tuple[str, str]]:
    with opened(place) as ledger:
        return latest(ledger.store)


def elsewhere_of(config: Config) -> dict[int, Elsewhere]:
    return {e.year: Elsewhere(Interval(*e.ordinary), Interval(*e.sensitive)) for e in config.elsewhere}


def checkpoint_file(config: Config) -> Path | None:
    """The file outside the store to which gateways append their checkpoints: `checkpoints: FILE`."""
    named = config.options.get("checkpoints")
    if named is None:
        return None
    if not isinstance(named, str) or not named:
        raise ConfigError(
            Text("checkpoints 应为一个文件路径", "checkpoints names one file"),
            where=f"{config.path}: checkpoints",
            found=same(str(named)),
            remedy=Text("写一个文件路径，最好在另一块磁盘上", "name a file, best on another disk"),
        )
    return config.path.parent / named


def clock_ms() -> int:
    return int(clock.now().timestamp() * 1000)


def _config(place: Place) -> Config | None:
    """The config of the place. A store named by address takes only a config that means the same store."""
    if place.config is not None:
        return read_config(place.config)
    if not DEFAULT_CONFIG.exists():
        if place.store is None:
            raise ConfigError(
                Text("没有配置，也没有给出存储", "there is neither a config nor a store"),
                where=str(DEFAULT_CONFIG),
                remedy=Text("用 --config 或 --store 指明", "give --config or --store"),
            )
        return None
    config = read_config(DEFAULT_CONFIG)
    return config if place.store in {None, config.store} else None


def _only_entity(store: Store) -> str:
    with store.snapshot() as tx:
        names = sorted({row.entity for row in people.censuses(tx)})
    if len(names) > 1:
        raise ConfigError(
            Text("存储里有多个实体", "the store holds several entities"),
            where="--entity",
            expected=same(" | ".join(names)),
            remedy=Text("用 --entity 选一个", "choose one with --entity"),
        )
    return names[0] if names else ""


def _identifiers(value: str, kind: str | None) -> list[Identifier]:
    """The given value as the caller's own id, and as each kind that tells one person from all others."""
    if not value.strip():
        raise ConfigError(
            Text("没有说是谁", "nobody is named"),
            where="ID",
            expected=Text("应用自己的编号、电话、证件号等", "the application's own id, a telephone or identity number"),
        )
    known = {DECLARED, *(d.id for d in detectors())}
    if kind is not None and kind not in known:
        near = difflib.get_close_matches(kind, known, n=1, cutoff=0.4)
        raise ConfigError(
            Text("没有这种标识", "there is no such kind of identifier"),
            where="--kind",
            expected=same(" | ".join(sorted(known))),
            found=same(kind),
            remedy=Text(f"是不是 {near[0]}？", f"did you mean {near[0]}?") if near else "",
        )
    kinds = [kind] if kind else [DECLARED, *(d.id for d in detectors() if d.strength <= STRONG)]
    return [Identifier(k, value if k == DECLARED else normal(k, value)) for k in kinds]


def _verifier(key: str) -> Verifier:
    path = Path(key)
    if "+" in key and not path.exists():
        return Verifier.parse(key)
    return Verifier.parse(_text(path), where=key)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Text("文件读不出", "the file cannot be read"),
            where=str(path),
            found=same(str(error)),
            remedy=Text("检查路径", "check the path"),
        ) from error
