"""Audit run: rows are read in order, looked into by several processes, and counted in one place that can be resumed."""

from __future__ import annotations

import multiprocessing
import secrets
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from banjia.errors import ConfigError
from banjia.privacy.audit import SAMPLES, Batch, Tally, mentions, sample
from banjia.privacy.engine import Engine
from banjia.privacy.log_file import LINES, Bad, NeedsExtra, digest, kind, rows, whole
from banjia.privacy.log_row import sent
from banjia.privacy.sift import sifted
from banjia.privacy.span import NOT_PERSONAL, Reading
from banjia.privacy.treater import Treater
from banjia.store.whole import write_whole
from banjia.text import Text

ROWS = 200  # rows of one batch
SAVE_EVERY, MANY = (10, 50), 20_000  # batches; more of them once so many persons make the state large
Numbered = tuple[str, int, dict[str, Any]]  # file, row number, row


@dataclass(frozen=True, slots=True)
class Lot:
    """Rows to look into, the last row they reach, and how many rows were passed over before it."""

    last: tuple[str, int]
    kept: list[Numbered]
    passed: int = 0


class Gap(msgspec.Struct):
    """What of one file is in no count: lines that are no JSON, and all behind the place where the file breaks off."""

    lines: int = 0
    first: int = 0
    last: int = 0
    broken: str = ""  # why, where it breaks off


class State(msgspec.Struct):
    """What is saved: the key of the digests, how far each file was read, and the count."""

    key: bytes
    reading: Reading
    names: bool
    done: dict[str, int] = msgspec.field(default_factory=dict)  # path -> last row counted
    hashes: dict[str, str] = msgspec.field(default_factory=dict)  # path -> SHA-256, once read to its end
    tally: Tally = msgspec.field(default_factory=Tally)
    gaps: dict[str, Gap] = msgspec.field(default_factory=dict)  # path -> what of it is in no count

    def miss(self, name: str, line: int, _why: str) -> None:
        """Once for each line, also where a run goes on."""
        gap = self.gaps.setdefault(name, Gap())
        if line > gap.last:
            gap.lines, gap.first, gap.last = gap.lines + 1, gap.first or line, line


@dataclass(frozen=True, slots=True)
class Job:
    reading: Reading
    names: bool
    key: bytes
    on: date | None


def run(
    paths: list[Path],
    *,
    reading: Reading = "current",
    names: bool = True,
    jobs: int = 1,
    state_file: Path | None = None,
    on: date | None = None,
    progress: Callable[[int, str], None] | None = None,
) -> State:
    """Count the persons in the files. With a `state_file` a run that was stopped goes on where it was."""
    state = _load(state_file, reading, names=names)
    job = Job(reading, names, state.key, on)
    hashes: dict[str, str] = {}
    for batches, (last, batch) in enumerate(_worked(_unread(paths, state, hashes), job, jobs), 1):
        state.tally.add(batch)
        state.done[last[0]] = last[1]
        if progress is not None:
            progress(state.tally.rows, last[0])
        if state_file is not None and batches % SAVE_EVERY[len(state.tally.groups) > MANY] == 0:
            _save(state_file, state)
    for path in paths:
        name = str(path)
        if name not in state.hashes:
            state.hashes[name] = hashes.get(name) or digest(path)
    if state_file is not None:
        _save(state_file, state)
    return state


def look(numbered: list[Numbered], job: Job) -> Batch:
    """What some rows hold, as digests, counts and masked samples."""
    treater = _treater(job.reading, names=job.names)
    batch = Batch(len(numbered), [], {}, {})
    for path, number, row in numbered:
        request = sent(row, f"{path}:{number}")
        records, persons = treater.counted(request.body, on=request.day or job.on)
        batch.mentions += mentions(persons, job.key, request.day, request.destination, request.talk)
        for text, record in records:
            for span in record.spans:
                if span.type in NOT_PERSONAL:
                    continue
                batch.types[span.type] = batch.types.get(span.type, 0) + 1
                kept = batch.samples.setdefault(span.type, [])
                shown = sample(span.type, text[span.start : span.end]) if len(kept) < SAMPLES else ""
                if shown and shown not in kept:
                    kept.append(shown)
    return batch


def forget() -> None:
    """Texts that were looked into before are looked into anew."""
    _treaters.clear()


def _unread(paths: list[Path], state: State, hashes: dict[str, str]) -> Iterator[Lot]:
    """`hashes` takes those of files that were hashed while they were read."""
    for path in paths:
        name = str(path)
        if name in state.hashes:
            continue
        after = state.done.get(name, 0)
        bad = partial(state.miss, name)
        try:
            with whole(path):
                if not state.names and kind(path) in LINES:
                    yield from _sifted(path, name, after, hashes, bad)
                else:
                    yield from _parsed(path, name, after, bad)
        except NeedsExtra:
            raise
        except ConfigError as error:
            state.gaps.setdefault(name, Gap()).broken = error.found.en or error.problem.en


def _parsed(path: Path, name: str, after: int, bad: Bad) -> Iterator[Lot]:
    """What was read before a file breaks off is counted."""
    batch: list[Numbered] = []
    broken: Exception | None = None
    found = rows(path, bad)
    while True:
        try:
            number, row = next(found)
        except StopIteration:
            break
        except Exception as error:  # noqa: BLE001 - told by the caller once the rows before it are counted
            broken = error
            break
        if number > after:
            batch.append((name, number, row))
            if len(batch) == ROWS:
                yield Lot((name, number), batch)
                batch = []
    if batch:
        yield Lot(batch[-1][:2], batch)
    if broken is not None:
        raise broken


def _sifted(path: Path, name: str, after: int, hashes: dict[str, str], bad: Bad) -> Iterator[Lot]:
    """Without names a row counts only for its identifiers: those that hold none are not parsed."""
    bare = sha256() if kind(path) == path.suffix else None  # what is compressed is hashed as it lies there
    last = after
    try:
        for last, count, kept in sifted(path, after, bare.update if bare else None, bad=bad):
            if last > after:
                yield Lot((name, last), [(name, number, row) for number, row in kept], count - len(kept))
    except Exception:  # noqa: BLE001 - it breaks off inside a block: the rows before are read one by one, then it is told
        yield from _parsed(path, name, max(last, after), bad)
    if bare is not None:
        hashes[name] = bare.hexdigest()


def _worked(lots: Iterator[Lot], job: Job, jobs: int) -> Iterator[tuple[tuple[str, int], Batch]]:
    """Lots looked into, in the order in which they were read."""
    if jobs <= 1:
        for lot in lots:
            yield lot.last, _with(look(lot.kept, job), lot.passed)
        return
    context = multiprocessing.get_context("spawn")
    waiting: deque[tuple[Lot, Future[Batch]]] = deque()
    with ProcessPoolExecutor(jobs, mp_context=context) as pool:
        for lot in lots:
            waiting.append((lot, pool.submit(look, lot.kept, job)))
            if len(waiting) > 3 * jobs:
                first, future = waiting.popleft()
                yield first.last, _with(future.result(), first.passed)
        while waiting:
            first, future = waiting.popleft()
            yield first.last, _with(future.result(), first.passed)


def _with(batch: Batch, passed: int) -> Batch:
    batch.rows += passed
    return batch


_treaters: dict[tuple[Reading, bool], Treater] = {}


def _treater(reading: Reading, *, names: bool) -> Treater:
    """One of a kind in each process."""
    known = _treaters.get((reading, names))
    if known is None:
        known = _treaters[reading, names] = Treater(Engine(reading, names=names))
    return known


def _load(path: Path | None, reading: Reading, *, names: bool) -> State:
    if path is None or not path.exists():
        return State(secrets.token_bytes(32), reading, names)
    try:
        state = msgspec.msgpack.decode(path.read_bytes(), type=State)
    except (OSError, msgspec.MsgspecError) as error:
        raise ConfigError(
            Text("审计的进度文件读不懂", "the state of the audit cannot be read"),
            where=str(path),
            found=str(error),
            remedy=Text("删掉它从头再来", "delete it and start anew"),
        ) from error
    if (state.reading, state.names) != (reading, names):
        raise ConfigError(
            Text("进度文件属于另一种口径", "the state belongs to an audit of another kind"),
            where=str(path),
            expected=f"--reading {state.reading}" + ("" if state.names else " --no-names"),
            remedy=Text("用相同的参数继续，或换一个进度文件", "go on with the same options, or use another state file"),
        )
    return state


def _save(path: Path, state: State) -> None:
    """The state holds the key of its digests: only its owner may read it."""
    write_whole(path, msgspec.msgpack.encode(state), mode=0o600)
