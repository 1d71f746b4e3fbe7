import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { del, get, post, type Answer } from '../support/http.js';
import { childrenOf, killHard } from '../support/processes.js';
import { LONG, LONG_ANSWER } from '../support/questions.js';
import { freePort, spawnServer, startServer, type Server } from '../support/server.js';
import { pictureOf } from '../support/shapes.js';
import { firstPiece, open, readToEnd, sseEvents } from '../support/streaming.js';
import { until } from '../support/wait.js';

const KEY = 'the-upstreams-own-key';
const AUTHORISED = { authorization: `Bearer ${KEY}` };
const HELLO = 'Hello! How can I help you today?';

let folder: string;
let port: number;
/** Has the models. */
let upstream: Server;
/** Has none of them, and passes on what it is asked. */
let front: Server;

function startUpstream(): Promise<Server> {
  const preloaded = 'starter-chat,starter-vision,starter-embed';
  return startServer({ env: { PORT: String(port), API_KEYS: KEY, PRELOAD_MODELS: preloaded } });
}

/** A catalogue file whose model `far-<name>` is `starter-<name>` of the upstream. */
function modelsFile(entries: Readonly<Record<string, string>>): string {
  const models = Object.entries(entries).map(
    ([name, task]) => `
  - id: far-${name}
    title: ${name} of another Parley
    engine: remote
    tasks: [${task}]
    remote:
      base_url: http://127.0.0.1:${String(port)}/v1
      model: starter-${name}
      key_env: UPSTREAM_KEY`,
  );
  const path = join(folder, 'models.yaml');
  writeFileSync(path, `models:${models.join('')}\n`);
  return path;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parley-remote-'));
  port = await freePort();
  const file = modelsFile({ chat: 'text-generation', vision: 'image-text-to-text', embed: 'feature-extraction' });
  upstream = await startUpstream();
  const env = { MODELS_FILE: file, UPSTREAM_KEY: KEY, PRELOAD_MODELS: 'far-chat', DEFAULT_TEXT_MODEL: 'far-chat' };
  front = await startServer({ env });
});
afterAll(async () => {
  await front.stop();
  await upstream.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** The same question to a model and to what it stands for: `far-chat` of the one, `starter-chat` of the other. */
async function both(path: string, name: string, body: object): Promise<readonly [far: Answer, near: Answer]> {
  const far = await post(`${front.url}${path}`, { ...body, model: `far-${name}` });
  const near = await post(`${upstream.url}${path}`, { ...body, model: `starter-${name}` }, AUTHORISED);
  expect([far.status, near.status, far.text]).toEqual([200, 200, far.text]);
  return [far, near];
}

interface Said {
  readonly choices: readonly { readonly message: { readonly content: string }; readonly finish_reason: string }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}

interface Streamed {
  readonly choices: readonly { readonly delta: { readonly content?: string } }[];
  readonly usage?: object | null;
}

/** What is the same however it was come by. */
function saidBy({ body }: Answer): unknown {
  const { choices, usage } = body as Said;
  const answers = choices.map(({ message, finish_reason }) => [message.content, finish_reason]);
  return { answers, prompt: usage.prompt_tokens, completion: usage.completion_tokens };
}

function question(text: string): object {
  return { messages: [{ role: 'user', content: text }], temperature: 0 };
}

function chat(body: object = {}): Promise<Answer> {
  return post(`${front.url}/v1/chat/completions`, { model: 'far-chat', ...question('Hello!'), ...body });
}

describe('a model of another Parley', () => {
  it('needs no process, and is listed with the context that it has there', async () => {
    expect(childrenOf(front.pid)).toEqual([]);
    const there = await get(`${upstream.url}/v1/models/starter-chat`, AUTHORISED);
    const here = await get(`${front.url}/v1/models/far-chat`);
    const { context_length: context } = there.body as { context_length: number };
    expect(context).toBeGreaterThan(0);
    expect(here.body).toMatchObject({ id: 'far-chat', state: 'loaded', context_length: context });
  });

  it.each(['Hello!', 'What is the capital of France?'])('answers as it does there: %s', async (text) => {
    const [far, near] = await both('/v1/chat/completions', 'chat', question(text));
    expect(saidBy(far)).toEqual(saidBy(near));
  });

  it('stops and ends as it does there', async () => {
    const [stopped, there] = await both('/v1/chat/completions', 'chat', { ...question(LONG), stop: ['20,'] });
    expect(saidBy(stopped)).toEqual(saidBy(there));
    const [cut, near] = await both('/v1/chat/completions', 'chat', { ...question(LONG), max_tokens: 5 });
    expect(saidBy(cut)).toEqual(saidBy(near));
    expect(cut.body).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 5 } });
  });

  it('streams', async () => {
    const asked = { ...question(LONG), max_tokens: 60 };
    const body = { model: 'far-chat', ...asked, stream: true, stream_options: { include_usage: true } };
    const { text } = await readToEnd(await open(`${front.url}/v1/chat/completions`, body).response);
    const events = sseEvents(text);
    expect(events.pop()).toBe('[DONE]');
    const chunks = events.map((event) => JSON.parse(event) as Streamed);
    const [far] = await both('/v1/chat/completions', 'chat', asked);
    const { choices, usage } = far.body as Said;
    const streamed = chunks.flatMap((chunk) => chunk.choices.map(({ delta }) => delta.content ?? '')).join('');
    expect(LONG_ANSWER.startsWith(streamed)).toBe(true);
    expect(streamed).toBe(choices[0]?.message.content);
    expect(chunks.length).toBeGreaterThan(30);
    const { prompt_tokens, completion_tokens } = usage;
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens, completion_tokens });
  });

  it('completes raw text', async () => {
    const [far, near] = await both('/v1/completions', 'chat', { prompt: 'Hello', max_tokens: 8, temperature: 0 });
    expect((far.body as { choices: unknown }).choices).toEqual((near.body as { choices: unknown }).choices);
  });

  it('answers in every dialect', async () => {
    const plain = await post(`${front.url}/llama-local/generate`, { prompt: 'Hello!', temperature: 0, stream: false });
    expect(plain.text).toContain(HELLO);
    const asked = { model_name: 'far-chat', prompt: 'Hello!' };
    expect((await post(`${front.url}/ml-backend/generate/fromtext`, asked)).text).toBe(HELLO);
    expect((await post(`${front.url}/rkllama/load_model`, { model_name: 'far-chat' })).status).toBe(200);
    expect((await post(`${front.url}/rkllama/generate`, { messages: 'Hello!' })).text).toContain(HELLO);
    await post(`${front.url}/rkllama/unload_model`, {});
  });

  it('sees pictures', async () => {
    const url = `data:image/png;base64,${Buffer.from(await pictureOf('circle', 'red', 'blue')).toString('base64')}`;
    const content = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: 'Describe this image.' },
    ];
    const [far, near] = await both('/v1/chat/completions', 'vision', {
      messages: [{ role: 'user', content }],
      temperature: 0,
    });
    expect(saidBy(far)).toEqual(saidBy(near));
    expect(far.text).toContain('A red circle on a blue background.');
  });

  it('makes vectors', async () => {
    const [far, near] = await both('/v1/embeddings', 'embed', { input: ['a red circle', 'how are you'] });
    const [here, there] = [far, near].map(
      ({ body }) => body as { data: { embedding: number[] }[]; usage: { prompt_tokens: number } },
    );
    expect(here?.usage).toEqual(there?.usage);
    expect(here?.data).toHaveLength(2);
    for (const [at, { embedding }] of (here?.data ?? []).entries()) {
      const same = there?.data[at]?.embedding ?? [];
      expect(embedding).toHaveLength(same.length);
      expect(Math.max(...embedding.map((value, index) => Math.abs(value - (same[index] ?? 2))))).toBeLessThan(1e-6);
    }
  });

  it('counts tokens', async () => {
    const [far, near] = await both('/tokenize', 'embed', { prompt: 'Hello, you!', return_token_strs: true });
    const known = ({ body }: Answer): unknown => {
      const { count, tokens, token_strs } = body as { count: number; tokens: number[]; token_strs: string[] };
      return { count, tokens, token_strs };
    };
    expect(known(far)).toEqual(known(near));
    const { tokens } = far.body as { tokens: number[] };
    const [back, there] = await both('/detokenize', 'embed', { tokens });
    expect(back.body).toEqual(there.body);
  });

  it('is refused what it is refused there', async () => {
    const answer = await chat({ messages: [{ role: 'user', content: 'one two three '.repeat(3000) }] });
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { code: 'context_length_exceeded' } });
    expect(messageOf(answer)).toMatch(/\d+ tokens/);
  });

  it('is counted as any other', async () => {
    const labels = 'model="far-chat",task="text-generation",dialect="openai"';
    const samples = async (): Promise<string[]> => (await get(`${front.url}/metrics`)).text.split('\n');
    const valueOf = async (name: string): Promise<number> => {
      const line = (await samples()).find((sample) => sample.startsWith(`${name}{${labels}`));
      return Number(line?.slice(line.lastIndexOf(' ')) ?? 0);
    };
    const [prompt, completion] = [
      await valueOf('parley_prompt_tokens_total'),
      await valueOf('parley_generation_tokens_total'),
    ];
    const { usage } = (await chat()).body as Said;
    expect((await valueOf('parley_prompt_tokens_total')) - prompt).toBe(usage.prompt_tokens);
    expect((await valueOf('parley_generation_tokens_total')) - completion).toBe(usage.completion_tokens);
  });

  it('is unloaded, launched, and never removed', async () => {
    const active = async (): Promise<unknown> => (await get(`${front.url}/ml-backend/model/getactive`)).body;
    expect(JSON.stringify(await active())).toContain('far-chat');
    expect((await del(`${front.url}/ml-backend/model/kill`, { model_name: 'far-chat' })).status).toBe(200);
    expect(JSON.stringify(await active())).not.toContain('far-chat');
    const launch = { model_name: 'far-chat', n_ctx: 128 };
    expect((await post(`${front.url}/ml-backend/model/launch`, launch)).status).toBe(200);
    expect(JSON.stringify(await active())).toContain('far-chat');
    const removal = await del(`${front.url}/ml-backend/model/delete`, { model_name: 'far-chat' });
    expectError(removal, 'ml-backend', 403);
    expect(messageOf(removal)).toContain('another server');
    expect((await chat()).text).toContain(HELLO);
  });
});

describe('another Parley that is killed', () => {
  it('ends its streams with an error, is refused at once while it is away, and answers when it is back', async () => {
    const body = { model: 'far-chat', ...question(LONG), stream: true };
    const response = await open(`${front.url}/v1/chat/completions`, body).response;
    await firstPiece(response);
    killHard(upstream.pid);
    const { text } = await readToEnd(response);
    const torn = JSON.parse(sseEvents(text).at(-1) ?? '') as unknown;
    expect(torn).toMatchObject({ error: { code: 'runner_crashed' }, code: 502 });
    await upstream.stop();

    const first = await chat();
    expectError(first, 'openai', 502);
    expect(messageOf(first)).toBe('The server that has "far-chat" could not be reached: the connection was refused.');
    const refused = await until('the circuit breaker', async () => {
      const answer = await chat();
      return answer.status === 503 ? answer : undefined;
    });
    expectError(refused, 'openai', 503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(messageOf(refused)).toContain('is away');

    upstream = await startUpstream();
    const back = await until('an answer', async () => {
      const answer = await chat();
      return answer.status === 200 ? answer : undefined;
    });
    expect(back.text).toContain(HELLO);
    expect(front.logs()).not.toContain(KEY);
  });
});

describe('a catalogue file that is wrong', () => {
  it('stops the start with one line that names the field', async () => {
    const path = join(folder, 'wrong.yaml');
    writeFileSync(
      path,
      'models:\n  - { id: far, title: Far, engine: remote, tasks: [text-generation], remote: { url: x } }\n',
    );
    const server = await spawnServer({ env: { MODELS_FILE: path } });
    expect((await server.exit).code).toBe(1);
    expect(server.logs()).toContain(`parley: ${path}:2:`);
    expect(server.logs()).toContain('models[0].remote.url is not known; the fields are base_url, model');
    await server.stop();
  });
});
