"""Answers a customer's question, at once or word by word."""

from collections.abc import Iterator

from openai import OpenAI

MODEL = "gpt-4o-mini"
RULES = "You are the help desk of a shop for office chairs. Answer in one or two short sentences."


def messages(question: str, article: str = "") -> list[dict]:
    known = f"\nUse this article:\n{article}" if article else ""
    return [{"role": "system", "content": RULES + known}, {"role": "user", "content": question}]


def answer(client: OpenAI, question: str, article: str = "") -> str:
    reply = client.chat.completions.create(
        model=MODEL, messages=messages(question, article), temperature=0, max_tokens=80
    )
    return reply.choices[0].message.content or ""


def stream(client: OpenAI, question: str, article: str = "") -> Iterator[str]:
    chunks = client.chat.completions.create(
        model=MODEL, messages=messages(question, article), temperature=0, max_tokens=80, stream=True
    )
    for chunk in chunks:
        if chunk.choices and chunk.choices[0].delta.content:
            yield chunk.choices[0].delta.content
