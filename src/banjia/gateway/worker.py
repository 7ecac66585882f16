"""Worker: one process that serves; it keeps its settings, its journal and its counts up to date by itself."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import os
import resource
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import uvloop

from banjia.errors import BanjiaError, StoreError
from banjia.gateway.app import Gateway
from banjia.gateway.board import Board
from banjia.gateway.clock import Clock
from banjia.gateway.metric import Metrics
from banjia.gateway.readiness import Readiness
from banjia.gateway.server import run
from banjia.gateway.settings import Held, Settings
from banjia.ledger.journal import Journal
from banjia.ledger.outlook import Lines
from banjia.ledger.tally import Elsewhere
from banjia.store.vault import Vault
from banjia.text import Lang, Text

PUBLISH = 1.0  # seconds between two publications of the counts
REOPEN = 5.0  # seconds between two attempts to open a store that is not there
WARN = 60.0  # seconds between two looks at what the tally will come to
FLUSH = 5.0  # seconds between two writes of the counts to the disk
MOST_FILES = 1 << 17
TURN = 0.0005  # seconds a thread may keep others waiting: the ledger must get its turn among many short ones
REFRESH = 5.0  # seconds between two looks at what other processes have counted

REFUSED = Text("新设置未采用，维持原设置：{why}", "reload refused, the former settings stay: {why}")
UNWRITABLE = Text(
    "台账无法写入，恢复之前一律不得出境：{why}",
    "nothing leaves the country until the ledger can be written: {why}",
)
WRITABLE = Text("台账已恢复写入", "the ledger can be written again")

log = logging.getLogger("banjia.gateway")


@dataclass(frozen=True, slots=True)
class Worker:
    """`settings` and `journal` are made in the process that uses them, after the fork."""

    settings: Callable[[], Settings]
    held: Callable[[], frozenset[Held]]  # the keys that config has now
    journal: Callable[[], Journal]
    vault: Callable[[], Vault]
    elsewhere: Callable[[], Mapping[int, Elsewhere]]  # as declared now
    board: Path
    counts: Path
    number: int = 0
    workers: int = 1
    parent: int = field(default_factory=os.getppid)

    def serve(self, listening: socket.socket) -> None:
        """Until SIGTERM. Raises BanjiaError where it cannot begin."""
        many_files()
        settings = self.settings()
        journal = self._journal(settings.lang)
        board = Board(self.board, worker=self.number, workers=self.workers)
        gateway = Gateway(
            settings,
            journal=journal,
            board=board,
            metrics=Metrics(self.counts, self.number),
            vault=self.vault,
            readiness=Readiness(self.counts, self.number, self.workers),
        )
        sys.setswitchinterval(TURN)
        gc.collect()
        gc.set_threshold(5000, 20, 20)  # a call leaves few cycles behind
        gc.freeze()  # what is here now lives as long as the worker: the collector need not walk it again
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(self._run(gateway, board, listening, settings.drain))
        board.flush()
        if gateway.journal is not None:
            gateway.journal.close()

    async def _run(self, gateway: Gateway, board: Board, listening: socket.socket, drain: float) -> None:
        care = asyncio.ensure_future(self._care(gateway, board))
        try:
            await run(
                gateway,
                listening,
                drain=drain,
                reload=lambda: self._reload(gateway),
                rekey=lambda: self._rekey(gateway),
                ready=ready_file(self.counts, self.number).touch,
            )
        finally:
            care.cancel()

    def _journal(self, lang: Lang) -> Journal | None:
        try:
            return self.journal()
        except StoreError as error:
            log.error(error.say(lang))  # noqa: TRY400 - a message for the operator, not a stack trace
            return None

    def _reload(self, gateway: Gateway) -> None:
        """On SIGHUP: a config or policy that cannot be read leaves the present one in force."""
        try:
            gateway.replace(self.settings())
            if gateway.journal is not None:
                gateway.journal.declare(self.elsewhere())
        except BanjiaError as error:
            gateway.metrics.count("banjia_reloads_total", "error")
            log.error(REFUSED.format(why=error.text).say(gateway.settings.lang))  # noqa: TRY400

    def _rekey(self, gateway: Gateway) -> None:
        """On SIGUSR1: keys hold, or hold no more, at once, whatever becomes of the rest of a new config."""
        with contextlib.suppress(BanjiaError):
            gateway.settings = gateway.settings.with_keys(self.held())

    async def _care(self, gateway: Gateway, board: Board) -> None:
        clock = Clock()
        opened = refreshed = flushed = clock.monotonic()
        warned, revision = 0.0, -1
        trouble: StoreError | None = None
        while True:
            await asyncio.sleep(PUBLISH)
            if os.getppid() != self.parent:  # a supervisor that was killed leaves nobody to stop us
                os.kill(os.getpid(), signal.SIGTERM)
            gateway.metrics.publish()
            trouble = _told(trouble, gateway.journal, gateway.settings.lang)
            now = clock.monotonic()
            if now - flushed > FLUSH:
                flushed = now
                await asyncio.to_thread(board.flush)
            if gateway.journal is None and now - opened > REOPEN:
                opened = now
                journal = await asyncio.to_thread(self._journal, gateway.settings.lang)
                if journal is not None:
                    gateway.open_journal(journal)
            elif gateway.journal is not None and self.workers > 1 and now - refreshed > REFRESH:
                refreshed = now
                await asyncio.to_thread(_refresh, gateway.journal, clock.today().year)
            if gateway.journal is not None and self.number == 0 and now - warned > WARN:
                counted = gateway.journal.tally(clock.at()).revision
                if counted != revision:
                    warned, revision = now, counted
                    settings = gateway.settings
                    await asyncio.to_thread(
                        _warn, gateway.journal, settings.index.policy.lines, clock.today(), settings.lang
                    )


def ready_file(folder: Path, number: int) -> Path:
    """Made by a worker when its port answers."""
    return folder / f"ready-{number}"


def _told(before: StoreError | None, journal: Journal | None, lang: Lang) -> StoreError | None:
    """Say in the log, once, that the ledger cannot be written, with the remedy; and once that it can be again."""
    now = journal.trouble if journal is not None else None
    if now is not None and (before is None or before.say("en") != now.say("en")):
        log.error(UNWRITABLE.format(why=now.text).say(lang))
    elif now is None and before is not None:
        log.warning(WRITABLE.say(lang))
    return now


def _warn(journal: Journal, lines: Lines, on: date, lang: Lang) -> None:
    """Say once a year, in the log and the ledger, what the tally will come to."""
    try:
        for warning in journal.warnings(lines, on):
            if journal.warn_once(warning, on):
                log.warning(warning.text.say(lang))
    except StoreError:
        log.debug("the tally could not be looked at; it is tried again")


def _refresh(journal: Journal, year: int) -> None:
    try:
        journal.refresh(year)
    except StoreError:
        log.debug("the tally could not be read again; a line still holds what others counted")


def many_files() -> None:
    """As many open files as the system allows: every caller and every upstream is one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
