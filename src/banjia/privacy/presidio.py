"""Presidio: this engine behind the interface of Presidio's recognizers, for programs that are built on those.

from presidio_analyzer import AnalyzerEngine
from banjia.privacy.presidio import recognizer

analyzer.registry.add_recognizer(recognizer("zh"))
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from banjia.errors import ConfigError
from banjia.privacy.detector import detectors
from banjia.privacy.engine import Engine
from banjia.privacy.span import Reading
from banjia.text import Text

# Presidio's names for what it knows too; all else goes by its own name.
NAMES = {
    "PHONE": "PHONE_NUMBER",
    "EMAIL": "EMAIL_ADDRESS",
    "BANK_CARD": "CREDIT_CARD",
    "SSN": "US_SSN",
    "IBAN": "IBAN_CODE",
    "IP": "IP_ADDRESS",
    "MAC": "MAC_ADDRESS",
    "ADDRESS": "LOCATION",
    "ORG": "ORGANIZATION",
    "DOB": "DATE_TIME",
    "ID_CN": "CN_RESIDENT_ID",
    "USCC": "CN_USCC",
    "PLATE": "CN_PLATE",
}


@dataclass(frozen=True, slots=True)
class Result:
    """The fields of Presidio's own result that callers read; `recognition_metadata` has ours beside them."""

    entity_type: str
    start: int
    end: int
    score: float
    recognition_metadata: dict[str, Any]


def entities() -> list[str]:
    """Every entity that may be found, by Presidio's names."""
    kinds = [*(d.id for d in detectors()), "PERSON", "ADDRESS", "ORG"]
    return list(dict.fromkeys(NAMES.get(kind, kind) for kind in kinds))


def results(engine: Engine, text: str, wanted: Sequence[str] = (), *, on: date | None = None) -> list[Result]:
    """What a text holds of the wanted entities, or of all where none is named."""
    found = []
    for span in engine.detect(text, on=on):
        kind = NAMES.get(span.type, span.type)
        if not wanted or kind in wanted:
            metadata = {"type": span.type, "class": span.data_class, "subject": span.subject or None}
            found.append(Result(kind, span.start, span.end, span.score, metadata))
    return found


def recognizer(language: str = "zh", *, reading: Reading = "current", names: bool = True) -> Any:
    """A recognizer for Presidio's registry. Raises ConfigError where Presidio is not installed."""
    try:
        from presidio_analyzer import EntityRecognizer, RecognizerResult  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError(
            Text("没有安装 Presidio", "Presidio is not installed"),
            where="presidio_analyzer",
            remedy="pip install 'banjia[presidio]'",
        ) from error

    class Banjia(EntityRecognizer):  # type: ignore[misc]
        def load(self) -> None:
            self.engine = Engine(reading, names=names)

        def analyze(self, text: str, entities: list[str] | None = None, nlp_artifacts: Any = None) -> list[Any]:
            del nlp_artifacts
            return [
                RecognizerResult(
                    entity_type=r.entity_type,
                    start=r.start,
                    end=r.end,
                    score=r.score,
                    recognition_metadata={
                        RecognizerResult.RECOGNIZER_NAME_KEY: self.name,
                        RecognizerResult.RECOGNIZER_IDENTIFIER_KEY: self.id,
                        **r.recognition_metadata,
                    },
                )
                for r in results(self.engine, text, entities or ())
            ]

    made = Banjia(supported_entities=entities(), supported_language=language, name="Banjia")
    if not hasattr(made, "engine"):
        made.load()
    return made
