"""Usages of openai-agents: loops, streamed tools, handoffs, output types, sessions and agents as tools, over both APIs."""

import asyncio

from agents import (
    Agent,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    SQLiteSession,
    function_tool,
    set_tracing_disabled,
)
from openai import AsyncOpenAI
from pydantic import BaseModel
from usages import ASK_TOOL, CHAT, HI, REASONING, RESULT, holds, run, same


class Answer(BaseModel):
    word: str
    n: int


@function_tool
def get_weather(city: str) -> str:
    """Weather of a city."""
    return f"{RESULT} in {city}"


class Subject:
    def __init__(self, base, key):
        self._options = {"base_url": base, "api_key": key, "max_retries": 0, "timeout": 30}

    def each(self, use):
        """`use` with every model, each with a client of its own loop."""
        for make in (OpenAIResponsesModel, OpenAIChatCompletionsModel):
            for name in (CHAT, REASONING):

                async def used(make=make, name=name):
                    async with AsyncOpenAI(**self._options) as client:
                        await use(make(name, client))

                asyncio.run(used())


def loop(s):
    async def use(model):
        agent = Agent("a", instructions="s", tools=[get_weather], model=model)
        holds(RESULT in (await Runner.run(agent, ASK_TOOL)).final_output, "the result is not said")
        streamed = Runner.run_streamed(agent, ASK_TOOL)
        holds([e async for e in streamed.stream_events()], "no events")
        holds(RESULT in streamed.final_output, streamed.final_output)

    s.each(use)


def handoff(s):
    async def use(model):
        helper = Agent("helper", instructions="h", model=model)
        settings = ModelSettings(tool_choice="required")
        front = Agent("front", instructions="f", handoffs=[helper], model=model, model_settings=settings)
        same((await Runner.run(front, HI)).last_agent.name, "helper")
        streamed = Runner.run_streamed(front, HI)
        holds([e async for e in streamed.stream_events()], "no events")
        same(streamed.last_agent.name, "helper")

    s.each(use)


def output_type(s):
    async def use(model):
        for tools in ([], [get_weather]):
            agent = Agent("a", instructions="s", output_type=Answer, tools=tools, model=model)
            holds(isinstance((await Runner.run(agent, ASK_TOOL)).final_output, Answer), "not parsed")

    s.each(use)


def session(s):
    async def use(model):
        kept, agent = SQLiteSession("s"), Agent("a", instructions="s", tools=[get_weather], model=model)
        await Runner.run(agent, ASK_TOOL, session=kept)
        holds("and now" in (await Runner.run(agent, "and now", session=kept)).final_output, "another answer")

    s.each(use)


def as_tool(s):
    async def use(model):
        helper = Agent("helper", instructions="h", model=model)
        front = Agent("front", instructions="f", tools=[helper.as_tool("ask", "asks")], model=model)
        holds((await Runner.run(front, ASK_TOOL)).final_output, "no answer")

    s.each(use)


if __name__ == "__main__":
    set_tracing_disabled(True)
    run(Subject, (loop, handoff, output_type, session, as_tool))
