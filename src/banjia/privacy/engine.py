"""Engine: the spans of personal information in a text, and what the text as a whole speaks of."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from banjia.privacy.detector import detectors
from banjia.privacy.identify import Found, identifier, to_code_points
from banjia.privacy.matcher import EngineName
from banjia.privacy.shadow import Shadow, shadow
from banjia.privacy.span import Reading, Record, Span, SpanClass


class Engine:
    """`reading` decides the class of each type: `current` is GB/T 45574-2025, `strict` also GB/T 35273-2020."""

    def __init__(self, reading: Reading = "current", *, matcher: EngineName = "auto", names: bool = True) -> None:
        self.reading = reading
        self.names = names
        self._identifier = identifier(matcher)
        self._class: dict[str, SpanClass] = {d.id: d.data_class(reading) for d in detectors()}

    def detect(self, text: str, *, on: date | None = None) -> list[Span]:
        """The spans in order; `on` is the day that tells who is under fourteen."""
        return list(self.record(text, on=on).spans)

    def record(self, text: str, *, on: date | None = None) -> Record:
        found, seen = self.identifiers(text)
        spans = [
            Span(*seen.span(start, end), form.type, self._class.get(form.type, "pi"), form.score, "1")
            for start, end, form in found
        ]
        return Record(tuple(spans))

    def identifiers(self, text: str) -> tuple[list[Found], Shadow]:
        """Stage A alone: checked identifiers by code points of the shadow that was searched."""
        data = text.encode("utf-8", "surrogatepass")
        found, disguised = self._identifier.find(data)
        if not disguised:
            return to_code_points(data, found), Shadow(text)
        seen = shadow(text)
        data = seen.text.encode("utf-8", "surrogatepass")
        found, _ = self._identifier.find(data)
        return to_code_points(data, found), seen
