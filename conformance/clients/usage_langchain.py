"""Usages of langchain-openai: structured output by each method, bound tools, streams, Azure, the Responses API, the old completions."""

import asyncio

from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import AzureChatOpenAI, ChatOpenAI, OpenAI
from pydantic import BaseModel
from usages import ASK_TOOL, CHAT, CITY, ECHO, HI, REASONING, RESULT, holds, run, same

OPTIONS = {"max_retries": 0, "timeout": 30}
LOOP = asyncio.new_event_loop()  # its models share their asynchronous client


class Answer(BaseModel):
    """An answer."""

    word: str
    n: int


@tool
def get_weather(city: str) -> str:
    """Weather of a city."""
    return f"{RESULT} in {city}"


class Subject:
    def __init__(self, base, key):
        self.base, self.key = base, key
        self.chat = self.model(CHAT)

    def model(self, name, **more):
        return ChatOpenAI(base_url=self.base, api_key=self.key, model=name, **OPTIONS, **more)


def structured(s):
    for options in (
        {"method": "json_schema"},
        {"method": "function_calling"},
        {"method": "json_schema", "strict": True},
    ):
        holds(isinstance(s.chat.with_structured_output(Answer, **options).invoke(HI), Answer), options)
        holds(isinstance([*s.chat.with_structured_output(Answer, **options).stream(HI)][-1], Answer), options)
    raw = s.chat.with_structured_output(Answer, method="function_calling", strict=True, include_raw=True)
    holds(isinstance(raw.invoke(HI)["parsed"], Answer), raw)


def structured_by_json_mode(s):
    holds(isinstance(s.chat.with_structured_output(None, method="json_mode").invoke("answer in JSON"), dict), "")


def bound(s):
    for options in (
        {"tool_choice": "any"},
        {"tool_choice": "get_weather", "strict": True, "parallel_tool_calls": False},
    ):
        same(s.chat.bind_tools([get_weather], **options).invoke("Weather?").tool_calls[0]["args"], CITY)


def loop(s):
    for model in (s.chat, s.model(REASONING, reasoning_effort="high")):
        around(model.bind_tools([get_weather]))


def loop_over_responses(s):
    around(s.model(CHAT, use_responses_api=True).bind_tools([get_weather]))
    more = {"reasoning": {"effort": "low", "summary": "auto"}, "output_version": "responses/v1"}
    around(s.model(REASONING, use_responses_api=True, **more).bind_tools([get_weather]))


def around(model):
    """One turn with a call, whole and in pieces, and the turn with its result."""
    whole, streamed = model.invoke(ASK_TOOL), None
    for chunk in model.stream(ASK_TOOL):
        streamed = chunk if streamed is None else streamed + chunk
    for said in (whole, streamed):
        same(said.tool_calls[0]["args"], CITY)
        told = ToolMessage(RESULT, tool_call_id=said.tool_calls[0]["id"])
        holds(RESULT in model.invoke([HumanMessage(ASK_TOOL), said, told]).text, "the result is not said")


def turns_from_elsewhere(s):
    called = AIMessage("", tool_calls=[{"id": "call_abc", "name": "get_weather", "args": CITY}])
    turns = [SystemMessage("s"), HumanMessage("w?"), called, ToolMessage(RESULT, tool_call_id="call_abc")]
    said = s.chat.bind_tools([get_weather]).invoke([*turns, AIMessage("It is sunny"), HumanMessage("again")])
    holds("again" in said.content, said)


def usage_of_a_stream(s):
    full = None
    for chunk in s.chat.stream(HI, stream_usage=True):
        full = chunk if full is None else full + chunk
    same(full.content, ECHO)
    holds(full.usage_metadata["total_tokens"], full)


def asynchronous(s):
    async def used():
        model = s.model(CHAT)
        return [c.content async for c in model.astream(HI)], await model.abatch(["a", "b", "c"])

    streamed, batch = LOOP.run_until_complete(used())
    same("".join(streamed), ECHO)
    same([m.content for m in batch], ["echo: a", "echo: b", "echo: c"])


def azure(s):
    options = {"azure_endpoint": s.base.removesuffix("/v1"), "api_key": s.key, "api_version": "2024-10-21"}
    model = AzureChatOpenAI(azure_deployment=CHAT, **options, **OPTIONS)
    same(model.invoke(HI).content, ECHO)
    same("".join(c.content for c in model.stream(HI)), ECHO)
    holds(isinstance(model.with_structured_output(Answer, method="json_schema").invoke(HI), Answer), "not parsed")


def old_completions(s):
    holds(OpenAI(base_url=s.base, api_key=s.key, model=CHAT, max_retries=0).invoke(HI).strip(), "no text")


USAGES = (
    structured, structured_by_json_mode, bound, loop, loop_over_responses, turns_from_elsewhere, usage_of_a_stream,
    asynchronous, azure, old_completions,
)  # fmt: skip

if __name__ == "__main__":
    run(Subject, USAGES)
