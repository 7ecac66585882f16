"""Sorts a ticket into a queue; the answer must follow a JSON schema."""

import json

from openai import OpenAI

MODEL = "gpt-4o-mini"
TICKET = {
    "name": "ticket",
    "strict": True,
    "schema": {
        "type": "object",
        "properties": {
            "queue": {"type": "string", "enum": ["delivery", "billing", "repair", "other"]},
            "urgent": {"type": "boolean"},
        },
        "required": ["queue", "urgent"],
        "additionalProperties": False,
    },
}


def triage(client: OpenAI, ticket: str) -> dict:
    reply = client.chat.completions.create(
        model=MODEL,
        messages=[
            {"role": "system", "content": "Sort the ticket. Reply with JSON."},
            {"role": "user", "content": ticket},
        ],
        response_format={"type": "json_schema", "json_schema": TICKET},
        temperature=0,
        max_tokens=60,
    )
    return json.loads(reply.choices[0].message.content or "{}")
