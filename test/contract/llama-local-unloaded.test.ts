import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';

describe('a default model that is not loaded', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { PRELOAD_MODELS: '', AUTOLOAD: 'false' } });
  });
  afterAll(() => server.stop());

  it('is said by /health with 200', async () => {
    const answer = await get(`${server.url}/llama-local/health`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: 'model_not_loaded', model_loaded: false });
  });

  it.each([true, false])('refuses /generate with 503 (stream: %s)', async (stream) => {
    expectError(await post(`${server.url}/llama-local/generate`, { prompt: 'Hello!', stream }), 'llama-local', 503);
  });

  it('refuses /model-info with 503', async () => {
    expectError(await get(`${server.url}/llama-local/model-info`), 'llama-local', 503);
  });
});

describe('a default model that does not exist', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { PRELOAD_MODELS: '', DEFAULT_TEXT_MODEL: 'no-such-model' } });
  });
  afterAll(() => server.stop());

  it('is said by /health with 200', async () => {
    const answer = await get(`${server.url}/llama-local/health`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      status: expect.stringMatching(/^(model_not_loaded|error)$/) as unknown,
      model_loaded: false,
    });
  });

  it('refuses /generate with 503', async () => {
    expectError(
      await post(`${server.url}/llama-local/generate`, { prompt: 'Hello!', stream: false }),
      'llama-local',
      503,
    );
  });

  it('refuses /model-info with 503', async () => {
    expectError(await get(`${server.url}/llama-local/model-info`), 'llama-local', 503);
  });
});
