"""Vector: an embeddings call cut to the vendor's limits, asked for part by part, put together in the caller's order."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from banjia.errors import ConfigError
from banjia.gateway.answer import UpstreamError
from banjia.gateway.option import Options
from banjia.gateway.refusal import Refusal, bad_request
from banjia.gateway.surface import having, not_served
from banjia.gateway.vocabulary import Vocabulary, read_vocabulary
from banjia.gateway.whole import together
from banjia.routes.dialect.draft import VectorPlan
from banjia.routes.dialect.vector import in_shape, joined, out_of_shape, parts
from banjia.text import Text

if TYPE_CHECKING:
    from banjia.gateway.call import Call
    from banjia.gateway.settings import Candidate, Settings

Json = dict[str, Any]
Ask = Callable[[Json], Awaitable[Json]]
Pause = Callable[[float], Awaitable[None]]

KNOWN = frozenset({"space", "too_long", "vocabulary", "sha256"})
PARTS_AT_ONCE = 4
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 5.0  # seconds before a part is asked for again
AGAIN = frozenset({"connect", "closed", "broken", "timeout", "busy"})
TOO_LONG = frozenset({"context_length_exceeded", "string_above_max_length"})
IDS = re.compile(rb'"input"\s*:\s*\[\s*[\d\[]')
WIDE = re.compile(  # Hangul, CJK and full-width forms
    "[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
CUT = "truncate(input);loss=hard"
DECODED = "detokenize(input);loss=soft"


@dataclass(frozen=True, slots=True)
class VectorSettings:
    """What an application says of its embeddings. `space`: the provider/model that made its stored vectors."""

    space: str = ""
    too_long: Literal["refuse", "truncate"] = "refuse"
    vocabulary: Vocabulary | None = None


def read_vectors(raw: object, base: Path, *, where: str) -> VectorSettings:
    options = Options(raw, where, KNOWN)
    too_long = options.word("too_long", "refuse")
    if too_long not in {"refuse", "truncate"}:
        text = Text("设置的值不对", "a setting has a wrong value")
        raise ConfigError(text, where=f"{where}.too_long", expected="refuse | truncate", found=too_long)
    vocabulary = read_vocabulary(options.word("vocabulary"), options.word("sha256"), base, where=f"{where}.vocabulary")
    return VectorSettings(options.word("space"), "truncate" if too_long == "truncate" else "refuse", vocabulary)


def embedding(candidates: tuple[Candidate, ...], settings: Settings) -> tuple[Candidate, ...]:
    """Those whose provider has embeddings, or of whom nothing is known. Raises Refusal where none has."""
    kept = tuple(c for c in candidates if not c.route.apis or "embeddings" in c.route.apis)
    if candidates and not kept:
        raise not_served("embeddings", having("embeddings", settings.routes.values()))
    return kept


def as_text(call: Call) -> None:
    """Token ids as the text they stand for, where a vocabulary is at hand; text can be looked into, ids cannot."""
    vocabulary = call.app.vectors.vocabulary
    if vocabulary is None or IDS.search(call.body) is None:
        return
    request = msgspec.json.decode(call.body)
    given = request.get("input")
    if not isinstance(given, list) or not given:
        return
    lists = [given] if isinstance(given[0], int) else given
    texts = [_text(vocabulary, ids, i) if isinstance(ids, list) else ids for i, ids in enumerate(lists)]
    call.body = msgspec.json.encode({**request, "input": texts})
    call.losses = (*call.losses, DECODED)


async def embedded(
    request: Json, plan: VectorPlan, ask: Ask, *, settings: VectorSettings, retries: int, pause: Pause
) -> tuple[Json, tuple[str, ...]]:
    """The whole answer and what was lost. A part that fails is asked for again by itself; the others are kept."""
    gate = asyncio.Semaphore(PARTS_AT_ONCE)
    inputs, lost = fitted(request.get("input"), plan.max_tokens_per_item, settings)
    cut = {CUT} if lost else set()

    async def one(part: list[Any]) -> Json:
        async with gate:
            return await _asked_again({**request, "input": part})

    async def _asked_again(changed: Json) -> Json:
        left, wait = retries, FIRST_PAUSE
        while True:
            try:
                return _checked(await _spoken(changed, plan, ask), len(changed["input"]))
            except UpstreamError as error:
                if not left or error.kind not in AGAIN:
                    raise
                rest = wait
            except Refusal as error:
                shorter = _shortened(changed, error, plan, settings)
                if shorter is not None:
                    cut.add(CUT)
                    changed = shorter
                    continue
                rest = error.wait if error.wait is not None else wait
                if not left or not error.retry or rest > LONGEST_PAUSE:
                    raise
            left -= 1
            wait = min(2 * wait, LONGEST_PAUSE)
            await pause(rest)

    cuts = parts(inputs, plan, most_tokens) or [inputs]  # nothing at all is the vendor's to refuse
    answers = await together([one(part) for part in cuts])
    return joined(answers, plan), tuple(cut)


def fitted(inputs: Any, limit: int | None, settings: VectorSettings) -> tuple[Any, bool]:
    """The inputs within the model's limit, and whether one was cut. Raises Refusal for one that is surely too long."""
    if limit is None:
        return inputs, False
    items = inputs if isinstance(inputs, list) else [inputs]
    long = [i for i, item in enumerate(items) if isinstance(item, str) and least_tokens(item) > limit]
    if not long:
        return inputs, False
    if settings.too_long == "refuse":
        text = Text(
            f"input[{long[0]}] 超出模型的 {limit} 个词元；请切短，或设 embeddings.too_long: truncate",
            f"input[{long[0]}] is longer than the model's {limit} tokens; cut it, or set embeddings.too_long: truncate",
        )
        raise bad_request("context_length_exceeded", text, param="input")
    return [shortened(item, limit) if i in long else item for i, item in enumerate(items)], True


def least_tokens(text: str) -> int:
    """Fewer than any vendor's tokeniser would count: two wide characters, or eight others, to a token."""
    wide = len(WIDE.findall(text))
    return wide // 2 + (len(text) - wide) // 8


def most_tokens(text: Any) -> int:
    """Hardly fewer than a vendor's tokeniser would count: a token for a wide character, one for two others."""
    if not isinstance(text, str):
        return len(text) if isinstance(text, list) else 1
    wide = len(WIDE.findall(text))
    return wide + (len(text) - wide + 1) // 2


def shortened(text: str, limit: int) -> str:
    """The longest beginning that hardly any tokeniser finds longer than the limit."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if most_tokens(text[:middle]) <= limit else (low, middle - 1)
    return text[:low]


def _shortened(request: Json, refusal: Refusal, plan: VectorPlan, settings: VectorSettings) -> Json | None:
    """The part once more with its long texts cut, where the vendor found one too long and cutting was chosen."""
    limit = plan.max_tokens_per_item
    if settings.too_long != "truncate" or limit is None or refusal.code not in TOO_LONG:
        return None
    cut = [shortened(i, limit) if isinstance(i, str) else i for i in request["input"]]
    return {**request, "input": cut} if cut != request["input"] else None


async def _spoken(request: Json, plan: VectorPlan, ask: Ask) -> Json:
    if plan.shape is None:
        return await ask(request)
    answer = await ask(in_shape(request, plan.shape))
    return out_of_shape(answer, plan.shape, str(request.get("model", "")))


def _checked(answer: Json, wanted: int) -> Json:
    """A vector for each text, or the answer is worth nothing: a shift by one would go unnoticed."""
    rows = answer.get("data")
    if not isinstance(rows, list) or len(rows) != wanted:
        found = len(rows) if isinstance(rows, list) else 0
        raise UpstreamError("garbage", f"{found} vectors for {wanted} texts")
    return answer


def _text(vocabulary: Vocabulary, ids: list[Any], place: int) -> str:
    try:
        return vocabulary.text(ids)
    except (KeyError, TypeError) as error:
        text = Text(
            f"input[{place}] 里有词表没有的编号", f"input[{place}] holds an id that the vocabulary does not have"
        )
        raise bad_request("token_ids", text, param="input") from error
