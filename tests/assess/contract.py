"""The shape of one result of `banjia assess --json`, as the public contract states it."""

TEXT = {
    "type": "object",
    "required": ["zh", "en"],
    "properties": {"zh": {"type": "string"}, "en": {"type": "string"}},
}
STRINGS = {"type": "array", "items": {"type": "string"}}
VERDICT = {"enum": ["permitted", "conditional", "doubtful", "prohibited", "indeterminate"]}
AXIS = {
    "type": "object",
    "required": ["outcome", "verdict", "reachable", "basis", "cites", "rules"],
    "properties": {
        "outcome": {"type": "string"},
        "verdict": VERDICT,
        "reachable": {**STRINGS, "minItems": 1},
        "basis": {"enum": ["statute", "standard", "practice", "contract"]},
        "cites": STRINGS,
        "rules": STRINGS,
    },
}
DUTY = {
    "type": "object",
    "required": ["id", "when", "met", "cites", "text"],
    "properties": {
        "id": {"type": "string"},
        "when": {"enum": ["before-use", "deadline", "continuing"]},
        "met": {"type": "boolean"},
        "cites": STRINGS,
        "text": TEXT,
    },
}
CITE = {
    "type": "object",
    "required": ["id", "title", "in_force", "confidence", "source"],
    "properties": {
        "id": {"type": "string"},
        "title": TEXT,
        "in_force": {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": ["string", "null"]}},
        "confidence": {"enum": ["text", "secondary", "memory"]},
        "source": {"type": "string"},
    },
}
MISSING = {
    "type": "object",
    "required": ["fact", "question", "settles", "who"],
    "properties": {
        "fact": {"type": "string"},
        "question": TEXT,
        "settles": {"type": "number"},
        "who": {"enum": ["scan", "catalogue", "ledger", "engineer", "product", "legal", "finance", "vendor"]},
    },
}
LEVER = {
    "type": "object",
    "required": ["fact", "from", "to", "verdict"],
    "properties": {"fact": {"type": "string"}, "verdict": VERDICT},
}
RESULT = {
    "type": "object",
    "required": [
        "id", "on", "verdict", "reachable", "exact", "axes", "duties", "cites", "filled", "missing", "because", "levers",
        "doubts", "law",
    ],
    "properties": {
        "id": {"type": "string"},
        "on": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"},
        "verdict": VERDICT,
        "reachable": {"type": "array", "minItems": 1, "items": VERDICT},
        "exact": {"type": "boolean"},
        "axes": {"type": "object", "additionalProperties": AXIS},
        "duties": {
            "type": "object",
            "required": ["certain", "possible", "excluded"],
            "additionalProperties": {"type": "array", "items": DUTY},
        },
        "cites": {"type": "array", "items": CITE},
        "filled": {"type": "array", "items": {"type": "object", "required": ["fact", "value", "source"]}},
        "missing": {"type": "array", "items": MISSING},
        "because": {"type": "array"},
        "levers": {"type": "array", "items": LEVER},
        "doubts": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind"],
                "properties": {"kind": {"enum": ["open", "contested", "silent", "stale"]}},
            },
        },
        "law": {
            "type": "object",
            "required": ["packs", "hash"],
            "properties": {
                "packs": {"type": "object", "additionalProperties": {"type": "string"}},
                "hash": {"type": "string", "pattern": "^sha256:[0-9a-f]{64}$"},
            },
        },
    },
}  # fmt: skip
