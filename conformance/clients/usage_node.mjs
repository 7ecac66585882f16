// Usages of openai-node (helpers, tool runners, zod, Azure) and of the AI SDK (objects, streams and tools, over both of its models).
import { createOpenAI } from "@ai-sdk/openai";
import { generateObject, generateText, stepCountIs, streamObject, streamText, tool } from "ai";
import OpenAI, { AzureOpenAI } from "openai";
import { zodFunction, zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { z } from "zod";

const [CHAT, REASONING, HI, ECHO, ASK_TOOL, RESULT] = ["gpt-4o", "o3", "hi", "echo: hi", "Weather? use the tool", "sunny"];
const plan = JSON.parse(process.env.CONFORMANCE);
const Answer = z.object({ word: z.string(), n: z.number().int() });
const City = z.object({ city: z.string() });
const weather = { name: "get_weather", description: "Weather of a city", parameters: City, function: async () => RESULT };
const messages = [{ role: "user", content: HI }];
const toTool = [{ role: "user", content: ASK_TOOL }];

function holds(truth, why) {
  if (!truth) throw new Error(`not so: ${JSON.stringify(why)?.slice(0, 200)}`);
}

async function parse({ client }) {
  const reply = await client.chat.completions.parse({ model: CHAT, messages, response_format: zodResponseFormat(Answer, "a") });
  holds(reply.choices[0].message.parsed.word, reply);
}

async function streamHelper({ client }) {
  for (const model of [CHAT, REASONING]) holds((await client.chat.completions.stream({ model, messages }).finalContent()) === ECHO, model);
}

async function runTools({ client }) {
  for (const model of [CHAT, REASONING])
    for (const stream of [false, true]) {
      const runner = client.chat.completions.runTools({ model, stream, messages: toTool, tools: [zodFunction(weather)] });
      holds((await runner.finalContent()).includes(RESULT), model);
    }
}

async function tee({ client }) {
  const halves = (await client.chat.completions.create({ model: CHAT, stream: true, messages })).tee();
  for (const half of halves) {
    let said = "";
    for await (const chunk of half) said += chunk.choices[0]?.delta?.content ?? "";
    holds(said === ECHO, said);
  }
}

async function withResponse({ client }) {
  const { data, request_id, response } = await client.chat.completions.create({ model: CHAT, messages }).withResponse();
  holds(data.choices[0].message.content === ECHO && request_id === response.headers.get("x-banjia-decision"), request_id);
}

async function responses({ client }) {
  const parsed = await client.responses.parse({ model: CHAT, input: HI, text: { format: zodTextFormat(Answer, "a") } });
  holds(parsed.output_parsed.word, parsed);
  for (const model of [CHAT, REASONING]) holds((await client.responses.stream({ model, input: HI }).finalResponse()).output_text === ECHO, model);
}

async function azure({ key }) {
  const options = { endpoint: plan.base.replace("/v1", ""), apiKey: key, apiVersion: "2024-10-21", deployment: CHAT, maxRetries: 0 };
  const reply = await new AzureOpenAI(options).chat.completions.create({ messages });
  holds(reply.choices[0].message.content === ECHO, reply);
}

const each = (use) => async ({ provider }) => {
  for (const model of [provider.chat(CHAT), provider(CHAT), provider.chat(REASONING), provider(REASONING)]) await use({ model, maxRetries: 0 });
};

const sdkObjects = each(async (asked) => {
  holds((await generateObject({ ...asked, schema: Answer, prompt: HI })).object.word, "object");
  holds(Array.isArray((await generateObject({ ...asked, output: "array", schema: Answer, prompt: HI })).object), "array");
  holds((await generateObject({ ...asked, output: "enum", enum: ["a", "b"], prompt: HI })).object === "a", "enum");
});

const sdkStreamedObject = each(async (asked) => {
  const streamed = streamObject({ ...asked, schema: Answer, prompt: HI, onError() {} });
  for await (const _ of streamed.partialObjectStream);
  holds((await streamed.object).word, "object");
});

const tools = { get_weather: tool({ description: "Weather of a city", inputSchema: City, execute: async () => RESULT }) };

const sdkTools = each(async (asked) => {
  const options = { ...asked, tools, stopWhen: stepCountIs(3), prompt: ASK_TOOL };
  holds((await generateText(options)).text.includes(RESULT), "whole");
  let said = "";
  for await (const piece of streamText({ ...options, onError() {} }).fullStream) {
    if (piece.type === "error") throw piece.error;
    if (piece.type === "text-delta") said += piece.text;
  }
  holds(said.includes(RESULT), said);
});

async function sdkStateless({ provider }) {
  const providerOptions = { openai: { store: false, include: ["reasoning.encrypted_content"] } };
  const options = { model: provider(REASONING), maxRetries: 0, tools, stopWhen: stepCountIs(3), prompt: ASK_TOOL, providerOptions };
  holds((await generateText(options)).text.includes(RESULT), "stateless");
}

globalThis.AI_SDK_LOG_WARNINGS = false;
const usages = { parse, streamHelper, runTools, tee, withResponse, responses, azure, sdkObjects, sdkStreamedObject, sdkTools, sdkStateless };
const chosen = new Set(process.argv.slice(2));
for (const { id, key } of plan.dialects) {
  const subject = { key, client: new OpenAI({ baseURL: plan.base, apiKey: key, maxRetries: 0, timeout: 30_000 }), provider: createOpenAI({ baseURL: plan.base, apiKey: key }) };
  for (const [usage, use] of Object.entries(usages)) {
    if (chosen.size && !chosen.has(usage) && !chosen.has(id)) continue;
    const [cell, begun] = [{ dialect: id, usage, ok: true }, Date.now()];
    try {
      await use(subject);
    } catch (error) {
      Object.assign(cell, { ok: false, why: `${error?.name}: ${error?.message ?? error}`.slice(0, 300) });
    }
    console.log(JSON.stringify({ ...cell, ms: Date.now() - begun }));
  }
}
