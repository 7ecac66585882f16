"""A store that several open for the first time at one moment is made once, and all of them get it."""

import threading
from concurrent.futures import ThreadPoolExecutor

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
