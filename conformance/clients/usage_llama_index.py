"""Usages of LlamaIndex: the function calling agent, structured output and completion, with each of its OpenAI classes."""

import asyncio

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.llms import ChatMessage
from llama_index.core.prompts import PromptTemplate
from llama_index.llms.openai import OpenAI, OpenAIResponses
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel
from usages import ASK_TOOL, CHAT, HI, REASONING, RESULT, holds, run


class Answer(BaseModel):
    word: str
    n: int


def get_weather(city: str) -> str:
    """Weather of a city."""
    return f"{RESULT} in {city}"


class Subject:
    def __init__(self, base, key):
        self._options = {"api_base": base, "api_key": key, "max_retries": 0, "timeout": 30}

    def models(self):
        """New ones for each usage: their asynchronous clients belong to one loop."""
        like = {"is_chat_model": True, "is_function_calling_model": True, "context_window": 8000}
        yield OpenAI(model=CHAT, **self._options)
        yield OpenAI(model=REASONING, **self._options)
        yield OpenAIResponses(model=CHAT, **self._options)
        yield OpenAILike(model=CHAT, **like, **self._options)


def agent(s):
    for streaming in (True, False):
        for model in s.models():

            async def asked(model=model, streaming=streaming):
                return await FunctionAgent(tools=[get_weather], llm=model, streaming=streaming).run(ASK_TOOL)

            holds(RESULT in str(asyncio.run(asked())), f"{type(model).__name__} {model.model}")


def structured(s):
    for model in s.models():
        holds(isinstance(model.as_structured_llm(Answer).chat([ChatMessage(HI)]).raw, Answer), "not parsed")
        holds(isinstance(model.structured_predict(Answer, PromptTemplate(HI)), Answer), "not parsed")
        holds([*model.stream_structured_predict(Answer, PromptTemplate(HI))], "nothing came")


def completed(s):
    for model in s.models():
        holds(model.complete(HI).text, "no text")
        holds("".join(piece.delta or "" for piece in model.stream_complete(HI)), "no text")


if __name__ == "__main__":
    run(Subject, (agent, structured, completed))
