"""Desk of keeping: retention, legal holds, and the destruction of an old year's subject key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from banjia.config.config import Config
from banjia.desk import clock
from banjia.desk.ledger import Place, clock_ms, opened
from banjia.errors import ConfigError
from banjia.ledger import retention, rotation
from banjia.ledger.checkpoint import signing_file
from banjia.ledger.entry import Entry
from banjia.ledger.journal import claim_signer
from banjia.ledger.operation import operate
from banjia.ledger.record import start_of
from banjia.ledger.retention import FOREVER, Hold, Plan
from banjia.ledger.subject import key_file, known_year_key
from banjia.ledger.tally import CHINA, year_of
from banjia.store import people, ring
from banjia.store.keys import Keys
from banjia.store.store import Transaction, open_store
from banjia.store.vault import swept
from banjia.text import Text, same

RENEWED_AT_ONCE = 200  # sealed values; gateways write between two such steps


def claim_keys(config: Config) -> None:
    """Make the keys with a new store; an old store without one of its keys is refused before anything is served."""
    store, keys = open_store(config.store), Keys(config.keys)
    try:
        with store.transaction() as tx:
            claim_signer(tx, keys)
            known_year_key(tx, keys, year_of(clock_ms(), CHINA))
            if ring.ids(tx) is not None:
                ring.claimed(tx, keys)
    finally:
        store.close()


def retain(place: Place, *, dry: bool) -> Plan:
    """Drop what was kept long enough and no hold keeps; with `dry` only say what that would be."""
    day, at = clock.today(), clock_ms()
    cutoffs = {r.id: start_of(months_before(day, r.months), CHINA) for r in retention.rules() if r.months}
    with opened(place) as ledger:

        def act(tx: Transaction) -> tuple[Plan, Sequence[Entry]]:
            planned = retention.plan(tx, cutoffs, retention.holds(tx))
            return planned, () if dry else retention.drop(tx, planned, at)

        return operate(ledger.store, ledger.keys, at, act)


def hold(place: Place, name: str, by: str, reason: str, span: tuple[date | None, date | None], route: str) -> None:
    at = clock_ms()
    since, until = span
    placed = Hold(
        name,
        by,
        reason,
        at,
        since=start_of(since, CHINA) if since else 0,
        until=start_of(until + timedelta(days=1), CHINA) if until else FOREVER,
        route=route,
    )
    with opened(place) as ledger:
        operate(ledger.store, ledger.keys, at, lambda tx: (None, retention.place(tx, placed)))


def release(place: Place, name: str, by: str) -> None:
    at = clock_ms()
    with opened(place) as ledger:
        known = [h.name for h in holds(place)]
        if name not in known:
            raise ConfigError(
                Text("没有这个保全", "there is no such hold"),
                where=name,
                expected=same(" | ".join(known) or "-"),
                remedy=Text("用 banjia ledger hold 列出", "list them with banjia ledger hold"),
            )
        operate(ledger.store, ledger.keys, at, lambda tx: (None, retention.release(tx, name, by, at)))


def holds(place: Place) -> list[Hold]:
    with opened(place) as ledger, ledger.store.snapshot() as tx:
        return retention.holds(tx)


def forget_year(place: Place, year: int, by: str, reason: str) -> None:
    """Destroy the subject key of a year that is over: its numbers stay, nobody in it can be recognised any more."""
    at = clock_ms()
    if year >= clock.today().year:
        raise ConfigError(
            Text("这一年还没有结束", "that year is not over"),
            where="--year",
            found=same(str(year)),
            remedy=Text("仍在统计的年份需要密钥", "a year that is still counted needs its key"),
        )
    with opened(place) as ledger:

        def act(tx: Transaction) -> tuple[None, Sequence[Entry]]:
            known = people.year_key(tx, year)
            if known is None or known[1]:
                raise ConfigError(
                    Text("这一年没有可销毁的密钥", "there is no key of that year to destroy"), where=str(year)
                )
            people.save_year_key(tx, year, known[0], destroyed=True)
            return None, [Entry("key-destroyed", at, more={"year": year, "by": by, "reason": reason, "key": known[0]})]

        operate(ledger.store, ledger.keys, at, act)
        if ledger.keys.exists(key_file(year)):
            ledger.keys.destroy(key_file(year))


def rotate_signing(place: Place, by: str, reason: str, *, destroy: bool) -> dict[str, Any]:
    """Let a new key sign the ledger; with `destroy` the old private key goes at once."""
    with opened(place) as ledger:
        old, new = rotation.rotate(ledger.store, ledger.keys, clock_ms(), by, reason)
        if destroy:
            ledger.keys.destroy(signing_file(ledger.keys, old.name))
        return {"key": "signing", "old": str(old), "new": str(new), "destroyed": destroy}


def rotate_vault(place: Place, by: str, reason: str, *, destroy: bool) -> dict[str, Any]:
    """Let a new key seal conversations and cached states; with `destroy` all of them are sealed anew.

    Keys under which nothing is left are destroyed.
    """
    at = clock_ms()
    with opened(place) as ledger:
        fresh = ring.made(ledger.keys)

        def act(tx: Transaction) -> tuple[None, Sequence[Entry]]:
            ring.turned(tx, ledger.keys, fresh)
            more = {"key": "vault", "id": fresh.id, "by": by, "reason": reason}
            return None, [Entry(rotation.KIND, at, more=more)]

        operate(ledger.store, ledger.keys, at, act)
        after: ring.Place | None = ("", "") if destroy else None
        while after is not None:
            with ledger.store.transaction() as tx:
                after = ring.renewed(tx, ledger.keys, after, RENEWED_AT_ONCE)
        with ledger.store.transaction() as tx:
            swept(tx, at)
            gone = ring.spent(tx)
        for id_ in gone:
            ledger.keys.destroy(ring.key_file(id_))
        with ledger.store.snapshot() as tx:
            kept = [ring.key_file(i) for i in ring.ids(tx) or []]
        return {"key": "vault", "new": fresh.id, "destroyed": [ring.key_file(i) for i in gone], "in_use": kept}


def plan_document(planned: Plan) -> dict[str, Any]:
    return {
        "dropped": planned.count,
        "by_rule": dict(planned.by_rule),
        "held": planned.held,
        "rules": [retention.to_json(r) for r in retention.rules()],
    }


def months_before(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    first = date(year, month + 1, 1)
    following = date(year + (month == 11), 1 if month == 11 else month + 2, 1)
    return first.replace(day=min(day.day, (following - first).days))
