"""The file of the store is removed or replaced while its ledger is open."""

from __future__ import annotations

import threading

import pytest

from banjia.errors import StoreError
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.verify import verify
from banjia.store.store import open_store


def decision(clock):
    return Entry("decision", clock(), app="helpdesk")


@pytest.fixture
def own(tmp_path, keys_dir, clock):
    store = open_store(f"sqlite:///{tmp_path}/own.db")
    journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=Terms(entity="acme"))
    yield store, journal
    journal.close()
    store.close()


def moved(folder, start, to):
    for file in folder.glob(f"{start}.db*"):
        file.rename(folder / file.name.replace(start, to))


def test_no_receipt_is_given_for_an_entry_in_a_file_that_is_gone(tmp_path, own, clock):
    store, journal = own
    journal.commit_now(decision(clock))
    moved(tmp_path, "own", "aside")
    with pytest.raises(StoreError, match="removed or replaced"):
        journal.commit_now(decision(clock))
    assert "put the file back" in journal.trouble.say("en")
    moved(tmp_path, "aside", "own")
    journal.commit_now(decision(clock))
    assert journal.healthy()
    assert verify(store).ok


def test_a_ledger_at_rest_notices_within_a_second_or_so(tmp_path, own, clock):
    _, journal = own
    probed, told = threading.Event(), []
    commit = journal._writer._commit

    def attempt(group, lost, failed):
        told.append(journal.trouble)
        probed.set()
        return commit(group, lost, failed)

    journal._writer._commit = attempt
    moved(tmp_path, "own", "aside")
    assert probed.wait(10)  # an attempt is made only when the trouble is known
    assert "removed or replaced" in told[0].say("en")
    moved(tmp_path, "aside", "own")
    journal.commit_now(decision(clock))
    assert journal.healthy()
