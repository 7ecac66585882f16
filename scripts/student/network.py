"""The network: characters and pairs of neighbours, then residual dilated convolutions, then seven labels."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

UNKNOWN, DIGIT = 1, 2  # 0 is padding
PAIRS = 40009  # places of the table that pairs of characters are spread over
PRIME = 8191
WIDE, NARROW, HIDDEN, LABELS = 96, 48, 96, 7
DILATIONS = (1, 2, 4, 1)
Params = dict[str, Any]


def start(rng: np.random.Generator, characters: int) -> Params:
    def random(*shape: int, scale: float) -> NDArray[np.float32]:
        return (rng.standard_normal(shape) * scale).astype(np.float32)

    inputs = WIDE + 2 * NARROW
    params: Params = {
        "chars": random(characters + 3, WIDE, scale=0.1),
        "pairs": random(PAIRS, NARROW, scale=0.1),
        "in": random(inputs, HIDDEN, scale=inputs**-0.5),
        "in_bias": np.zeros(HIDDEN, np.float32),
        "out": random(HIDDEN, LABELS, scale=HIDDEN**-0.5),
        "out_bias": np.zeros(LABELS, np.float32),
    }
    for i, _ in enumerate(DILATIONS):
        params[f"conv{i}"] = random(HIDDEN, HIDDEN, 3, scale=(3 * HIDDEN) ** -0.5)
        params[f"conv{i}_bias"] = np.zeros(HIDDEN, np.float32)
    return params


def forward(params: Params, chars: Any, pair: Any, keep: Any = None) -> Any:
    """Logits of each character; `keep` is the key of the noise that training lays over the tables."""
    mask = (chars > 0).astype(jnp.float32)[:, :, None]
    seen = jnp.concatenate(
        [params["chars"][chars], params["pairs"][pair[:, :-1]], params["pairs"][pair[:, 1:]]], axis=2
    )
    if keep is not None:
        seen = seen * jax.random.bernoulli(keep, 0.8, seen.shape) / 0.8
    held = jax.nn.relu(seen @ params["in"] + params["in_bias"]) * mask
    for i, dilation in enumerate(DILATIONS):
        moved = jax.lax.conv_general_dilated(
            held, params[f"conv{i}"], (1,), [(dilation, dilation)], rhs_dilation=(dilation,),
            dimension_numbers=("NWC", "OIW", "NWC"),
        )  # fmt: skip
        held = (held + jax.nn.relu(moved + params[f"conv{i}_bias"])) * mask
    return held @ params["out"] + params["out_bias"]


def ids(text: str, vocabulary: Mapping[str, int]) -> list[int]:
    return [DIGIT if c.isascii() and c.isalnum() else vocabulary.get(c, UNKNOWN) for c in text]


def pairs(chars: NDArray[np.int32]) -> NDArray[np.int32]:
    """One more than there are characters: the pair before each and the pair after the last."""
    around = np.pad(chars, ((0, 0), (1, 1))).astype(np.int64)
    return ((around[:, :-1] * PRIME + around[:, 1:]) % PAIRS).astype(np.int32)
