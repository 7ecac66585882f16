"""Whatever is changed in the store, verifying notices, and says where."""

import shutil
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from banjia.errors import StoreError
from banjia.ledger.chain import sealed
from banjia.ledger.checkpoint import Verifier, notes
from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.ledger.verify import verify
from banjia.store.store import open_store

OUTSIDE_THE_PROOF = {
    "setting",
    "approval",
    "expiring",
    "lease",
    "year_key",
    "subject",
    "exposure",
    "sighting",
    "person",
}
HARMLESS = {("census", "next_person")}  # a higher number is as good as the next
# `person` and `exposure` are outside too, but the tally they add up to is told by signed entries


def person(n):
    return Person((Identifier("subject", f"u{n}"),), "sensitive" if n % 5 == 0 else "ordinary")


def fill(journal, clock, count):
    for n in range(count):
        persons = Persons((person(n % 7),), country="US", route="azure") if n % 2 else None
        journal.commit_now(Entry("decision", clock(), app="helpdesk", route="azure", decision="pass"), persons)


@pytest.fixture
def ledger(store, keys_dir, clock, tmp_path):
    """Two closed logs and their store; the outside file holds their checkpoints."""
    for _ in range(2):
        terms = Terms(entity="acme", every=5, outside=tmp_path / "outside.txt")
        journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=terms)
        fill(journal, clock, 12)
        journal.close()
    return store


def public(keys_dir):
    return Verifier.parse((keys_dir / "ledger.pub").read_text())


def change(store, statement, *values):
    with store.transaction() as tx:
        return tx.run(statement, *values)


def first_bad(store, keys_dir, since=()):
    report = verify(store, public(keys_dir), since)
    assert not report.ok
    return report.fault


def test_an_untouched_ledger_is_whole(ledger, keys_dir, tmp_path):
    outside = list(notes((tmp_path / "outside.txt").read_text()))
    report = verify(ledger, public(keys_dir), outside)
    assert report.ok
    assert ["gateway/0", "gateway/1", "gateway/2"] == [log.origin for log in report.logs]
    assert [4, 12, 12] == [log.entries for log in report.logs]
    assert [False, True, True] == [log.closed for log in report.logs]
    assert report.outside == len(outside) > 4
    assert () == report.remarks


def test_it_says_that_truncation_needs_an_outside_checkpoint(ledger):
    said = verify(ledger).say("en")
    assert "cannot be noticed" in said
    assert "--since" in said
    assert "--key" in said


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("body", "'{}'"),
        ("body", "replace(body, 'helpdesk', 'helpdesc')"),
        ("at", "at + 1"),
        ("kind", "'refusal'"),
        ("id", "'0'"),
    ],
)
def test_a_changed_entry_is_named(ledger, keys_dir, column, value):
    assert change(ledger, f"UPDATE entry SET {column} = {value} WHERE log = 1 AND idx = 7") == 1
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 7) == (fault.log, fault.index)
    assert "does not fit its hash" in fault.what.en


def test_a_removed_entry_is_named(ledger, keys_dir):
    change(ledger, "DELETE FROM entry WHERE log = 1 AND idx = 7")
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 7, "the entry was removed") == (fault.log, fault.index, fault.what.en)


def test_a_removed_entry_is_named_when_the_others_close_up(ledger, keys_dir):
    change(ledger, "DELETE FROM entry WHERE log = 1 AND idx = 7")
    for index in range(8, 12):
        change(ledger, "UPDATE entry SET idx = ? WHERE log = 1 AND idx = ?", index - 1, index)
    change(ledger, "UPDATE log SET size = 11 WHERE id = 1")
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 7) == (fault.log, fault.index)


def test_two_entries_that_changed_places_are_named(ledger, keys_dir):
    for old, new in ((3, 100), (8, 3), (100, 8)):
        change(ledger, "UPDATE entry SET idx = ? WHERE log = 1 AND idx = ?", new, old)
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 3) == (fault.log, fault.index)


def insert(store, row):
    change(store, "INSERT INTO entry (log, idx, id, at, kind, salt, body, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", *row)


def test_an_inserted_entry_is_named(ledger, keys_dir):
    for index in range(11, 5, -1):
        change(ledger, "UPDATE entry SET idx = ? WHERE log = 1 AND idx = ?", index + 1, index)
    insert(ledger, sealed(1, 6, "new", 0, "decision", {"app": "helpdesk"}))
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 7) == (fault.log, fault.index)


def test_an_entry_replaced_with_all_its_hashes_is_found_between_two_checkpoints(ledger, keys_dir):
    change(ledger, "DELETE FROM entry WHERE log = 1 AND idx = 7")
    insert(ledger, sealed(1, 7, "new", 0, "decision", {"app": "helpdesk"}))
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 5, 10) == (fault.log, fault.index, fault.until)
    assert "replaced, inserted or forked" in fault.what.en


def test_an_entry_appended_without_the_key_is_found(ledger, keys_dir):
    insert(ledger, sealed(1, 12, "new", 0, "decision", {}))
    assert ("gateway/1", 12) == (first_bad(ledger, keys_dir).log, first_bad(ledger, keys_dir).index)


def test_a_fork_of_one_entry_is_named(sqlite_url, keys_dir, clock, tmp_path):
    store = open_store(sqlite_url)
    journal = Journal.open(store, keys_dir, "gateway", clock=clock)
    fill(journal, clock, 6)
    journal.close()
    columns = "log INTEGER, idx INTEGER, id TEXT, at INTEGER, kind TEXT, salt BLOB, body TEXT, leaf BLOB"
    for statement in (
        f"CREATE TABLE loose ({columns}) STRICT",
        "INSERT INTO loose SELECT * FROM entry",
        "DROP TABLE entry",
        "ALTER TABLE loose RENAME TO entry",
    ):
        change(store, statement)
    assert verify(store).ok
    insert(store, sealed(1, 3, "other", 0, "decision", {}))
    fault = first_bad(store, keys_dir)
    assert ("gateway/1", 3) == (fault.log, fault.index)
    assert "fork" in fault.what.en
    store.close()


def test_two_futures_of_one_store_cannot_both_be_true(sqlite_url, keys_dir, clock, tmp_path):
    """A copy of the store goes on elsewhere under the same key: its checkpoint is signed and does not fit."""
    open_store(sqlite_url).close()
    shutil.copy(tmp_path / "banjia.db", tmp_path / "copy.db")
    outside = tmp_path / "outside.txt"
    for name, count in (("banjia", 4), ("copy", 6)):
        store = open_store(f"sqlite:///{tmp_path}/{name}.db")
        if name == "copy":
            with store.transaction() as tx:  # the copy knows whose it is
                tx.run("INSERT INTO meta VALUES ('ledger_key', ?)", (keys_dir / "ledger.pub").read_text().strip())
        journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=Terms(outside=outside))
        fill(journal, clock, count)
        journal.close()
        store.close()
    store = open_store(sqlite_url)
    assert verify(store).ok
    fault = first_bad(store, keys_dir, list(notes(outside.read_text())))
    assert "gateway/1" == fault.log
    store.close()


@pytest.mark.parametrize("also", [(), ("DELETE FROM log WHERE id = 2", "DELETE FROM checkpoint WHERE log = 2")])
def test_a_deleted_log_is_named(ledger, keys_dir, also):
    change(ledger, "DELETE FROM entry WHERE log = 2")
    for statement in also:
        change(ledger, statement)
    assert "gateway/2" == first_bad(ledger, keys_dir).log


def test_a_deleted_log_0_is_named(ledger, keys_dir):
    for statement in (
        "DELETE FROM entry WHERE log = 0",
        "DELETE FROM log WHERE id = 0",
        "DELETE FROM checkpoint WHERE log = 0",
    ):
        change(ledger, statement)
    assert "log 0 was deleted" == first_bad(ledger, keys_dir).what.en


def test_a_foreign_log_is_named(ledger, keys_dir):
    change(ledger, "INSERT INTO log SELECT 9, 'gateway/9', size, peaks, head FROM log WHERE id = 1")
    assert "gateway/9" in {fault.log for fault in verify(ledger, public(keys_dir)).faults}
    change(ledger, "DELETE FROM log WHERE id = 9")
    insert(ledger, sealed(9, 0, "new", 0, "decision", {}))
    assert "belong to no log" in first_bad(ledger, keys_dir).what.en


def test_truncation_to_an_old_checkpoint_is_found_against_an_outside_one(store, keys_dir, clock, tmp_path):
    journal = Journal.open(store, keys_dir, "gateway", clock=clock, terms=Terms(entity="acme"))
    for _ in range(4):
        journal.commit_now(Entry("decision", clock()))
    with store.snapshot() as tx:
        old = tx.rows("SELECT size, peaks, head FROM log WHERE id = 1")[0]
    for _ in range(4):
        journal.commit_now(Entry("decision", clock()))
    with store.snapshot() as tx:
        outside = tx.rows("SELECT head FROM log WHERE id = 1")[0][0]
    with store.transaction() as tx:
        tx.run("DELETE FROM entry WHERE log = 1 AND idx >= 4")
        tx.run("UPDATE log SET size = ?, peaks = ?, head = ? WHERE id = 1", *old)
    report = verify(store, public(keys_dir))
    assert report.ok
    assert "cannot be noticed" in report.say("en")
    fault = first_bad(store, keys_dir, [outside])
    assert ("gateway/1", 4, 8) == (fault.log, fault.index, fault.until)
    assert "missing at the end" in fault.what.en
    with pytest.raises(StoreError, match="another process wrote"):
        journal.commit_now(Entry("decision", clock()))
    journal._writer.close(1)


def test_a_closed_log_cannot_be_cut_even_without_an_outside_checkpoint(ledger, keys_dir):
    with ledger.transaction() as tx:
        size, note = tx.rows("SELECT size, note FROM checkpoint WHERE log = 2 ORDER BY size")[0]
        tx.run("DELETE FROM entry WHERE log = 2 AND idx >= ?", size)
        tx.run("DELETE FROM checkpoint WHERE log = 2 AND size > ?", size)
        tx.run("UPDATE log SET size = ?, head = ? WHERE id = 2", size, note)
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/2", size) == (fault.log, fault.index)


def test_a_log_of_a_killed_process_is_vouched_for_by_the_next_start(store, keys_dir, clock):
    killed = Journal.open(store, keys_dir, "gateway", clock=clock)
    for _ in range(6):
        killed.commit_now(Entry("decision", clock()))
    killed._writer.close(1)
    Journal.open(store, keys_dir, "gateway", clock=clock).close()
    assert verify(store, public(keys_dir)).ok
    change(store, "DELETE FROM entry WHERE log = 1 AND idx >= 3")
    assert ("gateway/1", 3) == (first_bad(store, keys_dir).log, first_bad(store, keys_dir).index)


def test_another_key_verifies_nothing(ledger, keys_dir, tmp_path, clock):
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    Journal.open(other, tmp_path / "keys2", "gateway", clock=clock).close()
    other.close()
    faults = verify(ledger, public(tmp_path / "keys2")).faults
    assert "another public key" in faults[0].what.en
    assert all("does not hold" in fault.what.en for fault in faults[1:])


@pytest.mark.parametrize("text", ["", "gateway+00000000+AAAA", "nonsense", "banjia+12345678+" + "A" * 44])
def test_a_key_of_another_form_is_refused(text):
    with pytest.raises(StoreError, match=r"not a public key.*name\+hash\+key"):
        Verifier.parse(text)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE census SET ordinary_high = ordinary_high - 1",
        "UPDATE census SET sensitive_low = 0",
        "UPDATE census SET revision = revision - 1, sensitive_low = 0",
        "DELETE FROM census",
        "UPDATE exposure SET class = 'ordinary'",
        "UPDATE exposure SET basis = 'contract'",
        "DELETE FROM person WHERE id = 1",
    ],
)
def test_a_lowered_tally_is_found(ledger, keys_dir, statement):
    change(ledger, statement)
    fault = first_bad(ledger, keys_dir)
    assert "tally acme 2026" == fault.log


def test_a_tally_lowered_together_with_its_persons_is_found(ledger, keys_dir):
    change(ledger, "DELETE FROM person WHERE grade = 2")
    change(ledger, "DELETE FROM exposure WHERE class = 'sensitive'")
    change(ledger, "UPDATE census SET sensitive_low = 0, sensitive_high = 0")
    assert "does not fit the ledger's entries" in first_bad(ledger, keys_dir).what.en


def test_a_dropped_body_without_a_retention_entry_is_found(ledger, keys_dir):
    change(ledger, "UPDATE entry SET salt = NULL, body = NULL WHERE log = 1 AND idx = 4")
    fault = first_bad(ledger, keys_dir)
    assert ("gateway/1", 4) == (fault.log, fault.index)
    assert "without a retention entry" in fault.what.en


def test_an_outside_checkpoint_of_another_store_is_refused(ledger, keys_dir, tmp_path, clock):
    other = open_store(f"sqlite:///{tmp_path}/other.db")
    journal = Journal.open(other, tmp_path / "k2", "gateway", clock=clock, terms=Terms(outside=tmp_path / "o.txt"))
    journal.close()
    other.close()
    fault = first_bad(ledger, keys_dir, list(notes((tmp_path / "o.txt").read_text())))
    assert "not signed by this key" in fault.what.en


@pytest.fixture(scope="module")
def frozen(tmp_path_factory):
    """A ledger as a file, and all its cells."""
    folder = tmp_path_factory.mktemp("frozen")
    times = iter(range(1_772_000_000_000, 1_773_000_000_000, 1000))
    store = open_store(f"sqlite:///{folder}/banjia.db")
    clock = times.__next__
    for _ in range(2):
        journal = Journal.open(store, folder / "keys", "gateway", clock=clock, terms=Terms(entity="acme", every=4))
        fill(journal, clock, 9)
        journal.close()
    store.close()
    connection = sqlite3.connect(folder / "banjia.db")
    cells = []
    for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall():
        described = connection.execute(f"PRAGMA table_info({table})").fetchall()
        keys = [c[1] for c in described if c[5]]
        for row in connection.execute(f"SELECT {', '.join(keys)} FROM {table}").fetchall():
            cells += [(table, c[1], dict(zip(keys, row, strict=True))) for c in described]
    connection.close()
    return folder, cells


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_flipped_bit_in_any_field_is_found_or_the_field_is_outside_the_proof(frozen, data):
    folder, cells = frozen
    table, column, key = data.draw(st.sampled_from(cells))
    where = " AND ".join(f"{k} = :{k}" for k in key)
    connection = sqlite3.connect(folder / "banjia.db", isolation_level=None)
    kind, old = connection.execute(f"SELECT typeof({column}), {column} FROM {table} WHERE {where}", key).fetchone()
    if kind == "integer":
        new = old ^ (1 << data.draw(st.integers(0, 62)))
    else:
        raw = bytearray(old.encode() if isinstance(old, str) else old)
        if not raw:
            connection.close()
            return
        place = data.draw(st.integers(0, len(raw) - 1))
        raw[place] ^= 1 << data.draw(st.integers(0, 7))
        new = bytes(raw)
    cast = "CAST(:new AS TEXT)" if kind == "text" else ":new"
    try:
        connection.execute("BEGIN")
        connection.execute(f"UPDATE {table} SET {column} = {cast} WHERE {where}", {**key, "new": new})
        connection.execute("COMMIT")
    except sqlite3.IntegrityError:  # it now collides with another row: the engine itself refuses
        connection.execute("ROLLBACK")
        connection.close()
        return
    connection.close()
    store = open_store(f"sqlite:///{folder}/banjia.db")
    try:
        found = not verify(store, public(folder / "keys")).ok
    except StoreError:
        found = True
    finally:
        store.close()
    undo = sqlite3.connect(folder / "banjia.db", isolation_level=None)
    moved = {**key, **({column: new.decode("latin-1") if kind == "text" else new} if column in key else {})}
    if column in key and kind == "text":
        undo.execute(
            f"UPDATE {table} SET {column} = :old WHERE {column} = CAST(:new AS TEXT)", {"old": old, "new": new}
        )
    else:
        undo.execute(f"UPDATE {table} SET {column} = :old WHERE {where}", {**moved, "old": old})
    undo.close()
    assert found or table in OUTSIDE_THE_PROOF or (table, column) in HARMLESS
