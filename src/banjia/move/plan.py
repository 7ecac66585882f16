"""Plan: every edit of every file, what is left for people, and what could not be touched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from banjia.move.change import Change
from banjia.move.checklist import Item, in_container, items
from banjia.move.codemod import every
from banjia.move.edit import Edit, applied, merged
from banjia.move.source import Source
from banjia.move.target import Target
from banjia.move.writing import Writing, read
from banjia.scan.finding import Finding, Inventory

OWN = ".banjia/"  # journals and proofs hold what was there before


@dataclass(frozen=True, slots=True)
class Plan:
    target: Target
    changes: tuple[Change, ...]
    checklist: tuple[Item, ...]
    overlapping: tuple[Edit, ...]

    @property
    def edits(self) -> tuple[Edit, ...]:
        return tuple(e for c in self.changes for e in c.edits)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The codemods at work, in order."""
        return tuple(sorted({kind for c in self.changes for kind in c.kinds}))

    @property
    def patch(self) -> bytes:
        """All changes as one patch for `git apply`, each file in its own encoding."""
        return b"".join(c.diff.encode(c.encoding) for c in self.changes)

    def to_json(self) -> dict[str, object]:
        return {
            "to": self.target.v1,
            "changes": [
                {"path": c.path, "diff": c.diff, "edits": [e.to_json() for e in c.edits]} for c in self.changes
            ],
            "checklist": [i.to_json() for i in self.checklist],
            "overlapping": [e.to_json() for e in self.overlapping],
        }


def plan(root: Path, inventory: Inventory, target: Target, *, only: Iterable[str] = ()) -> Plan:
    """What would change below `root`. `only` names codemods or scan rules; others stay as they are."""
    wanted = frozenset(only)
    changes: list[Change] = []
    dropped: list[Edit] = []
    lines: dict[tuple[str, int], str] = {}
    settled: set[tuple[str, int]] = set()  # lines that name the target already
    contained: set[str] = set()
    findings_all = _once(root, tuple(f for f in inventory.findings if not f.path.startswith(OWN)))
    for path, findings in sorted(_by_path(findings_all).items()):
        found = _read(root, path)
        if found is None:
            continue
        text, writing = found
        source = Source(path, writing.plain(text))
        lines |= {(path, f.line): source.line(f.line) for f in findings if f.line <= len(source.starts)}
        settled |= {(path, n) for n, line in enumerate(source.text.split("\n"), 1) if target.root in line}
        if target.is_loopback and source.language == "settings" and in_container(path, text):
            contained.add(path)
        kept, overlapping = merged(writing.placed(e, source.text) for e in _edits(source, findings, target, wanted))
        dropped += overlapping
        after = applied(text, kept)
        if after != text:
            changes.append(Change(path, text, after, kept, writing.encoding))
    moved = frozenset(e.finding.key for c in changes for e in c.edits if e.finding)
    edited = frozenset((c.path, n) for c in changes for n in c.lines) | settled
    left = items(findings_all, moved, edited, lines, frozenset(contained))
    return Plan(target, tuple(changes), tuple(left), tuple(dropped))


def _edits(source: Source, findings: Iterable[Finding], target: Target, only: frozenset[str]) -> list[Edit]:
    found: list[Edit] = []
    for codemod in every():
        if source.language not in codemod.LANGUAGES:
            continue
        for finding in sorted(findings, key=lambda f: f.kind == "import"):  # the use itself speaks for an edit first
            if not only or codemod.ID in only or finding.rule in only:
                found += codemod.edits(source, finding, target)
    return found


def _once(root: Path, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """A file that is seen through a link too is taken under its own name alone."""
    if not root.is_dir():
        return findings
    whole = root.resolve()
    real = {path: (root / path).resolve() for path in {f.path for f in findings}}
    own = {path for path, file in real.items() if file == whole / path}
    names = {real[path] for path in own}
    return tuple(f for f in findings if f.path in own or real[f.path] not in names)


def _by_path(findings: Iterable[Finding]) -> Mapping[str, list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.path, []).append(finding)
    return groups


def _read(root: Path, path: str) -> tuple[str, Writing] | None:
    """The text as it is, line ends included; None for what is no text or leads out of the tree."""
    file = root / path if root.is_dir() else root
    if root.is_dir() and not file.resolve().is_relative_to(root.resolve()):
        return None
    try:
        return read(file.read_bytes())
    except OSError:
        return None
