// Scenarios of the matrix for clients in JavaScript: the same as scenarios.py says for those in Python.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";

const [CHAT, VISION, REASONING, EMBED] = ["gpt-4o", "gpt-4-turbo", "o3", "text-embedding-3-small"];
const ASK = "Say hello in one word.";
const DOT =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

export class ApiError extends Error {
  constructor(status, code, message, retry = "") {
    super(`HTTP ${status} ${code}: ${message}`.slice(0, 300));
    Object.assign(this, { status, code, retry });
  }
}

export class Absent extends Error {}

const user = (content) => [{ role: "user", content }];
const tool = (name, description, argument) => ({
  type: "function",
  function: {
    name,
    description,
    parameters: { type: "object", properties: { [argument]: { type: "string" } }, required: [argument], additionalProperties: false },
  },
});
export const TOOLS = [tool("get_weather", "Weather of a city", "city"), tool("get_time", "Time in a zone", "zone")];
export const NAMED = { type: "function", function: { name: "get_time" } };
export const SCHEMA = { type: "object", properties: { word: { type: "string" } }, required: ["word"], additionalProperties: false };
const FORM = { type: "json_schema", json_schema: { name: "answer", strict: true, schema: SCHEMA } };
const WEATHER = ["get_weather", { city: "a" }];
const TIME = ["get_time", { zone: "a" }];
const asked = (said) => said.calls.map((c) => [c.name, c.arguments]);

async function many(c, number) {
  const texts = Array.from({ length: number }, (_, i) => `text ${i}`);
  const vectors = await c.embed(EMBED, texts);
  assert.equal(vectors.length, number);
  const [alone] = await c.embed(EMBED, [texts.at(-1)]);
  assert.ok(vectors.at(-1).every((x, i) => Math.abs(x - alone[i]) < 1e-5), "the last vector is another's");
  assert.notDeepEqual(vectors[0], vectors[1]);
}

async function refused(call, status, code, retry = "") {
  let said;
  try {
    said = await call();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    assert.deepEqual([error.status, error.code], [status, code]);
    if (retry && error.retry) assert.equal(error.retry, retry);
    return;
  }
  assert.fail(`not refused: ${JSON.stringify(said)}`);
}

async function unfinished(call) {
  try {
    const said = await call();
    assert.ok(["content_filter", "", null, undefined].includes(said.finish), `ended as ${said.finish}`);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
  }
}

const scenarios = {
  async text(c) {
    const said = await c.chat(CHAT, user(ASK));
    assert.deepEqual([said.content, said.finish], [`echo: ${ASK}`, "stop"]);
  },
  async stream(c) {
    const said = await c.stream(CHAT, user(ASK));
    assert.deepEqual([said.content, said.finish], [`echo: ${ASK}`, "stop"]);
  },
  async usage(c) {
    assert.ok((await c.chat(CHAT, user(ASK))).usage > 0);
    assert.ok((await c.stream(CHAT, user(ASK), { usage: true })).usage > 0);
  },
  async tools_auto(c) {
    for (const way of ["chat", "stream"]) {
      const said = await c[way](CHAT, user("Weather? use the tool"), { tools: TOOLS, tool_choice: "auto" });
      assert.deepEqual(asked(said), [WEATHER]);
      assert.equal(said.finish, "tool_calls");
    }
  },
  async tools_required(c) {
    const said = await c.chat(CHAT, user("What is the weather?"), { tools: TOOLS, tool_choice: "required" });
    assert.deepEqual(said.calls.map((x) => x.name), ["get_weather"]);
  },
  async tools_named(c) {
    assert.deepEqual(asked(await c.chat(CHAT, user("What is the weather?"), { tools: TOOLS, tool_choice: NAMED })), [TIME]);
  },
  async tools_parallel(c) {
    for (const way of ["chat", "stream"]) {
      const said = await c[way](CHAT, user("Both! use every tool"), { tools: TOOLS, tool_choice: "auto" });
      assert.deepEqual(asked(said), [WEATHER, TIME]);
      assert.equal(new Set(said.calls.map((x) => x.id)).size, 2);
    }
  },
  async tool_loop(c) {
    let turns = user("Weather? use the tool");
    let said;
    for (let turn = 0; turn < 3; turn++) {
      said = await c.chat(REASONING, turns, { tools: TOOLS });
      if (turn === 2) break;
      assert.deepEqual(said.calls.map((x) => x.name), ["get_weather"]);
      turns = [...turns, said.turn, ...said.calls.map((x) => ({ role: "tool", tool_call_id: x.id, content: "sunny" }))];
      said = await c.chat(REASONING, turns, { tools: TOOLS });
      assert.deepEqual(said.calls, []);
      assert.ok(said.content.includes("sunny"), said.content);
      turns = [...turns, { role: "assistant", content: said.content }, ...user(turn ? "Thanks." : "And tomorrow? use the tool")];
    }
    assert.equal(said.content, "echo: Thanks.");
  },
  async json_object(c) {
    const said = await c.chat(CHAT, user("Answer with a JSON object."), { response_format: { type: "json_object" } });
    assert.equal(typeof JSON.parse(said.content), "object");
  },
  async json_schema(c) {
    const said = await c.chat(CHAT, user(ASK), { response_format: FORM });
    assert.deepEqual(Object.keys(JSON.parse(said.content)), ["word"]);
  },
  async vision(c) {
    const parts = [{ type: "text", text: "What is this?" }, { type: "image_url", image_url: { url: DOT, detail: "auto" } }];
    const said = await c.chat(VISION, [{ role: "user", content: parts }]);
    assert.ok(said.content.includes("What is this?"), said.content);
  },
  async embed_1(c) {
    assert.ok((await c.embed(EMBED, ["hello"]))[0].length >= 64);
  },
  embed_25: (c) => many(c, 25),
  embed_2100: (c) => many(c, 2100),
  async embed_token_ids(c) {
    assert.equal((await c.embed(EMBED, [[9906, 1917], [9906]])).length, 2);
  },
  async long_input(c) {
    const long = "all work and no play ".repeat(15_000);
    assert.equal((await c.chat(CHAT, user(long))).content.trim(), `echo: ${long}`.trim());
  },
  safety: (c) => refused(() => c.chat(CHAT, user("simulate:safety")), 400, "content_filter"),
  async safety_in_stream(c) {
    assert.equal((await c.stream(CHAT, user("simulate:filtered"))).finish, "content_filter");
    await unfinished(() => c.stream(CHAT, user("simulate:late-error")));
  },
  cut_stream: (c) => unfinished(() => c.stream(CHAT, user("simulate:cut"))),
  rate_limit: (c) => refused(() => c.chat(CHAT, user("simulate:rate-limit")), 429, "rate_limit_exceeded"),
  arrears: (c) => refused(() => c.chat(CHAT, user("simulate:arrears")), 429, "insufficient_quota", "false"),
  async error_in_200(c) {
    for (const way of ["chat", "stream"]) {
      try {
        const said = await c[way](CHAT, user("simulate:error-in-200"));
        assert.fail(`an error was given as an answer: ${JSON.stringify(said)}`);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
  },
  async client_gone(c) {
    const token = randomBytes(8).toString("hex");
    const left = await c.leave(CHAT, user(`simulate:slow gone-${token} ${"word ".repeat(400)}`));
    const until = Date.now() + 3000;
    while (Date.now() < until) {
      const { at } = await (await fetch(`${plan.stand_ins}/gone/${token}`)).json();
      if (at !== null) {
        assert.ok(at - left <= 1, `the upstream was held for ${at - left} s`);
        return;
      }
      await new Promise((done) => setTimeout(done, 20));
    }
    assert.fail("the upstream was not let go");
  },
  async responses(c) {
    assert.equal((await c.respond(CHAT, ASK)).content, `echo: ${ASK}`);
  },
  async responses_stream(c) {
    assert.equal((await c.respondStream(CHAT, ASK)).content, `echo: ${ASK}`);
  },
};

const plan = JSON.parse(process.env.CONFORMANCE);

// `make(base, key)` gives the client; one line of JSON a cell on standard output.
export async function run(make) {
  const chosen = process.argv.slice(2);
  for (const dialect of plan.dialects) {
    const client = make(plan.base, dialect.key);
    for (const [scenario, play] of Object.entries(scenarios)) {
      if (chosen.length && !chosen.includes(scenario) && !chosen.includes(dialect.id)) continue;
      const cell = { dialect: dialect.id, scenario };
      const begun = performance.now();
      try {
        await play(client);
        cell.outcome = "pass";
      } catch (error) {
        const absent = error instanceof Absent || (error instanceof TypeError && /^c(\[way\]|\.\w+) is not a function/.test(error.message));
        if (error instanceof ApiError) Object.assign(cell, { outcome: "error", status: error.status, code: error.code, why: error.message });
        else Object.assign(cell, { outcome: absent ? "absent" : "fail", why: String(error).slice(0, 300) });
      }
      cell.ms = Math.round(performance.now() - begun);
      console.log(JSON.stringify(cell));
    }
  }
}
