"""Model: one model id at one provider, what it can do, and how long it lives."""

from __future__ import annotations

from datetime import date
from typing import Literal

from banjia.routes.record import Evident, Record
from banjia.text import Text

Kind = Literal["chat", "completion", "embedding", "rerank", "transcription", "speech", "image", "video", "moderation"]
Reasoning = Literal["none", "toggle", "always", "effort", "toggle+effort"]
Support = Literal["yes", "no", "unknown", "responses-only"]


class Ending(Evident, frozen=True, kw_only=True):
    """The first day on which the model no longer answers, as one source gives it."""

    on: date
    by: bool = False  # True: gone on or before that day, the exact day was not found
    planned: bool = False


class Model(Evident, frozen=True, kw_only=True):
    """Capabilities and life span; an absent capability is unknown, never no."""

    id: str
    version: str = ""  # where the vendor retires dated versions apart
    names: tuple[str, ...] = ()  # further ids that answer with this model
    kind: Kind = "chat"
    family: str = ""
    maker: str = ""  # provider id of the maker, where the seller is another
    context: int | None = None
    max_output: int | None = None
    inputs: tuple[str, ...] = ("text",)
    outputs: tuple[str, ...] = ("text",)
    tools: bool | None = None
    json_object: bool | None = None
    json_schema: Support = "unknown"
    reasoning: Reasoning | None = None
    dims: tuple[int, ...] = ()
    dims_up_to: int | None = None  # any width up to this one
    default_dims: int | None = None
    max_batch: int | None = None
    max_tokens: int | None = None  # of one embedding input
    own_shape: bool = False  # answers only in the vendor's own form
    released: date | None = None
    ends: tuple[Ending, ...] = ()
    replaced_by: tuple[str, ...] = ()
    weights: OpenWeights | None = None
    note: Text | None = None

    @property
    def thinks_by_default(self) -> bool:
        return self.reasoning not in (None, "none")

    @property
    def can_stop_thinking(self) -> bool:
        return self.reasoning in ("none", "toggle", "toggle+effort")

    def width(self, wanted: int) -> bool:
        """Whether vectors of that width can be had."""
        return wanted in self.dims or (self.dims_up_to is not None and 0 < wanted <= self.dims_up_to)


class OpenWeights(Record, frozen=True, kw_only=True):
    """What running the weights takes: parameters in billions, GPU memory in GB by precision."""

    total_b: float | None = None
    active_b: float | None = None
    gpu_gb: dict[str, float] = {}  # noqa: RUF012  (msgspec copies empty defaults)
