"""Measures what crosses the border: talks full of invented persons through a real gateway to a recording stand-in.

Every byte that the stand-in got is searched for every value, in UTF-8, UTF-16, GB 18030, JSON and percent escapes, hex
and base64; what the client read is held against the stand-in's answer to the untreated request.

    python bench/privacy_crossing.py [TALKS] [SEED]
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from crossing.run import run

TALKS = 2000


def main() -> None:
    count, seed = (int(a) for a in (sys.argv[1:] + [str(TALKS), "0"][len(sys.argv) - 1 :])[:2])
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        found = run(count, Path(folder), seed=seed)
        took = time.perf_counter() - started
    said = f"{found.talks} talks (JSON, stream, tools), seed {seed}, {found.recorded} recorded bytes: {took:.0f} s"
    missed = f"{found.names} names: recorded in some form"
    print(said)
    print(f"{str(found.values) + ' numbers, addresses, secrets: recorded':<48}{len(found.crossed):>8}   limit 0")
    print(f"{missed:<48}{len(found.named):>8}   recall {1 - len(found.named) / found.names:.4f}, needed 0.93")
    print(f"{'talks read otherwise than untreated':<48}{len(found.changed):>8}   limit 0")
    print(f"{'answers with log-probabilities':<48}{found.logprobs:>8}   limit 0")
    print(f"{'values in clear in store, keys and log':<48}{len(found.kept):>8}   limit 0")
    for what in (*found.crossed[:20], *found.named, *found.changed[:5], *found.kept[:5]):
        print("  ", *what)
    if len(found.named) > 0.07 * found.names or found.crossed or found.changed or found.kept or found.logprobs:
        sys.exit(1)


if __name__ == "__main__":
    main()
