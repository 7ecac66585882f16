"""Usage: tokens as a provider counts them, under whichever names and in whichever form."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from banjia.routes.dialect.usual import COUNTS, counted

T = TypeVar("T")

UNSAID = msgspec.Raw(b"")


class _Part(msgspec.Struct, frozen=True):
    """Of the tokens of a prompt or an answer."""

    cached_tokens: int | None = 0
    reasoning_tokens: int | None = 0


_part = msgspec.json.Decoder(_Part)
_count = msgspec.json.Decoder(int)


class Usage(msgspec.Struct, frozen=True):
    """Tokens as the provider counts them."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    input_tokens: int = 0  # the Responses API's names for the same
    output_tokens: int = 0
    prompt_tokens_details: msgspec.Raw = UNSAID  # read when it matters: a vendor's odd form spoils no answer
    completion_tokens_details: msgspec.Raw = UNSAID
    prompt_cache_hit_tokens: msgspec.Raw = UNSAID  # DeepSeek's name

    @property
    def cached(self) -> int:
        """Tokens of the prompt that the vendor had kept, and sells cheaper."""
        if not self.prompt_tokens_details and not self.prompt_cache_hit_tokens:
            return 0
        kept = _decoded(_part, self.prompt_tokens_details)
        found = kept.cached_tokens if kept is not None else 0
        return max(0, found or _decoded(_count, self.prompt_cache_hit_tokens) or 0)

    @property
    def has_thought(self) -> bool:
        said = _decoded(_part, self.completion_tokens_details)
        return said is not None and bool(said.reasoning_tokens)

    @property
    def read(self) -> int:
        return self.prompt_tokens or self.input_tokens

    @property
    def written(self) -> int:
        return self.completion_tokens or self.output_tokens

    @property
    def total(self) -> int:
        return self.total_tokens or self.read + self.written


def _decoded(decoder: msgspec.json.Decoder[T], raw: msgspec.Raw) -> T | None:
    try:
        return decoder.decode(raw) if raw else None
    except (msgspec.MsgspecError, RecursionError):
        return None


_usage = msgspec.json.Decoder(Usage)


def usage_of(found: dict[str, Any] | None) -> Usage | None:
    """Usage as counts, whatever form the numbers have."""
    if not found:
        return None
    try:
        return _usage.decode(msgspec.json.encode(found))
    except msgspec.ValidationError:
        raw = {name: value for name, value in found.items() if name in _DETAILS}
        counts = {name: value for name, value in counted(found).items() if name in COUNTS}
        return _usage.decode(msgspec.json.encode(raw | counts))


_DETAILS = ("prompt_tokens_details", "completion_tokens_details", "prompt_cache_hit_tokens")
