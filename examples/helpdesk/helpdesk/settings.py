"""Reads `.env` beside the application; a variable that is already set wins."""

import os
from pathlib import Path

from openai import OpenAI

HOME = Path(__file__).resolve().parent.parent


def load_env(path: Path = HOME / ".env") -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, mark, value = line.strip().partition("=")
        if mark and not name.startswith("#"):
            os.environ.setdefault(name, value)


def client() -> OpenAI:
    load_env()
    return OpenAI()
