"""Real: so many files and so many bytes of source that lies on this machine, the same ones every time.

With `one_in`, one file in so many holds a literal for which a rule of its language looks: none is taken twice, so that a
machine with too little of such source has fewer.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from banjia.scan.prefilter import of_all
from banjia.scan.walk import APART, LIMIT, plain, wanted

PLACES = (
    ("packages of other Pythons", "~/.pyenv/versions"),
    ("Debian's Python", "/usr/lib/python3"),
    ("Node", "/usr/lib/node_modules"),
    ("Node", "/usr/local/lib/node_modules"),
    ("Debian's shared files", "/usr/share"),
    ("Go", "/usr/local/go/src"),
    ("Go", "~/go/pkg/mod"),
    ("Rust", "~/.cargo/registry/src"),
    ("a cloud's command line", "/usr/lib/google-cloud-sdk"),
)
SPARE = 2  # times as many files without a word as are taken: the rest is for the size
NEAR = 20_000  # bytes by which the sum may miss its mark


@dataclass(frozen=True, slots=True)
class Source:
    order: bytes
    size: int
    path: Path
    origin: str


@dataclass(slots=True)
class Made:
    """What a tree is made of."""

    files: int = 0
    size: int = 0
    told: int = 0  # files that hold a literal of a rule
    origins: Counter[str] = field(default_factory=Counter)
    suffixes: Counter[str] = field(default_factory=Counter)

    @property
    def text(self) -> str:
        parts = ", ".join(f"{count:,} of {origin}" for origin, count in self.origins.most_common())
        kinds = ", ".join(
            f"{suffix or 'no suffix'} {count / self.files:.0%}" for suffix, count in self.suffixes.most_common(6)
        )
        told = f"one in {self.files / self.told:.1f} holds a word of a rule, " if self.told else ""
        return f"{self.files:,} files, {self.size / 1e6:,.1f} MB ({told}{parts}; {kinds})"


def sources(own: list[str], *, only: bool = False) -> list[Source]:
    """Every file a scan would read below the known places, and below `own`; in the order of a hash of its path."""
    places = [("this Python and its packages", str(Path(os.__file__).parent))]
    places += [("this Python and its packages", path) for path in sys.path if path.endswith("site-packages")]
    places = [*([] if only else [*places, *PLACES]), *((Path(path).name or path, path) for path in own)]
    found: dict[Path, Source] = {}
    for origin, place in places:
        for folder, below, names in os.walk(Path(place).expanduser()):
            below[:] = sorted(name for name in below if name not in (".git", "__pycache__"))
            for name in names:
                path = Path(folder) / name
                if wanted(name) in (None, "lock") or path in found or path.is_symlink() or not path.is_file():
                    continue
                if (size := path.stat().st_size) <= LIMIT:
                    order = hashlib.blake2b(str(path).encode("utf-8", "replace"), digest_size=8).digest()
                    found[path] = Source(order, size, path, origin)
    return sorted(found.values(), key=lambda source: (source.order, source.path))


def chosen(known: list[Source], files: int, size: int) -> list[Source]:
    """`files` of them, with files swapped for larger or smaller ones until they sum up to `size`."""
    if not known:
        return []
    taken, left = (known * (files // len(known) + 1))[:files], known[files:]
    total, mean = sum(source.size for source in taken), size / files
    out, into = iter(range(files)), iter(range(len(left)))
    while abs(total - size) > NEAR:
        more = total < size
        place = next((place for place in out if (taken[place].size <= mean) is more), None)
        other = next((other for other in into if (left[other].size > mean) is more), None)
        if place is None or other is None:
            break
        after = total + left[other].size - taken[place].size
        if abs(after - size) < abs(total - size):
            total, taken[place], left[other] = after, left[other], taken[place]
    return taken


def dense(known: list[Source], files: int, size: int, one_in: int) -> tuple[list[Source], int]:
    """`files` of them, of which one in `one_in` holds a word of a rule; and how many do."""
    told: list[Source] = []
    rest: list[Source] = []
    wished = files // one_in
    for source in known:
        if len(told) == wished and len(rest) >= SPARE * files:
            break  # enough to choose from
        if holds(source.path):
            told += [source] if len(told) < wished else []
        elif len(rest) < SPARE * files:
            rest.append(source)
    left = size - sum(source.size for source in told)
    return sorted([*told, *chosen(rest, files - len(told), left)], key=lambda source: source.order), len(told)


def holds(path: Path) -> bool:
    """Whether a rule of this file's language has a literal in it."""
    language = wanted(path.name) or ""
    return language != "script" and of_all().wants(plain(path.read_bytes()), str(path), language)


def build(root: Path, files: int, size: int, own: list[str], *, only: bool = False, one_in: int = 0) -> Made:
    """The tree at `root`. Folders keep their names, but for those a scan leaves alone; a second copy has its own."""
    made = Made()
    known = sources(own, only=only)
    if one_in:
        taken, made.told = dense(known, files, size, one_in)
    else:
        taken = chosen(known, files, size)
    for source in taken:
        parts = [f"{part}_" if part in APART else part for part in source.path.parts[1:]]
        place = root.joinpath(*parts)
        copy = 0
        while place.exists():
            copy += 1
            place = root / f"copy{copy}" / Path(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            shutil.copyfile(source.path, place)
        except OSError:
            continue
        made.files += 1
        made.size += place.stat().st_size
        made.origins[source.origin] += 1
        made.suffixes[place.suffix] += 1
    return made
