"""Personal information in files and pipes: find it, replace it, put it back, look back over logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from banjia.desk.clock import today
from banjia.privacy.span import Reading
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.privacy.tagger import TaggerName

# Edges of the counting rule: cbdf arts. 5, 7 and 8; the sensitive path starts at one person.
LINES = {"ordinary": (100_000, 1_000_000), "sensitive": (1, 10_000)}
MEANS: dict[tuple[str, object], dict[str, object]] = {
    (kind, line): {"means": meaning.as_dict(), "cites": [cite]}
    for kind, edges in LINES.items()
    for line, (meaning, cite) in zip(
        edges,
        (
            (Text("需要标准合同或认证", "standard contract or certification"), "cbdf art. 8"),
            (Text("需要安全评估", "security assessment"), "cbdf art. 7"),
        ),
        strict=True,
    )
}
GROWN = 20  # a map is sealed anew when it has grown by one in so many
DETECTED = {
    "zh": "只含在这些记录中识别到的人；未识别到的不在其内。",
    "en": "Persons detected in these records; those not detected are in no bound.",
}


def detect(
    source: Iterable[bytes], name: str, *, reading: Reading, tagger: TaggerName = "lac", on: date | None = None
) -> Iterator[dict[str, Any]]:
    """One result a record, in order, as the contract of `privacy detect` says."""
    from banjia.privacy.engine import Engine
    from banjia.privacy.lines import read_lines

    engine = Engine(reading, tagger=tagger)
    day = on or today()
    for line in read_lines(source, name):
        record = engine.record(line.text, on=day)
        yield {
            "id": line.id,
            "spans": [s.as_dict() for s in record.spans],
            "class": record.data_class,
            "sensitive": list(record.sensitive),
        }


def redact(
    source: Iterable[bytes],
    name: str,
    *,
    reading: Reading,
    tagger: TaggerName = "lac",
    treatment: Literal["pseudonymise", "fake", "mask"],
    map_path: Path | None = None,
    key_path: Path | None = None,
) -> Iterator[dict[str, Any]]:
    """Each record with surrogates or masks in its text.

    The map is sealed in a file before the first record is answered, again as it grows, and at the end.
    """
    from banjia.privacy import map_file
    from banjia.privacy.engine import Engine
    from banjia.privacy.lines import read_lines
    from banjia.privacy.surrogate import Surrogates, language, masked, pseudonymised

    engine = Engine(reading, tagger=tagger)
    key = key_path or (map_path.with_name(map_path.name + ".key") if map_path else None)
    surrogates = map_file.load(map_path, key) if map_path and key and map_path.exists() else Surrogates.fresh([])
    saved = -1
    try:
        for line in read_lines(source, name):
            spans = engine.detect(line.text, on=today())
            lang = language(line.text)
            if treatment == "mask":
                text = masked(line.text, spans, lang=lang)
            else:
                surrogates.avoid = [line.text]
                text = pseudonymised(line.text, spans, surrogates, engine.removed, lang=lang, fakes=treatment == "fake")
            if map_path and key and len(surrogates) > saved + saved // GROWN:
                saved = len(surrogates)
                map_file.save(map_path, key, surrogates)
            yield {"id": line.id, "text": text}
    finally:
        if map_path and key:
            map_file.save(map_path, key, surrogates)


def restore(source: Iterable[bytes], name: str, *, map_path: Path, key_path: Path | None) -> Iterator[dict[str, Any]]:
    """Each record with the originals back in its text."""
    from banjia.privacy import map_file
    from banjia.privacy.lines import read_lines
    from banjia.privacy.restore import Restorer

    key = key_path or map_path.with_name(map_path.name + ".key")
    restorer = Restorer(map_file.load(map_path, key).originals)
    for line in read_lines(source, name):
        yield {"id": line.id, "text": restorer.text(line.text)}


def audit(
    paths: list[str],
    *,
    reading: Reading,
    names: bool,
    jobs: int,
    state: Path | None,
    progress: Callable[[int, str], None] | None,
) -> dict[str, Any]:
    """How many distinct persons the logs show, of which classes, where to and when; usable as `elsewhere`."""
    from banjia.privacy.audit import evidence, years
    from banjia.privacy.audit_run import run
    from banjia.privacy.log_file import files, passed_over

    found = files(paths)
    day = today()
    result = run(found, reading=reading, names=names, jobs=jobs, state_file=state, on=day, progress=progress)
    hashes = [(Path(p).name, h) for p, h in result.hashes.items()]
    proof = evidence(hashes, result.tally)
    counted = years(result.tally, LINES, _at_home)
    return {
        "reading": reading,
        "rows": result.tally.rows,
        "files": len(found),
        "passed_over": passed_over(paths, found),
        "types": dict(sorted(result.tally.types.items())),
        "samples": dict(sorted(result.tally.samples.items())),
        "years": [
            {
                "year": y.year or None,
                "ordinary": [y.ordinary.lower, y.ordinary.upper],
                "sensitive": [y.sensitive.lower, y.sensitive.upper],
                "destinations": {p or "unknown": [c.lower, c.upper] for p, c in y.destinations.items()},
                "destinations_sensitive": {p or "unknown": [c.lower, c.upper] for p, c in y.grave.items()},
                "home": [p for p in y.destinations if _at_home(p)],
                "days": y.days,
                "crossed": [{**c, **MEANS[str(c["class"]), c["line"]]} for c in y.crossed],
            }
            for y in counted
        ],
        "elsewhere": {
            str(y.year): {
                "ordinary": [y.ordinary.lower, y.ordinary.upper],
                "sensitive": [y.sensitive.lower, y.sensitive.upper],
                "by": "banjia privacy audit",
                "on": str(day),
                "evidence": proof,
            }
            for y in counted
            if y.year
        },
        "unread": [
            {"path": path, "lines": gap.lines, "first": gap.first or None, "broken": gap.broken or None}
            for path, gap in sorted(result.gaps.items())
        ],
        "evidence": proof,
        "note": DETECTED,
    }


def _at_home(destination: str) -> bool:
    """A host that proves inference on the mainland, or a provider of whom no other host is known."""
    from banjia.errors import RouteError
    from banjia.routes.catalogue import by_host, by_id

    if "." in destination:
        found = by_host(destination)
        return found is not None and found[1].pinned and found[1].infer == ("CN",)
    try:
        provider = by_id(destination)
    except RouteError:
        return False
    return provider.side == "cn_mainland" and all(e.infer == ("CN",) for e in provider.endpoints)
