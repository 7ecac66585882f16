"""The matrix with openai-agents: its chat model for the chat scenarios, its default, the Responses model, for `responses`."""

import asyncio
import json
import time

import openai
import scenarios
from agents import (
    Agent,
    AgentOutputSchemaBase,
    FunctionTool,
    ModelSettings,
    OpenAIChatCompletionsModel,
    OpenAIResponsesModel,
    Runner,
    set_tracing_disabled,
)
from openai.types.responses import ResponseTextDeltaEvent
from scenarios import ApiError, NoSuchCallError

set_tracing_disabled(True)  # it would send traces abroad


class Schema(AgentOutputSchemaBase):
    def is_plain_text(self):
        return False

    def name(self):
        return "answer"

    def json_schema(self):
        return scenarios.SCHEMA

    def is_strict_json_schema(self):
        return True

    def validate_json(self, json_str):
        return json_str


class Client:
    def __init__(self, base, key):
        self._loop = asyncio.new_event_loop()
        self._openai = openai.AsyncOpenAI(base_url=base, api_key=key, max_retries=0, timeout=60)

    def _run(self, work):
        try:
            return self._loop.run_until_complete(work)
        except openai.APIStatusError as error:
            retry = error.response.headers.get("x-should-retry", "")
            raise ApiError(error.status_code, error.code, error.message, retry) from error
        except openai.APIError as error:
            raise ApiError(0, error.code, error.message) from error

    def _agent(
        self, model, called, *, kind=OpenAIChatCompletionsModel, tools=(), tool_choice=None, response_format=None
    ):
        if response_format == {"type": "json_object"}:
            raise NoSuchCallError("an agent's output is text or a schema")
        chosen = tool_choice["function"]["name"] if isinstance(tool_choice, dict) else tool_choice
        return Agent(
            name="agent",
            model=kind(model, self._openai),
            model_settings=ModelSettings(tool_choice=chosen, include_usage=True),
            tools=[tool_of(t["function"], called) for t in tools],
            tool_use_behavior="run_llm_again" if tool_choice is None else "stop_on_first_tool",
            **({"output_type": Schema()} if response_format else {}),
        )

    def chat(self, model, messages, **options):
        called = []
        agent = self._agent(model, called, **options)
        return said(self._run(Runner.run(agent, items(messages), max_turns=4)), called)

    def stream(self, model, messages, *, usage=True, **options):  # noqa: ARG002 - usage is always asked for
        called = []
        agent = self._agent(model, called, **options)

        async def streamed():
            run = Runner.run_streamed(agent, items(messages), max_turns=4)
            async for _ in run.stream_events():
                pass
            return run

        found = said(self._run(streamed()), called)
        text = messages[-1]["content"]
        if "simulate:filtered" in text or "simulate:late-error" in text:
            raise NoSuchCallError("it does not say why an answer ended")
        return found

    def leave(self, model, messages):
        async def left():
            run = Runner.run_streamed(self._agent(model, []), items(messages))
            seen = 0
            async for event in run.stream_events():
                seen += isinstance(getattr(event, "data", None), ResponseTextDeltaEvent)
                if seen == 3:
                    break
            at = time.time()
            run.cancel()
            await asyncio.sleep(0.3)
            return at

        return self._loop.run_until_complete(left())

    def respond(self, model, text):
        agent = self._agent(model, [], kind=OpenAIResponsesModel)
        return {"content": self._run(Runner.run(agent, text)).final_output}

    def respond_stream(self, model, text):
        agent = self._agent(model, [], kind=OpenAIResponsesModel)

        async def streamed():
            run = Runner.run_streamed(agent, text)
            return "".join([e.data.delta async for e in run.stream_events() if is_delta(e)])

        return {"content": self._run(streamed())}


def is_delta(event):
    return isinstance(getattr(event, "data", None), ResponseTextDeltaEvent)


def tool_of(function, called):
    async def invoked(context, arguments):
        called.append({"id": context.tool_call_id, "name": function["name"], "arguments": json.loads(arguments)})
        return "sunny"

    return FunctionTool(function["name"], function["description"], function["parameters"], invoked)


def items(messages):
    """Its own turns come back as they were; parts of a message are named as in the Responses API."""
    found = []
    for message in messages:
        if "turn" in message:
            found = [*message["turn"]]
        elif message["role"] != "tool":
            content = message["content"]
            if isinstance(content, list):
                content = [part(p) for p in content]
            found.append({"role": message["role"], "content": content})
    return found


def part(given):
    if given["type"] == "text":
        return {"type": "input_text", "text": given["text"]}
    return {"type": "input_image", "image_url": given["image_url"]["url"], "detail": given["image_url"]["detail"]}


def said(run, called):
    output = run.final_output
    return {
        "content": output if isinstance(output, str) else str(output),
        "calls": called,
        "finish": "tool_calls" if called else "stop",
        "usage": run.context_wrapper.usage.total_tokens,
        "turn": {"turn": run.to_input_list()},
    }


def tool_loop(c):
    """The runner goes round itself: two turns with a tool, one without."""
    turns = scenarios.user("Weather? use the tool")
    for more in ("And tomorrow? use the tool", "Thanks."):
        found = c.chat(scenarios.REASONING, turns, tools=scenarios.TOOLS)
        scenarios.same([x["name"] for x in found["calls"]], ["get_weather"])
        scenarios.holds("sunny" in found["content"], found["content"])
        turns = [found["turn"], *scenarios.user(more)]
    found = c.chat(scenarios.REASONING, turns, tools=scenarios.TOOLS)
    scenarios.same((found["calls"], found["content"]), ([], "echo: Thanks."))


if __name__ == "__main__":
    own = {"tool_loop": tool_loop}
    scenarios.SCENARIOS = tuple(own.get(s.__name__, s) for s in scenarios.SCENARIOS)
    scenarios.run(Client)
