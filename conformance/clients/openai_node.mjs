// Scenarios with openai-node; base URL and key from OPENAI_BASE_URL, OPENAI_API_KEY.
import assert from "node:assert/strict";
import OpenAI from "openai";

const CHAT = process.env.CHAT_MODEL ?? "gpt-4o-mini";
const EMBED = process.env.EMBED_MODEL ?? "text-embedding-3-small";
const messages = [{ role: "user", content: "Say hello in one word." }];
const client = new OpenAI({ maxRetries: 0 });

const scenarios = {
  async text() {
    const reply = await client.chat.completions.create({ model: CHAT, messages, max_tokens: 16 });
    assert.ok(reply.choices[0].message.content);
  },
  async stream() {
    let words = "";
    for await (const chunk of await client.chat.completions.create({ model: CHAT, messages, max_tokens: 16, stream: true })) {
      words += chunk.choices[0]?.delta?.content ?? "";
    }
    assert.ok(words);
  },
  async stream_helper() {
    const run = client.chat.completions.stream({ model: CHAT, messages, max_tokens: 16 });
    assert.ok(await run.finalContent());
  },
  async embed_1() {
    const reply = await client.embeddings.create({ model: EMBED, input: "hello" });
    assert.ok(reply.data[0].embedding.length > 10);
  },
  async models() {
    assert.ok((await client.models.list()).data.length > 0);
  },
  async wrong_key() {
    const wrong = new OpenAI({ apiKey: "wrong", maxRetries: 0 });
    await assert.rejects(wrong.chat.completions.create({ model: CHAT, messages }), (e) => e.status === 401);
  },
};

let failed = 0;
for (const [scenario, run] of Object.entries(scenarios)) {
  try {
    await run();
    console.log(JSON.stringify({ scenario, ok: true }));
  } catch (error) {
    failed += 1;
    console.log(JSON.stringify({ scenario, ok: false, why: String(error).slice(0, 300) }));
  }
}
process.exit(failed ? 1 : 0);
