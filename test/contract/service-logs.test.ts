import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post, type Answer } from '../support/http.js';
import { linesOf, requestLine, type LogLine } from '../support/log-lines.js';
import { anyNumber, matching } from '../support/matchers.js';
import { LONG } from '../support/questions.js';
import { rawExchange } from '../support/raw-socket.js';
import { startServer, type Server } from '../support/server.js';
import { open, pieces, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const KEY = 'a-key-that-nobody-may-read';
const ALICE = { authorization: `Bearer ${KEY}` };
/** Parts of a run that follow each other. */
const PHASES = ['load_ms', 'queue_ms', 'prefill_ms', 'decode_ms'];

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { LOG_LEVEL: 'info', API_KEYS: `alice:${KEY}` } });
});
afterAll(() => server.stop());

let count = 0;

/** Headers of a request that can be found again in the log. */
function named(): { id: string; headers: Record<string, string> } {
  const id = `request-${String(++count)}`;
  return { id, headers: { ...ALICE, 'x-request-id': id } };
}

async function asked(path: string, body: object): Promise<{ answer: Answer; line: LogLine }> {
  const { id, headers } = named();
  const answer = await post(`${server.url}${path}`, body, headers);
  return { answer, line: await requestLine(server, id) };
}

const QUESTION = { messages: [{ role: 'user', content: LONG }], temperature: 0 };

function chat(body: object): Promise<{ answer: Answer; line: LogLine }> {
  return asked('/v1/chat/completions', { ...QUESTION, ...body });
}

function usageOf({ body }: Answer): { prompt_tokens: number; completion_tokens: number } {
  return (body as { usage: { prompt_tokens: number; completion_tokens: number } }).usage;
}

describe('the line of a request', () => {
  it('tells who asked what of which model, how many tokens that was, and what took how long', async () => {
    const { answer, line } = await chat({ max_tokens: 20 });
    const { prompt_tokens, completion_tokens } = usageOf(answer);
    expect(line).toMatchObject({
      level: 'info',
      time: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      key: 'alice',
      dialect: 'openai',
      method: 'POST',
      url: '/v1/chat/completions',
      status: 200,
      model: 'starter-chat',
      task: 'text-generation',
      outcome: 'length',
      prompt_tokens,
      completion_tokens,
      cached_tokens: anyNumber,
    });
    expect(line).not.toHaveProperty('load_ms');
    const times = PHASES.flatMap((name) => (line[name] === undefined ? [] : [line[name] as number]));
    expect(times.length).toBeGreaterThanOrEqual(2);
    expect(times.every((ms) => ms >= 0)).toBe(true);
    const sum = times.reduce((total, ms) => total + ms, 0);
    expect(sum).toBeLessThanOrEqual((line.ms as number) + 0.5); // each is rounded
    expect(line.prefill_ms).toBeGreaterThan(0);
    expect(line.decode_ms).toBeGreaterThan(0);
  });

  it('is the same for a stream', async () => {
    const { id, headers } = named();
    const body = { ...QUESTION, max_tokens: 20, stream: true };
    await readToEnd(await open(`${server.url}/v1/chat/completions`, body, headers).response);
    const line = await requestLine(server, id);
    expect(line).toMatchObject({ status: 200, outcome: 'length', completion_tokens: 20, model: 'starter-chat' });
  });

  it('adds the answers of one request up', async () => {
    const { answer, line } = await chat({ max_tokens: 8, n: 3, temperature: 1 });
    const { completion_tokens } = usageOf(answer);
    expect(completion_tokens).toBeGreaterThan(8);
    expect(line).toMatchObject({ runs: 3, completion_tokens, model: 'starter-chat' });
    // They run side by side: what each of them took is not a sum of waiting.
    expect(line.decode_ms).toBeLessThanOrEqual(line.ms as number);
  });

  it('tells the load where a model had to be loaded, and only there', async () => {
    const first = await asked('/v1/embeddings', { input: 'a' });
    const second = await asked('/v1/embeddings', { input: 'b' });
    expect(first.line).toMatchObject({ model: 'starter-embed', task: 'feature-extraction', outcome: 'stop' });
    expect(first.line.load_ms).toBeGreaterThan(0);
    expect(second.line).not.toHaveProperty('load_ms');
    expect(second.line.work_ms).toBeGreaterThan(0);
  });

  it('of a client that left has status 499 and what was done until then', async () => {
    const { id, headers } = named();
    const stream = open(`${server.url}/v1/chat/completions`, { ...QUESTION, stream: true }, headers);
    for await (const piece of pieces(await stream.response)) if (piece.includes('"content":"1')) break; // and leaves
    const line = await requestLine(server, id);
    expect(line).toMatchObject({ level: 'info', status: 499, outcome: 'cancelled', model: 'starter-chat' });
    expect(line.completion_tokens).toBeGreaterThan(0);
    expect(line).not.toHaveProperty('error');
  });

  it('of a refusal tells the code, and no model where none was asked', async () => {
    const { line } = await chat({ model: 'no-such-model' });
    expect(line).toMatchObject({ level: 'info', status: 404, error: 'model_not_found', key: 'alice' });
    expect(line).not.toHaveProperty('model');
    const id = 'nobody';
    await post(`${server.url}/rkllama/generate`, {}, { 'x-request-id': id });
    const refused = await requestLine(server, id);
    expect(refused).toMatchObject({ status: 401, error: 'unauthorized', dialect: 'rkllama' });
    expect(refused).not.toHaveProperty('key');
  });

  it('is there for a path that cannot be read', async () => {
    const { id, headers } = named();
    await get(`${server.url}/%zz`, headers);
    expect(await requestLine(server, id)).toMatchObject({ status: 400, error: 'invalid_request', url: '/%zz' });
  });

  it('leaves the query string out', async () => {
    const { id, headers } = named();
    await get(`${server.url}/v1/models?token=in-the-query`, headers);
    expect(await requestLine(server, id)).toMatchObject({ url: '/v1/models', status: 200 });
    expect(server.logs()).not.toContain('in-the-query');
  });
});

describe('the log at info', () => {
  it('says nothing of probes and scrapes', async () => {
    const probe = named();
    const scrape = named();
    await get(`${server.url}/healthz/live`, probe.headers);
    await get(`${server.url}/metrics`, scrape.headers);
    const last = named();
    await get(`${server.url}/health`, last.headers);
    await requestLine(server, last.id);
    const ids = linesOf(server.logs()).map(({ id }) => id);
    expect(ids).not.toContain(probe.id);
    expect(ids).not.toContain(scrape.id);
  });

  it('tells of what is no HTTP', async () => {
    await rawExchange(server.url, 'this is no request\r\n\r\n');
    const line = await until('the line', () =>
      linesOf(server.logs()).find(({ msg }) => msg === 'requests that could not be read'),
    );
    expect(line.reasons).toEqual({ HPE_INVALID_METHOD: 1 });
  });

  it('has neither prompts nor answers nor keys', async () => {
    const { answer, line } = await chat({ max_tokens: 30 });
    const { choices } = answer.body as { choices: readonly { message: { content: string } }[] };
    const said = choices[0]?.message.content ?? '';
    expect(said.length).toBeGreaterThan(20);
    expect(JSON.stringify(line)).not.toContain(said.slice(0, 15));
    for (const secret of [KEY, LONG, said.slice(0, 15)]) expect(server.logs()).not.toContain(secret);
  });
});
