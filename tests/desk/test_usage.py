"""Usage is summed from the ledger: calls at home have one entry, those abroad two."""

from __future__ import annotations

from datetime import date

from banjia.desk.ledger import Place
from banjia.desk.usage import usage
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.record import start_of
from banjia.ledger.tally import CHINA
from banjia.store.store import open_store

DAY = date(2026, 11, 24)


def kept(tmp_path) -> Place:
    store = open_store(f"sqlite:///{tmp_path}/s.db")
    noon = start_of(DAY, CHINA) + 12 * 3600 * 1000
    journal = Journal.open(store, tmp_path / "keys", "gateway/0", clock=lambda: noon, terms=Terms(entity="acme"))
    paid = {"status": 200, "input": 10, "output": 5, "cost": "0.1", "currency": "CNY"}
    for app, route in (("a", "home"), ("a", "home"), ("b", "home")):
        journal.note(Entry("decision", noon, app=app, route=route, model="m", more=paid))
    abroad = journal.commit_now(Entry("decision", noon, app="b", route="far", model="g", abroad=True)).id
    journal.note(Entry("outcome", noon, about=abroad, more=paid | {"cost": "0.000000001", "currency": "USD"}))
    journal.commit_now(Entry("decision", noon, app="b", route="far", model="g", abroad=True))  # not over yet
    journal.note(Entry("refusal", noon, app="a", route="far", model="g"))
    journal.close()
    store.close()
    return Place(store=f"sqlite:///{tmp_path}/s.db", keys=tmp_path / "keys", entity="acme")


def test_calls_tokens_and_cost_add_up_for_each_application(tmp_path):
    found = usage(kept(tmp_path), DAY, DAY).to_json()["usage"]
    assert found == [
        {"app": "a", "requests": 2, "refused": 1, "input_tokens": 20, "output_tokens": 10, "cost": {"CNY": "0.2"}},
        {
            "app": "b",
            "requests": 2,
            "refused": 0,
            "input_tokens": 20,
            "output_tokens": 10,
            "cost": {"CNY": "0.1", "USD": "0.000000001"},
        },
    ]


def test_groups_may_be_finer(tmp_path):
    found = usage(kept(tmp_path), DAY, DAY, ("app", "route", "day"))
    assert set(found.groups) == {
        ("a", "home", "2026-11-24"),
        ("a", "far", "2026-11-24"),
        ("b", "home", "2026-11-24"),
        ("b", "far", "2026-11-24"),
    }
    assert "cost 0.1 CNY" in found.say("en")


def test_another_day_has_no_calls(tmp_path):
    assert "no calls" in usage(kept(tmp_path), date(2026, 11, 26), date(2026, 11, 27)).say("en")
