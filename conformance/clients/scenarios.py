"""Scenarios of the matrix over a client of any make: what an application relies on, said once. Standard library only.

A client is a class with `chat`, `stream`, `embed`, `leave` (and `respond`, `respond_stream` where it has the Responses API). They
take OpenAI's words and give plain data back; an error of the API is raised as `ApiError`. What a client cannot say it does not have,
or raises `NoSuchCallError` with the reason. `run(Client)` goes through all dialects of the plan in the variable CONFORMANCE.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import time
import traceback
import urllib.request
from pathlib import Path

CHAT, VISION, REASONING, EMBED = "gpt-4o", "gpt-4-turbo", "o3", "text-embedding-3-small"
ASK = "Say hello in one word."
DOT = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SECOND = 1.0


def tool(name, about, argument):
    parameters = {
        "type": "object",
        "properties": {argument: {"type": "string"}},
        "required": [argument],
        "additionalProperties": False,
    }
    return {"type": "function", "function": {"name": name, "description": about, "parameters": parameters}}


TOOLS = [tool("get_weather", "Weather of a city", "city"), tool("get_time", "Time in a zone", "zone")]
NAMED = {"type": "function", "function": {"name": "get_time"}}
SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}},
    "required": ["word"],
    "additionalProperties": False,
}
FORM = {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}


class ApiError(Exception):
    def __init__(self, status, code, message, retry=""):
        super().__init__(f"HTTP {status} {code}: {message}"[:300])
        self.status, self.code, self.retry = status, code, retry


class NoSuchCallError(Exception):
    """The client cannot say this; the reason is the message."""


def user(text):
    return [{"role": "user", "content": text}]


def text(c):
    said = c.chat(CHAT, user(ASK))
    same(said["content"], f"echo: {ASK}")
    same(said["finish"], "stop")


def stream(c):
    said = c.stream(CHAT, user(ASK))
    same(said["content"], f"echo: {ASK}")
    same(said["finish"], "stop")


def usage(c):
    for said in (c.chat(CHAT, user(ASK)), c.stream(CHAT, user(ASK), usage=True)):
        holds((said["usage"] or 0) > 0, "no usage")


def tools_auto(c):
    for call in (c.chat, c.stream):
        said = call(CHAT, user("Weather? use the tool"), tools=TOOLS, tool_choice="auto")
        same([(x["name"], x["arguments"]) for x in said["calls"]], [("get_weather", {"city": "a"})])
        same(said["finish"], "tool_calls")


def tools_required(c):
    said = c.chat(CHAT, user("What is the weather?"), tools=TOOLS, tool_choice="required")
    same([x["name"] for x in said["calls"]], ["get_weather"])


def tools_named(c):
    said = c.chat(CHAT, user("What is the weather?"), tools=TOOLS, tool_choice=NAMED)
    same([(x["name"], x["arguments"]) for x in said["calls"]], [("get_time", {"zone": "a"})])


def tools_parallel(c):
    for call in (c.chat, c.stream):
        said = call(CHAT, user("Both! use every tool"), tools=TOOLS, tool_choice="auto")
        same(
            [(x["name"], x["arguments"]) for x in said["calls"]],
            [("get_weather", {"city": "a"}), ("get_time", {"zone": "a"})],
        )
        same(len({x["id"] for x in said["calls"]}), 2)


def tool_loop(c):
    """Three turns, two of them with a tool; what the model thought is the gateway's to bring back."""
    turns = user("Weather? use the tool")
    for turn in range(3):
        said = c.chat(REASONING, turns, tools=TOOLS)
        if turn < 2:
            same([x["name"] for x in said["calls"]], ["get_weather"])
            turns = [*turns, said["turn"]]
            turns += [{"role": "tool", "tool_call_id": x["id"], "content": "sunny"} for x in said["calls"]]
            said = c.chat(REASONING, turns, tools=TOOLS)
            same(said["calls"], [])
            holds("sunny" in said["content"], said["content"])
            more = "And tomorrow? use the tool" if turn == 0 else "Thanks."
            turns = [*turns, {"role": "assistant", "content": said["content"]}, *user(more)]
    same(said["content"], "echo: Thanks.")


def json_object(c):
    said = c.chat(CHAT, user("Answer with a JSON object."), response_format={"type": "json_object"})
    holds(isinstance(json.loads(said["content"]), dict), said["content"])


def json_schema(c):
    said = c.chat(CHAT, user(ASK), response_format=FORM)
    same([*json.loads(said["content"])], ["word"])


def vision(c):
    parts = [
        {"type": "text", "text": "What is this?"},
        {"type": "image_url", "image_url": {"url": DOT, "detail": "auto"}},
    ]
    said = c.chat(VISION, [{"role": "user", "content": parts}])
    holds("What is this?" in said["content"], said["content"])


def embed_1(c):
    holds(len(c.embed(EMBED, ["hello"])[0]) >= 64, "a short vector")


def embed_25(c):
    _many(c, 25)


def embed_2100(c):
    _many(c, 2100)


def _many(c, number):
    texts = [f"text {i}" for i in range(number)]
    vectors = c.embed(EMBED, texts)
    same(len(vectors), number)
    alone = c.embed(EMBED, [texts[-1]])[0]
    holds(all(abs(a - b) < 1e-5 for a, b in zip(vectors[-1], alone, strict=True)), "the last vector is another's")
    holds(vectors[0] != vectors[1], "two texts have one vector")


def embed_token_ids(c):
    holds(len(c.embed(EMBED, [[9906, 1917], [9906]])) == 2, "not two vectors")  # "Hello world", "Hello" in cl100k


def long_input(c):
    long = "all work and no play " * 15_000
    same(c.chat(CHAT, user(long))["content"].strip(), f"echo: {long}".strip())


def safety(c):
    refused(lambda: c.chat(CHAT, user("simulate:safety")), 400, "content_filter")


def safety_in_stream(c):
    """A check that ends the answer: said in the finish reason; one that comes as a late error never ends as complete."""
    same(c.stream(CHAT, user("simulate:filtered"))["finish"], "content_filter")
    unfinished(lambda: c.stream(CHAT, user("simulate:late-error")))


def cut_stream(c):
    unfinished(lambda: c.stream(CHAT, user("simulate:cut")))


def rate_limit(c):
    refused(lambda: c.chat(CHAT, user("simulate:rate-limit")), 429, "rate_limit_exceeded")


def arrears(c):
    refused(lambda: c.chat(CHAT, user("simulate:arrears")), 429, "insufficient_quota", retry="false")


def error_in_200(c):
    for call in (c.chat, c.stream):
        try:
            said = call(CHAT, user("simulate:error-in-200"))
        except ApiError:
            continue
        raise AssertionError(f"an error was given as an answer: {said}")


def client_gone(c):
    """The caller leaves in the middle of a stream; the upstream's connection ends within a second."""
    token = secrets.token_hex(8)
    words = "word " * 400
    left = c.leave(CHAT, user(f"simulate:slow gone-{token} {words}")) or time.time()
    until = time.monotonic() + 3
    while time.monotonic() < until:
        with urllib.request.urlopen(f"{plan()['stand_ins']}/gone/{token}", timeout=5) as answer:
            at = json.load(answer)["at"]
        if at is not None:
            holds(at - left <= SECOND, f"the upstream was held for {at - left:.2f} s")
            return
        time.sleep(0.02)
    raise AssertionError("the upstream was not let go")


def responses(c):
    same(c.respond(CHAT, ASK)["content"], f"echo: {ASK}")


def responses_stream(c):
    same(c.respond_stream(CHAT, ASK)["content"], f"echo: {ASK}")


SCENARIOS = (
    text, stream, usage, tools_auto, tools_required, tools_named, tools_parallel, tool_loop, json_object, json_schema, vision,
    embed_1, embed_25, embed_2100, embed_token_ids, long_input, safety, safety_in_stream, cut_stream, rate_limit, arrears,
    error_in_200, client_gone, responses, responses_stream,
)  # fmt: skip


WAYS = {"responses": "respond", "responses_stream": "respond_stream", "client_gone": "leave"} | {
    s.__name__: "embed" for s in SCENARIOS if s.__name__.startswith("embed")
}


def same(found, expected):
    if found != expected:
        raise AssertionError(f"found {str(found)[:120]!r}, expected {str(expected)[:120]!r}")


def holds(truth, why):
    if not truth:
        raise AssertionError(str(why)[:200])


def refused(call, status, code, retry=""):
    try:
        said = call()
    except ApiError as error:
        same((error.status, error.code), (status, code))
        if retry and error.retry:
            same(error.retry, retry)
        return
    raise AssertionError(f"not refused: {said}")


def unfinished(call):
    try:
        said = call()
    except ApiError:
        return
    holds(said["finish"] in {"content_filter", "", None}, f"ended as {said['finish']}")


def plan():
    return json.loads(os.environ["CONFORMANCE"])


def run(make):
    """`make(base_url, key)` gives the client; one line of JSON a cell on standard output."""
    chosen = set(sys.argv[1:])
    for dialect in plan()["dialects"]:
        client = make(plan()["base"], dialect["key"])
        for scenario in SCENARIOS:
            name = scenario.__name__
            if chosen and not chosen & {name, dialect["id"]}:
                continue
            cell = {"dialect": dialect["id"], "scenario": name}
            begun = time.perf_counter()
            try:
                if (way := WAYS.get(name, "chat")) and not hasattr(client, way):
                    raise NoSuchCallError("the client has no such call")
                scenario(client)
                cell["outcome"] = "pass"
            except NoSuchCallError as error:
                cell |= {"outcome": "absent", "why": said_of(error)}
            except ApiError as error:
                cell |= {"outcome": "error", "status": error.status, "code": error.code, "why": str(error)}
            except Exception as error:  # a cell that fails must not keep the others from running
                cell |= {"outcome": "fail", "why": said_of(error)}
            cell["ms"] = round((time.perf_counter() - begun) * 1000)
            print(json.dumps(cell), flush=True)


def said_of(error):
    where = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}: {error}"[:300]
