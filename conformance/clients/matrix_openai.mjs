// The matrix with openai-node.
import OpenAI from "openai";
import { ApiError, run } from "./scenarios.mjs";

async function api(call) {
  try {
    return await call();
  } catch (error) {
    if (error instanceof OpenAI.APIError) throw new ApiError(error.status ?? 0, error.code, error.message, error.headers?.get?.("x-should-retry") ?? "");
    throw error;
  }
}

const called = (c) => ({ id: c.id, name: c.function.name, arguments: JSON.parse(c.function.arguments) });

class Client {
  constructor(base, key) {
    this.openai = new OpenAI({ baseURL: base, apiKey: key, maxRetries: 0, timeout: 60_000 });
  }

  async chat(model, messages, options = {}) {
    const reply = await api(() => this.openai.chat.completions.create({ model, messages, ...options }));
    const { message, finish_reason } = reply.choices[0];
    const { role, content, tool_calls } = message;
    const turn = tool_calls ? { role, content, tool_calls } : { role, content };
    return { content: content ?? "", calls: (tool_calls ?? []).map(called), finish: finish_reason, usage: reply.usage?.total_tokens, turn };
  }

  async stream(model, messages, { usage, ...options } = {}) {
    if (usage) options.stream_options = { include_usage: true };
    const said = { content: "", finish: null, usage: 0 };
    const calls = [];
    await api(async () => {
      for await (const chunk of await this.openai.chat.completions.create({ model, messages, stream: true, ...options })) {
        said.usage = chunk.usage?.total_tokens ?? said.usage;
        for (const { delta, finish_reason } of chunk.choices) {
          said.content += delta.content ?? "";
          said.finish = finish_reason ?? said.finish;
          for (const piece of delta.tool_calls ?? []) {
            const call = (calls[piece.index] ??= { id: piece.id, function: { name: "", arguments: "" } });
            call.function.name += piece.function?.name ?? "";
            call.function.arguments += piece.function?.arguments ?? "";
          }
        }
      }
    });
    return { ...said, calls: calls.map(called) };
  }

  async embed(model, input) {
    return (await api(() => this.openai.embeddings.create({ model, input }))).data.map((d) => d.embedding);
  }

  async leave(model, messages) {
    const stream = await this.openai.chat.completions.create({ model, messages, stream: true });
    let seen = 0;
    for await (const _ of stream) if (++seen === 3) break;
    stream.controller.abort();
    return Date.now() / 1000;
  }

  async respond(model, input) {
    return { content: (await api(() => this.openai.responses.create({ model, input }))).output_text };
  }

  async respondStream(model, input) {
    let content = "";
    await api(async () => {
      for await (const event of await this.openai.responses.create({ model, input, stream: true })) {
        if (event.type === "response.output_text.delta") content += event.delta;
      }
    });
    return { content };
  }
}

await run((base, key) => new Client(base, key));
