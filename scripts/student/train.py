"""Train the small tagger: characters and pairs of characters through dilated convolutions, by JAX, written as int8 ONNX."""

from __future__ import annotations

import argparse
import itertools
import json
import random
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from examples import Example, cut, made, read, taught
from network import DIGIT, UNKNOWN, forward, ids, pairs, start
from save import save
from words import Words

from banjia.privacy.tagger import Tagger

LENGTH = 44
BATCH = 64
MOST = 7000  # characters of the vocabulary
SHARE = 0.5  # of sentences that the teacher labelled


def main() -> None:
    args = arguments()
    words = Words(args.dictionary, args.seed)
    frames = [f for f in args.frames.read_text(encoding="utf-8").splitlines() if f and not f.startswith("#")]
    lessons = list(taught(read(args.text), Tagger(), words))
    print(f"{len(lessons)} sentences of {len(args.text)} texts labelled by the teacher")
    stream = made(words, frames)
    vocabulary = characters([*lessons, *itertools.islice(stream, 120_000)])
    rng = np.random.default_rng(args.seed)
    params = start(rng, len(vocabulary))
    schedule = optax.cosine_decay_schedule(args.rate, args.steps, 0.02)
    optimiser = optax.chain(optax.clip_by_global_norm(1.0), optax.adam(schedule))
    state = optimiser.init(params)

    @jax.jit
    def step(params: Any, state: Any, batch: Any, key: Any) -> tuple[Any, Any, Any]:
        loss, slope = jax.value_and_grad(cost)(params, batch, key)
        updates, state = optimiser.update(slope, state, params)
        return optax.apply_updates(params, updates), state, loss

    key = jax.random.PRNGKey(args.seed)
    began, shown = time.monotonic(), 0.0
    for number, batch in enumerate(batches(stream, lessons, vocabulary, random.Random(args.seed)), 1):
        key, sub = jax.random.split(key)
        params, state, loss = step(params, state, batch, sub)
        shown += float(loss)
        if number % 100 == 0:
            print(f"step {number}: loss {shown / 100:.4f}, {time.monotonic() - began:.0f} s", flush=True)
            shown = 0.0
        if number % 500 == 0 or number == args.steps:
            save({k: np.asarray(v) for k, v in params.items()}, vocabulary, args.out)
        if number == args.steps:
            break
    print(json.dumps({"steps": args.steps, "characters": len(vocabulary), "bytes": args.out.stat().st_size}))


def cost(params: Any, batch: Any, key: Any) -> Any:
    chars, pair, labels, mask = batch
    one, two = jax.random.split(key)
    chars = jnp.where(jax.random.bernoulli(one, 0.02, chars.shape) & (mask > 0), UNKNOWN, chars)
    logits = forward(params, chars, pair, keep=two)
    losses = optax.softmax_cross_entropy_with_integer_labels(logits, labels)
    weights = mask * jnp.where(labels > 0, 1.5, 1.0)
    return (losses * weights).sum() / weights.sum()


def batches(
    stream: Iterator[Example], lessons: list[Example], vocabulary: dict[str, int], by: random.Random
) -> Iterator[Any]:
    while True:
        chosen = [
            cut(by.choice(lessons) if lessons and by.random() < SHARE else next(stream), by) for _ in range(BATCH)
        ]
        chars = np.zeros((BATCH, LENGTH), dtype=np.int32)
        labels = np.zeros((BATCH, LENGTH), dtype=np.int32)
        for row, (text, held) in enumerate(chosen):
            chars[row, : len(text)] = ids(text, vocabulary)[:LENGTH]
            labels[row, : len(held)] = held[:LENGTH]
        yield chars, pairs(chars), labels, (chars > 0).astype(np.float32)


def characters(examples: list[Example]) -> dict[str, int]:
    """Character -> number; 0 is padding, then the unknown, then what stands for Latin letters and digits."""
    counts = Counter(c for text, _ in examples for c in text if not (c.isascii() and c.isalnum()))
    kept = [c for c, n in counts.most_common(MOST) if n > 1]
    return {c: n for n, c in enumerate(kept, max(UNKNOWN, DIGIT) + 1)}


def arguments() -> argparse.Namespace:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dictionary", type=Path, required=True, help="words with frequency and part of speech")
    parser.add_argument("--text", type=Path, action="append", default=[], help="a file or folder of Chinese text")
    parser.add_argument("--frames", type=Path, default=here / "frames.txt")
    parser.add_argument("--steps", type=int, default=4000)
    parser.add_argument("--rate", type=float, default=3e-3)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args()


if __name__ == "__main__":
    main()
