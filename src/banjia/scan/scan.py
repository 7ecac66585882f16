"""scan(path) -> Inventory: every use of an AI service in a tree. It only reads files: no network, no model."""

from __future__ import annotations

import concurrent.futures
import multiprocessing
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

from banjia.errors import ConfigError
from banjia.scan.cache import Cache
from banjia.scan.file import FileResult, scan_file
from banjia.scan.finding import Finding, Inventory, OpenUrl, Remarked, Skipped
from banjia.scan.manifest import is_manifest
from banjia.scan.prefilter import Prefilter
from banjia.scan.rule import rules
from banjia.scan.tree import settled
from banjia.scan.walk import Listed, content, decoded, listing, printable, skip, unreadable
from banjia.text import Text

CHUNK = 400
Progress = Callable[[int, int], None]
Read = tuple[list[tuple[str, FileResult]], list[Skipped]]

_prefilter: Prefilter | None = None


def scan(
    path: Path | str,
    *,
    since: str | None = None,
    jobs: int = 1,
    cache: Cache | None = None,
    progress: Progress | None = None,
    known: Mapping[str, int] | None = None,
) -> Inventory:
    """The uses below `path`, in a fixed order whatever `jobs` is.

    `since`: only files changed since a git revision. `known`: fingerprints of a baseline and how often; left out.
    """
    root = Path(path)
    if not root.exists():
        raise ConfigError(
            Text("没有这个路径", "there is no such path"),
            where=str(path),
            remedy=Text("请给出存在的目录或文件", "name a folder or file that exists"),
        )
    listed, skipped = listing(root, since=since)
    results: dict[str, FileResult] = {}
    done = 0
    for read, dropped in _read(root, listed, jobs, cache):
        results.update(read)
        skipped.extend(dropped)
        done += CHUNK
        if progress is not None:
            progress(min(done, len(listed)), len(listed))
    findings = settled(results, [item.path for item in listed])
    fresh = _fresh(findings, known or {})
    return Inventory(
        findings=tuple(fresh),
        skipped=tuple(sorted(skipped, key=lambda entry: (entry.path, entry.reason))),
        files=len(listed),
        open_urls=_open(results, findings),
        suppressed=len(findings) - len(fresh) + sum(result.suppressed for result in results.values()),
        remarks=tuple(Remarked(printable(path), line) for path in sorted(results) for line in results[path].remarks),
    )


def _fresh(findings: list[Finding], known: Mapping[str, int]) -> list[Finding]:
    left = dict(known)
    fresh: list[Finding] = []
    for finding in findings:
        if left.get(finding.fingerprint, 0) > 0:
            left[finding.fingerprint] -= 1
        else:
            fresh.append(finding)
    return fresh


def _read(root: Path, listed: list[Listed], jobs: int, cache: Cache | None) -> Iterable[Read]:
    chunks = [listed[start : start + CHUNK] for start in range(0, len(listed), CHUNK)]
    if jobs <= 1 or len(chunks) < 2:
        for chunk in chunks:
            yield read_chunk(root, chunk, cache)
        return
    with concurrent.futures.ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        yield from pool.map(read_chunk, [root] * len(chunks), chunks, [cache] * len(chunks))


def read_chunk(root: Path, chunk: list[Listed], cache: Cache | None) -> Read:
    """Some files of the tree; what the prefilter drops is not in the answer."""
    global _prefilter  # noqa: PLW0603 - one compiled database a process
    if _prefilter is None:
        _prefilter = Prefilter(rules())
    results: list[tuple[str, FileResult]] = []
    skipped: list[Skipped] = []
    for item in chunk:
        data = content(root, item.path)
        if isinstance(data, Skipped):
            skipped.append(data)
            continue
        if not _prefilter.rules(data) and not is_manifest(item.path):
            continue
        if (reason := unreadable(item.path, data, item.language)) is not None:
            skipped.append(reason)
            continue
        result = cache.get(item.path, data) if cache else None
        if result is None:
            result = scan_file(printable(item.path), decoded(data), item.language)
            if cache:
                cache.put(item.path, data, result)
        if result.broken:
            skipped.append(skip(item.path, "broken"))
        if result.findings or result.pending or result.exports or result.owns or result.suppressed or result.remarks:
            results.append((item.path, result))
    return results, skipped


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
