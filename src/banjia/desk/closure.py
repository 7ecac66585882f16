"""Desk of the closure: shut all routes abroad at once, and take that back. The clock is read here."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import msgspec

from banjia.config.reader import read as read_config
from banjia.desk import clock
from banjia.desk import policy as policies
from banjia.desk.policy import CLOSED, Standing, closure_of
from banjia.errors import RouteError
from banjia.ledger.entry import Entry
from banjia.ledger.operation import operate
from banjia.policy.closure import Closure, shut
from banjia.policy.policy import Policy
from banjia.store.keys import Keys
from banjia.store.setting import Setting, drop_setting, put
from banjia.store.store import Store, Transaction, open_store
from banjia.text import Text

CLOSING = "close-abroad"
REOPENING = "reopen-abroad"


@dataclass(frozen=True, slots=True)
class Closed:
    """The closure that holds now, the routes it shuts, and whether it stood before."""

    closure: Closure
    routes: tuple[str, ...]
    stood: bool


def close_abroad(config_path: Path, *, by: str, reason: str) -> Closed:
    """Refuse every call abroad from now on. Gateways on this store take it over within a second.

    The closure, its entry in the ledger and the policy in force are written together or not at all.
    """
    config = read_config(config_path)
    store = open_store(config.store)
    try:
        standing = closure_of(store)
        before = policies.in_force(store)
        abroad = tuple(r.id for r in before.routes if r.abroad) if before else ()
        if standing is not None:
            return Closed(standing, abroad, stood=True)
        at = int(clock.now().timestamp() * 1000)
        closure = Closure(by, reason, at)
        after = shut(before, closure) if before is not None else None

        def act(tx: Transaction) -> tuple[None, list[Entry]]:
            put(tx, Setting(CLOSED, msgspec.json.encode(closure).decode(), by, at))
            if after is not None:
                policies.put_in_force(tx, after, by, at)
            return None, [_entry(CLOSING, by, reason, at, config.entity.id, after)]

        operate(store, Keys(config.keys), at, act)
    finally:
        store.close()
    return Closed(closure, abroad, stood=False)


def reopen_abroad(config_path: Path, *, by: str, reason: str) -> Standing | None:
    """Take the closure back. What that opens waits for approval like any opening.

    Answers what stands then; None where no policy was in force. Raises RouteError where nothing was closed.
    """
    config = read_config(config_path)
    store = open_store(config.store)
    try:
        if closure_of(store) is None:
            raise RouteError(
                Text("境外路线没有被关闭", "the routes abroad are not closed"),
                where="policy reopen",
                remedy=Text("用 banjia policy show 查看现行策略", "`banjia policy show` shows what is in force"),
            )
        at = int(clock.now().timestamp() * 1000)

        def act(tx: Transaction) -> tuple[None, list[Entry]]:
            drop_setting(tx, CLOSED)
            return None, [_entry(REOPENING, by, reason, at, config.entity.id, None)]

        operate(store, Keys(config.keys), at, act)
        return _again(store, auto=config.auto_approve, by=by)
    finally:
        store.close()


def _again(store: Store, *, auto: bool, by: str) -> Standing | None:
    compiled = policies.compiled(store)
    return policies.adopt(store, compiled, auto=auto, by=by) if compiled is not None else None


def _entry(kind: str, by: str, reason: str, at: int, entity: str, policy: Policy | None) -> Entry:
    digest, day = (policy.hash, policy.law_date.isoformat()) if policy is not None else ("", "")
    return Entry(kind, at, entity=entity, policy=digest, law_date=day, more={"by": by, "reason": reason})
