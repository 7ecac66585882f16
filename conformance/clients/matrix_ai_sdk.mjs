// The matrix with @ai-sdk/openai: its chat model for the chat scenarios, its default, the Responses model, for `responses`.
import { createOpenAI } from "@ai-sdk/openai";
import { APICallError, embedMany, generateObject, generateText, jsonSchema, streamText, tool } from "ai";
import { Absent, ApiError, run, SCHEMA } from "./scenarios.mjs";

async function api(call) {
  try {
    return await call();
  } catch (error) {
    const inner = error?.lastError ?? error?.cause ?? error;
    for (const e of [error, inner]) {
      if (APICallError.isInstance(e)) {
        const said = e.data?.error ?? JSON.parse(e.responseBody || "{}").error ?? {};
        throw new ApiError(e.statusCode ?? 0, said.code, e.message, e.responseHeaders?.["x-should-retry"] ?? "");
      }
    }
    if (/InvalidResponseData|TypeValidation|NoOutputGenerated/.test(`${error?.name} ${inner?.name}`)) throw new ApiError(0, null, String(error));
    throw error;
  }
}

const toolsOf = (tools) =>
  Object.fromEntries(tools.map(({ function: f }) => [f.name, tool({ description: f.description, inputSchema: jsonSchema(f.parameters) })]));

function asked(options) {
  const { tools, tool_choice: choice } = options;
  if (!tools) return {};
  return { tools: toolsOf(tools), ...(choice && { toolChoice: typeof choice === "string" ? choice : { type: "tool", toolName: choice.function.name } }) };
}

const part = (p) => (p.type === "text" ? p : { type: "image", image: p.image_url.url });

function told(messages) {
  const names = {};
  return messages.flatMap((m) => {
    if (m.turn) {
      for (const c of m.calls) names[c.toolCallId] = c.toolName;
      return m.turn;
    }
    if (m.role === "tool") {
      const result = { type: "tool-result", toolCallId: m.tool_call_id, toolName: names[m.tool_call_id], output: { type: "text", value: m.content } };
      return [{ role: "tool", content: [result] }];
    }
    return [{ role: m.role, content: Array.isArray(m.content) ? m.content.map(part) : m.content }];
  });
}

const finishOf = (reason) => ({ "tool-calls": "tool_calls", "content-filter": "content_filter", other: "", unknown: "", error: "" })[reason] ?? reason;
const callOf = (c) => ({ id: c.toolCallId, name: c.toolName, arguments: c.input });

class Client {
  constructor(base, key) {
    this.provider = createOpenAI({ baseURL: base, apiKey: key });
  }

  async chat(model, messages, options = {}) {
    const form = options.response_format;
    if (form?.type === "json_object") throw new Absent("it asks for a schema or for text");
    if (form) {
      const made = await api(() => generateObject({ model: this.provider.chat(model), messages: told(messages), schema: jsonSchema(SCHEMA), maxRetries: 0 }));
      return { content: JSON.stringify(made.object), calls: [], finish: made.finishReason };
    }
    const said = await api(() => generateText({ model: this.provider.chat(model), messages: told(messages), maxRetries: 0, ...asked(options) }));
    const turn = { turn: said.response.messages, calls: said.toolCalls };
    return { content: said.text, calls: said.toolCalls.map(callOf), finish: finishOf(said.finishReason), usage: said.usage.totalTokens, turn };
  }

  async stream(model, messages, { usage, ...options } = {}) {
    return await api(async () => {
      const stream = streamText({ model: this.provider.chat(model), messages: told(messages), maxRetries: 0, onError() {}, ...asked(options) });
      const said = { content: "", calls: [], finish: null, usage: 0 };
      for await (const piece of stream.fullStream) {
        if (piece.type === "error") {
          if (APICallError.isInstance(piece.error) || piece.error?.name) throw piece.error;
          throw new ApiError(0, piece.error?.code ?? null, JSON.stringify(piece.error));
        }
        if (piece.type === "text-delta") said.content += piece.text;
        if (piece.type === "tool-call") said.calls.push(callOf(piece));
        if (piece.type === "finish") [said.finish, said.usage] = [finishOf(piece.finishReason), piece.totalUsage.totalTokens];
      }
      return said;
    });
  }

  async embed(model, values) {
    if (typeof values[0] !== "string") throw new Absent("it embeds text only");
    return (await api(() => embedMany({ model: this.provider.embedding(model), values, maxRetries: 0 }))).embeddings;
  }

  async leave(model, messages) {
    const controller = new AbortController();
    const stream = streamText({ model: this.provider.chat(model), messages: told(messages), maxRetries: 0, abortSignal: controller.signal, onError() {} });
    let seen = 0;
    for await (const _ of stream.textStream) if (++seen === 3) break;
    controller.abort();
    return Date.now() / 1000;
  }

  async respond(model, prompt) {
    return { content: (await api(() => generateText({ model: this.provider(model), prompt, maxRetries: 0 }))).text };
  }

  async respondStream(model, prompt) {
    let content = "";
    await api(async () => {
      for await (const piece of streamText({ model: this.provider(model), prompt, maxRetries: 0, onError() {} }).textStream) content += piece;
    });
    return { content };
  }
}

await run((base, key) => new Client(base, key));
