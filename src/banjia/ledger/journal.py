"""Journal: the ledger of one process. An entry that is committed is on disk; a note is written soon after."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, tzinfo
from pathlib import Path
from typing import Any

from banjia.errors import StoreError, cause
from banjia.ledger.census import Census
from banjia.ledger.chain import Chain, close_log, open_log, read_chain, row_of, sealed
from banjia.ledger.checkpoint import KEY_FILE, Signer, create_signer, read_signer, signing_file
from banjia.ledger.entry import NOTHING, Entry, Form, canonical, new_id, new_salts
from banjia.ledger.outlook import Alert, Lines, outlook
from banjia.ledger.pace import pace_of
from banjia.ledger.public import publish
from banjia.ledger.reservation import Place, Reservation
from banjia.ledger.subject import Persons, YearKey, digests, open_year_key
from banjia.ledger.tally import CHINA, Elsewhere, Line, Tally, nothing_counted, redeclared, tally_of, year_of
from banjia.ledger.writer import LINGER, Pending, Receipt, Writer
from banjia.store import log as rows
from banjia.store import people
from banjia.store.keys import Keys
from banjia.store.setting import Setting, first
from banjia.store.store import Row, Store, Transaction
from banjia.text import Text, same

CLOSE_SECONDS = 15.0
MOST_LINGERS = 4
SIGNING = "ledger key"  # the lock of who signs
NOTED = Receipt("", 0, 0)  # of notes: nobody waits for it
Clock = Callable[[], int]  # milliseconds since 1970, UTC


@dataclass(frozen=True, slots=True)
class Terms:
    """How this process keeps its ledger."""

    entity: str = ""
    zone: tzinfo = CHINA  # whose calendar years are counted
    elsewhere: Mapping[int, Elsewhere] | None = None  # year -> declared
    every: int = 1000  # entries between two kept checkpoints
    outside: Path | None = None  # a file, best on another disk, to which kept checkpoints are appended
    bound: int = 20_000  # entries that may wait
    processes: int = 1  # that share the store: each gathers notes so much longer that all commit as often as one would


@dataclass(slots=True)
class _Counted:
    census: Census
    digests: dict[str, list[Mapping[bytes, bool]]] = field(default_factory=dict)  # entry id -> digests of its persons


class Journal:
    """Opened once in each process. Safe to use from one event loop or many threads."""

    def __init__(self, store: Store, keys: Keys, signer: Signer, chain: Chain, clock: Clock, terms: Terms) -> None:
        self._store = store
        self._keys = keys
        self._signer = signer
        self._public = str(signer.verifier)
        self._chain = chain
        self._clock = clock
        self._terms = terms
        self._doubts: list[tuple[Chain, frozenset[str]]] = []  # groups whose commit failed, and may have come through
        self._written: frozenset[str] = frozenset()  # ids of notes that did come through, though they were queued again
        self._unpublished = ""  # a kept checkpoint that could not yet be written outside
        self._year_keys: dict[int, YearKey] = {}
        self._tallies: dict[int, Tally] = {}
        linger = LINGER * min(terms.processes, MOST_LINGERS)
        self._writer = Writer(self._commit_group, bound=terms.bound, linger=linger, check=store.check)

    @classmethod
    def open(cls, store: Store, keys_dir: Path, origin: str, *, clock: Clock, terms: Terms = Terms()) -> Journal:
        """Start this process's own log. Raises StoreError where a key is missing or is not this store's."""
        keys, at = Keys(keys_dir), clock()
        year = year_of(at, terms.zone)
        with store.transaction() as tx:
            signer = claim_signer(tx, keys)
            key = open_year_key(tx, keys, year)
            chain = open_log(tx, signer, origin, at)
        journal = cls(store, keys, signer, chain, clock, terms)
        journal._year_keys[year] = key
        journal.refresh(year)
        return journal

    @property
    def origin(self) -> str:
        return self._chain.origin

    async def commit(
        self, entry: Entry, persons: Persons | None = None, *, line: Line | None = None, otherwise: Entry | None = None
    ) -> Receipt:
        """Write an entry and count its persons in one transaction; on disk, fully synchronous, when this returns.

        With a `line`, persons are counted only while the tally stays below it, whatever other processes do meanwhile.
        Else nobody is counted, `otherwise` is written in the entry's place, and the receipt has `passed=False`.
        Raises StoreError where nothing could be written: then nothing may leave.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Receipt] = loop.create_future()
        self._writer.put(self._pending(entry, (loop, future), persons, line, otherwise))
        return await future

    def commit_now(
        self, entry: Entry, persons: Persons | None = None, *, line: Line | None = None, otherwise: Entry | None = None
    ) -> Receipt:
        """As `commit`, for a caller without an event loop; blocks."""
        future: Future[Receipt] = Future()
        self._writer.put(self._pending(entry, future, persons, line, otherwise))
        return future.result()

    def note(self, entry: Entry, id: str = "") -> str:  # noqa: A002
        """Queue an entry that nobody waits for, and answer its id: a new one, or that given by `new_id`.

        A store that cannot be written raises nothing here: notes that had to be dropped are counted in a `gap` entry
        as soon as it can be written again.
        """
        id = id or new_id(entry.at)  # noqa: A001
        self._writer.put(Pending(id, entry.at, entry.kind, self._body(entry)))
        return id

    def form(self, entry: Entry) -> Form:
        """What `note_like` needs for entries that are as this one but for time and `more`."""
        return Form(entry, self._terms.entity)

    def note_like(self, form: Form, at: int, more: Mapping[str, Any], id: str) -> None:  # noqa: A002
        """As `note`, for one of many entries of one form; `more` is not empty."""
        self._writer.put(Pending(id, at, form.kind, NOTHING, form.encoded(more)))

    async def settle(self, id: str, at: int, **outcome: Any) -> str:  # noqa: A002
        """Note how a decision came out: status, token counts, model version, duration."""
        return self.note(Entry("outcome", at, about=id, more=outcome))

    def healthy(self) -> bool:
        """Whether an entry could be written: the last one was, and the store is still the one that was opened.

        While it cannot, an attempt is made every quarter of a second.
        """
        return self._writer.trouble is None

    @property
    def trouble(self) -> StoreError | None:
        return self._writer.trouble

    def tally(self, at: int) -> Tally:
        """The tally of the year of `at`, as this process last saw it; a `line` holds whatever others counted since."""
        year = year_of(at, self._terms.zone)
        found = self._tallies.get(year)
        return found if found is not None else nothing_counted(self._terms.entity, year, self._elsewhere())

    def refresh(self, year: int) -> Tally:
        """Read the tally again, with what other processes have counted."""
        with self._store.snapshot() as tx:
            row = people.census(tx, self._terms.entity, year)
        elsewhere = self._elsewhere()
        tally = tally_of(row, elsewhere.get(year)) if row else nothing_counted(self._terms.entity, year, elsewhere)
        self._tallies[year] = tally
        return tally

    def warnings(self, lines: Lines, on: date) -> list[Alert]:
        """What this year's tally will come to, as all processes have counted it. Raises StoreError."""
        tally = self.refresh(on.year)
        with self._store.snapshot() as tx:
            return outlook(tally, lines, pace_of(tx, self._terms.entity, on, self._terms.zone), on)

    def warn_once(self, warning: Alert, on: date) -> bool:
        """Enter a warning in the ledger; False where it was entered this year, by whichever process."""
        at, more = self._clock(), warning.to_json()
        name = f"warned/{self._terms.entity}/{on.year}/{warning.key}"
        if not first(self._store, Setting(name, on.isoformat(), self._chain.origin, at)):
            return False
        del more["text"]
        self.note(Entry("warning", at, more=more))
        return True

    def declare(self, elsewhere: Mapping[int, Elsewhere]) -> None:
        """Count from now on with what is declared elsewhere as it stands now."""
        if elsewhere != self._elsewhere():
            self._terms = replace(self._terms, elsewhere=elsewhere)
            self._tallies = {year: redeclared(t, elsewhere.get(year)) for year, t in self._tallies.items()}

    def close(self) -> None:
        """Write what is queued, close the log in log 0, and keep a last checkpoint."""
        self._writer.close(CLOSE_SECONDS)
        with self._store.transaction() as tx:
            close_log(tx, self._signing(tx), self._settled(tx), self._clock())
        self._publish(self._chain.head)

    def _pending(
        self, entry: Entry, waiting: Any, persons: Persons | None, line: Line | None, otherwise: Entry | None
    ) -> Pending:
        instead = (new_id(otherwise.at), otherwise, self._body(otherwise)) if otherwise else None
        body = self._body(entry)
        return Pending(new_id(entry.at), entry.at, entry.kind, body, b"", waiting, persons, line, instead)

    def _body(self, entry: Entry) -> dict[str, Any]:
        body = entry.body()
        if self._terms.entity:
            body.setdefault("entity", self._terms.entity)
        return body

    def _elsewhere(self) -> Mapping[int, Elsewhere]:
        return self._terms.elsewhere or {}

    def _commit_group(self, group: Sequence[Pending], lost: int, failed: int) -> Sequence[Receipt]:
        """Runs in the writer's thread."""
        self._publish("")
        entries: list[Row] = []
        receipts: list[Receipt] = []
        counted: dict[tuple[str, int], _Counted] = {}
        attempted: Chain | None = None
        try:
            with self._store.transaction() as tx:
                signer, chain = self._signing(tx), self._settled(tx)
                if lost or failed or not group:
                    more = {"lost_notes": lost, "failed_commits": failed}
                    at = self._clock()
                    entries.append(sealed(chain.number, chain.size, new_id(at), at, "gap", {"more": more}))
                counted = self._counted(tx, group)
                number, size, written = chain.number, chain.size, self._written
                for pending, salt in zip(group, new_salts(len(group)), strict=True):
                    index = size + len(entries)
                    if pending.id in written:
                        receipts.append(Receipt(pending.id, number, -1))
                    elif pending.data:
                        receipts.append(NOTED)
                        entries.append(row_of(number, index, pending.id, pending.at, pending.kind, salt, pending.data))
                    else:
                        receipt, row = self._sealed(pending, Place(number, index, pending.at), counted, salt)
                        receipts.append(receipt)
                        entries.append(row)
                for each in counted.values():
                    each.census.flush()
                attempted = chain.appended(tx, signer, entries) if entries else chain
                kept = attempted.size // self._terms.every > chain.size // self._terms.every
                if kept:
                    rows.add_checkpoint(tx, attempted.number, attempted.size, attempted.head)
        except BaseException:
            if attempted is not None:
                self._doubts.append((attempted, frozenset(p.id for p in group)))
            self._year_keys.clear()  # one that was new is not in the store now
            raise
        self._chain, self._doubts, self._written = attempted, [], frozenset()
        for each in counted.values():
            after = each.census.row
            if after.entity == self._terms.entity:
                self._tallies[after.year] = tally_of(after, self._elsewhere().get(after.year))
        if kept:
            with suppress(StoreError):  # this group is on disk; the next one is refused until the file can be written
                self._publish(attempted.head)
        return receipts

    def _sealed(
        self, pending: Pending, place: Place, counted: Mapping[tuple[str, int], _Counted], salt: bytes
    ) -> tuple[Receipt, Row]:
        id, at, kind, body = pending.id, pending.at, pending.kind, dict(pending.body)  # noqa: A001
        tally: Tally | None = None
        crossed: tuple[str, ...] = ()
        if pending.persons is not None:
            year = year_of(at, self._terms.zone)
            here = counted[str(body.get("entity", "")), year]
            change = Reservation(here.census, pending.persons, here.digests[pending.id])
            elsewhere = self._elsewhere().get(year)
            tally = tally_of(change.after, elsewhere)
            crossed = tally.crosses(pending.line) if pending.line else ()
            if crossed:
                tally = tally_of(here.census.row, elsewhere)
                if pending.otherwise is not None:
                    id, otherwise, body = pending.otherwise[0], pending.otherwise[1], dict(pending.otherwise[2])  # noqa: A001
                    at, kind = otherwise.at, otherwise.kind
                else:
                    body["decision"], body["more"] = "refuse", {**body.get("more", {}), "line": list(crossed)}
            else:
                change.write(place)
                body["persons"] = pending.persons.counts()
                body["tally"] = tally.measured()
        receipt = Receipt(id, place.log, place.index, not crossed, crossed, tally)
        return receipt, row_of(place.log, place.index, id, at, kind, salt, canonical(body))

    def _counted(self, tx: Transaction, group: Sequence[Pending]) -> dict[tuple[str, int], _Counted]:
        """The censuses that a group concerns, with the owners of all its digests read at once."""
        found: dict[tuple[str, int], _Counted] = {}
        for pending in group:
            if pending.persons is None or pending.id in self._written:
                continue
            entity, year = str(pending.body.get("entity", "")), year_of(pending.at, self._terms.zone)
            if (entity, year) not in found:
                found[entity, year] = _Counted(Census(tx, people.claim_census(tx, entity, year)))
            found[entity, year].digests[pending.id] = digests(self._year_key(tx, year), pending.persons)
        for each in found.values():
            each.census.expect(d for persons in each.digests.values() for person in persons for d in person)
        return found

    def _signing(self, tx: Transaction) -> Signer:
        """The key that signs now, held to the end of the transaction: it may have been changed meanwhile."""
        tx.lock(SIGNING, shared=True)
        if rows.meta(tx, "ledger_key") != self._public:
            self._signer = known_signer(tx, self._keys)
            self._public = str(self._signer.verifier)
        return self._signer

    def _settled(self, tx: Transaction) -> Chain:
        """The log as it stands; a group whose commit failed may have come through after all."""
        if self._doubts:
            found = read_chain(tx, self._chain.number)
            for attempted, ids in self._doubts:
                if attempted == found:
                    self._chain, self._doubts, self._written = attempted, [], self._written | ids
                    break
        return self._chain

    def _year_key(self, tx: Transaction, year: int) -> YearKey:
        key = self._year_keys.get(year)
        if key is None:
            key = self._year_keys[year] = open_year_key(tx, self._keys, year)
        return key

    def _publish(self, note: str) -> None:
        """Write a checkpoint outside, with any that could not be written before."""
        if self._terms.outside is None:
            return
        self._unpublished += note
        if not self._unpublished:
            return
        try:
            with self._terms.outside.open("a", encoding="utf-8") as file:
                file.write(self._unpublished)
                file.flush()
                os.fsync(file.fileno())
            self._unpublished = ""
        except OSError as error:
            raise StoreError(
                Text("无法写出外部检查点", "the outside checkpoint cannot be written"),
                where=str(self._terms.outside),
                found=cause(error),
                remedy=Text("检查该路径", "check that path"),
            ) from error


def claim_signer(tx: Transaction, keys: Keys) -> Signer:
    """The signing key of this store: made with a new store, required of an old one."""
    tx.lock(SIGNING)
    if rows.meta(tx, "ledger_key") is not None:
        return known_signer(tx, keys)
    name = f"banjia-{secrets.token_hex(4)}"
    signer = read_signer(keys, name) if keys.exists(KEY_FILE) else create_signer(keys, name)
    publish(keys, signer.verifier)
    rows.set_meta(tx, "ledger_key", str(signer.verifier))
    return signer


def known_signer(tx: Transaction, keys: Keys) -> Signer:
    """The key that signs now in a store that has one. Raises StoreError where the key is missing or another."""
    tx.lock(SIGNING, shared=True)
    known = rows.meta(tx, "ledger_key")
    if known is None:
        raise StoreError(
            Text("这个存储里还没有台账", "the store holds no ledger yet"),
            remedy=Text("先运行 banjia serve", "run banjia serve first"),
        )
    signer = read_signer(keys, known.partition("+")[0])
    if str(signer.verifier) != known:
        raise StoreError(
            Text("签名密钥不是这个存储的", "the signing key is not the one of this store"),
            where=str(keys.folder / signing_file(keys, signer.name)),
            expected=same(known),
            found=same(str(signer.verifier)),
            remedy=Text("恢复原来的 keys 目录", "restore the original keys directory"),
        )
    return signer
