"""A store that several open for the first time at one moment is made once, and all of them get it."""

import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from banjia.store import sqlite
from banjia.store.store import open_store

OPENERS = 8


def test_all_who_open_a_new_store_at_one_moment_get_it(tmp_path):
    for attempt in range(25):
        url = f"sqlite:///{tmp_path}/{attempt}.db"
        together = threading.Barrier(OPENERS)

        def enter(_, url=url, together=together):
            together.wait()
            open_store(url).close()

        with ThreadPoolExecutor(OPENERS) as pool:
            list(pool.map(enter, range(OPENERS)))


def test_who_comes_while_another_writes_the_first_page_waits_for_it(tmp_path, monkeypatch):
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        pauses = []

        def the_other_goes_on(seconds):
            pauses.append(seconds)
            if len(pauses) == 3:
                other.execute("COMMIT")

        monkeypatch.setattr(sqlite.time, "sleep", the_other_goes_on)
        with closing(open_store(f"sqlite:///{tmp_path}/new.db")) as store, store.snapshot() as tx:
            assert tx.rows("SELECT count(*) FROM entry") == [(0,)]
    assert len(pauses) == 3
