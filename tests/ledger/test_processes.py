"""Several processes on one store, killed at any moment: what was acknowledged is there, and the proof holds."""

import os
import resource
import subprocess
import sys

import pytest

from banjia.ledger.checkpoint import Verifier
from banjia.ledger.journal import Journal
from banjia.ledger.recount import recount
from banjia.ledger.verify import verify
from banjia.store import people
from banjia.store.store import open_store

WRITER = """
import asyncio, itertools, sys
from pathlib import Path
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.store.store import open_store

url, keys, first, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
moments = itertools.count(1_772_000_000_000)
journal = Journal.open(open_store(url), keys, "gateway", clock=lambda: next(moments), terms=Terms(entity="acme", every=50))
numbers = iter(range(first, first + count))

async def client():
    for n in numbers:
        person = Person((Identifier("subject", f"customer-{n % 1000}"), Identifier("PHONE", f"1380013{n % 1000:04d}")))
        entry = Entry("decision", next(moments), app="helpdesk", route="azure", more={"n": n})
        receipt = await journal.commit(entry, Persons((person,), country="US", route="azure"))
        sys.stdout.write(receipt.id + "\\n")
        sys.stdout.flush()
        journal.note(Entry("outcome", next(moments), about=receipt.id))

async def main():
    await asyncio.gather(*(client() for _ in range(16)))

try:
    asyncio.run(main())
finally:
    journal.close()
"""


def start(url, keys_dir, first, count, **more):
    command = [sys.executable, "-c", WRITER, url, str(keys_dir), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more)


def read_acknowledged(process, count):
    found = [process.stdout.readline().strip() for _ in range(count)]
    assert all(found), process.stderr.read()
    return found


def stored_ids(store):
    with store.snapshot() as tx:
        return {row[0] for batch in tx.stream("SELECT id FROM entry") for row in batch}


def recounted(store):
    with store.snapshot() as tx:
        row = people.census(tx, "acme", 2026)
        assert row == recount(tx, row)
        return row.ordinary_high


def test_a_killed_process_loses_nothing_that_it_acknowledged(store_url, keys_dir, clock):
    writers = [start(store_url, keys_dir, n * 100_000, 100_000) for n in range(2)]
    acknowledged = [read_acknowledged(w, 120) for w in writers]
    for writer in writers:
        writer.kill()
    for writer, found in zip(writers, acknowledged, strict=True):
        with writer:
            found += writer.stdout.read().split("\n")[:-1]  # a line cut by the kill was not yet an answer
    store = open_store(store_url, create=False)
    assert {i for found in acknowledged for i in found} <= stored_ids(store)
    public = Verifier.parse((keys_dir / "ledger.pub").read_text())
    assert verify(store, public).ok
    again = Journal.open(store, keys_dir, "gateway", clock=clock)
    assert "gateway/3" == again.origin
    again.close()
    report = verify(store, public)
    assert report.ok
    assert [False, False, False, True] == [log.closed for log in report.logs]
    recounted(store)
    store.close()


def test_processes_share_one_exact_tally(store_url, keys_dir):
    writers = [start(store_url, keys_dir, n * 40, 80) for n in range(3)]  # 0-79, 40-119, 80-159
    for writer in writers:
        out, err = writer.communicate(timeout=120)
        assert "" == err
        assert 80 == len(out.split())
    store = open_store(store_url, create=False)
    report = verify(store)
    assert report.ok
    assert [True] * 3 == [log.closed for log in report.logs[1:]]
    assert 160 == recounted(store)
    store.close()


def test_no_identifier_stands_in_clear_anywhere(sqlite_url, keys_dir, tmp_path):
    writer = start(sqlite_url, keys_dir, 0, 300)
    out, err = writer.communicate(timeout=120)
    assert "" == err
    assert 300 == len(out.split())
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert {"banjia.db", "ledger.key"} <= {p.name for p in files}
    for path in files:
        content = path.read_bytes()
        assert b"customer-" not in content
        assert b"1380013" not in content


@pytest.mark.skipif(os.name != "posix", reason="limits of file size are POSIX")
def test_a_process_at_its_file_limit_is_refused_and_leaves_a_whole_ledger(sqlite_url, keys_dir):
    open_store(sqlite_url).close()

    def limit():
        import signal

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))

    writer = start(sqlite_url, keys_dir, 0, 100_000, preexec_fn=limit)
    out, err = writer.communicate(timeout=120)
    assert "StoreError" in err
    assert 1 == writer.returncode
    store = open_store(sqlite_url)
    acknowledged = set(out.split())
    assert len(acknowledged) > 50
    assert acknowledged <= stored_ids(store)
    assert verify(store).ok
    recounted(store)
    store.close()
