"""Scan: an ordinary tree, cold, with two processes and again with the cache; beside ripgrep.

`--files 40000 --megabytes 500` is the tree of the bar; without them it is a tenth of that. The tree is made of this Python's own library and packages, copied until it is large enough, with a program that uses
a model service in every thousandth folder.
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
from pathlib import Path

FILES, MEGABYTES = 4_000, 50
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
usage = [resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
print(json.dumps({"seconds": spent, "self": usage[0], "child": usage[1], "files": inventory.files,
                  "findings": len(inventory.findings)}))
"""
USE = 'from openai import OpenAI\n\nclient = OpenAI()\nclient.chat.completions.create(model="gpt-4o", messages=[])\n'


def grow(root: Path, files: int, size: int) -> tuple[int, int]:
    """Copies of the text files of this Python until both numbers are reached."""
    sources = [
        Path(folder) / name
        for base in dict.fromkeys(
            [Path(os.__file__).parent, *map(Path, (p for p in sys.path if p.endswith("site-packages")))]
        )
        for folder, _, names in os.walk(base)
        for name in sorted(names)
        if name.endswith((".py", ".json", ".txt", ".toml", ".js", ".yml", ".h", ".pyi"))
    ]
    count = total = copies = 0
    while count < files or total < size:
        for source in sources:
            place = root / f"copy{copies}" / f"f{count % 997}" / f"{count}-{source.name}"
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                shutil.copyfile(source, place)
            except OSError:
                continue
            count, total = count + 1, total + place.stat().st_size
            if count >= files and total >= size:
                break
        copies += 1
    for number in range(count // 1000):
        (root / f"use{number}.py").write_text(USE)
    return count, total


def timed(root: Path, jobs: int, cache: str) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(root), str(jobs), cache], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tree", nargs="?", help="an own tree instead of the made one")
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--megabytes", type=int, default=MEGABYTES)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(arguments.tree) if arguments.tree else Path(folder) / "tree"
        if not arguments.tree:
            count, total = grow(root, arguments.files, arguments.megabytes * 1_000_000)
            print(f"tree: {count:,} files, {total / 1e6:,.0f} MB")
        cache = str(Path(folder) / "cache")
        rows = {
            "one process": timed(root, 1, ""),
            "two processes": timed(root, 2, ""),
            "fill the cache": timed(root, 2, cache),
        }
        rows["from the cache"] = timed(root, 2, cache)
        for name, row in rows.items():
            print(
                f"{name:16} {row['seconds']:6.2f} s  {row['files'] / row['seconds']:9,.0f} files/s"
                f"  {max(row['self'], row['child']):5.0f} MB  {row['findings']} findings"
            )
        if rg := shutil.which("rg"):
            start = time.perf_counter()
            subprocess.run([rg, "--no-ignore", "-ilc", WORDS, str(root)], capture_output=True, check=False)
            print(f"{'ripgrep':16} {time.perf_counter() - start:6.2f} s  (a list of words, no answer)")
        else:
            print("ripgrep is not installed: no comparison")


if __name__ == "__main__":
    main()
