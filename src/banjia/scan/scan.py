"""scan(path) -> Inventory: every use of an AI service in a tree. It only reads files: no network, no model."""

from __future__ import annotations

import concurrent.futures
import gc
import multiprocessing
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from banjia.errors import ConfigError
from banjia.scan.baseline import Known
from banjia.scan.cache import Cache, Entry, Memory, mark_of, packed, unpacked
from banjia.scan.finding import Finding, Inventory, OpenUrl, Remarked
from banjia.scan.language import script_language
from banjia.scan.result import FileResult
from banjia.scan.tree import settled
from banjia.scan.walk import Key, Listed, content, listing, plain, printable, skip, unreadable
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.scan.prefilter import Prefilter

CHUNK = 400
CHUNK_BYTES = 1_000_000  # a chunk of programs that use services takes half a second: the last one is waited for
Copies = dict[tuple[object, ...], FileResult]
Progress = Callable[[int, int], None]


class Read(NamedTuple):
    """What reading one file gave, in the form in which it is kept."""

    path: str
    key: Key | None
    reason: str = ""
    mark: bytes = b""
    result: bytes = b""


def scan(
    path: Path | str,
    *,
    since: str | None = None,
    jobs: int = 1,
    cache: Cache | None = None,
    progress: Progress | None = None,
    known: Known | None = None,
) -> Inventory:
    """The uses below `path`, in a fixed order whatever `jobs` is.

    `since`: only files changed since a git revision. `known`: a baseline, whose findings are left out.
    """
    root = Path(path)
    if not root.exists():
        raise ConfigError(
            Text("没有这个路径", "there is no such path"),
            where=str(path),
            remedy=Text("请给出存在的目录或文件", "name a folder or file that exists"),
        )
    listed, skipped = listing(root, since=since)
    memory = cache.open(root) if cache is not None and root.is_dir() else None
    results: dict[str, FileResult] = {}
    unread: list[Listed] = []
    for item in listed:
        entry = memory.known(item.path, item.key) if memory is not None and item.key else None
        if entry is None:
            unread.append(item)
        elif entry.reason:
            skipped.append(skip(item.path, entry.reason))
        if entry is not None and entry.result:
            results[item.path] = unpacked(entry.result)
    done = len(listed) - len(unread)
    for read in _read(root, unread, jobs, memory):
        for file in read:
            if file.reason:
                skipped.append(skip(file.path, file.reason))
            if file.result:
                results[file.path] = unpacked(file.result)
            if memory is not None and file.key is not None and printable(file.path) == file.path:
                memory.now[file.path] = Entry(file.key, file.reason, file.mark, file.result)
        done += len(read)
        if progress is not None:
            progress(done, len(listed))
    if memory is not None:
        memory.write({item.path for item in listed} if since is None else None)
    findings = settled(results, [item.path for item in listed])
    fresh = known.fresh(findings, _there(root)) if known is not None else findings
    return Inventory(
        findings=tuple(fresh),
        skipped=tuple(sorted(skipped, key=lambda entry: (entry.path, entry.reason))),
        files=len(listed),
        open_urls=_open(results, findings),
        suppressed=len(findings) - len(fresh) + sum(result.suppressed for result in results.values()),
        remarks=tuple(Remarked(printable(path), line) for path in sorted(results) for line in results[path].remarks),
    )


def _there(root: Path) -> Callable[[str], bool]:
    base = root if root.is_dir() else root.parent
    return lambda path: (base / path).exists()


def _read(root: Path, unread: list[Listed], jobs: int, memory: Memory | None) -> Iterable[list[Read]]:
    base = str(root) if root.is_dir() else str(root.parent)
    chunks = list(_chunks(unread, memory))
    if jobs <= 1 or len(chunks) < 2:
        for chunk in chunks:
            yield read_chunk(base, chunk)
        return
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=_context()) as pool:
        yield from pool.map(read_chunk, [base] * len(chunks), chunks)


def _context() -> multiprocessing.context.BaseContext:
    """A copy of this process has the rules read already; with threads about that is not safe."""
    if threading.active_count() == 1 and "fork" in multiprocessing.get_all_start_methods():
        prepared()
        return multiprocessing.get_context("fork")
    return multiprocessing.get_context("spawn")


def _chunks(unread: list[Listed], memory: Memory | None) -> Iterator[list[tuple[Listed, Entry | None]]]:
    """Parts of about the same number of bytes, so that no process waits long for another."""
    chunk: list[tuple[Listed, Entry | None]] = []
    size = 0
    for item in _alike(unread):
        chunk.append((item, memory.before.get(item.path) if memory is not None else None))
        size += item.key[0] if item.key else 0
        if size >= CHUNK_BYTES or len(chunk) >= CHUNK:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _alike(unread: list[Listed]) -> Iterator[Listed]:
    """In their order, but for files of one name and one size, which are likely copies: they come together."""
    alike: dict[tuple[str, int], list[Listed]] = {}
    for item in unread:
        alike.setdefault((item.path[item.path.rfind("/") + 1 :], item.key[0] if item.key else -1), []).append(item)
    for items in alike.values():
        yield from items


def prepared() -> Prefilter:
    """The compiled rules, in this process from now on."""
    from banjia.scan.prefilter import of_all  # noqa: PLC0415 - not needed where every file is known

    return of_all()


def read_chunk(base: str, chunk: list[tuple[Listed, Entry | None]]) -> list[Read]:
    """Some files of the tree; `result` is empty where the prefilter drops a file or it says nothing."""
    # A tree of nodes goes when its file is done, and holds no cycles: looking for some costs a third of the time.
    collects = gc.isenabled()
    gc.disable()
    try:
        copies: Copies = {}
        return [_read_file(f"{base}/{item.path}", item, before, copies) for item, before in chunk]
    finally:
        if collects:
            gc.enable()


def _read_file(place: str, item: Listed, before: Entry | None, copies: Copies) -> Read:
    from banjia.scan.file import scan_copy  # noqa: PLC0415 - the parsers are slow to load

    found = content(place)
    if isinstance(found, str):
        return Read(item.path, None, found)
    data, key = found
    data = plain(data)
    language = script_language(data) if item.language == "script" else item.language
    if (language == "none" and item.language == "script") or not prepared().wants(data, item.path, language):
        return Read(item.path, key)
    if reason := unreadable(item.path, data, language):
        return Read(item.path, key, reason)
    mark = mark_of(data)
    if before is not None and before.mark == mark:
        return Read(item.path, key, before.reason, mark, before.result)
    try:
        result = scan_copy(printable(item.path), data, mark, language, copies)
    except Exception:  # noqa: BLE001 - a file of a stranger must never end the walk: it is listed as skipped
        result = FileResult(cut="broken")
    return Read(item.path, key, result.cut, mark, b"" if result.is_empty else packed(result))


def _open(results: dict[str, FileResult], findings: list[Finding]) -> tuple[OpenUrl, ...]:
    """Base URLs that reach a client from a variable whose value no file of the tree gives."""
    given = {finding.env for finding in findings if finding.kind in ("config", "proxy") and finding.url}
    found: dict[str, OpenUrl] = {}
    for path in sorted(results):
        for name, line, provider in results[path].open_urls:
            if name not in given and name not in found:
                found[name] = OpenUrl(
                    name,
                    path,
                    line,
                    provider,
                    Text(f"{name} 在生产环境中指向哪里？", f"where does {name} point in production?"),
                )
    return tuple(found[name] for name in sorted(found))
