import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post, type Answer } from '../support/http.js';
import { untilQueue } from '../support/metrics.js';
import { killHard, runnerOf } from '../support/processes.js';
import { LONG } from '../support/questions.js';
import { startServer, type Server } from '../support/server.js';
import { firstPiece, open, readToEnd, sseEvents } from '../support/streaming.js';

const TOOL = { type: 'function', name: 'get_weather', parameters: { type: 'object' } };

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { STRICT: 'true' } });
});
afterAll(() => server.stop());

const at = (path = ''): string => `${server.url}/openai/v1/responses${path}`;

function expectRefused(answer: Answer, status: number, param: string): void {
  expectError(answer, 'openai', status);
  expect(answer.body).toMatchObject({ error: { param } });
}

describe('POST /v1/responses with wrong values', () => {
  it.each([
    ['input', undefined],
    ['input', null],
    ['input', 7],
    ['input', []],
    ['input.0.role', [{ role: 'king', content: 'a' }]],
    ['input.0.content.0.type', [{ role: 'user', content: [{ type: 'input_file', file_id: 'a' }] }]],
    ['input', [{ type: 'function_call_output', call_id: 'a', output: 'b' }]],
    [
      'input',
      [
        { role: 'user', content: 'a' },
        { type: 'item_reference', id: 'b' },
      ],
    ],
  ])('400 naming %s for %j', async (param, input) => {
    expectRefused(await post(at(), { input }), 400, param);
  });

  it.each([
    ['model', 7],
    ['instructions', 7],
    ['previous_response_id', 7],
    ['previous_response_id', 'resp_1'],
    ['store', 'yes'],
    ['stream', 'yes'],
    ['max_output_tokens', 0],
    ['temperature', 2.1],
    ['top_p', 1.1],
    ['top_logprobs', 21],
    ['truncation', 'some'],
    ['parallel_tool_calls', 'yes'],
    ['metadata', 'a'],
    ['include', 'a'],
    ['tools', TOOL],
    ['background', true],
    ['conversation', 'conv_1'],
    ['user', 7],
    ['mirostat', 2],
  ])('400 naming %s for %j', async (field, value) => {
    expectRefused(await post(at(), { input: 'a', [field]: value }), 400, field);
  });

  it.each([
    ['tools.0.type', { tools: [{ type: 'web_search' }] }],
    ['reasoning.effort', { reasoning: { effort: 'high' } }],
    ['text.verbosity', { text: { verbosity: 'high' } }],
    ['include.0', { include: ['reasoning.encrypted_content'] }],
  ])('400 naming %s', async (param, more) => {
    expectRefused(await post(at(), { input: 'a', ...more }), 400, param);
  });

  it('404 for a model that does not exist', async () => {
    expectRefused(await post(at(), { input: 'a', model: 'nope' }), 404, 'model');
  });

  it('400 for a prompt longer than the context, streamed or not', async () => {
    for (const stream of [true, false]) {
      const answer = await post(at(), { input: 'word '.repeat(3000), stream });
      expectError(answer, 'openai', 400);
      expect(answer.body).toMatchObject({ error: { code: 'context_length_exceeded' } });
    }
  });

  it('takes what asks for nothing', async () => {
    const nothing = { tools: [], tool_choice: 'auto', reasoning: { effort: null }, include: [], metadata: {} };
    const texts = { user: 'a', safety_identifier: 'b', prompt_cache_key: 'c', service_tier: 'auto' };
    const nulls = { instructions: null, previous_response_id: null, text: null, stream_options: null, top_p: null };
    const answer = await post(at(), { input: 'a', max_output_tokens: 1, store: null, ...nothing, ...texts, ...nulls });
    expect({ status: answer.status, body: answer.body }).toMatchObject({ status: 200, body: { store: true } });
  });
});

describe('trouble on the way', () => {
  const begin = async (): Promise<{ id: string; exchange: ReturnType<typeof open> }> => {
    const exchange = open(at(), { input: LONG, temperature: 0, stream: true });
    const created = sseEvents(await firstPiece(await exchange.response))[0] ?? '';
    return { id: (JSON.parse(created) as { response: { id: string } }).response.id, exchange };
  };

  it('a client that leaves frees its place, and nothing is kept', async () => {
    const { id, exchange } = await begin();
    exchange.leave();
    await untilQueue(server.url, { running: 0, waiting: 0 });
    expectError(await get(at(`/${id}`)), 'openai', 404);
  });

  it('a runner that dies ends the stream with response.failed, then error', async () => {
    const { id, exchange } = await begin();
    killHard(await runnerOf(server.pid));
    const { text, complete } = await readToEnd(await exchange.response);
    expect(complete).toBe(true);
    const [failed, error] = sseEvents(text)
      .slice(-2)
      .map((event) => JSON.parse(event) as Record<string, unknown>);
    expect(failed).toMatchObject({
      type: 'response.failed',
      response: { id, status: 'failed', error: { code: 'server_error' }, code: 502 },
    });
    expect(error).toMatchObject({ type: 'error', code: 'runner_crashed', param: null });
    expectError(await get(at(`/${id}`)), 'openai', 404);
  });

  it("OpenAI's helper rejects then", async () => {
    const client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const runner = client.responses.stream({ model: 'starter-chat', temperature: 0, input: LONG });
    const failed = new Promise<string | undefined>((resolve) => {
      runner.on('response.failed', ({ response }) => resolve(response.error?.code));
    });
    let killed = false;
    runner.on('response.output_text.delta', () => {
      if (killed) return;
      killed = true;
      void runnerOf(server.pid).then(killHard);
    });
    await expect(runner.finalResponse()).rejects.toMatchObject({ code: 'runner_crashed' });
    expect(await failed).toBe('server_error');
  });
});
