"""Usages of pydantic-ai, AutoGen and instructor: tools, streams and each way to a typed answer."""

import asyncio
import warnings

import instructor
import openai
from autogen_agentchat.agents import AssistantAgent
from autogen_core.models import UserMessage
from autogen_ext.models.openai import OpenAIChatCompletionClient
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.openai import OpenAIProvider
from usages import ASK_TOOL, CHAT, HI, REASONING, RESULT, holds, run

warnings.filterwarnings("ignore", message="Resolved model mismatch")  # the name is an alias, and the true one is told


class Answer(BaseModel):
    word: str
    n: int


async def get_weather(city: str) -> str:
    """Weather of a city."""
    return f"{RESULT} in {city}"


class Subject:
    def __init__(self, base, key):
        self.base, self.key = base, key
        self.options = {"base_url": base, "api_key": key, "max_retries": 0, "timeout": 30}


def pydantic_ai(s):
    async def used():
        async with openai.AsyncOpenAI(**s.options) as client:
            provider = OpenAIProvider(openai_client=client)
            for make in (OpenAIChatModel, OpenAIResponsesModel):
                for name in (CHAT, REASONING):
                    await all_of(make(name, provider=provider))

    async def all_of(model):
        holds(RESULT in (await Agent(model, tools=[get_weather]).run(ASK_TOOL)).output, "the result is not said")
        async with Agent(model, tools=[get_weather]).run_stream(ASK_TOOL) as stream:
            holds(RESULT in await stream.get_output(), "the result is not said")
        for kind in (Answer, NativeOutput(Answer)):
            holds(isinstance((await Agent(model, output_type=kind).run(HI)).output, Answer), "not parsed")
        async with Agent(model, output_type=Answer).run_stream(HI) as stream:
            holds(isinstance(await stream.get_output(), Answer), "not parsed")

    asyncio.run(used())


def autogen(s):
    async def used():
        client = OpenAIChatCompletionClient(model=CHAT, base_url=s.base, api_key=s.key, max_retries=0)
        options = {"tools": [get_weather], "reflect_on_tool_use": True}
        said = await AssistantAgent("a", client, **options).run(task=ASK_TOOL)
        holds(RESULT in said.messages[-1].content, said)
        agent = AssistantAgent("a", client, model_client_stream=True, **options)
        holds(RESULT in [m async for m in agent.run_stream(task=ASK_TOOL)][-1].messages[-1].content, "not said")
        typed = await client.create([UserMessage(content=HI, source="u")], json_output=Answer)
        Answer.model_validate_json(typed.content)
        await client.close()

    asyncio.run(used())


def instructed(s):
    asked = {"model": CHAT, "messages": [{"role": "user", "content": HI}], "response_model": Answer}
    for mode in (instructor.Mode.TOOLS, instructor.Mode.TOOLS_STRICT, instructor.Mode.JSON_SCHEMA):
        client = instructor.from_openai(openai.OpenAI(**s.options), mode=mode)
        holds(isinstance(client.chat.completions.create(**asked, max_retries=0), Answer), mode)
        holds([*client.chat.completions.create_partial(**asked)], mode)


if __name__ == "__main__":
    run(Subject, (pydantic_ai, autogen, instructed))
