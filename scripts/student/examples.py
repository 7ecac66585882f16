"""Examples: sentences with a label for each character, some made from frames, some labelled by the teacher."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from words import Words

from banjia.privacy.gazetteer import simplified
from banjia.privacy.tagger import Tagger

LABELS = ("O", "B-PERSON", "I-PERSON", "B-PLACE", "I-PLACE", "B-ORG", "I-ORG")
SLOT = re.compile(r"\{([PLOWNDT])\}")
STOP = re.compile(r"(?<=[。！？；\n])")
HAN = re.compile("[\u4e00-\u9fff]")
RUN = re.compile(r"[0-9A-Za-z]+")
LONGEST = 44
Example = tuple[str, list[int]]


def made(words: Words, frames: Sequence[str]) -> Iterator[Example]:
    """Frames with their slots filled, and rows of words; without end."""
    r = words.random
    slots = {"P": words.person, "L": words.place, "O": words.body, "W": words.words, "N": words.number,
             "D": words.day, "T": words.title}  # fmt: skip
    kinds = {"P": "PERSON", "L": "PLACE", "O": "ORG"}
    while True:
        parts: list[tuple[str, str]] = []
        if r.random() < 0.72:
            for i, piece in enumerate(SLOT.split(r.choice(frames))):
                parts.append((slots[piece](), kinds.get(piece, "")) if i % 2 else (piece, ""))
            if r.random() < 0.3:
                parts.append((words.words() + r.choice("，。"), ""))
        else:
            parts += words.salad()
        yield labelled(parts)


def taught(texts: Sequence[str], teacher: Tagger, words: Words) -> Iterator[Example]:
    """Sentences of texts, labelled by the teacher; where it sees a person, an invented one takes the place."""
    kinds = {"PERSON": words.person, "PLACE": words.place, "ORG": words.body}
    sentences = [s.strip() for text in texts for s in STOP.split(text)]
    kept = [RUN.sub("0", s)[:LONGEST] for s in sentences if len(s) > 6 and HAN.search(s)]
    for at in range(0, len(kept), 200):
        batch = kept[at : at + 200]
        for sentence, marks in zip(batch, teacher.tag(batch), strict=True):
            parts: list[tuple[str, str]] = []
            end = 0
            for a, b, kind in marks:
                parts += [(sentence[end:a], ""), (sentence[a:b] if kind != "PERSON" else kinds[kind](), kind)]
                end = b
            yield labelled([*parts, (sentence[end:], "")])


def labelled(parts: Sequence[tuple[str, str]]) -> Example:
    text, labels = "", []
    for piece, kind in parts:
        text += piece
        if not kind:
            labels += [0] * len(piece)
            continue
        begin = LABELS.index(f"B-{kind}")
        labels += [begin] + [begin + 1] * (len(piece) - 1)
    return text, labels


def cut(example: Example, by: random.Random) -> Example:
    """A window of the sentence, as detection shows it to the network."""
    text, labels = example
    if len(text) <= LONGEST and by.random() < 0.5:
        return example
    size = by.randint(14, LONGEST)
    start = max(0, by.randint(-8, max(0, len(text) - size // 2)))
    part, held = text[start : start + size], list(labels[start : start + size])
    if held and LABELS[held[0]].startswith("I"):
        held[0] -= 1
    return part, held


def read(folders: Sequence[Path]) -> list[str]:
    """The Chinese lines of Markdown and text files."""
    texts = []
    for folder in folders:
        for path in sorted(
            [folder] if folder.is_file() else [p for p in folder.rglob("*") if p.suffix in {".md", ".txt"}]
        ):
            text = path.read_text(encoding="utf-8", errors="ignore").translate(simplified())
            lines = [
                line for line in text.splitlines() if len(HAN.findall(line)) > 6 and not line.startswith(("|", "```"))
            ]
            texts.append("\n".join(re.sub(r"[#*`>\[\]]|\(http[^)]*\)", "", line) for line in lines))
    return texts
