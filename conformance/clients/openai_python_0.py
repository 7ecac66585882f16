"""Scenarios with openai-python 0.28; base URL from OPENAI_API_BASE."""

import json
import os
import sys

import openai

CHAT = os.environ.get("CHAT_MODEL", "gpt-4o-mini")
EMBED = os.environ.get("EMBED_MODEL", "text-embedding-3-small")
ASK = [{"role": "user", "content": "Say hello in one word."}]


def text():
    reply = openai.ChatCompletion.create(model=CHAT, messages=ASK, max_tokens=16)
    assert reply["choices"][0]["message"]["content"]


def stream():
    chunks = list(openai.ChatCompletion.create(model=CHAT, messages=ASK, max_tokens=16, stream=True))
    assert "".join(c["choices"][0]["delta"].get("content") or "" for c in chunks if c["choices"])


def embed_1():
    assert len(openai.Embedding.create(model=EMBED, input="hello")["data"][0]["embedding"]) > 10


def wrong_key():
    try:
        openai.ChatCompletion.create(model=CHAT, messages=ASK, api_key="wrong")
    except openai.error.AuthenticationError:
        return
    raise AssertionError("a wrong key was answered")


if __name__ == "__main__":
    failed = 0
    for scenario in (text, stream, embed_1, wrong_key):
        try:
            scenario()
            print(json.dumps({"scenario": scenario.__name__, "ok": True}))
        except Exception as error:
            failed += 1
            print(
                json.dumps(
                    {"scenario": scenario.__name__, "ok": False, "why": f"{type(error).__name__}: {error}"[:300]}
                )
            )
    sys.exit(bool(failed))
