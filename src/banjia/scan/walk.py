"""Walk: the files of a tree that are worth reading, and why the others are not."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from banjia.errors import ConfigError
from banjia.scan.finding import Skipped
from banjia.scan.language import language_of
from banjia.scan.manifest import is_manifest
from banjia.text import Text

LIMIT = 2 * 1024 * 1024
APART = frozenset(
    {
        ".git",
        ".hg",
        ".svn",
        "node_modules",
        ".venv",
        "venv",
        "__pycache__",
        ".tox",
        ".nox",
        "site-packages",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        "bower_components",
        ".gradle",
        ".terraform",
        ".next",
        ".nuxt",
        ".svelte-kit",
    }
)

REASONS = {
    "size": Text("超过 2 MB，未读", "larger than 2 MB, not read"),
    "binary": Text("二进制文件", "binary"),
    "lock": Text("锁文件：看清单即可", "a lock file: the manifest says it"),
    "minified": Text("压缩过的代码，请扫描其源码", "minified: scan its source"),
    "unreadable": Text("无法读取", "could not be read"),
    "loop": Text("指向目录的符号链接", "a symbolic link to a folder"),
    "apart": Text("第三方或生成的目录", "a folder of third-party or generated files"),
    "special": Text("不是普通文件", "not an ordinary file"),
    "broken": Text("内容无法解析", "its content could not be read"),
}


@dataclass(frozen=True, slots=True)
class Listed:
    path: str
    language: str


OWN_CONFIG = "banjia.yaml"


def skip(path: str, reason: str) -> Skipped:
    return Skipped(printable(path), reason, REASONS[reason])


def listing(root: Path, *, since: str | None = None) -> tuple[list[Listed], list[Skipped]]:
    """Files as git sees them plus `.env*`, else all below the folder; in the order of their paths."""
    skipped: list[Skipped] = []
    if root.is_file():
        return [Listed(root.name, language_of(root.name) or "none")], skipped
    names = _git(root, since)
    if names is None and since is not None:
        raise ConfigError(
            Text("git 不认识这个版本，或这里不是仓库", "git does not know this revision, or this is no repository"),
            where=str(root),
            found=since,
            remedy=Text("用 git log 查看版本", "see git log for revisions"),
        )
    if names is None:
        names = list(_walked(root, skipped))
    listed: list[Listed] = []
    for name in sorted(set(names)):
        if PurePosixPath(name).name == OWN_CONFIG:
            continue  # where calls may go, not a use
        language = language_of(name)
        if language == "lock":
            skipped.append(skip(name, "lock"))
        elif (language not in (None, "docs")) or is_manifest(name):
            if language == "none" and not is_manifest(name):
                continue
            listed.append(Listed(name, "none" if language is None or language == "docs" else language))
    return listed, skipped


def _git(root: Path, since: str | None) -> list[str] | None:
    """What git lists; None where this is no repository or git is not there."""
    if not (root / ".git").exists() and since is None and _run(root, "rev-parse", "--is-inside-work-tree") != b"true\n":
        return None
    if since is not None:
        if since.startswith("-"):
            return None
        changed = _run(root, "diff", "--name-only", "-z", "--relative", "--diff-filter=d", since, "--")
        fresh = _run(root, "ls-files", "-z", "--others", "--exclude-standard")
        if changed is None or fresh is None:
            return None
        return _names(changed + fresh)
    tracked = _run(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    if tracked is None or (not tracked and _run(root, "check-ignore", "--quiet", ".") is not None):
        return None  # a folder that its repository ignores is looked at for its own sake
    ignored = (
        _run(root, "ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--", ".env*", "**/.env*") or b""
    )
    names = [name for name in _names(tracked + ignored) if not APART.intersection(name.split("/")[:-1])]
    # A submodule is listed as one name and is a folder: its files are walked.
    found: list[str] = []
    for name in names:
        place = root / name
        if place.is_dir() and not place.is_symlink():
            found.extend(f"{name}/{inner}" for inner in _walked(place, []))
        else:
            found.append(name)
    return found


def _names(raw: bytes) -> list[str]:
    return [os.fsdecode(name) for name in raw.split(b"\0") if name]


def _run(root: Path, *arguments: str) -> bytes | None:
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, no shell
            ["git", "-c", "core.quotepath=off", "-c", "core.fsmonitor=false", *arguments],  # noqa: S607 - the user's git
            cwd=root,
            capture_output=True,
            timeout=120,
            check=False,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _walked(root: Path, skipped: list[Skipped]) -> Iterator[str]:
    """Never follows a symbolic link to a folder, so no loop can hold it."""
    stack = [""]
    while stack:
        folder = stack.pop()
        try:
            entries = sorted(os.scandir(root / folder), key=lambda entry: entry.name, reverse=True)
        except OSError:
            skipped.append(skip(folder or ".", "unreadable"))
            continue
        for entry in entries:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name in APART:
                    skipped.append(skip(name, "apart"))
                else:
                    stack.append(name)
            elif entry.is_symlink() and entry.is_dir():
                skipped.append(skip(name, "loop"))
            else:
                yield name


def content(root: Path, path: str) -> bytes | Skipped:
    """The bytes of a file, or why it is not read."""
    place = root / path if root.is_dir() else root
    try:
        state = place.stat()
        if not stat.S_ISREG(state.st_mode):
            return skip(path, "special")
        if state.st_size > LIMIT:
            return skip(path, "size")
        with place.open("rb") as file:
            data = file.read(LIMIT + 1)
    except (OSError, ValueError):
        return skip(path, "unreadable")
    return data


def unreadable(path: str, data: bytes, language: str) -> Skipped | None:
    """Of bytes that the prefilter let pass: whether they are text a person wrote."""
    if b"\0" in data[:8192] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return skip(path, "binary")
    if language in ("javascript", "typescript", "tsx") and len(data) > 20_000 and data.count(b"\n") * 600 < len(data):
        return skip(path, "minified")
    return None


def printable(path: str) -> str:
    """The path as it can be written down: bytes that are no text become a mark."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def decoded(data: bytes) -> str:
    """Text of bytes in whatever encoding they are likely to be; never fails, keeps the number of lines."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return text
