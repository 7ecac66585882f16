"""Journal: what was written, so that it can be taken back exactly."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from banjia.errors import ConfigError
from banjia.move.change import Change
from banjia.move.plan import Plan
from banjia.store.whole import write_whole
from banjia.text import Text

FOLDER = Path(".banjia") / "moves"
PRIVATE = 0o600  # it holds what the files held, those that others may not read among them


@dataclass(frozen=True, slots=True)
class Undone:
    """`exact`: files that are byte for byte as before; `merged`: the move is out, what was edited since stays."""

    exact: tuple[str, ...]
    merged: tuple[str, ...] = ()


def apply(root: Path, plan: Plan, *, stamp: str, force: bool = False) -> Path:
    """Write all changes or none. Raises ConfigError where a file is dirty, read-only, or changed since it was read."""
    if not force:
        _refuse_dirty(root, plan.changes)
    for change in plan.changes:
        file = root / change.path
        if file.read_bytes() != change.was:
            raise ConfigError(
                Text("文件在看过差异之后又变了", "the file has changed since it was read"),
                where=change.path,
                remedy=Text("重新运行 banjia move", "run banjia move again"),
            )
        if not force and not file.stat().st_mode & 0o222:
            raise ConfigError(
                Text("文件是只读的，什么也没有写", "the file is read-only; nothing was written"),
                where=change.path,
                remedy=Text("先改权限，或用 --force", "make it writable first, or use --force"),
            )
    record = {
        "stamp": stamp,
        "to": plan.target.v1,
        "files": [
            {
                "path": c.path,
                "before": base64.b64encode(c.was).decode(),
                "after": base64.b64encode(c.will).decode(),
                "after_sha256": _digest(c.will),
            }
            for c in plan.changes
        ],
    }
    file = root / FOLDER / f"{stamp}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / ".gitignore").write_text("*\n", encoding="ascii")
    _sweep(root, record)
    write_whole(file, json.dumps(record, indent=1).encode(), mode=PRIVATE)
    written: list[Change] = []
    try:
        for change in plan.changes:
            _replace(root / change.path, change.will)
            written.append(change)
    except BaseException as error:
        for change in written:
            _replace(root / change.path, change.was)
        file.unlink()
        if not isinstance(error, OSError):
            raise  # stopped by hand
        raise ConfigError(
            Text("写不了文件，已全部还原", "a file could not be written; all were put back"),
            where=plan.changes[len(written)].path,
            found=str(error),
        ) from error
    return file


def undo(root: Path) -> Undone:
    """Take back the latest move, byte for byte, also one that was cut short.

    Where a moved file was edited since, the move alone is taken out of it; where both touch the same lines nothing is
    written and ConfigError says which file.
    """
    file, record = _latest(root)
    if file is None:
        raise ConfigError(
            Text("没有可以撤回的搬迁", "there is no move to take back"),
            where=str(root / FOLDER),
            remedy=Text("PATH 要和 --apply 时相同", "name the same PATH as with --apply"),
        )
    rows: list[tuple[str, bytes]] = []
    merged: list[str] = []
    for row in record["files"]:
        place, before = root / row["path"], base64.b64decode(row["before"])
        now = place.read_bytes() if place.is_file() else b""
        if not place.is_file() or (_digest(now) != row["after_sha256"] and now != before):
            kept = _merged(root, now, base64.b64decode(row.get("after", "")), before) if place.is_file() else None
            if kept is None:
                raise ConfigError(
                    Text(
                        "文件在搬迁之后又被改过，不能直接撤回",
                        "the file was edited after the move and is not overwritten",
                    ),
                    where=row["path"],
                    remedy=Text(f"原文在 {file.name} 里", f"its former text stands in {file.name}"),
                )
            before = kept
            merged.append(row["path"])
        rows.append((row["path"], before))
    _sweep(root, record)
    for path, data in rows:
        if (root / path).read_bytes() != data:
            _replace(root / path, data)
    file.unlink()
    return Undone(tuple(path for path, _ in rows if path not in merged), tuple(merged))


def earlier(root: Path) -> int:
    """How many moves can still be taken back: one that was cut short and finished by a second run is two."""
    return len(list((root / FOLDER).glob("*.json")))


def latest(root: Path) -> dict[str, bytes]:
    """What the files of the latest move held before it; nothing where one of them was edited since."""
    file, record = _latest(root)
    if file is None:
        return {}
    rows = record["files"]
    if any(
        not (root / r["path"]).is_file() or _digest((root / r["path"]).read_bytes()) != r["after_sha256"] for r in rows
    ):
        return {}
    return {row["path"]: base64.b64decode(row["before"]) for row in rows}


def _latest(root: Path) -> tuple[Path | None, dict[str, Any]]:
    files = sorted((root / FOLDER).glob("*.json"))
    return (files[-1], json.loads(files[-1].read_text(encoding="utf-8"))) if files else (None, {})


def _merged(root: Path, now: bytes, after: bytes, before: bytes) -> bytes | None:
    """`now` with what led from `after` back to `before`; None where that cannot be told apart from the later edit."""
    if not after:
        return None
    with tempfile.TemporaryDirectory(dir=root / FOLDER) as name:
        files = [Path(name) / part for part in ("now", "after", "before")]
        for file, data in zip(files, (now, after, before), strict=True):
            file.write_bytes(data)
        try:
            done = subprocess.run(  # noqa: S603 - fixed program, files of its own
                ["git", "merge-file", "-p", *map(str, files)],  # noqa: S607 - the user's git
                capture_output=True,
                check=False,
            )
        except FileNotFoundError:
            return None
    return done.stdout if done.returncode == 0 else None


def _refuse_dirty(root: Path, changes: Iterable[Change]) -> None:
    groups: dict[Path, list[str]] = {}
    for change in changes:
        home = _repository(root, change.path)
        groups.setdefault(home, []).append((root / change.path).relative_to(home).as_posix())
    dirty = [
        name if home == root else f"{home.relative_to(root).as_posix()}/{name}"
        for home, paths in groups.items()
        for name in _dirty(home, paths)
    ]
    if dirty:
        raise ConfigError(
            Text("文件有未提交的改动", "files have uncommitted changes"),
            where=", ".join(dirty[:5]),
            remedy=Text("先提交或收起，再运行；或用 --force", "commit or put them away first, or use --force"),
        )


def _repository(root: Path, path: str) -> Path:
    """The folder whose repository keeps a file: one below the root that is a repository of its own, or the root."""
    here = (root / path).parent
    while here != root and root in here.parents:
        if (here / ".git").exists():
            return here
        here = here.parent
    return root


def _dirty(home: Path, paths: list[str]) -> list[str]:
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, paths behind `--`
            ["git", "status", "--porcelain", "-z", "--untracked-files=no", "--", *paths],  # noqa: S607 - the user's git
            cwd=home,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return []
    return [row[3:] for row in done.stdout.split("\0") if row] if done.returncode == 0 else []


def _replace(path: Path, data: bytes) -> None:
    """Whole or not at all; what is left beside it when the process ends is found by its name."""
    write_whole(path, data, part=_part(path.resolve()))


def _sweep(root: Path, record: dict[str, Any]) -> None:
    """Remove what a move that was cut short left beside its files."""
    for row in record["files"]:
        _part((root / row["path"]).resolve()).unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(f".banjia-{path.name}.part")


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
