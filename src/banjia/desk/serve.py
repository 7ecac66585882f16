"""Desk of the gateway: start its workers, keep its policy current, restart what dies, drain on request."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from banjia.config.config import Config
from banjia.config.lifetime import require_alive
from banjia.config.located import located
from banjia.config.reader import read as read_config
from banjia.desk import clock
from banjia.desk import policy as policies
from banjia.desk.compiling import Compiling
from banjia.desk.keeping import claim_keys
from banjia.desk.ledger import elsewhere_of
from banjia.desk.notice import (
    CLOSED,
    DEFERRED,
    ENDED,
    NOT_COMPILED,
    OUTDATED,
    REFUSED,
    REOPENED,
    TAKEN,
    WAITING,
    WOULD_CHANGE,
)
from banjia.desk.replay import names_of, replay, replay_lines
from banjia.desk.supply import Request, journal_of, settings_of
from banjia.desk.watched import Watched
from banjia.errors import BanjiaError, ConfigError, StoreError, cause
from banjia.gateway.board import Board
from banjia.gateway.line import JsonLines
from banjia.gateway.observability import read_observability
from banjia.gateway.server import RELOADS, bind
from banjia.gateway.settings import held_keys
from banjia.gateway.worker import Worker, ready_file
from banjia.policy.closure import Closure
from banjia.policy.file import write as write_policy
from banjia.policy.policy import Policy
from banjia.routes.catalogue import load as load_routes
from banjia.store.keys import Keys
from banjia.store.setting import approval_of
from banjia.store.store import Store, open_store
from banjia.store.vault import Vault
from banjia.text import Text

LOOK = 0.25  # seconds between two looks at the files
AGAIN = 1.0  # seconds before a worker that died is started again
APPROVALS = 2.0  # seconds between two looks for an approval
CLOSURES = 0.5  # seconds between two looks whether an operator has closed the routes abroad
STARTING = 0.02  # seconds between two looks whether all workers answer, or the compiler is done
STARTER = "serve"
REPLAYED = 1000  # decisions of the ledger that a new policy is tried on

log = logging.getLogger("banjia.serve")


def serve(request: Request) -> int:
    """Serve until SIGTERM or SIGINT. Raises BanjiaError where the gateway cannot begin."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s", stream=sys.stderr)
    logging.getLogger("uvicorn").setLevel(logging.WARNING)  # that a worker started is said once, by the supervisor
    state = Path(tempfile.mkdtemp(prefix="banjia-"))
    try:
        return Supervisor(request, state).run()
    finally:
        shutil.rmtree(state, ignore_errors=True)


@dataclass
class Supervisor:
    """Holds no connection and no thread, so that its workers can be forked from it."""

    request: Request
    state: Path
    pids: dict[int, int] = field(default_factory=dict)  # pid -> worker number
    stopping: bool = False
    _watched: Watched = field(init=False)
    _day: str = ""
    _waiting: str = ""
    _known: str = ""  # what was tried on the ledger last
    _due: dict[int, float] = field(default_factory=dict)  # worker number -> when it is started again
    _closure: Closure | None = None  # as it was taken over
    _brought: Policy | None = None  # the policy that was compiled or read last
    _compiling: Compiling | None = None  # what is to take effect when it is over
    _again: float = 0.0  # not before then, where the store is down

    def __post_init__(self) -> None:
        self._watched = Watched(tuple(filter(None, (self.request.config, self.request.policy))))

    def run(self) -> int:
        self._watched.also(())
        config = read_config(self.request.config)
        with located(config):
            if read_observability(config.options.get("observability"), config.path.parent).logs == "json":
                for handler in logging.getLogger().handlers:
                    handler.setFormatter(JsonLines())
        require_alive(config, load_routes(), clock.today())
        listening = self._bind()  # nothing listens yet: whatever is wrong is said before
        try:
            self._begin(config)
        except BaseException:
            listening.close()
            raise
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: self._stop())
        signal.signal(signal.SIGHUP, lambda *_: self._hang_up())
        board = self._board(config)
        _forget(board)
        for number in range(self.request.workers):
            self._start(number, config, board, listening)
        return self._look_after(config, board, listening)

    def _begin(self, config: Config) -> None:
        self._watched.also(config.files)
        begun = Compiling.begin(self.request, config, self.state, gate=True)
        policy = begun.policy()  # a config that is refused leaves no store behind
        claim_keys(config)
        self._adopt(policy, config)
        if self.request.policy is not None:
            self._warn_of_endings()
        settings_of(self.request, self.state)()

    def _look_after(self, config: Config, board: Path, listening: socket.socket) -> int:
        asked = looked = time.monotonic()
        told = False
        while self.pids or self._due:
            self._reap(board)
            told = told or self._are_ready(listening)
            if self.stopping:
                self._due.clear()
                self._drop()
                self._wait(0.05)
                continue
            now = time.monotonic()
            for number in [n for n, due in self._due.items() if due <= now]:
                del self._due[number]
                self._start(number, config, board, listening)
            if self._changed():
                self._reread()
            if self._compiling is not None and self._compiling.is_over and now >= self._again:
                config = self._take_over(config, self._compiling)
            if self._waiting and now - asked > APPROVALS:
                asked = now
                self._ask_for_approval(config)
            if now - looked >= CLOSURES:
                looked = now
                self._ask_for_closure(config)
            self._wait(LOOK if told and self._compiling is None else STARTING)
        return 0

    def _are_ready(self, listening: socket.socket) -> bool:
        """Say that the gateway serves, once every worker's port answers."""
        if not all(ready_file(self.state, n).exists() for n in range(self.request.workers)):
            return False
        self._say(*listening.getsockname()[:2])
        return True

    # policy

    def _adopt(self, policy: Policy, config: Config) -> policies.Standing:
        self._brought = policy
        store = open_store(config.store)
        try:
            self._foretell(store, policy, config)
            self._closure = policies.closure_of(store)
            standing = policies.adopt(store, policy, auto=config.auto_approve, by=STARTER)
        finally:
            store.close()
        if standing.outdated:
            log.warning("%s", OUTDATED.format(day=policy.law_date).say(self.request.lang))
        write_policy(standing.policy, self.state / "policy.json")
        self._waiting = standing.waiting.hash if standing.waiting is not None else ""
        if standing.waiting is not None:
            log.warning("%s", WAITING.format(hash=self._waiting).say(self.request.lang))
        return standing

    def _foretell(self, store: Store, policy: Policy, config: Config) -> None:
        """Say what the last decisions would have been under a policy and config that are not in force yet."""
        known = policy.hash + names_of(config, clock.today())
        if self._known == known:
            return
        self._known = known
        for line in replay_lines(replay(store, policy, REPLAYED, config), self.request.lang):
            log.warning("%s", WOULD_CHANGE.format(day=policy.law_date, line=line).say(self.request.lang))

    def _warn_of_endings(self) -> None:
        """A compiled policy comes without the compiler's warnings."""
        for model in policies.ending(self.request.config):
            log.warning("%s", model.say().say(self.request.lang))

    def _ask_for_approval(self, config: Config) -> None:
        with contextlib.suppress(BanjiaError):
            store = open_store(config.store)
            try:
                policy = policies.proposed(store)
                if policy is None or approval_of(store, policy.hash) is None:
                    return
            finally:
                store.close()
            self._adopt(policy, config)
            self._signal_all(signal.SIGHUP)

    def _ask_for_closure(self, config: Config) -> None:
        """Take over that an operator has closed the routes abroad, or has taken that back."""
        with contextlib.suppress(BanjiaError):
            store = open_store(config.store)
            try:
                found = policies.closure_of(store)
            finally:
                store.close()
            if found == self._closure or self._brought is None:
                return
            self._adopt(self._brought, config)
            log.warning("%s", (REOPENED if found is None else CLOSED).say(self.request.lang))
            self._signal_all(signal.SIGHUP)

    def _reread(self) -> None:
        """Keys change at once; all else waits for the compiler, and meanwhile stays as it was.

        A file that the new config names is watched before the workers read it: a key that is taken back while the
        compiler runs is noticed too.
        """
        self._drop()
        try:
            fresh = read_config(self.request.config)
            self._watched.also(fresh.files)
            self._signal_all(signal.SIGUSR1)
            self._compiling = Compiling.begin(self.request, fresh, self.state)
        except BanjiaError as error:
            self._signal_all(signal.SIGUSR1)
            self._refuse(error)

    def _drop(self) -> None:
        if self._compiling is not None:
            self._compiling.stop()
            self._compiling = None

    def _take_over(self, config: Config, compiling: Compiling) -> Config:
        """What was compiled acts from now on; what cannot be used leaves everything as it was."""
        self._compiling = None
        fresh = compiling.config
        try:
            standing = self._adopt(compiling.policy(), fresh)
            settings_of(self.request, self.state)()
            if self.request.policy is not None:
                self._warn_of_endings()
        except StoreError as error:
            log.warning("%s", (DEFERRED + error.text).say(self.request.lang))
            self._compiling, self._again = compiling, time.monotonic() + APPROVALS
            return config
        except (BanjiaError, SystemExit) as error:
            self._refuse(error)
            return config
        self._signal_all(signal.SIGHUP)
        self._watched.only(fresh.files)
        log.info("%s", TAKEN.format(policy=standing.policy.hash).say(self.request.lang))
        return fresh

    def _refuse(self, error: BanjiaError | SystemExit) -> None:
        why = error.text if isinstance(error, BanjiaError) else NOT_COMPILED
        log.error("%s", (REFUSED + why).say(self.request.lang))

    def _changed(self) -> bool:
        """Whether a file or the legal day is another than at the last look."""
        day = clock.today().isoformat()
        turned, self._day = bool(self._day) and day != self._day, day
        changed = self._watched.changed()
        if turned and not changed:
            self._signal_all(signal.SIGHUP)  # names with dates change at midnight, within the policy that is there
        return changed or turned

    # workers

    def _start(self, number: int, config: Config, board: Path, listening: socket.socket) -> None:
        signal.pthread_sigmask(
            signal.SIG_BLOCK, RELOADS
        )  # what comes before the worker listens waits, and ends nothing
        pid = os.fork()
        if pid:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, RELOADS)
            self.pids[pid] = number
            return
        code = 1
        try:
            for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(name, signal.SIG_DFL)
            own = listening if self.request.workers == 1 else bind(*listening.getsockname()[:2])
            worker = Worker(
                settings=settings_of(self.request, self.state),
                held=lambda: held_keys(read_config(self.request.config)),
                journal=journal_of(config, number, self.request.workers),
                elsewhere=lambda: elsewhere_of(read_config(self.request.config)),
                vault=lambda: Vault.open(open_store(config.store), Keys(config.keys)),
                board=board,
                counts=self.state,
                number=number,
                workers=self.request.workers,
            )
            worker.serve(own)
            code = 0
        except BanjiaError as error:
            log.error("%s", error.say(self.request.lang))  # noqa: TRY400
        except Exception:
            log.exception("worker %d", number)
        finally:
            logging.shutdown()
            os._exit(code)  # the supervisor's own clean-up is not the child's

    def _reap(self, board: Path) -> None:
        for pid, number in list(self.pids.items()):
            try:
                ended, _ = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                ended = pid
            if not ended:
                continue
            del self.pids[pid]
            _forget(board, number)
            if not self.stopping:
                log.error("%s", ENDED.format(number=number).say(self.request.lang))
                self._due[number] = time.monotonic() + AGAIN

    def _signal_all(self, number: signal.Signals) -> None:
        for pid in self.pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def _stop(self) -> None:
        self.stopping = True
        log.info(
            "%s",
            Text("正在停止：先做完手上的请求", "stopping: what is in hand is finished first").say(self.request.lang),
        )
        self._signal_all(signal.SIGTERM)

    def _hang_up(self) -> None:
        self._watched.doubt()

    def _wait(self, seconds: float) -> None:
        with contextlib.suppress(InterruptedError):
            time.sleep(seconds)

    # beginnings

    def _bind(self) -> socket.socket:
        request = self.request
        try:
            with contextlib.closing(socket.socket(socket.AF_INET6 if ":" in request.host else socket.AF_INET)) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((request.host, request.port))  # without SO_REUSEPORT: another gateway here is an error
            return bind(request.host, request.port)
        except OSError as error:
            raise ConfigError(
                Text("地址不能使用", "the address cannot be used"),
                where=f"{request.host}:{request.port}",
                found=cause(error),
                remedy=Text("换一个 --port，或停掉占用它的进程", "choose another --port, or stop what listens there"),
            ) from error

    def _board(self, config: Config) -> Path:
        path = config.keys / "usage.board"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _say(self, host: str, port: int) -> None:
        shown = f"[{host}]" if ":" in host else host
        words = Text(
            f"网关在 http://{shown}:{port}/v1 服务；就绪检查 /readyz，指标 /metrics",
            f"the gateway serves http://{shown}:{port}/v1; readiness at /readyz, metrics at /metrics",
        ).say(self.request.lang)
        if any(isinstance(handler.formatter, JsonLines) for handler in logging.getLogger().handlers):
            log.info("%s", words)
        else:
            print(words, file=sys.stderr, flush=True)


def _forget(board: Path, worker: int | None = None) -> None:
    """Settle what a worker that is gone, or a gateway that was killed, had in hand."""
    today = clock.today()
    counts = Board(board)
    counts.forget(worker, now=clock.now().timestamp(), day=today.toordinal(), month=today.year * 12 + today.month)
    counts.close()
