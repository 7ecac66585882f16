"""Desk of the move: scan, plan, apply or take back."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from banjia.config.reader import read
from banjia.desk.clock import now
from banjia.desk.scan import scan
from banjia.errors import ConfigError
from banjia.move import commits, journal
from banjia.move.codemod import every
from banjia.move.journal import Undone
from banjia.move.plan import Plan, plan
from banjia.move.target import DEFAULT, Choices, Target
from banjia.scan.finding import KINDS
from banjia.scan.rule import rules
from banjia.text import Text

NONE = Choices()


def target(to: str, gateway: str, config: Path | None) -> Target:
    """`gateway` with its address, or a configured route by its id."""
    if to == "gateway":
        return Target.parse(gateway or DEFAULT, where="--gateway")
    file = config or Path("banjia.yaml")
    route = read(file).route(to)
    if route is None:
        raise ConfigError(
            Text("配置里没有这条路线", "the config has no such route"),
            where=f"--to {to}",
            expected=Text("gateway 或路线 id", "gateway or a route id"),
        )
    return Target.parse(route.base_url, where=f"{file.name} routes.{to}.base_url")


def choices(headers: Iterable[str], *, upgrade: bool = False) -> Choices:
    return Choices.parse(headers, upgrade=upgrade)


def look(path: Path, where: Target, only: Iterable[str] = (), chosen: Choices = NONE) -> Plan:
    """What would change. `chosen`: what is done by the user's word alone."""
    wanted = tuple(only)
    for name in wanted:
        _known(name)
    return plan(path, scan(path), replace(where, choices=chosen), only=wanted)


def _known(name: str) -> None:
    """A codemod, or a rule of the scan: its own id, or that id and a kind of finding."""
    scanned = [r.id for r in rules().all]
    names = [*(m.ID for m in every()), *scanned, *(f"{rule}-{kind}" for rule in scanned for kind in KINDS)]
    if name in names:
        return
    near = difflib.get_close_matches(name, names, n=1)
    raise ConfigError(
        Text("没有这种改写，也没有这条扫描规则", "there is no such codemod and no such rule of the scan"),
        where="--only",
        found=name,
        remedy=Text(f"最接近的是 {near[0]}", f"the nearest is {near[0]}") if near else "",
    )


def apply(path: Path, found: Plan, *, force: bool = False, commit: bool = False) -> tuple[Path | None, tuple[str, ...]]:
    """Write the plan; the journal and the commits; None where nothing is to be written."""
    if not found.changes:
        return None, ()
    root = folder(path)
    if commit:
        commits.check(root)
    written = journal.apply(root, found, stamp=now().strftime("%Y%m%dT%H%M%S%f"), force=force)
    return written, commits.commit(root, found) if commit else ()


def undo(path: Path) -> Undone:
    return journal.undo(folder(path))


def earlier(path: Path) -> int:
    """Moves of the tree that can still be taken back."""
    return journal.earlier(folder(path))


def folder(path: Path) -> Path:
    """Where the journal of a tree or of a single file stands."""
    return path if path.is_dir() else path.parent
