"""Finds the article that fits a question by embeddings."""

import math
from pathlib import Path

from openai import OpenAI

MODEL = "text-embedding-3-small"


def embed(client: OpenAI, texts: list[str]) -> list[list[float]]:
    return [item.embedding for item in client.embeddings.create(model=MODEL, input=texts).data]


def best(client: OpenAI, question: str, folder: Path) -> tuple[str, float]:
    """Name and cosine of the nearest article."""
    files = sorted(folder.glob("*.md"))
    *articles, asked = embed(client, [f.read_text(encoding="utf-8") for f in files] + [question])
    scores = [cosine(vector, asked) for vector in articles]
    top = max(range(len(files)), key=scores.__getitem__)
    return files[top].name, scores[top]


def cosine(a: list[float], b: list[float]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True)) / (math.hypot(*a) * math.hypot(*b))
