"""Scan beside labels of public repositories: `python bench/scan_labels.py FOLDER [--list]`.

FOLDER holds the trees as OWNER+NAME (or OWNER/NAME), each checked out at the commit its label file names; a tree that
is not there is left out. One label is one place: `LINE[-LINE] KIND PROVIDER[|PROVIDER] [optional|added]`. `optional`
may be found or not; `added` was not labelled before the scan, but proved true when the finding was read. Found: a
finding on a line of the place; false: a finding on no line of any.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

LABELS = Path(__file__).parent / "labels"
HEAD = ("labels", "found", "missed", "findings", "false", "provider", "kind")


@dataclass(frozen=True, slots=True)
class Place:
    path: str
    line: int
    end: int
    kind: str
    providers: tuple[str, ...]
    mark: str

    def holds(self, path: str, line: int) -> bool:
        return path == self.path and self.line <= line <= self.end


@dataclass(frozen=True, slots=True)
class Repository:
    name: str
    commit: str
    language: str
    scope: tuple[str, ...]
    places: tuple[Place, ...]


def place(path: str, text: str) -> Place:
    lines, kind, providers, *mark = text.split()
    first, _, last = lines.partition("-")
    return Place(path, int(first), int(last or first), kind, tuple(providers.split("|")), mark[0] if mark else "")


def repositories(file: Path) -> Iterator[Repository]:
    for raw in tomllib.loads(file.read_text(encoding="utf-8"))["repository"]:
        places = tuple(place(path, text) for path, texts in raw["places"].items() for text in texts)
        yield Repository(raw["name"], raw["commit"], raw["language"], tuple(raw["scope"]), places)


def tree_of(folder: Path, repository: Repository) -> Path | None:
    """The tree, where it is there and, if it is a checkout, at the commit."""
    for name in (repository.name.replace("/", "+"), repository.name):
        tree = folder / name
        if (tree / ".git").exists():
            given = subprocess.run(["git", "-C", tree, "rev-parse", "HEAD"], capture_output=True, text=True, check=True)
            if not given.stdout.startswith(repository.commit):
                print(f"{repository.name}: not at {repository.commit}, left out")
                return None
        if tree.is_dir():
            return tree
    return None


def score(tree: Path, repository: Repository, listed: list[str], kinds: Counter[tuple[str, str]]) -> Counter[str]:
    from banjia.scan.scan import scan

    found = [
        finding
        for finding in scan(tree).findings
        if any(fnmatch(finding.path, pattern) for pattern in repository.scope)
    ]
    count: Counter[str] = Counter(findings=len(found))
    for label in repository.places:
        if label.mark == "optional":
            continue
        count["labels"] += 1
        kinds[label.kind, "labels"] += 1
        here = [finding for finding in found if label.holds(finding.path, finding.line)] or [
            finding
            for finding in found
            if finding.path == label.path and finding.line <= label.end and label.line <= finding.end
        ]
        if not here:
            listed.append(f"missed {repository.name} {label.path}:{label.line} {label.kind}")
            continue
        count["found"] += 1
        kinds[label.kind, "found"] += 1
        same = [finding for finding in here if finding.kind == label.kind]
        count["kind"] += bool(same)
        count["provider"] += "any" in label.providers or any(
            finding.provider in label.providers for finding in same or here
        )
    for finding in found:
        if not any(label.holds(finding.path, finding.line) for label in repository.places):
            count["false"] += 1
            listed.append(f"false {repository.name} {finding.path}:{finding.line} {finding.kind} {finding.rule}")
    count["missed"] = count["labels"] - count["found"]
    return count


def ratio(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def main() -> None:
    files = sorted(LABELS.glob("*.toml"))
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    for file in files:
        listed: list[str] = []
        kinds: Counter[tuple[str, str]] = Counter()
        total: Counter[str] = Counter()
        print(f"{file.stem}\n  {'language':<12}{'repository':<44}" + "".join(f"{head:>10}" for head in HEAD))
        for repository in repositories(file):
            tree = tree_of(folder, repository) if folder else None
            if tree is None:
                print(f"  {repository.language:<12}{repository.name:<44}  at {repository.commit}: not here")
                continue
            count = score(tree, repository, listed, kinds)
            total.update(count)
            print(f"  {repository.language:<12}{repository.name:<44}" + "".join(f"{count[head]:>10}" for head in HEAD))
        if total["labels"]:
            print(
                f"  recall {ratio(total['found'], total['labels'])}, "
                f"precision {ratio(total['findings'] - total['false'], total['findings'])}, "
                f"provider {ratio(total['provider'], total['found'])}, kind {ratio(total['kind'], total['found'])}"
            )
            names = sorted({kind for kind, _ in kinds})
            print("  " + ", ".join(f"{kind} {kinds[kind, 'found']} of {kinds[kind, 'labels']}" for kind in names))
        if "--list" in sys.argv:
            print("\n".join(f"  {line}" for line in listed))


if __name__ == "__main__":
    main()
