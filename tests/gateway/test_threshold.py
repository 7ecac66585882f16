"""Two hundred clients race towards a line through two workers: it is never passed unnoticed, and the count is exact."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))
from crossing.race import phone, race

from banjia.ledger.recount import recount
from banjia.ledger.verify import verify
from banjia.store import people
from banjia.store.store import open_store

CLIENTS, LINE = 200, 120


def counted(store_url):
    """The upper bound of the tally, which must be what a recount from scratch gives, in a ledger that verifies."""
    store = open_store(store_url, create=False)
    try:
        assert verify(store).ok
        with store.snapshot() as tx:
            row = people.censuses(tx)[0]
            assert row == recount(tx, row)
            refusals = [json.loads(r[0]) for r in tx.rows("SELECT body FROM entry WHERE kind = 'refusal'")]
        return row, refusals
    finally:
        store.close()


def test_the_line_holds_and_the_tally_is_exact(tmp_path, store_url):
    found = race(tmp_path, store_url, clients=CLIENTS, line=LINE, workers=2, again=2)
    assert ([], 0) == (found.other, found.cut)
    assert found.answered == found.sent
    assert CLIENTS == len(found.answered | found.refused)
    row, refusals = counted(store_url)
    assert LINE - 1 == row.ordinary_high == row.ordinary_low == len(found.sent)
    assert len(refusals) >= CLIENTS - LINE + 1
    assert {"line"} == {r["rule"] for r in refusals}


def test_after_kill_9_in_the_middle_the_line_still_holds(tmp_path, store_url):
    found = race(tmp_path, store_url, clients=CLIENTS, line=LINE, workers=2, kill_after=40, again=2)
    assert [] == found.other
    assert found.answered <= found.sent
    row, _ = counted(store_url)
    assert len(found.sent) <= row.ordinary_high <= LINE - 1
    assert LINE - 1 == row.ordinary_high
    assert found.cut


@pytest.fixture(autouse=True)
def nothing_in_clear(tmp_path):
    """Store, write-ahead log, keys and logs hold none of the numbers that were sent."""
    yield
    numbers = [phone(n).encode() for n in range(CLIENTS)]
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        content = path.read_bytes()
        assert not [n for n in numbers if n in content], path.name
