"""Which policy is in force, who approved it, and what a new one would have decided."""

from __future__ import annotations

from dataclasses import replace

import pytest
from test_decide import cell, policy

from banjia.config.document import parse
from banjia.config.reader import config
from banjia.desk.policy import adopt, cell_lines, in_force, load, proposed
from banjia.desk.replay import replay
from banjia.errors import RouteError
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.policy.file import decode
from banjia.policy.policy import Band
from banjia.store.setting import Approval, approve
from banjia.store.store import open_store

OPEN = policy(cell(data_class="none"))
SHUT = policy(cell(data_class="none", decision="refuse", rule="closed"))


@pytest.fixture
def store(tmp_path):
    opened = open_store(f"sqlite:///{tmp_path}/s.db")
    yield opened
    opened.close()


def test_the_first_policy_of_a_store_is_in_force(store):
    assert adopt(store, OPEN, auto=False, by="t").policy == OPEN
    assert in_force(store) == OPEN


def test_a_policy_that_closes_is_in_force_at_once(store):
    adopt(store, OPEN, auto=False, by="t")
    standing = adopt(store, SHUT, auto=False, by="t")
    assert (standing.policy, standing.waiting) == (SHUT, None)


def test_a_policy_that_opens_waits_until_its_hash_is_approved(store):
    adopt(store, SHUT, auto=False, by="t")
    standing = adopt(store, OPEN, auto=False, by="t")
    assert standing.waiting == OPEN == proposed(store)
    assert standing.policy.cells[0].rule == "approval-pending"
    assert adopt(store, OPEN, auto=False, by="t").waiting == OPEN, "asking again approves nothing"
    approve(store, Approval(OPEN.hash, "dpo", "checked", 1))
    assert adopt(store, OPEN, auto=False, by="t").policy == OPEN
    assert proposed(store) is None


def test_an_approval_is_of_one_hash_and_of_no_other(store):
    adopt(store, SHUT, auto=False, by="t")
    approve(store, Approval(OPEN.hash, "dpo", "checked", 1))
    wider = replace(OPEN, cells=(*OPEN.cells, cell(route="other", data_class="none")))
    assert adopt(store, wider, auto=False, by="t").waiting == wider


def test_auto_approve_needs_nobody(store):
    adopt(store, SHUT, auto=False, by="t")
    assert adopt(store, OPEN, auto=True, by="t").policy == OPEN


def test_the_last_decisions_are_tried_on_a_new_policy(store, tmp_path):
    journal = Journal.open(store, tmp_path / "keys", "gateway/0", clock=lambda: 1, terms=Terms(entity="acme"))
    for decision, route in (("pass", "azure"), ("pass", "azure"), ("refuse", "azure"), ("pass", "gone")):
        kind = "decision" if decision == "pass" else "refusal"
        journal.note(Entry(kind, 1, app="helpdesk", route=route, model="gpt", data_class="none", decision=decision))
    journal.close()
    changed = {(r.route, r.before, r.after): r.count for r in replay(store, SHUT, 100)}
    assert changed == {("azure", "pass", "refuse"): 2, ("gone", "pass", "refuse"): 1}
    assert {(r.route, r.after): r.count for r in replay(store, OPEN, 100)} == {
        ("azure", "pass"): 1,
        ("gone", "refuse"): 1,
    }


def test_a_call_that_the_safety_check_stopped_is_not_said_to_pass_under_a_new_policy(store, tmp_path):
    journal = Journal.open(store, tmp_path / "keys", "gateway/0", clock=lambda: 1, terms=Terms(entity="acme"))
    place = {"app": "helpdesk", "route": "azure", "model": "gpt", "data_class": "none"}
    journal.note(Entry("refusal", 1, **place, decision="refuse", rule="moderation.before"))
    journal.close()
    assert replay(store, OPEN, 100) == []


def test_a_policy_survives_its_way_to_disk_and_back():
    assert decode(OPEN.encode(), where="x") == OPEN
    with pytest.raises(RouteError):
        decode(OPEN.encode()[:-5], where="x")


def config_of(tmp_path, routes: str):
    text = f"""
apps: [{{id: helpdesk, keys: ["file:k"], routes: [azure, local]}}]
routes: {routes}
"""
    return config(parse(tmp_path / "banjia.yaml", text))


ROUTES = "[{id: azure, provider: vllm, base_url: 'http://a/v1', models: {gpt-4o: MODEL}}, {id: local, provider: vllm, base_url: 'http://b/v1', models: {LOCAL: small}}]"


def test_a_new_config_is_tried_by_the_names_that_were_asked_for(store, tmp_path):
    journal = Journal.open(store, tmp_path / "keys", "gateway/0", clock=lambda: 1, terms=Terms(entity="acme"))
    journal.note(
        Entry(
            "decision",
            1,
            app="helpdesk",
            route="azure",
            model="gpt",
            asked="gpt-4o",
            data_class="none",
            decision="pass",
        )
    )
    journal.close()
    both = policy(cell(data_class="none"), cell(route="local", data_class="none"))

    def tried(model: str, local: str, table=both):
        routes = ROUTES.replace("MODEL", model).replace("LOCAL", local)
        return [(r.before, r.after, r.to, r.count) for r in replay(store, table, 10, config_of(tmp_path, routes))]

    assert tried("gpt", "other") == []
    assert tried("gpt-next", "other") == [("pass", "pass", "azure/gpt-next", 1)]
    assert tried("gpt", "gpt-4o", policy(cell(route="local", data_class="none"))) == [
        ("pass", "pass", "local/small", 1)
    ]
    assert tried("gpt", "other", SHUT) == [("pass", "refuse", "", 1)]


def test_cells_that_differ_by_tally_only_are_shown_with_their_tally():
    few = cell(band=Band((0, 100_000), (0, 1)))
    many = cell(band=Band((100_000, None), (0, 1)), decision="refuse", rule="cbdf.volume")
    shown = cell_lines(policy(few, many), "en")[1:]
    assert "ordinary 0 – 99,999, sensitive 0: " in shown[0]
    assert "ordinary ≥ 100,000, sensitive 0: " in shown[1]
    assert "一般 ≥ 100,000，敏感 0: " in cell_lines(policy(many), "zh")[1]


def test_a_word_that_is_neither_file_nor_hash_is_said_to_be_neither(tmp_path):
    (tmp_path / "banjia.yaml").write_text(f"store: sqlite:///{tmp_path}/s.db\nentity: {{id: a}}\n")
    with pytest.raises(RouteError, match="no such file, and the store has no such policy"):
        load("none.json", tmp_path / "banjia.yaml")
