"""A ledger that is open, and a clock that only the test moves."""

from datetime import UTC, datetime

import pytest

from banjia.ledger.journal import Journal, Terms


def moment(*when):
    return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)


class Clock:
    def __init__(self):
        self.now = moment(2026, 3, 1)

    def __call__(self):
        self.now += 1
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def keys_dir(tmp_path):
    return tmp_path / "keys"


@pytest.fixture
def open_journal(store, keys_dir, clock):
    opened = []

    def act(**terms):
        journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=Terms(**{"entity": "acme", **terms}))
        opened.append(journal)
        return journal

    yield act
    for journal in opened:
        journal.close()


@pytest.fixture
def journal(open_journal):
    return open_journal()
