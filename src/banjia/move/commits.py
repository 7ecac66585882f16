"""Commits: the move as git commits, one per kind of change, each with the findings that asked for it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from banjia.errors import ConfigError
from banjia.move.plan import Plan
from banjia.text import Text

WRITTEN = Text(
    "文件已按计划写好；处理 git 的问题后自行提交", "the files stand as planned; mend git and commit them yourself"
)


def check(root: Path) -> None:
    """Raises ConfigError where the tree is not under git: nothing is written then."""
    _git(root, "rev-parse", "--is-inside-work-tree", remedy=Text("什么也没有写", "nothing was written"))


def commit(root: Path, plan: Plan) -> tuple[str, ...]:
    """Commit a move that has been applied, kind by kind; the commits' ids. Other files and what is staged stay out.

    A file that git does not keep (an ignored `.env`, a new file) is written like the others and in no commit.
    """
    made: list[str] = []
    done: frozenset[str] = frozenset()
    known = set(_git(root, "ls-files", "-z", "--", *(c.path for c in plan.changes)).split("\0"))
    kept = [c for c in plan.changes if c.path in known]
    try:
        for kind in plan.kinds:
            done |= {kind}
            touched = [c for c in kept if kind in c.kinds]
            if not touched:
                continue
            for change in touched:
                (root / change.path).write_bytes(change.with_kinds(done))
            paths = [c.path for c in touched]
            _git(root, "add", "--", *paths)
            _git(root, "commit", "--quiet", "-m", _message(plan, kind), "--", *paths)
            made.append(_git(root, "rev-parse", "HEAD").strip())
    finally:
        for change in kept:
            (root / change.path).write_bytes(change.will)
    return tuple(made)


def _message(plan: Plan, kind: str) -> str:
    edits = [e for e in plan.edits if e.codemod == kind and e.finding]
    reason = edits[0].reason.say("en")
    rows = dict.fromkeys(
        f"{e.path}:{e.finding.line} {e.finding.rule} {e.finding.fingerprint}" for e in edits if e.finding
    )
    return f"banjia move: {reason} ({kind})\n\n" + "\n".join(rows)


def _git(root: Path, *words: str, remedy: Text = WRITTEN) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - fixed program, paths behind `--`
            ["git", *words],  # noqa: S607 - the user's git
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        code, said = done.returncode, (done.stderr or done.stdout).strip()[-300:]
    except FileNotFoundError as error:
        code, said = 127, str(error)
    if code:
        raise ConfigError(
            Text("git 没有完成", "git did not do it"),
            where=f"git {words[0]}",
            found=said,
            remedy=remedy,
        )
    return done.stdout
