"""Wire: the dialect of one provider as the gateway asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from banjia.routes.dialect import answer as answers
from banjia.routes.dialect.answer import Answered
from banjia.routes.dialect.draft import DialectWarning, Plan, Refusal, VectorPlan
from banjia.routes.dialect.error import CanonicalError, error_in_answer, map_error
from banjia.routes.dialect.override import Override, overrides
from banjia.routes.dialect.stream import StreamRewriter
from banjia.routes.dialect.translator import Prepared, Thinking, Translator
from banjia.routes.provider import Provider

__all__ = [
    "Answered", "CanonicalError", "DialectWarning", "Override", "Plan", "Prepared", "Refusal", "StreamRewriter",
    "Translator", "VectorPlan", "answer", "error_in_answer", "map_error", "needs_rewrite", "overrides", "prepare",
    "rewriter", "translator",
]  # fmt: skip

_translators: dict[tuple[int, tuple[int, ...], str], Translator] = {}
_MOST = 256


def translator(provider: Provider, overrides: Sequence[Override] = (), base: str = "") -> Translator:
    """The same one for the same provider, overrides and base URL."""
    key = (id(provider), tuple(map(id, overrides)), base)
    found = _translators.get(key)
    if found is None:
        if len(_translators) >= _MOST:
            _translators.clear()
        found = _translators[key] = Translator(provider, tuple(overrides), base)  # keeps both alive, so ids stay theirs
    return found


def needs_rewrite(provider: Provider, model: str, operation: str = "chat", overrides: Sequence[Override] = ()) -> bool:
    """Whether bytes may not simply pass."""
    return translator(provider, overrides).needs_rewrite(model, operation)


def prepare(
    provider: Provider,
    model: str,
    operation: str,
    request: dict[str, Any],
    overrides: Sequence[Override] = (),
    *,
    thinking: Thinking = "as-vendor",
) -> Prepared:
    """The request as the vendor takes it, what was lost, and what the gateway must still do."""
    return translator(provider, overrides).prepare(model, request, operation, thinking=thinking)


def answer(provider: Provider, model: str, response: dict[str, Any], overrides: Sequence[Override] = ()) -> Answered:
    """A whole chat answer in OpenAI's form, or the error that stood in its place."""
    return answers.answer(provider, translator(provider, overrides).selection(model, "chat"), response)


def rewriter(
    provider: Provider, model: str, *, include_usage: bool = False, overrides: Sequence[Override] = ()
) -> StreamRewriter:
    """A fresh rewriter for one stream."""
    return StreamRewriter(provider, translator(provider, overrides).selection(model, "chat"), include_usage)
