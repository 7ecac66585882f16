"""Both engines keep the same promises."""

import sqlite3
import threading

import pytest

from banjia.errors import StoreError
from banjia.store.keys import Keys
from banjia.store.lease import Leases
from banjia.store.setting import Approval, Setting, approval_of, approvals, approve, get_setting, put_setting
from banjia.store.store import open_store
from banjia.store.vault import Vault


def test_a_transaction_is_kept_whole(store):
    with store.transaction() as tx:
        tx.run("INSERT INTO meta VALUES (?, ?)", "a", "1")
    with store.snapshot() as tx:
        assert [("a", "1")] == tx.rows("SELECT name, value FROM meta")


def test_a_transaction_that_fails_leaves_nothing(store):
    with pytest.raises(ZeroDivisionError), store.transaction() as tx:
        tx.run("INSERT INTO meta VALUES (?, ?)", "a", "1")
        raise ZeroDivisionError
    with store.snapshot() as tx:
        assert [] == tx.rows("SELECT name FROM meta")


def test_a_snapshot_does_not_see_later_writes(store):
    with store.snapshot() as tx:
        assert [] == tx.rows("SELECT name FROM meta")
        writer = threading.Thread(target=lambda: put_setting(store, Setting("a", "1", "me", 1)))
        writer.start()
        writer.join()
        assert [] == tx.rows("SELECT name FROM setting")
    assert get_setting(store, "a") == Setting("a", "1", "me", 1)


def test_a_stream_gives_every_row_in_batches(store):
    with store.transaction() as tx:
        tx.many("INSERT INTO meta VALUES (?, ?)", [(f"{i:05d}", "x") for i in range(5000)])
        batches = list(tx.stream("SELECT name FROM meta ORDER BY name"))
    assert len(batches) > 1
    assert [f"{i:05d}" for i in range(5000)] == [row[0] for batch in batches for row in batch]


def test_a_store_opened_twice_keeps_its_tables(store, store_url):
    put_setting(store, Setting("a", "1", "me", 1))
    again = open_store(store_url, create=False)
    assert get_setting(again, "a").value == "1"
    again.close()


def test_a_named_lock_admits_one_at_a_time(store):
    inside, most = [], []

    def work():
        with store.transaction() as tx:
            tx.lock("one")
            inside.append(1)
            most.append(len(inside))
            tx.rows("SELECT count(*) FROM meta")
            inside.pop()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 1


def test_a_store_from_a_newer_version_is_refused(store, store_url):
    with store.transaction() as tx:
        if tx.engine == "sqlite":
            tx.rows("PRAGMA user_version = 99")
        else:
            tx.run("INSERT INTO migration VALUES (99)")
    with pytest.raises(StoreError, match=r"schema 99.*upgrade"):
        open_store(store_url)


def test_many_threads_may_create_one_store(store_url):
    opened, errors = [], []

    def work():
        try:
            opened.append(open_store(store_url))
        except StoreError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for each in opened:
        each.close()
    assert [] == errors


def test_a_setting_is_replaced_and_an_approval_is_not(store):
    put_setting(store, Setting("mode", "a", "li", 1))
    put_setting(store, Setting("mode", "b", "wang", 2))
    assert get_setting(store, "mode") == Setting("mode", "b", "wang", 2)
    assert get_setting(store, "other") is None
    first = Approval("sha256:1", "li", "read it", 1)
    assert approve(store, first)
    assert not approve(store, Approval("sha256:1", "wang", "me too", 2))
    assert approval_of(store, "sha256:1") == first
    assert approvals(store) == [first]


def test_a_lease_is_held_by_one_and_free_again_when_it_ends(store):
    leases = Leases(store, "audit")
    leases.add(["a", "b"])
    first = leases.take("p1", at=0, until=10)
    second = leases.take("p2", at=0, until=10)
    assert {"a", "b"} == {first.name, second.name}
    assert leases.take("p3", at=5, until=20) is None
    assert leases.keep(first, until=30, state="line 7")
    assert leases.finish(second)
    taken = leases.take("p3", at=30, until=40)
    assert (taken.name, taken.state) == (first.name, "line 7")
    assert not leases.finish(first)
    assert leases.finish(taken)
    assert leases.open_count() == 0


def test_leases_are_shared_out_without_doubles(store):
    leases = Leases(store, "q")
    names = [f"{i:03d}" for i in range(40)]
    leases.add(names)
    taken = []

    def work(holder):
        while lease := leases.take(holder, at=0, until=10):
            taken.append(lease.name)
            leases.finish(lease)

    threads = [threading.Thread(target=work, args=(f"p{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert names == sorted(taken)


def test_a_sealed_value_lives_for_its_span(store, tmp_path):
    vault = Vault.open(store, Keys(tmp_path / "keys"))
    vault.put("map", "c1", b"secret words", until=100)
    assert vault.get("map", "c1", at=99) == b"secret words"
    assert vault.get("map", "c1", at=100) is None
    assert vault.get("other", "c1", at=0) is None
    vault.put("map", "c1", b"more", until=200)
    vault.put("map", "c2", b"gone", until=50)
    assert vault.sweep(at=60) == 1
    assert vault.get("map", "c1", at=60) == b"more"
    assert vault.drop("map", "c1")
    assert vault.get("map", "c1", at=60) is None


def test_a_sealed_value_cannot_be_read_moved_or_altered(store, tmp_path):
    vault = Vault.open(store, Keys(tmp_path / "keys"))
    vault.put("map", "c1", b"secret words", until=100)
    with store.transaction() as tx:
        blob = bytes(tx.rows("SELECT value FROM expiring")[0][0])
        assert b"secret" not in blob
        tx.run("INSERT INTO expiring VALUES ('map', 'c2', ?, 100)", blob)
        tx.run("UPDATE expiring SET value = ? WHERE name = 'c1'", blob[:-1] + bytes([blob[-1] ^ 1]))
    for name in ("c1", "c2"):
        with pytest.raises(StoreError, match="does not open"):
            vault.get("map", name, at=0)


def test_a_lost_vault_key_is_not_replaced(store, tmp_path):
    Vault.open(store, Keys(tmp_path / "keys"))
    (tmp_path / "keys" / "vault.key").unlink()
    with pytest.raises(StoreError, match=r"vault\.key.*missing"):
        Vault.open(store, Keys(tmp_path / "keys"))
    (tmp_path / "keys" / "vault.key").write_text("00" * 32)
    (tmp_path / "keys" / "vault.key").chmod(0o600)
    with pytest.raises(StoreError, match="wrong key"):
        Vault.open(store, Keys(tmp_path / "keys"))


def test_sqlite_waits_for_the_disk(sqlite_url, tmp_path):
    store = open_store(sqlite_url)
    with store.snapshot() as tx:
        assert [(2,)] == tx.rows("PRAGMA synchronous")
        assert [("wal",)] == tx.rows("PRAGMA journal_mode")
        strict = tx.rows(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite%'"
        )
    store.close()
    assert [] == strict
    assert (tmp_path / "banjia.db").stat().st_mode & 0o777 == 0o600


def trouble(act, monkeypatch):
    monkeypatch.setattr("banjia.store.sqlite.BUSY_MS", 1)
    with pytest.raises(StoreError) as caught:
        act()
    assert caught.value.remedy.zh
    assert caught.value.remedy.en
    return str(caught.value)


def test_trouble_with_an_sqlite_file_names_its_cause(tmp_path, monkeypatch, sqlite_url):
    (tmp_path / "text.db").write_text("not a database, but long enough to have a header of one" * 40)
    assert "not a database" in trouble(lambda: open_store(f"sqlite:///{tmp_path}/text.db"), monkeypatch)
    assert "no such store" in trouble(lambda: open_store(sqlite_url, create=False), monkeypatch)
    (tmp_path / "plain").write_text("")
    assert "cannot be created" in trouble(lambda: open_store(f"sqlite:///{tmp_path}/plain/banjia.db"), monkeypatch)
    (tmp_path / "empty.db").write_text("")
    assert "no data of banjia" in trouble(
        lambda: open_store(f"sqlite:///{tmp_path}/empty.db", create=False), monkeypatch
    )
    other = sqlite3.connect(tmp_path / "other.db")
    other.execute("CREATE TABLE t (x)")
    other.close()
    assert "another program's" in trouble(lambda: open_store(f"sqlite:///{tmp_path}/other.db"), monkeypatch)


def test_a_locked_sqlite_store_says_so(sqlite_url, tmp_path, monkeypatch):
    open_store(sqlite_url).close()
    other = sqlite3.connect(tmp_path / "banjia.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    monkeypatch.setattr("banjia.store.sqlite.BUSY_MS", 1)
    store = open_store(sqlite_url)
    assert "locked by another process" in trouble(lambda: put_setting(store, Setting("a", "1", "me", 1)), monkeypatch)
    other.execute("ROLLBACK")
    put_setting(store, Setting("a", "1", "me", 1))
    store.close()
    other.close()


def test_a_full_disk_says_so_and_leaves_the_store_whole(sqlite_url, monkeypatch):
    store = open_store(sqlite_url)
    with store.snapshot() as tx:
        pages = tx.rows("PRAGMA page_count")[0][0]
        tx.rows(f"PRAGMA max_page_count = {pages + 2}")
    said = trouble(lambda: put_setting(store, Setting("a", "x" * 100_000, "me", 1)), monkeypatch)
    assert "disk is full" in said
    assert get_setting(store, "a") is None
    with store.snapshot() as tx:
        tx.rows("PRAGMA max_page_count = 100000")
    put_setting(store, Setting("a", "x" * 100_000, "me", 1))
    store.close()


@pytest.mark.parametrize("url", ["banjia.db", "sqlite:banjia.db", "mysql://host/db", "sqlite:///", ""])
def test_an_address_that_names_no_store_is_refused(url, monkeypatch):
    assert "not an address of a store" in trouble(lambda: open_store(url), monkeypatch)


def test_a_password_is_never_shown(monkeypatch):
    said = trouble(lambda: open_store("mysql://me:hunter2@host/db"), monkeypatch)
    assert "hunter2" not in said
    said = trouble(lambda: open_store("postgresql://me:hunter2@127.0.0.1:1/db"), monkeypatch)
    assert "hunter2" not in said
    assert "cannot be reached" in said


@pytest.mark.postgres
def test_a_database_that_does_not_exist_says_so(postgres_url, monkeypatch):
    url = postgres_url.replace("@/postgres", "@/nobanjia")
    assert "does not exist" in trouble(lambda: open_store(url), monkeypatch)
    assert "no data of banjia" in trouble(lambda: open_store(postgres_url, create=False), monkeypatch)


@pytest.mark.postgres
def test_a_lost_connection_is_replaced(postgres_url):
    store = open_store(postgres_url)
    other = open_store(postgres_url)
    with store.transaction() as tx:
        pid = tx.rows("SELECT pg_backend_pid()")[0][0]
    with other.transaction() as tx:
        tx.rows("SELECT pg_terminate_backend(?)", pid)
    put_setting(store, Setting("a", "1", "me", 1))
    assert get_setting(other, "a").value == "1"
    store.close()
    other.close()
