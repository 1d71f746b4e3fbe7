import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Response } from 'openai/resources/responses/responses';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { freePort, startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

const NAME = 'My name is Wendy.';
const ASKED = 'What is my name?';
const KNOWN = 'Your name is Wendy.';

describe('a new start', () => {
  let before: Server;
  let after: Server;
  let kept: Response;
  beforeAll(async () => {
    before = await startServer();
    kept = (await post(`${before.url}/v1/responses`, { input: NAME, temperature: 0 })).body as Response;
    before.signal('SIGTERM');
    await before.exit;
  });
  beforeAll(async () => {
    after = await startServer({ dataDir: before.dataDir, env: { RESPONSES_TTL: '1' } });
  });
  afterAll(async () => {
    await after.stop();
    await before.stop(); // removes the folder
  });

  it('finds what was kept', async () => {
    expect(kept).toMatchObject({ status: 'completed' });
    expect((await get(`${after.url}/v1/responses/${kept.id}`)).body).toEqual(kept);
  });

  it('goes on from it, until RESPONSES_TTL is over', async () => {
    const body = { input: ASKED, temperature: 0, previous_response_id: kept.id };
    const next = (await post(`${after.url}/v1/responses`, body)).body as Response;
    expect(next).toMatchObject({ output: [{ content: [{ text: KNOWN }] }] });
    await until('the end of RESPONSES_TTL', async () => {
      return (await get(`${after.url}/v1/responses/${next.id}`)).status === 404;
    });
  });
});

describe('a store that is away', () => {
  let lost: Server;
  beforeAll(async () => {
    lost = await startServer({ env: { QUEUE_URL: `redis://127.0.0.1:${String(await freePort())}` } });
  });
  afterAll(() => lost.stop());

  it('is told before anything is computed, and not asked with store: false', async () => {
    const refused = await post(`${lost.url}/v1/responses`, { input: 'a' });
    expectError(refused, 'openai', 503);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);
    expectError(await get(`${lost.url}/v1/responses/resp_1`), 'openai', 503);
    expect((await post(`${lost.url}/v1/responses`, { input: 'a', store: false, max_output_tokens: 1 })).status).toBe(
      200,
    );
  });
});

describe('the embedded store', () => {
  it('stays closed until something is kept', async () => {
    const fresh = await startServer();
    try {
      const folder = join(fresh.dataDir, 'store');
      await post(`${fresh.url}/v1/responses`, { input: 'a', store: false, max_output_tokens: 1 });
      expectError(await get(`${fresh.url}/v1/responses/resp_1`), 'openai', 404);
      expect(existsSync(folder)).toBe(false);
      await post(`${fresh.url}/v1/responses`, { input: 'a', max_output_tokens: 1 });
      expect(existsSync(folder)).toBe(true);
    } finally {
      await fresh.stop();
    }
  });
});
