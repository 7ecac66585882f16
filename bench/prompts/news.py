"""News: real sentences with named persons, from IOB2 files that the reader has (Universal NER); none are carried here."""

from __future__ import annotations

from pathlib import Path

from prompts.render import Row


def news(path: Path) -> list[Row]:
    rows: list[Row] = []
    text, tokens = "", list[tuple[str, str]]()
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if line.startswith("# text = "):
            text = line.removeprefix("# text = ")
        elif line and not line.startswith("#"):
            _, word, tag, *_ = line.split("\t")
            tokens.append((word, tag))
        elif not line and tokens:
            rows.append(_row(text, tokens))
            tokens = []
    return rows


def _row(text: str, tokens: list[tuple[str, str]]) -> Row:
    spans: list[Row] = []
    at = 0
    inside = False
    for word, tag in tokens:
        start = text.find(word, at)
        if start < 0:
            continue
        at = start + len(word)
        if tag == "B-PER":
            spans.append({"start": start, "end": at, "type": "PERSON", "subject": ""})
        elif tag == "I-PER" and inside:
            spans[-1]["end"] = at
        inside = tag.endswith("-PER")
    return {"text": text, "spans": spans, "traps": [], "sensitive": False}
