"""Usages of Semantic Kernel: chat, functions that the model calls, whole and streamed, and typed answers."""

import asyncio

from openai import AsyncOpenAI
from pydantic import BaseModel
from semantic_kernel import Kernel
from semantic_kernel.connectors.ai.function_choice_behavior import FunctionChoiceBehavior
from semantic_kernel.connectors.ai.open_ai import OpenAIChatCompletion, OpenAIChatPromptExecutionSettings
from semantic_kernel.contents import ChatHistory
from semantic_kernel.functions import kernel_function
from usages import ASK_TOOL, CHAT, ECHO, HI, RESULT, holds, run, same


class Answer(BaseModel):
    word: str
    n: int


class Weather:
    @kernel_function(description="Weather of a city")
    def get_weather(self, city: str) -> str:
        return f"{RESULT} in {city}"


class Subject:
    def __init__(self, base, key):
        self._options = {"base_url": base, "api_key": key, "max_retries": 0, "timeout": 30}

    def said(self, text, **settings):
        """The answer to one message, whole and in pieces."""

        async def used():
            async with AsyncOpenAI(**self._options) as client:
                kernel, service = Kernel(), OpenAIChatCompletion(ai_model_id=CHAT, async_client=client)
                kernel.add_plugin(Weather(), "weather")
                asked = {"settings": OpenAIChatPromptExecutionSettings(**settings), "kernel": kernel}
                whole = await service.get_chat_message_content(history(text), **asked)
                pieces = service.get_streaming_chat_message_content(history(text), **asked)
                return str(whole), "".join([str(piece) async for piece in pieces])

        return asyncio.run(used())


def history(text):
    history = ChatHistory()
    history.add_user_message(text)
    return history


def chat(s):
    same(s.said(HI), (ECHO, ECHO))


def functions(s):
    for text in s.said(ASK_TOOL, function_choice_behavior=FunctionChoiceBehavior.Auto()):
        holds(RESULT in text, text)


def typed(s):
    for text in s.said(HI, response_format=Answer):
        Answer.model_validate_json(text)


if __name__ == "__main__":
    run(Subject, (chat, functions, typed))
