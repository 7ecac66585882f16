"""One command shuts every route abroad; taking it back opens nothing unapproved."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from test_change import tables
from test_decide import ask, cell, policy

from banjia.desk import clock
from banjia.desk.closure import close_abroad, reopen_abroad
from banjia.desk.policy import adopt, in_force, proposed
from banjia.errors import RouteError
from banjia.ledger.journal import claim_signer
from banjia.policy.change import opens
from banjia.policy.closure import RULE, Closure, shut
from banjia.policy.decide import Index
from banjia.policy.policy import RouteFacts
from banjia.store.keys import Keys
from banjia.store.setting import Approval, approve
from banjia.store.store import open_store

CLOSURE = Closure("night", "leak", 1)
ABROAD = RouteFacts("azure", "azure_openai", "azure-openai-global", "US", abroad=True)
HOME = RouteFacts("local", "self_hosted", "self-hosted-open-weights", "CN", abroad=False)
TABLE = replace(
    policy(cell(route="azure", data_class="none"), cell(route="local", data_class="none")), routes=(ABROAD, HOME)
)


def passes(table, route: str) -> bool:
    return Index(table).decide(ask(route=route, data_class="none")).passes


@given(tables())
def test_a_closure_leaves_nothing_open_whose_place_is_not_known_to_be_home(table):
    assert all(c.decision == "refuse" for c in shut(table, CLOSURE).cells)
    assert not opens(table, shut(table, CLOSURE))


def test_a_closure_leaves_the_routes_at_home_as_they_are():
    after = shut(TABLE, CLOSURE)
    assert [passes(after, r) for r in ("azure", "local")] == [False, True]
    assert Index(after).decide(ask(route="azure", data_class="none")).rule == RULE


@pytest.fixture
def house(tmp_path):
    (tmp_path / "banjia.yaml").write_text("store: sqlite:///s.db\nkeys: keys/\nentity: {id: acme}\n")
    store = open_store(f"sqlite:///{tmp_path}/s.db")
    with store.transaction() as tx:
        claim_signer(tx, Keys(tmp_path / "keys"))
    yield tmp_path / "banjia.yaml", store
    store.close()


def test_closing_is_in_force_and_in_the_ledger_at_once(house):
    config, store = house
    adopt(store, TABLE, auto=False, by="t")
    closed = close_abroad(config, by="night", reason="leak")
    assert (closed.routes, closed.stood) == (("azure",), False)
    assert not passes(in_force(store), "azure")
    with store.snapshot() as tx:
        found = tx.rows("SELECT body FROM entry WHERE kind = 'close-abroad'")
    assert json.loads(found[0][0])["more"] == {"by": "night", "reason": "leak"}


def test_closing_twice_keeps_the_first_closure(house):
    config, store = house
    adopt(store, TABLE, auto=False, by="t")
    close_abroad(config, by="night", reason="leak")
    again = close_abroad(config, by="day", reason="other")
    assert (again.stood, again.closure.by) == (True, "night")


def test_whatever_policy_comes_while_the_closure_stands_opens_nothing_abroad(house):
    config, store = house
    adopt(store, TABLE, auto=False, by="t")
    close_abroad(config, by="night", reason="leak")
    wider = replace(TABLE, cells=(*TABLE.cells, cell(route="azure", purpose="p", data_class="none")))
    assert not passes(adopt(store, wider, auto=True, by="t").policy, "azure")


def test_reopening_waits_for_an_approval(house):
    config, store = house
    adopt(store, TABLE, auto=False, by="t")
    close_abroad(config, by="night", reason="leak")
    standing = reopen_abroad(config, by="day", reason="over")
    assert standing.waiting == TABLE == proposed(store)
    assert not passes(in_force(store), "azure")
    approve(store, Approval(TABLE.hash, "dpo", "checked", 1))
    assert passes(adopt(store, TABLE, auto=False, by="t").policy, "azure")


def test_what_is_not_closed_cannot_be_reopened(house):
    with pytest.raises(RouteError, match="not closed"):
        reopen_abroad(house[0], by="day", reason="over")


@pytest.mark.parametrize("auto", [True, False])
def test_a_rollback_never_restores_a_route_that_the_law_of_today_closes(house, auto, monkeypatch):
    _, store = house
    monkeypatch.setattr(clock, "today", lambda: TABLE.law_date)
    old = replace(TABLE, law_date=TABLE.law_date - timedelta(days=1))
    now = replace(TABLE, cells=tuple(replace(c, decision="refuse") if c.route == "azure" else c for c in TABLE.cells))
    adopt(store, old, auto=False, by="t")
    adopt(store, now, auto=False, by="t")
    approve(store, Approval(old.hash, "dpo", "roll back", 1))
    for _ in range(3):
        standing = adopt(store, old, auto=auto, by="t")
        assert (standing.outdated, standing.waiting) == (True, None)
        assert not passes(standing.policy, "azure")
        assert passes(standing.policy, "local")


def test_a_policy_compiled_for_a_day_to_come_blocks_nothing_until_then(house, monkeypatch):
    _, store = house
    monkeypatch.setattr(clock, "today", lambda: TABLE.law_date)
    later = replace(TABLE, law_date=TABLE.law_date + timedelta(days=30), cells=TABLE.cells[1:])
    adopt(store, later, auto=False, by="t")
    assert adopt(store, TABLE, auto=False, by="t").waiting == TABLE
