import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rmSync } from 'node:fs';
import { get, post } from '../support/http.js';
import { anyNumber } from '../support/matchers.js';
import { STARTER_FILE, STARTERS, startServer, type Server } from '../support/server.js';
import { ndjsonLines } from '../support/streaming.js';

interface Line {
  readonly choices: readonly [{ readonly content: string; readonly finish_reason: string | null }];
  readonly usage: {
    readonly prompt_tokens: number | null;
    readonly completion_tokens: number | null;
    readonly total_tokens: number | null;
  };
}

let server: Server;

beforeAll(async () => {
  server = await startServer({ models: { 'petit.gguf': STARTER_FILE, 'user/repo/autre.gguf': STARTER_FILE } });
  await post(`${server.url}/rkllama/load_model`, { model_name: 'starter-chat' });
});
afterAll(() => server.stop());

async function stream(messages: unknown): Promise<Line[]> {
  const answer = await post(`${server.url}/rkllama/generate`, { messages, stream: true });
  expect(answer).toMatchObject({ status: 200, type: 'application/x-ndjson' });
  return ndjsonLines(answer.text) as Line[];
}

async function whole(messages: unknown): Promise<Line> {
  return (await post(`${server.url}/rkllama/generate`, { messages, stream: false })).body as Line;
}

describe('POST /generate with stream: true', () => {
  it("sends one of the document's objects a line", async () => {
    for (const line of await stream('Bonjour !')) {
      expect(line).toEqual({
        id: 'rkllm_chat',
        object: 'rkllm_chat',
        created: anyNumber,
        choices: [
          { role: 'assistant', content: line.choices[0].content, finish_reason: line.choices[0].finish_reason },
        ],
        usage: line.usage,
      });
      expect(Object.keys(line.usage).sort()).toEqual(['completion_tokens', 'prompt_tokens', 'total_tokens']);
    }
  });

  it('sends each piece once, and finish_reason with the last line alone', async () => {
    const lines = await stream('Count to 10.');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.map((line) => line.choices[0].content).join('')).toBe('1, 2, 3, 4, 5, 6, 7, 8, 9, 10');
    const reasons = lines.map((line) => line.choices[0].finish_reason);
    expect(reasons.pop()).toBe('stop');
    expect(new Set(reasons)).toEqual(new Set([null]));
  });

  it('counts as the whole answer does', async () => {
    const lines = await stream('Привет!');
    expect(lines.at(-1)?.usage).toEqual((await whole('Привет!')).usage);
    expect(lines.at(-1)?.usage.completion_tokens).toBeGreaterThan(0);
  });

  it('never cuts a character in two', async () => {
    const lines = await stream('Repeat: 🚀🎉');
    expect(lines.map((line) => line.choices[0].content).join('')).toBe('🚀🎉');
    for (const line of lines) expect(line.choices[0].content).not.toContain('\uFFFD');
  });
});

describe('models on disk', () => {
  it('are listed, whether they lie flat or as they were pulled', async () => {
    const { models } = (await get(`${server.url}/rkllama/models`)).body as { models: string[] };
    expect(models.sort()).toEqual(['autre.gguf', 'petit.gguf', ...STARTERS].sort());
  });

  it.each(['petit.gguf', 'petit', 'autre.gguf', 'autre'])('load as %s', async (name) => {
    await post(`${server.url}/rkllama/unload_model`, {});
    const answer = await post(`${server.url}/rkllama/load_model`, { model_name: name });
    expect(answer.body).toEqual({ message: `Modèle ${name} chargé avec succès.` });
    expect((await get(`${server.url}/rkllama/current_model`)).body).toEqual({ model_name: name });
    expect((await whole('Bonjour !')).choices[0].content).toBe('Bonjour ! Comment puis-je vous aider ?');
  });

  it('are a 500 of the document while their directory is missing', async () => {
    rmSync(server.modelsDir, { recursive: true });
    const answer = await get(`${server.url}/rkllama/models`);
    expect(answer).toMatchObject({ status: 500, type: 'application/json' });
    expect(answer.body).toEqual({ error: 'Le dossier ~/RKLLAMA/models est introuvable.' });
  });
});
