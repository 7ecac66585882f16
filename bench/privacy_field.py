"""Privacy on the field set: what is found and missed by kind of voice; the overlap scoring of `bench/privacy.py`.

`told` is the part of the records on sensitive matters whose class is told as sensitive, `cried` the part of the others told so.
"""

import os
import sys
from collections import Counter

from prompts.field.voices import field
from prompts.render import Row
from prompts.score import Score, meets

from banjia.privacy.engine import Engine
from banjia.privacy.span import NOT_PERSONAL

SEED = int(os.environ.get("BANJIA_BENCH_SEED", "2026"))
TAGGER = os.environ.get("BANJIA_TAGGER", "lac")
HEADS = ("rows", "P", "R", "F1", "PERSON P", "PERSON R", "ADDRESS R", "traps", "missed", "off", "told", "cried")


def main() -> None:
    engine = Engine(tagger="small" if TAGGER == "small" else "lac")
    print(f"field set, seed {SEED}, tagger {TAGGER}")
    print(("{:<14}" + "{:>10}" * len(HEADS)).format("voice", *HEADS))
    for lang, voices in field(SEED).items():
        total, classed, kinds = Score(), Counter[str](), Counter[tuple[str, str]]()
        for name, rows in voices.items():
            each, told = Score(), Counter[str]()
            for row in rows:
                record = engine.record(row["text"])
                found = [s.as_dict() for s in record.spans]
                for score in (each, total):
                    score.add(row, found)
                told["grave" if row["grave"] else "plain"] += 1
                told["grave told" if row["grave"] else "plain told"] += record.data_class == "sensitive"
                for s in row["spans"]:
                    kinds[s["type"], "all"] += 1
                    kinds[s["type"], "found"] += any(meets(s, f) and f["type"] == s["type"] for f in found)
                if sys.argv[1:] and (lang, name) == tuple(sys.argv[1].split("/")):
                    _misses(row, found)
            classed += told
            _line(f"{lang} {name}", each, told)
        _line(f"{lang} ALL", total, classed)
        print(
            "  recall: "
            + ", ".join(
                f"{k} {kinds[k, 'found'] / kinds[k, 'all']:.3f} of {kinds[k, 'all']}"
                for k in sorted({k for k, _ in kinds})
            )
        )


def _line(name: str, score: Score, told: Counter[str]) -> None:
    figures = (
        score.rows, score.precision(), score.recall(), score.f1, score.precision("PERSON"), score.recall("PERSON"), score.recall("ADDRESS"),
        score.traps, score.missed, score.off, _part(told["grave told"], told["grave"]), _part(told["plain told"], told["plain"]),
    )  # fmt: skip
    print(
        ("{:<14}" + "{:>10}" * len(HEADS)).format(
            name, *("-" if f is None else f if isinstance(f, int) else f"{f:.3f}" for f in figures)
        ),
        flush=True,
    )


def _part(over: int, under: int) -> float | None:
    return over / under if under else None


def _misses(row: Row, found: list[dict[str, object]]) -> None:
    """For reading by hand what went wrong in one voice: give `zh/chat` as argument."""
    lost = [s for s in row["spans"] if not any(meets(s, f) and f["type"] == s["type"] for f in found)]
    more = [
        f
        for f in found
        if f["type"] not in NOT_PERSONAL and not any(meets(s, f) and f["type"] == s["type"] for s in row["spans"])
    ]
    if lost or more:
        said = [(f["type"], row["text"][f["start"] : f["end"]]) for f in more]
        print("  ", repr(row["text"][:160]), "LOST", [(s["type"], s["text"]) for s in lost], "MORE", said)


if __name__ == "__main__":
    main()
