"""Use: what an application asks of a model, from inventory, ledger or a person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from banjia.routes.price import Volume

Verdict = Literal["permitted", "conditional", "doubtful", "prohibited", "indeterminate", "not-assessed"]


@dataclass(frozen=True, slots=True)
class Use:
    """Features that are really used; widths are those of stored vectors, by model."""

    models: tuple[str, ...]
    tools: bool = False
    forced_tools: bool = False
    images: bool = False
    json_object: bool = False
    json_schema: bool = False
    several_answers: bool = False
    streams: bool = False
    longest_input: int = 0
    widths: dict[str, int] = field(default_factory=dict)
    volume: Volume = field(default_factory=Volume)
    volumes: dict[str, Volume] = field(default_factory=dict)  # of single models; the others have `volume`

    def volume_of(self, model: str) -> Volume:
        return self.volumes.get(model, self.volume)

    def request(self, model: str) -> dict[str, Any]:
        """A chat request that uses every feature the application uses: it is put to a dialect to see what is lost."""
        content: Any = "q"
        if self.images:
            content = [
                {"type": "text", "text": "q"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,"}},
            ]
        request: dict[str, Any] = {"model": model, "messages": [{"role": "user", "content": content}]}
        if self.tools or self.forced_tools:
            request["tools"] = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
        if self.forced_tools:
            request["tool_choice"] = "required"
        if self.json_schema:
            request["response_format"] = {"type": "json_schema", "json_schema": {"name": "a", "schema": {}}}
        elif self.json_object:
            request["response_format"] = {"type": "json_object"}
        if self.several_answers:
            request["n"] = 2
        if self.streams:
            request |= {"stream": True, "stream_options": {"include_usage": True}}
        return request


@dataclass(frozen=True, slots=True)
class Allowed:
    """One way that the assessment looked at. `site` as in the price lists, `self` for own weights."""

    provider: str
    site: str
    verdict: Verdict = "not-assessed"
    route: str = ""
    lever: str = ""  # what would open it
    worst: Verdict | Literal[""] = ""  # the gravest that is still reachable while facts are open
    duties: int = 0  # to be met before use, certain or possible
    asks: tuple[str, ...] = ()  # the open facts worth asking first
