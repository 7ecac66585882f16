"""Journal: what was written, so that it can be taken back exactly."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from banjia.errors import ConfigError
from banjia.move.change import Change
from banjia.move.plan import Plan
from banjia.text import Text

FOLDER = Path(".banjia") / "moves"


def apply(root: Path, plan: Plan, *, stamp: str, force: bool = False) -> Path:
    """Write all changes or none. Raises ConfigError where a file has uncommitted changes or has changed since."""
    if not force:
        _refuse_dirty(root, plan.changes)
    for change in plan.changes:
        if (root / change.path).read_bytes() != change.before.encode():
            raise ConfigError(
                Text("文件在看过差异之后又变了", "the file has changed since it was read"),
                where=change.path,
                remedy=Text("重新运行 banjia move", "run banjia move again"),
            )
    record = {
        "stamp": stamp,
        "to": plan.target.v1,
        "files": [
            {
                "path": c.path,
                "before": base64.b64encode(c.before.encode()).decode(),
                "after_sha256": _digest(c.after.encode()),
            }
            for c in plan.changes
        ],
    }
    file = root / FOLDER / f"{stamp}.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    (file.parent / ".gitignore").write_text("*\n", encoding="ascii")
    _replace(file, json.dumps(record, indent=1).encode())
    written: list[Change] = []
    try:
        for change in plan.changes:
            _replace(root / change.path, change.after.encode())
            written.append(change)
    except OSError as error:
        for change in written:
            _replace(root / change.path, change.before.encode())
        file.unlink()
        raise ConfigError(
            Text("写不了文件，已全部还原", "a file could not be written; all were put back"),
            where=plan.changes[len(written)].path,
            found=str(error),
        ) from error
    return file


def undo(root: Path) -> tuple[str, ...]:
    """Take back the latest move, byte for byte; the paths. Raises ConfigError where a moved file was edited since."""
    records = sorted((root / FOLDER).glob("*.json"))
    if not records:
        raise ConfigError(
            Text("没有可以撤回的搬迁", "there is no move to take back"), where=str(root / FOLDER), expected="*.json"
        )
    record = json.loads(records[-1].read_text(encoding="utf-8"))
    for row in record["files"]:
        file = root / row["path"]
        if not file.is_file() or _digest(file.read_bytes()) != row["after_sha256"]:
            raise ConfigError(
                Text(
                    "文件在搬迁之后又被改过，不能直接撤回", "the file was edited after the move and is not overwritten"
                ),
                where=row["path"],
                remedy=Text(f"原文在 {records[-1].name} 里", f"its former text stands in {records[-1].name}"),
            )
    for row in record["files"]:
        _replace(root / row["path"], base64.b64decode(row["before"]))
    records[-1].unlink()
    return tuple(row["path"] for row in record["files"])


def latest(root: Path) -> dict[str, bytes]:
    """What the files of the latest move held before it; nothing where one of them was edited since."""
    records = sorted((root / FOLDER).glob("*.json"))
    if not records:
        return {}
    rows = json.loads(records[-1].read_text(encoding="utf-8"))["files"]
    if any(
        not (root / r["path"]).is_file() or _digest((root / r["path"]).read_bytes()) != r["after_sha256"] for r in rows
    ):
        return {}
    return {row["path"]: base64.b64decode(row["before"]) for row in rows}


def _refuse_dirty(root: Path, changes: Iterable[Change]) -> None:
    paths = [c.path for c in changes]
    if not paths:
        return
    done = subprocess.run(  # noqa: S603 - fixed program, paths behind `--`
        ["git", "status", "--porcelain", "-z", "--untracked-files=no", "--", *paths],  # noqa: S607 - the user's git
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    dirty = [row[3:] for row in done.stdout.split("\0") if row] if done.returncode == 0 else []
    if dirty:
        raise ConfigError(
            Text("文件有未提交的改动", "files have uncommitted changes"),
            where=", ".join(dirty[:5]),
            remedy=Text("先提交或收起，再运行", "commit or put them away first"),
        )


def _replace(path: Path, data: bytes) -> None:
    """Write beside and rename: a file is never seen half-written; its permissions stay."""
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".banjia-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        Path(name).chmod(mode)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
