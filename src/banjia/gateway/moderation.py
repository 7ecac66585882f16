"""Moderation: an application's own check of what goes in and what comes out; the lists are its own."""

from __future__ import annotations

import re
from collections.abc import Iterable
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

KNOWN = frozenset({"keywords", "url"})
ANSWER_BYTES = 1024 * 1024

STOPPED = Text("内容未通过本应用的内容安全检查", "the content did not pass this application's safety check")
UNAVAILABLE = Text(
    "内容安全检查服务不可用，未经检查的内容不放行", "the safety check cannot be reached; nothing passes unchecked"
)


class Screen:
    """Keyword files and, where config names one, an HTTP service. Without either there is no screen."""

    def __init__(self, words: Iterable[str], service: Target | None = None) -> None:
        found = sorted(set(words), key=lambda w: (-len(w), w))
        self._pattern = re.compile("|".join(map(re.escape, found)), re.IGNORECASE) if found else None
        self.longest = max(map(len, found), default=0)
        self.service = service

    def hits(self, text: str) -> bool:
        return self._pattern is not None and self._pattern.search(text) is not None

    async def check(self, text: str, *, stage: str, app: str, pools: Pools) -> bool:
        """Whether the text is stopped. Raises Refusal where the service cannot say: then nothing passes."""
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
            answer = await pools.at(self.service).send(head.encode("ascii"), body, repeatable=True)
            said = await answer.body(ANSWER_BYTES)
            found = msgspec.json.decode(said) if answer.status == 200 else None
        except (UpstreamError, msgspec.MsgspecError) as error:
            raise unavailable() from error
        return _flagged(found)


def read_screen(raw: object, base: Path, *, where: str) -> Screen | None:
    """`keywords` are files with one word a line; `url` is asked with the text and answers `{"flagged": bool}`."""
    if raw is None:
        return None
    options = Options(raw, where, KNOWN)
    files = raw.get("keywords") if isinstance(raw, dict) else None
    paths = [files] if isinstance(files, str) else files or []
    words = [w for i, name in enumerate(paths) for w in _words(base / str(name), f"{where}.keywords[{i}]")]
    url = options.word("url")
    return Screen(words, parse_target(url, where=f"{where}.url") if url else None)


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


def silenced(answer: Json) -> Json:
    """The answer without its words: the canonical event of a safety refusal of what was generated."""
    choices = [
        {**c, "message": {"role": "assistant", "content": ""}, "finish_reason": "content_filter"}
        for c in answer.get("choices") or []
    ]
    return {**answer, "choices": choices}


class ModeratedStream:
    """Holds back as many characters as the longest keyword could still need; a hit ends the answer."""

    def __init__(self, screen: Screen) -> None:
        self._screen = screen
        self._held: dict[int, str] = {}
        self.stopped = False

    def event(self, event: Json) -> list[Json]:
        if self.stopped:
            return []
        for choice in event.get("choices") or []:
            index, delta = choice.get("index") or 0, choice.get("delta") or {}
            text = self._held.get(index, "") + (delta.get("content") or "")
            if self._screen.hits(text):
                self.stopped = True
                choice["delta"], choice["finish_reason"] = {}, "content_filter"
                return [event]
            ends = choice.get("finish_reason") is not None
            keep = 0 if ends else min(len(text), self._screen.longest - 1)
            self._held[index] = text[len(text) - keep :]
            said = text[: len(text) - keep]
            if said or "content" in delta:
                choice["delta"] = {**delta, "content": said}
        return [event]

    def end(self) -> list[Json]:
        return []


def _texts(node: Any) -> Iterable[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for child in node:
            yield from _texts(child)
    elif isinstance(node, dict):
        for key in ("content", "text", "arguments", "output", "function", "tool_calls"):
            if key in node:
                yield from _texts(node[key])


def _words(path: Path, where: str) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            Text("读不到关键词文件", "the keyword file cannot be read"), where=where, found=str(path)
        ) from error
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def _flagged(found: Any) -> bool:
    """`{"flagged": bool}` or OpenAI's moderation answer; anything else is no answer."""
    rows = found.get("results") if isinstance(found, dict) else None
    answers = [r.get("flagged") for r in rows if isinstance(r, dict)] if isinstance(rows, list) else []
    if isinstance(found, dict) and not answers:
        answers = [found.get("flagged")]
    if not answers or not all(isinstance(a, bool) for a in answers):
        raise unavailable()
    return any(answers)
