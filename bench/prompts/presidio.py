"""Presidio with its defaults, in an environment of its own: BANJIA_PRESIDIO names a Python that has it and a spaCy model."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from prompts.render import Row

MODEL = os.environ.get("BANJIA_PRESIDIO_MODEL", "")  # its own default is en_core_web_lg
SCRIPT = """
import json, sys
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import NlpEngineProvider
model = sys.argv[1]
engine = None
if model:
    made = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": model}]}
    engine = NlpEngineProvider(nlp_configuration=made).create_engine()
analyzer = AnalyzerEngine(nlp_engine=engine, supported_languages=["en"]) if engine else AnalyzerEngine()
kinds = {"PHONE_NUMBER": "PHONE", "EMAIL_ADDRESS": "EMAIL", "CREDIT_CARD": "BANK_CARD", "US_SSN": "SSN", "IP_ADDRESS": "IP",
         "IBAN_CODE": "IBAN", "PERSON": "PERSON", "US_PASSPORT": "PASSPORT", "MAC_ADDRESS": "MAC"}
have = set(analyzer.get_supported_entities("en"))
for line in sys.stdin:
    found = analyzer.analyze(json.loads(line), language="en", entities=[k for k in kinds if k in have])
    print(json.dumps([{"start": r.start, "end": r.end, "type": kinds[r.entity_type], "subject": ""} for r in found]), flush=True)
"""


def python() -> str:
    return os.environ.get("BANJIA_PRESIDIO", "")


def found(rows: list[Row]) -> list[list[dict[str, Any]]]:
    given = "".join(json.dumps(r["text"]) + "\n" for r in rows)
    out = subprocess.run([python(), "-c", SCRIPT, MODEL], input=given, capture_output=True, text=True, check=False)
    if out.returncode:
        raise SystemExit(f"Presidio did not run: {out.stderr.strip().splitlines()[-1:]}")
    return [json.loads(line) for line in out.stdout.splitlines()]
