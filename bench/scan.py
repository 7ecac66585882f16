"""Scan: an ordinary tree, cold and again from the cache, beside ripgrep; hostile trees. Exit 1: a limit is broken.

`--files 40000 --megabytes 500` is the tree of the bar; without them it is a tenth of that. It is made of real source that
lies on the machine: Pythons with their packages, Node's, Debian's, others where they are, and folders named by `--from`.
What it is made of is printed. It is not an easy tree: libraries for AI are among the packages.

`--dense 8` makes it a tree of AI applications: one file in eight holds a word of a rule (about half of them have a use),
and is parsed. `--from FOLDER --only` takes nothing but one's own folders: environments of such applications, say. For
these no limit is set: how dense the tree of the bar is the bar does not say.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from trees.real import build

FILES, MEGABYTES = 4_000, 50
BAR_FILES = 40_000
COLD, AGAIN, MEMORY = 15.0, 1.0, 300.0  # seconds, seconds, MB a process: of 40,000 files, 500 MB and two processors
HOSTILE_FILES = 100_000
WORDS = "openai|anthropic|dashscope|gpt-4|chat/completions|azure_openai"
PROGRAM = """\
import json, resource, sys, time
from pathlib import Path
from banjia.scan.cache import Cache
from banjia.scan.scan import scan
cache = Cache(Path(sys.argv[3])) if sys.argv[3] else None
start = time.perf_counter()
inventory = scan(sys.argv[1], jobs=int(sys.argv[2]), cache=cache)
spent = time.perf_counter() - start
usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"seconds": spent, "cpu": sum(u.ru_utime + u.ru_stime for u in usage),
                  "memory": max(u.ru_maxrss / 1024 for u in usage), "files": inventory.files,
                  "findings": len(inventory.findings), "uses": len({one.path for one in inventory.findings}), "skipped": len(inventory.skipped)}))
"""
USE = 'from openai import OpenAI\n\nclient = OpenAI()\nclient.chat.completions.create(model="gpt-4o", messages=[])\n'


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    seconds: float
    limit: float | None
    memory: float
    text: str

    @property
    def is_broken(self) -> bool:
        return (self.limit is not None and self.seconds > self.limit) or self.memory > MEMORY


def grow_hostile(root: Path, files: int) -> None:
    """Many files in one folder, a gigabyte, links that go round, a pipe, bytes of no encoding, deep brackets."""
    many = root / "many"
    many.mkdir(parents=True)
    for number in range(files):
        (many / f"{number}.py").touch()
    (many / "use.py").write_text(USE)
    with (root / "big.py").open("wb") as file:
        file.truncate(1_000_000_000)
    (root / "round").symlink_to(root, target_is_directory=True)
    (root / "self.py").symlink_to(root / "self.py")
    os.mkfifo(root / "pipe.py")
    (root / "bytes.py").write_bytes(b"openai" + bytes(range(256)) * 400)
    (root / "deep.json").write_text('{"openai_api_key": ' + "[" * 200_000)
    (root / "deep.ipynb").write_text('{"openai": ' + "[" * 200_000)
    (root / "deep.py").write_text("import openai\nx = " + "(" * 50_000 + ")" * 50_000 + "\n")


def timed(root: Path, jobs: int, cache: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), str(jobs), cache], capture_output=True, text=True, check=True
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def row(name: str, root: Path, jobs: int, cache: str, limit: float | None) -> Row:
    took = timed(root, jobs, cache)
    rate = took["files"] / took["seconds"]
    return Row(
        name,
        took["seconds"],
        limit,
        took["memory"],
        f"{rate:9,.0f} files/s  {took['cpu']:5.1f} s of processors  {took['memory']:4.0f} MB"
        f"  {took['findings']} findings in {took['uses']} files, {took['skipped']} not read",
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", nargs="?", help="an own tree instead of the made one")
    parser.add_argument("--from", dest="own", action="append", default=[], metavar="FOLDER", help="more source")
    parser.add_argument("--only", action="store_true", help="nothing but the folders named by --from")
    parser.add_argument("--dense", type=int, default=0, metavar="N", help="one file in N holds a word of a rule")
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    parser.add_argument("--hostile", type=int, default=HOSTILE_FILES, help="files in one folder; 0: none")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(arguments.tree) if arguments.tree else Path(folder) / "tree"
        share = 1.0
        if not arguments.tree:
            size = arguments.megabytes * 1_000_000
            made = build(root, arguments.files, size, arguments.own, only=arguments.only, one_in=arguments.dense)
            share = max(made.files / BAR_FILES, made.size / 500e6)
            print(f"tree: {made.text}")
        cache = str(Path(folder) / "cache")
        start_up = 1.0
        again = max(AGAIN * share, AGAIN / 2)
        cold = None if arguments.dense or arguments.only else COLD * share + start_up
        rows = [
            row("one process", root, 1, "", None),
            row("two, cold", root, 2, "", cold),
            row("fill the cache", root, 2, cache, None),
            row("from the cache", root, 2, cache, again),
            row("once more", root, 2, cache, again),
        ]
        if arguments.hostile:
            grow_hostile(Path(folder) / "hostile", arguments.hostile)
            rows.append(row("hostile tree", Path(folder) / "hostile", 2, "", None))
        for line in rows:
            limit = f"(limit {line.limit:5.1f})" if line.limit is not None else " " * 13
            print(f"{line.name:15} {line.seconds:6.2f} s {limit} {line.text}{'  BROKEN' if line.is_broken else ''}")
        if rg := shutil.which("rg"):
            start = time.perf_counter()
            done = subprocess.run(
                [rg, "--no-ignore", "--hidden", "-il", WORDS, str(root)], capture_output=True, check=False
            )
            spent = time.perf_counter() - start
            print(
                f"{'ripgrep':15} {spent:6.2f} s               {done.stdout.count(10):9,} files hold one of six words, no answer"
            )
        else:
            print("ripgrep is not installed: no comparison")
        return int(any(line.is_broken for line in rows))


if __name__ == "__main__":
    sys.exit(main())
