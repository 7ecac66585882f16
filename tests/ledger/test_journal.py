"""What the journal acknowledges is on disk, counted once, and said truly."""

import asyncio
import contextlib
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from banjia.errors import StoreError
from banjia.facts.value import Interval
from banjia.ledger.checkpoint import notes
from banjia.ledger.entry import Entry, canonical
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.recount import recount
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.ledger.tally import CHINA, Elsewhere, Line, year_of
from banjia.ledger.verify import verify
from banjia.store import people
from banjia.store.store import open_store

NOWHERE = {2026: Elsewhere(Interval(0, 0), Interval(0, 0))}


def about(name, data_class="ordinary", **more):
    return Persons((Person((Identifier("subject", name),), data_class),), country="US", route="azure", **more)


def decision(clock, **fields):
    return Entry("decision", clock(), app="helpdesk", **fields)


def bodies(store, kind="decision"):
    with store.snapshot() as tx:
        return [json.loads(r[0]) for r in tx.rows("SELECT body FROM entry WHERE kind = ? ORDER BY log, idx", kind)]


def stored(store, receipt):
    with store.snapshot() as tx:
        return tx.rows("SELECT id FROM entry WHERE log = ? AND idx = ?", receipt.log, receipt.index)[0][0]


@pytest.mark.asyncio
async def test_a_receipt_names_an_entry_that_is_there(store, journal, clock):
    receipts = await asyncio.gather(*(journal.commit(decision(clock)) for _ in range(50)))
    assert [r.id for r in receipts] == [stored(store, r) for r in receipts]
    assert list(range(50)) == sorted(r.index for r in receipts)


def test_a_commit_without_an_event_loop_is_the_same(store, journal, clock):
    with ThreadPoolExecutor(8) as pool:
        receipts = list(pool.map(lambda _: journal.commit_now(decision(clock)), range(40)))
    assert [r.id for r in receipts] == [stored(store, r) for r in receipts]


def test_notes_are_written_in_order_before_the_journal_closes(store, open_journal, keys_dir, clock):
    journal = Journal.open(store, keys_dir, "gateway", clock=clock)
    noted = [journal.note(decision(clock)) for _ in range(300)]
    journal.close()
    with store.snapshot() as tx:
        assert noted == [r[0] for r in tx.rows("SELECT id FROM entry WHERE kind = 'decision' ORDER BY idx")]


@pytest.mark.asyncio
async def test_an_outcome_names_its_decision(store, journal, clock):
    receipt = await journal.commit(decision(clock))
    await journal.settle(receipt.id, clock(), status=200, tokens=7)
    await journal.commit(decision(clock))
    assert [{"about": receipt.id, "entity": "acme", "more": {"status": 200, "tokens": 7}}] == bodies(store, "outcome")


def test_the_receipt_tells_the_tally_after_it(journal, clock):
    for name, expected in (("a", 1), ("b", 2), ("a", 2)):
        receipt = journal.commit_now(decision(clock), about(name))
        assert Interval(expected, expected) == receipt.tally.measured_ordinary
    assert receipt.tally == journal.tally(clock())


def test_without_a_declaration_the_upper_end_is_open(open_journal, clock):
    tally = open_journal().commit_now(decision(clock), about("a")).tally
    assert (Interval(1, None), Interval(0, None)) == (tally.ordinary, tally.sensitive)
    declared = {2026: Elsewhere(Interval(10, 20), Interval(0, None))}
    tally = open_journal(elsewhere=declared).commit_now(decision(clock), about("a")).tally
    assert (Interval(11, 21), Interval(0, None)) == (tally.ordinary, tally.sensitive)


def test_the_signed_entry_holds_counts_and_the_tally_but_no_identifier(store, journal, clock):
    journal.commit_now(decision(clock), about("customer-4711", "sensitive"))
    (body,) = bodies(store)
    assert {"sensitive": 1} == body["persons"]
    assert {"year": 2026, "revision": 1, "ordinary": [0, 0], "sensitive": [1, 1]} == body["tally"]
    assert "4711" not in json.dumps(body)


def test_a_year_begins_where_the_law_counts(store, journal, clock):
    assert year_of(1_767_196_799_999, CHINA) == 2025  # 2025-12-31T23:59:59.999+08:00
    assert year_of(1_767_196_800_000, CHINA) == 2026
    clock.now = 1_798_732_799_998
    assert journal.commit_now(decision(clock), about("a")).tally.year == 2026
    after = journal.commit_now(decision(clock), about("a")).tally
    assert (2027, Interval(1, 1)) == (after.year, after.measured_ordinary)


def test_a_line_is_not_passed(store, open_journal, clock):
    journal = open_journal(elsewhere=NOWHERE)
    line = Line(ordinary=3)
    refusal = Entry("refusal", clock(), rule="cbdf.volume")
    receipts = [
        journal.commit_now(decision(clock), about(name), line=line, otherwise=refusal)
        for name in ("a", "b", "c", "a", "d")
    ]
    assert [True, True, False, True, False] == [r.passed for r in receipts]
    assert ("ordinary",) == receipts[2].crossed
    assert Interval(2, 2) == receipts[2].tally.ordinary
    assert 2 == len(bodies(store, "refusal"))
    assert 3 == len(bodies(store))
    assert verify(store).ok


def test_a_line_that_is_passed_without_another_entry_turns_the_entry_into_a_refusal(store, open_journal, clock):
    journal = open_journal(elsewhere=NOWHERE)
    receipt = journal.commit_now(decision(clock, decision="pass"), about("a", "sensitive"), line=Line(sensitive=1))
    assert not receipt.passed
    (body,) = bodies(store)
    assert ("refuse", {"line": ["sensitive"]}) == (body["decision"], body["more"])
    assert "persons" not in body
    assert verify(store).ok


def test_the_line_counts_what_is_declared_elsewhere(open_journal, clock):
    journal = open_journal(elsewhere={2026: Elsewhere(Interval(0, 9), Interval(0, 0))})
    assert not journal.commit_now(decision(clock), about("a"), line=Line(ordinary=10)).passed
    assert journal.commit_now(decision(clock), about("a"), line=Line(ordinary=11)).passed


def test_many_processes_racing_never_pass_a_line_unnoticed(store_url, keys_dir, clock, tmp_path):
    stores = [open_store(store_url) for _ in range(4)]
    terms = Terms(entity="acme", elsewhere=NOWHERE)
    journals = [Journal.open(s, keys_dir, "gateway", clock=clock, terms=terms) for s in stores]

    async def clients(journal, first):
        names = [f"p{(first + i * 7) % 60}" for i in range(50)]
        return await asyncio.gather(*(journal.commit(decision(clock), about(n), line=Line(ordinary=25)) for n in names))

    found = []
    threads = [
        threading.Thread(target=lambda j=j, n=n: found.extend(asyncio.run(clients(j, n * 11))))
        for n, j in enumerate(journals)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for journal in journals:
        journal.close()
    assert 200 == len(found)
    with stores[0].snapshot() as tx:
        row = people.census(tx, "acme", 2026)
        assert row == recount(tx, row)
        exported = {r[0] for r in tx.rows("SELECT DISTINCT person FROM exposure")}
    assert 24 == row.ordinary_high == len(exported)
    assert all(r.tally.ordinary.high < 25 for r in found)
    assert {False, True} == {r.passed for r in found}
    assert verify(stores[0]).ok
    for each in stores:
        each.close()


def test_each_process_has_a_log_of_its_own(store, open_journal, clock):
    one, other = open_journal(), open_journal()
    assert ("gateway/1", "gateway/2") == (one.origin, other.origin)
    for journal in (one, other, one):
        journal.commit_now(decision(clock))
    assert verify(store).ok


def test_a_new_store_makes_its_keys_and_an_old_one_needs_them(store, keys_dir, clock):
    Journal.open(store, keys_dir, "gateway", clock=clock).close()
    assert {"ledger.key", "ledger.pub", "subjects-2026.key"} == {p.name for p in keys_dir.iterdir()}
    for name in ("ledger.key", "subjects-2026.key"):
        assert (keys_dir / name).stat().st_mode & 0o777 == 0o600
        saved = (keys_dir / name).read_bytes()
        (keys_dir / name).unlink()
        with pytest.raises(StoreError, match="missing"):
            Journal.open(store, keys_dir, "gateway", clock=clock)
        assert not (keys_dir / name).exists()
        (keys_dir / name).write_bytes(saved)
        with pytest.raises(StoreError, match="0600"):
            Journal.open(store, keys_dir, "gateway", clock=clock)
        (keys_dir / name).chmod(0o600)
    Journal.open(store, keys_dir, "gateway", clock=clock).close()


def test_keys_of_another_store_are_refused(store, keys_dir, clock, tmp_path):
    Journal.open(store, keys_dir, "gateway", clock=clock).close()
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    Journal.open(other, tmp_path / "keys2", "gateway", clock=clock).close()
    other.close()
    with pytest.raises(StoreError, match="signing key is not the one"):
        Journal.open(store, tmp_path / "keys2", "gateway", clock=clock)
    (tmp_path / "keys2" / "subjects-2026.key").replace(keys_dir / "subjects-2026.key")
    with pytest.raises(StoreError, match="subject key is not the one"):
        Journal.open(store, keys_dir, "gateway", clock=clock)


@pytest.mark.parametrize("content", [b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_signing_key_that_is_none_is_refused(sqlite_url, keys_dir, clock, content):
    store = open_store(sqlite_url)
    Journal.open(store, keys_dir, "gateway", clock=clock).close()
    (keys_dir / "ledger.key").write_bytes(content)
    with pytest.raises(StoreError, match=r"does not hold a signing key.*Ed25519"):
        Journal.open(store, keys_dir, "gateway", clock=clock)
    store.close()


def wait_until(claim):
    """Poll a state that another thread reaches within seconds."""
    done = threading.Event()
    for _ in range(500):
        if claim():
            return
        done.wait(0.01)
    raise AssertionError("never reached")


def test_a_full_disk_refuses_commits_and_heals(sqlite_url, keys_dir, clock):
    store = open_store(sqlite_url)
    journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=Terms(entity="acme"))
    journal.commit_now(decision(clock))
    limit = {"pages": 1}
    connect = store._connection

    def limited():
        connection = connect()
        connection.execute(f"PRAGMA max_page_count = {limit['pages']}")
        return connection

    store._connection = limited
    big = {"more": {str(i): "x" * 400 for i in range(100)}}
    with pytest.raises(StoreError, match="disk is full"):
        journal.commit_now(decision(clock, **big))
    assert not journal.healthy()
    assert "disk is full" in str(journal.trouble)
    journal.note(decision(clock, **big))
    with pytest.raises(StoreError, match="disk is full"):
        journal.commit_now(decision(clock, **big))
    limit["pages"] = 1_000_000
    wait_until(journal.healthy)
    journal.commit_now(decision(clock))
    journal.close()
    assert [{"more": {"failed_commits": 2, "lost_notes": 0}}] == bodies(store, "gap")
    assert 3 == len(bodies(store))
    assert verify(store).ok
    store.close()


@pytest.mark.postgres
def test_a_restarted_database_is_found_again(postgres_url, keys_dir, clock):
    store, other = open_store(postgres_url), open_store(postgres_url)
    journal = Journal.open(store, keys_dir, "gateway", clock=clock)
    journal.commit_now(decision(clock))
    with other.transaction() as tx:
        tx.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    journal.commit_now(decision(clock))
    journal.close()
    assert verify(other).ok
    assert 2 == len(bodies(other))
    store.close()
    other.close()


@pytest.mark.parametrize(
    "breaks", [["after"], ["after", "after"], ["after", "before"], ["before", "after", "before", "after"]]
)
def test_a_commit_that_came_through_unheard_is_found_again(store, keys_dir, clock, monkeypatch, breaks):
    """The connection breaks before or after the commit: what is on disk is neither lost nor written twice."""
    journal = Journal.open(store, keys_dir, "gateway", clock=clock)
    begin, left = type(store).transaction, list(breaks)

    class Broken:
        def __init__(self):
            self.inner = begin(store)

        def __enter__(self):
            return self.inner.__enter__()

        def __exit__(self, *error):
            moment = left.pop(0) if left else ""
            if moment == "before":
                error = (StoreError, StoreError("the connection broke"), None)
            with contextlib.suppress(StoreError):
                self.inner.__exit__(*error)
            if moment:
                raise StoreError("the connection broke")

    monkeypatch.setattr(store, "transaction", Broken)
    noted = [journal.note(decision(clock)) for _ in range(3)]
    wait_until(lambda: not left and journal.healthy())
    monkeypatch.undo()
    noted.append(journal.commit_now(decision(clock)).id)
    journal.close()
    with store.snapshot() as tx:
        assert noted == [r[0] for r in tx.rows("SELECT id FROM entry WHERE kind = 'decision' ORDER BY idx")]
    assert verify(store).ok


def test_the_queue_is_bounded_and_says_what_it_lost(sqlite_url, keys_dir, clock):
    store = open_store(sqlite_url)
    journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=Terms(bound=5))
    blocked, free = threading.Event(), threading.Event()
    commit = journal._writer._commit

    def slow(*args):
        blocked.set()
        free.wait(10)
        return commit(*args)

    journal._writer._commit = slow
    journal.note(decision(clock))
    blocked.wait(10)
    for _ in range(8):
        journal.note(decision(clock))
    with pytest.raises(StoreError, match="queue is full"):
        journal.commit_now(decision(clock))
    free.set()
    wait_until(lambda: len(bodies(store, "gap")) == 1)
    journal.close()
    assert [{"more": {"failed_commits": 0, "lost_notes": 3}}] == bodies(store, "gap")
    assert 6 == len(bodies(store))
    store.close()


def test_a_closed_journal_refuses(store, keys_dir, clock):
    journal = Journal.open(store, keys_dir, "gateway", clock=clock)
    journal.close()
    with pytest.raises(StoreError, match="closed"):
        journal.commit_now(decision(clock))
    assert not journal.healthy()


@pytest.mark.parametrize("value", ["x" * 513, ["y", "x" * 600], {"deep": {"er": "x" * 600}}, {"x" * 600: 1}])
def test_a_text_as_long_as_a_prompt_is_refused(value):
    with pytest.raises(StoreError, match="no long text"):
        Entry("decision", 0, more={"field": value}).body()


def test_canonical_json_does_not_depend_on_the_order_of_fields():
    assert b'{"a":{"x":1,"y":[2]},"b":"\xe4\xbd\xa0"}' == canonical({"b": "你", "a": {"y": [2], "x": 1}})


def test_checkpoints_are_kept_and_written_outside(store, open_journal, tmp_path, clock):
    journal = open_journal(every=10, outside=tmp_path / "checkpoints.txt")
    for _ in range(25):
        journal.commit_now(decision(clock))
    with store.snapshot() as tx:
        assert [(10,), (20,)] == tx.rows("SELECT size FROM checkpoint ORDER BY size")
    found = list(notes((tmp_path / "checkpoints.txt").read_text()))
    assert ["10", "20"] == [note.split("\n")[1] for note in found]


def test_an_outside_file_that_cannot_be_written_stops_exports(store, keys_dir, tmp_path, clock):
    journal = Journal.open(
        store, keys_dir, "gateway", clock=clock, terms=Terms(every=1, outside=tmp_path / "missing" / "file.txt")
    )
    journal.commit_now(decision(clock))
    with pytest.raises(StoreError, match="outside checkpoint cannot be written"):
        journal.commit_now(decision(clock))
    assert not journal.healthy()
    (tmp_path / "missing").mkdir()
    wait_until(journal.healthy)
    journal.commit_now(decision(clock))
    journal.close()
    assert verify(store).ok
