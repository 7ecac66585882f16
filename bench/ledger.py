"""What the ledger costs: commits by group size, notes, counting persons, verifying. Prints one table.

python bench/ledger.py [--entries 200000] [--store URL]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from banjia.ledger.entry import Entry
from banjia.ledger.journal import Journal, Terms
from banjia.ledger.subject import Identifier, Person, Persons
from banjia.ledger.verify import verify
from banjia.store.store import open_store

moments = itertools.count(1_772_000_000_000)
now = moments.__next__


def decision() -> Entry:
    return Entry(
        "decision",
        now(),
        app="helpdesk",
        purpose="customer-service",
        route="azure",
        provider="azure_openai",
        country="US",
        abroad=True,
        asked="gpt-4o",
        model="gpt-4o",
        data_class="ordinary",
        decision="pass",
        verdict="conditional",
        treatment="pseudonymise",
        rule="cbdf.volume.ordinary",
        cites=("cbdf art. 5",),
        policy="sha256:" + "0" * 64,
    )


def persons(n: int) -> Persons:
    return Persons((Person((Identifier("subject", f"u{n}"),)),), country="US", route="azure")


class Watch:
    """Wall and processor time since it was made; the second is the steadier on a shared machine."""

    def __init__(self) -> None:
        self.wall, self.cpu = time.perf_counter(), time.process_time()

    def show(self, what: str, count: int) -> None:
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        print(f"{what:<58}{count / wall:>10,.0f} entries/s {cpu / count * 1e6:>8,.1f} us of processor", flush=True)


def commits(journal: Journal, clients: int, count: int, *, counted: bool, first: int = 0) -> float:
    async def client(numbers: list[int]) -> None:
        for n in numbers:
            await journal.commit(decision(), persons(n) if counted else None)

    async def run() -> None:
        numbers = list(range(first, first + count))
        await asyncio.gather(*(client(numbers[i::clients]) for i in range(clients)))

    start = time.perf_counter()
    asyncio.run(run())
    return time.perf_counter() - start


def shared(url: str, keys: Path, number: int, count: int, done: Callable[[float], None]) -> None:
    journal = Journal.open(open_store(url), keys, "gateway", clock=now, terms=Terms(entity="acme"))
    done(commits(journal, 50, count, counted=True, first=number * count))
    journal.close()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--store", default="")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = args.store or f"sqlite:///{folder}/banjia.db"
        keys = Path(folder) / "keys"
        store = open_store(url)
        print(url.partition("://")[0])
        journal = Journal.open(store, keys, "gateway", clock=now, terms=Terms(entity="acme"))
        for clients, count in ((1, 1000), (10, 5000), (100, 20_000), (1000, 40_000)):
            watch = Watch()
            commits(journal, clients, count, counted=False)
            watch.show(f"durable commits, {clients} clients", count)
        for clients, count in ((1, 1000), (100, 20_000)):
            watch = Watch()
            commits(journal, clients, count, counted=True, first=count)
            watch.show(f"durable commits counting a new person, {clients} clients", count)
        watch = Watch()
        commits(journal, 100, 20_000, counted=True, first=20_000)
        watch.show("durable commits counting known persons, 100 clients", 20_000)
        left = args.entries
        watch = Watch()
        while left > 0:
            for _ in range(min(left, 10_000)):
                journal.note(decision())
            left -= 10_000
            journal.commit_now(decision())
        watch.show("notes, to disk", args.entries)
        journal.close()
        watch = Watch()
        report = verify(store)
        watch.show(f"verify, {report.entries:,} entries with their tally", report.entries)
        assert report.ok, report.say("en")
        store.close()
        context = multiprocessing.get_context("spawn")
        queue = context.Queue()
        workers = [context.Process(target=shared, args=(url, keys, 100 + n, 3000, queue.put)) for n in range(2)]
        for worker in workers:
            worker.start()
        slowest = max(queue.get() for _ in workers)
        for worker in workers:
            worker.join()
        print(f"{'two processes on one store, 50 clients each, new persons':<58}{6000 / slowest:>10,.0f} entries/s")


if __name__ == "__main__":
    main()
