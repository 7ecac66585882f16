"""Walk: the files of a tree that are worth reading, and why the others are not."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from banjia.errors import ConfigError
from banjia.scan.finding import Skipped
from banjia.scan.language import is_manifest, language_of
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
        ".banjia",
    }
)

REASONS = {
    "size": Text("超过 2 MB，未读；如是代码请拆分", "larger than 2 MB, not read; if it is code, split it"),
    "binary": Text(
        "二进制内容，未读；如是文本请存为 UTF-8", "binary content, not read; if it is text, save it as UTF-8"
    ),
    "lock": Text("锁文件：看清单即可", "a lock file: the manifest says it"),
    "minified": Text("压缩过的代码，请扫描其源码", "minified: scan its source"),
    "unreadable": Text("无法读取；请检查权限与路径", "could not be read; look at its permissions and path"),
    "loop": Text("指向目录的符号链接，未跟随", "a symbolic link to a folder, not followed"),
    "apart": Text("第三方或生成的目录", "a folder of third-party or generated files"),
    "folder": Text("git 里记为文件的目录，未读", "a folder that git lists as a file, not read"),
    "special": Text("不是普通文件", "not an ordinary file"),
    "deep": Text(
        "嵌套过深，其内层未看，其余已看；多为生成的内容",
        "nested too deeply: what is inside was not looked at, the rest was; such text is mostly generated",
    ),
    "part": Text(
        "只看了一部分：程序过多、没有结尾，或笔记本里又写出笔记本",
        "read in part: it holds too many programs, one that does not end, or a notebook in a notebook",
    ),
    "broken": Text(
        "内容无法解析，未看；请检查语法、编码（UTF-8）与过长的行",
        "its content could not be parsed; look at its syntax, its encoding (UTF-8) and overlong lines",
    ),
}


PACKED = (".min.js", ".min.mjs", ".bundle.js", "-min.js")
MARKS = (
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
Key = tuple[int, int, int, int]  # size, mtime_ns, ctime_ns, inode


class Listed(NamedTuple):
    """A file worth reading; `key` changes when the file does. `reason`: why it is not read all the same."""

    path: str
    language: str
    key: Key | None
    reason: str = ""


OWN_CONFIG = "banjia.yaml"


def skip(path: str, reason: str) -> Skipped:
    return Skipped(printable(path), reason, REASONS[reason])


def listing(root: Path, *, since: str | None = None) -> tuple[list[Listed], list[Skipped]]:
    """Files as git sees them plus `.env*`, else all below the folder; in the order of their paths."""
    skipped: list[Skipped] = []
    if root.is_file():
        return [Listed(root.name, language_of(root.name) or "none", None)], skipped
    names = _git(root, since)
    if names is None and since is not None:
        raise ConfigError(
            Text("git 不认识这个版本，或这里不是仓库", "git does not know this revision, or this is no repository"),
            where=str(root),
            found=since,
            remedy=Text("用 git log 查看版本", "see git log for revisions"),
        )
    found = _walked(root, "", skipped) if names is None else _tracked(root, names, skipped)
    listed: dict[str, Listed] = {}
    for name, entry in found:
        language = wanted(name)
        if language == "lock":
            skipped.append(skip(name, "lock"))
        elif language is not None:
            listed[name] = _listed(root, name, language, entry)
    skipped.extend(skip(item.path, item.reason) for item in listed.values() if item.reason)
    return [listed[name] for name in sorted(listed) if not listed[name].reason], skipped


def _tracked(root: Path, names: list[str], skipped: list[Skipped]) -> Iterator[tuple[str, os.DirEntry[str] | None]]:
    """What git lists. A submodule is listed as one name and is a folder: its files are walked."""
    try:
        modules = set(re.findall(r"(?m)^\s*path\s*=\s*(\S+)\s*$", (root / ".gitmodules").read_text("utf-8", "replace")))
    except OSError:
        modules = set()
    apart: set[str] = set()
    for name in names:
        folders = name.split("/")[:-1]
        if not APART.isdisjoint(folders):
            place = next(at for at, folder in enumerate(folders, 1) if folder in APART)
            apart.add("/".join(folders[:place]))
        elif name.endswith("/") or name in modules:
            if not (root / name.rstrip("/")).is_symlink():
                yield from _walked(root, name.rstrip("/"), skipped)
        else:
            yield name, None
    skipped.extend(skip(folder, "apart") for folder in sorted(apart))


def wanted(path: str) -> str | None:
    """The reader a path goes to; None where none is asked for. Our own configuration is no use."""
    if path.endswith(OWN_CONFIG) and path[path.rfind("/") + 1 :] == OWN_CONFIG:
        return None
    language = language_of(path)
    if language == "lock":
        return language
    if language in (None, "docs", "none"):
        return "none" if is_manifest(path) else None
    return language


def _listed(root: Path, name: str, language: str, entry: os.DirEntry[str] | None) -> Listed:
    try:
        state = entry.stat() if entry is not None else os.stat(f"{root}/{name}")  # noqa: PTH116
    except (OSError, ValueError):
        return Listed(name, language, None, "unreadable")
    if stat.S_ISDIR(state.st_mode):
        return Listed(name, language, None, "folder")
    if not stat.S_ISREG(state.st_mode):
        return Listed(name, language, None, "special")
    key = (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)
    return Listed(name, language, key, "size" if state.st_size > LIMIT else "")


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
    return _names(tracked + ignored)


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


def _walked(root: Path, start: str, skipped: list[Skipped]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Never follows a symbolic link to a folder, so no loop can hold it."""
    stack = [start]
    while stack:
        folder = stack.pop()
        try:
            with os.scandir(f"{root}/{folder}" if folder else root) as entries:
                below = list(entries)
        except OSError:
            skipped.append(skip(folder or ".", "unreadable"))
            continue
        for entry in below:
            name = f"{folder}/{entry.name}" if folder else entry.name
            if entry.is_dir(follow_symlinks=False):
                if entry.name in APART:
                    skipped.append(skip(name, "apart"))
                else:
                    stack.append(name)
            elif entry.is_symlink() and _leads_to_folder(entry):
                skipped.append(skip(name, "loop"))
            else:
                yield name, entry


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link to itself
        return False


def content(place: str) -> tuple[bytes, Key] | str:
    """The bytes of a file and its key before they were read, or the reason why it is not read."""
    try:
        with open(place, "rb", buffering=0) as file:  # noqa: PTH123 - forty thousand paths are slower as objects
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                return "special"
            if state.st_size > LIMIT:
                return "size"
            data = file.read(LIMIT + 1)
    except (OSError, ValueError):
        return "unreadable"
    return data, (state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino)


def unreadable(path: str, data: bytes, language: str) -> str:
    """Of bytes that the prefilter let pass: why they are no text a person wrote; empty where they are."""
    if b"\0" in data[:8192]:
        return "binary"
    if language in ("javascript", "typescript", "tsx"):
        if path.endswith(PACKED) or (len(data) > 20_000 and data.count(b"\n") * 600 < len(data)):
            return "minified"
        if data.lstrip()[:5] == b"<?xml":
            return "broken"  # a tile set or a translation that has the suffix of a program
    return ""


def plain(data: bytes) -> bytes:
    """UTF-16 and UTF-32 as UTF-8, with a byte order mark or by the zeros of their ASCII; all else as it is."""
    if b"\0" not in data[:256]:
        return data
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace").encode("utf-8", "replace")
    start = data[:512]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half * 0.7 and even < half * 0.05:
        return data.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if even > half * 0.7 and odd < half * 0.05:
        return data.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return data


def printable(path: str) -> str:
    """The path as it can be written down: bytes that are no text become a mark."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def decoded(data: bytes) -> str:
    """Text of bytes in whatever encoding they are likely to be; never fails, keeps the number of lines."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("gb18030")
        except UnicodeDecodeError:
            text = data.decode("latin-1")
    return text
