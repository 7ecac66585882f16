"""Moderation: an application's own check of what goes in and what comes out; the lists are its own."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Hashable, Iterable
from pathlib import Path
from typing import Any

import msgspec

from banjia.errors import ConfigError
from banjia.gateway.answer import UpstreamError
from banjia.gateway.option import Options
from banjia.gateway.pool import Pools
from banjia.gateway.refusal import Refusal
from banjia.gateway.target import Target, parse_target
from banjia.text import Text

Json = dict[str, Any]

log = logging.getLogger("banjia.gateway")

KNOWN = frozenset({"keywords", "url", "seconds", "window", "unavailable"})
ANSWER_BYTES = 1024 * 1024
SPOKEN = ("content", "reasoning_content", "reasoning", "refusal")  # texts of a delta
WORDS = (*SPOKEN, "text", "arguments", "output", "function", "tool_calls")

STOPPED = Text("内容未通过本应用的内容安全检查", "the content did not pass this application's safety check")
UNAVAILABLE = Text(
    "内容安全检查服务不可用，未经检查的内容不放行", "the safety check cannot be reached; nothing passes unchecked"
)


class Screen:
    """Keyword files and, where config names one, an HTTP service. Without either there is no screen."""

    def __init__(
        self,
        words: Iterable[str],
        service: Target | None = None,
        *,
        seconds: float = 10.0,
        window: int = 400,
        passes_unchecked: bool = False,
    ) -> None:
        """`seconds` are what one check may take, `window` the characters of a stream that are checked at a time."""
        found = sorted(set(words), key=lambda w: (-len(w), w))
        self._pattern = re.compile("|".join(map(re.escape, found)), re.IGNORECASE) if found else None
        self.longest = max(map(len, found), default=0)
        self.service = service
        self.seconds = seconds
        self.window = window
        self.passes_unchecked = passes_unchecked  # where the service cannot say

    def hits(self, text: str) -> bool:
        return self._pattern is not None and self._pattern.search(text) is not None

    async def check(self, text: str, *, stage: str, app: str, pools: Pools) -> bool:
        """Whether the text is stopped. Where the service cannot say, Refusal, unless config lets it pass unchecked."""
        if self.hits(text):
            return True
        if self.service is None or not text:
            return False
        body = msgspec.json.encode({"input": text, "stage": stage, "app": app})
        head = (
            f"POST {self.service.path or '/'} HTTP/1.1\r\nhost: {self.service.authority}\r\n"
            f"content-type: application/json\r\naccept-encoding: identity\r\ncontent-length: {len(body)}\r\n\r\n"
        )
        try:
            async with asyncio.timeout(self.seconds):
                answer = await pools.at(self.service).send(head.encode("ascii"), body, repeatable=True)
                said = await answer.body(ANSWER_BYTES)
            return _flagged(msgspec.json.decode(said) if answer.status == 200 else None)
        except (UpstreamError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError, TimeoutError) as error:
            if not self.passes_unchecked:
                raise unavailable() from error
            log.warning("application %s: the safety check cannot be reached, a text passes unchecked (%s)", app, stage)
            return False


def read_screen(raw: object, base: Path, *, where: str) -> Screen | None:
    """`keywords` are files with one word a line; `url` is asked with the text and answers `{"flagged": bool}`."""
    if raw is None:
        return None
    options = Options(raw, where, KNOWN)
    words = [
        w for i, name in enumerate(options.words("keywords")) for w in _words(base / name, f"{where}.keywords[{i}]")
    ]
    url = options.word("url")
    if not words and not url:
        raise ConfigError(
            Text("没有可检查的内容", "there is nothing to check by"),
            where=where,
            expected="keywords: [FILE] | url: http(s)://...",
            remedy=Text("写上关键词文件或检查服务", "name a file of keywords or a service"),
        )
    return Screen(
        words,
        parse_target(url, where=f"{where}.url") if url else None,
        seconds=options.number("seconds", 10.0, least=0.05, most=300.0),
        window=options.count("window", least=1, most=1_000_000, default=400),
        passes_unchecked=options.word("unavailable", "refuse", among=("refuse", "pass")) == "pass",
    )


def stopped() -> Refusal:
    """The canonical event of a safety refusal before the first word."""
    return Refusal(400, "invalid_request_error", "content_filter", STOPPED)


def unavailable() -> Refusal:
    return Refusal(503, "server_error", "moderation_unavailable", UNAVAILABLE, retry=True, wait=1.0)


def said_in(request: Json) -> str:
    """The words of a request: of its messages, prompt or input."""
    return "\n".join(_texts([request.get(k) for k in ("messages", "prompt", "input", "instructions")]))


def said_by(answer: Json) -> str:
    """The words of an answer."""
    return "\n".join(_texts([c.get("message") or c.get("text") for c in answer.get("choices") or []]))


def spoken(event: Json) -> str:
    """The words of one event of a stream, wherever in it they stand."""
    choices = event.get("choices") or []
    return "".join(h[n] for i, c in enumerate(choices) for _, h, n in _places(c.get("index") or i, c))


def silenced(answer: Json) -> Json:
    """The answer without its words: the canonical event of a safety refusal of what was generated."""
    return {**answer, "choices": [_silenced(c) for c in answer.get("choices") or []]}


class ModeratedStream:
    """Holds back as many characters as the longest keyword could still need; a hit ends the answer.

    Text, reasoning and the arguments of calls are each read as one text.
    """

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._held: dict[Hashable, str] = {}
        self.stopped = False

    def event(self, event: Json) -> list[Json]:
        if self.stopped:
            return []
        for choice in event.get("choices") or []:
            index, ends = choice.get("index") or 0, choice.get("finish_reason") is not None
            choice.pop("logprobs", None)  # they would say what is held back
            places = list(_places(index, choice))
            if not all(self._read(place, holder, name, ends=ends) for place, holder, name in places):
                return [self._stop(event, choice)]
            if ends:
                self._let_go(index, choice, {place for place, _, _ in places})
        return [event]

    def _read(self, place: Hashable, holder: Json, name: str, *, ends: bool) -> bool:
        """Whether what has come at one place may go on; what is not sure yet stays here."""
        text = self._held.get(place, "") + holder[name]
        if self._screen.hits(text):
            return False
        keep = 0 if ends else max(0, min(len(text), self._screen.longest - 1))
        self._held[place] = text[len(text) - keep :]
        holder[name] = text[: len(text) - keep]
        return True

    def _let_go(self, index: int, choice: Json, said: set[Hashable]) -> None:
        """At the end of a choice, what is held for places that the last event does not speak of."""
        for place, text in self._held.items():
            if not isinstance(place, tuple) or place[0] != index or place in said or not text:
                continue
            if place[1] == "call":
                calls = choice.setdefault("delta", {}).setdefault("tool_calls", [])
                calls.append({"index": place[2], "function": {"arguments": text}})
            elif place[1] == "text":
                choice["text"] = text
            else:
                choice.setdefault("delta", {})[place[1]] = text
            self._held[place] = ""

    def _stop(self, event: Json, choice: Json) -> Json:
        self.stopped = True
        if "text" in choice:
            choice["text"] = ""
        else:
            choice["delta"] = {}
        choice["finish_reason"] = "content_filter"
        return {**event, "choices": [choice]}

    def end(self) -> list[Json]:
        return []


def _silenced(choice: Json) -> Json:
    kept = {k: v for k, v in choice.items() if k != "logprobs"} | {"finish_reason": "content_filter"}
    if "text" in choice:
        return {**kept, "text": ""}
    return {**kept, "message": {"role": "assistant", "content": ""}}


def _places(index: int, choice: Json) -> Iterable[tuple[Hashable, Json, str]]:
    """Where a piece of a stream says something: an id of the place, and the field that holds the words."""
    if isinstance(choice.get("text"), str):
        yield (index, "text"), choice, "text"
    delta = choice.get("delta") or {}
    for name in SPOKEN:
        if isinstance(delta.get(name), str):
            yield (index, name), delta, name
    for call in delta.get("tool_calls") or []:
        function = call.get("function") or {}
        if isinstance(function.get("arguments"), str):
            yield (index, "call", call.get("index") or 0), function, "arguments"


def _texts(node: Any) -> Iterable[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif isinstance(node, dict):
        for key in WORDS:
            if key in node:
                yield from _texts(node[key])


def _words(path: Path, where: str) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise ConfigError(
            Text("读不到关键词文件", "the keyword file cannot be read"),
            where=where,
            expected=Text("UTF-8，一行一词", "UTF-8, a word a line"),
            found=str(path)[:200],
        ) from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _flagged(found: Any) -> bool:
    """`{"flagged": bool}` or OpenAI's moderation answer; anything else is no answer."""
    rows = found.get("results") if isinstance(found, dict) else None
    answers = [r.get("flagged") for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    if isinstance(found, dict) and not answers:
        answers = [found.get("flagged")]
    if not answers or not all(isinstance(a, bool) for a in answers):
        raise UpstreamError("garbage", "neither flagged nor not")
    return any(answers)
