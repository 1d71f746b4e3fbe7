import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { childrenOf, runnerOf } from '../support/processes.js';
import { question } from '../support/questions.js';
import { startServer, type Dialect, type Server } from '../support/server.js';

const REFUSALS: readonly (readonly [Dialect, number])[] = [
  ['ml-backend', 409],
  ['openai', 409],
  ['rkllama', 400],
  ['llama-local', 503],
];

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { AUTOLOAD: 'false', PRELOAD_MODELS: '' } });
});
afterAll(() => server.stop());

describe('AUTOLOAD=false', () => {
  it.each(REFUSALS)('%s refuses a model that is not loaded with %i, and loads nothing', async (dialect, status) => {
    for (const stream of [true, false]) {
      const { path, body } = question(dialect, 'Hello!', stream);
      expectError(await post(`${server.url}${path}`, body), dialect, status);
    }
    expect(childrenOf(server.pid)).toEqual([]);
  });

  it('is ready all the same: nothing was to be preloaded', async () => {
    expect((await get(`${server.url}/healthz/ready`)).status).toBe(200);
  });

  it('answers in every dialect once one of them has loaded the model', async () => {
    expect((await post(`${server.url}/rkllama/load_model`, { model_name: 'starter-chat' })).status).toBe(200);
    await runnerOf(server.pid);
    for (const [dialect] of REFUSALS) {
      const { path, body } = question(dialect, 'Hello!', false);
      const { status, text } = await post(`${server.url}${path}`, body);
      expect({ dialect, status }).toEqual({ dialect, status: 200 });
      expect(text).toContain('Hello! How can I help you today?');
    }
  });
});
