import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { get, post } from '../support/http.js';
import { childrenOf } from '../support/processes.js';
import { STARTER_FILE, startServer, type Server } from '../support/server.js';
import { LoadFailure } from '../../src/inference/runners/load-failure.js';
import type { RunnerProcess } from '../../src/inference/runners/runner-process.js';
import { exists, startFixture } from '../medium/support/fixture-runner.js';

const MESSAGES = [{ role: 'user', content: 'Hello!' }];

/** Files that are no sound models. */
const UNSOUND: readonly (readonly [string, () => Uint8Array])[] = [
  ['empty', () => new Uint8Array()],
  ['noise', () => Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 251)],
  ['magic-only', () => Buffer.concat([Buffer.from('GGUF'), Buffer.alloc(4096, 0xff)])],
  ['truncated', () => readFileSync(STARTER_FILE).subarray(0, 2_000_000)],
  ['cut-in-header', () => readFileSync(STARTER_FILE).subarray(0, 5000)],
];

function chat(server: Server, model: string): ReturnType<typeof post> {
  return post(`${server.url}/openai/v1/chat/completions`, { model, messages: MESSAGES, temperature: 0 });
}

async function expectGoingOn(server: Server): Promise<void> {
  expect((await chat(server, 'starter-chat')).body).toMatchObject({
    choices: [{ message: { content: 'Hello! How can I help you today?' } }],
  });
  expect(childrenOf(server.pid)).toHaveLength(1);
}

describe('a file that is no sound model', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
    for (const [name, bytes] of UNSOUND) writeFileSync(join(server.modelsDir, `${name}.gguf`), bytes());
  });
  afterAll(() => server.stop());

  it.each(UNSOUND)('%s is model_load_failed in every dialect, and the service goes on', async (name) => {
    const openai = await chat(server, name);
    expectError(openai, 'openai', 500);
    expect(openai.body).toMatchObject({ error: { code: 'model_load_failed', type: 'server_error' } });
    expectError(await post(`${server.url}/ml-backend/model/launch`, { model_name: name }), 'ml-backend', 500);
    expectError(await post(`${server.url}/rkllama/load_model`, { model_name: name }), 'rkllama', 500);
    expect((await get(`${server.url}/rkllama/current_model`)).status).toBe(404);
    await expectGoingOn(server);
  });

  it('is not tried a fourth time until its file changes', async () => {
    writeFileSync(join(server.modelsDir, 'repaired.gguf'), 'GGUF');
    for (let attempt = 0; attempt < 3; attempt++) {
      const failed = await chat(server, 'repaired');
      expectError(failed, 'openai', 500);
      expect(failed.headers.has('retry-after')).toBe(false);
    }
    const refused = await chat(server, 'repaired');
    expectError(refused, 'openai', 500);
    expect(refused.body).toMatchObject({ error: { code: 'model_load_failed' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);

    copyFileSync(STARTER_FILE, join(server.modelsDir, 'repaired.gguf'));
    expect((await chat(server, 'repaired')).status).toBe(200);
  });

  it('that vanished is not found', async () => {
    copyFileSync(STARTER_FILE, join(server.modelsDir, 'brief.gguf'));
    expect((await get(`${server.url}/v1/models/brief.gguf`)).status).toBe(200);
    rmSync(join(server.modelsDir, 'brief.gguf'));
    expectError(await chat(server, 'brief'), 'openai', 404);
  });
});

describe('a default model that cannot be loaded', () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({
      env: { PRELOAD_MODELS: 'broken', DEFAULT_TEXT_MODEL: 'broken' },
      models: { 'broken.gguf': join(import.meta.dirname, 'runner-load-failure.test.ts') },
    });
  });
  afterAll(() => server.stop());

  it('is 503 for llama-local, and said by its health', async () => {
    expectError(await post(`${server.url}/llama-local/generate`, { prompt: 'Hello!' }), 'llama-local', 503);
    expectError(await get(`${server.url}/llama-local/model-info`), 'llama-local', 503);
    expect(await get(`${server.url}/llama-local/health`)).toMatchObject({ status: 200, body: { model_loaded: false } });
  });

  it('keeps the service from being ready, not from living', async () => {
    expect((await get(`${server.url}/healthz/ready`)).status).toBe(503);
    expect((await get(`${server.url}/healthz/live`)).status).toBe(200);
    expect((await get(`${server.url}/healthz/startup`)).status).toBe(200);
  });

  it('leaves other models alone', async () => {
    await expectGoingOn(server);
  });
});

describe('a MEMORY_BUDGET that is too small', () => {
  const BUDGET = 50_000_000;
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ env: { MEMORY_BUDGET: String(BUDGET), SLOTS: '1' } });
  });
  afterAll(() => server.stop());

  it('says how many bytes are missing', async () => {
    const answer = await chat(server, 'starter-chat');
    expectError(answer, 'openai', 500);
    expect(answer.body).toMatchObject({ error: { code: 'model_load_failed' } });
    const numbers = [...messageOf(answer).matchAll(/\d+/g)].map(([digits]) => Number(digits));
    const [needed = 0] = numbers;
    expect(needed).toBeGreaterThan(BUDGET);
    expect(numbers).toContain(BUDGET);
    expect(numbers).toContain(needed - BUDGET);
    expect(messageOf(answer)).toMatch(/bytes/);
  });

  it('leaves no process and no reserved byte behind', async () => {
    await chat(server, 'starter-chat');
    expect(childrenOf(server.pid)).toEqual([]);
    expect((await get(`${server.url}/metrics`)).text).toMatch(/^parley_memory_reserved_bytes 0$/m);
  });
});

/** Why a runner cannot be loaded, and that nothing is left of it. */
async function failureOf(runner: RunnerProcess): Promise<LoadFailure> {
  const { pid } = runner;
  const thrown: unknown = await runner
    .size()
    .then(() => runner.load(() => undefined))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(thrown).toBeInstanceOf(LoadFailure);
  await runner.ended;
  expect(runner.alive).toBe(false);
  expect(exists(pid)).toBe(false);
  return thrown as LoadFailure;
}

describe('a runner that cannot load', () => {
  it('because it ends at once', async () => {
    const failure = await failureOf(startFixture('exits-on-init').runner);
    expect(failure).toMatchObject({ failure: 'failed' });
    expect(failure.message).toContain('exit code 7');
  });

  it.each([1, 2, 3, 4, 5])(
    'because it ends while loading: its last complaint is told, without the folder (%i)',
    async () => {
      const { runner } = startFixture('exits-on-load');
      const failure = await failureOf(runner);
      expect(failure.failure).toBe('failed');
      expect(failure.message).toContain('exit code 3');
      expect(failure.message).toContain('error: m.gguf is a hoax');
      expect(failure.message).not.toContain('/srv');
      expect((await runner.ended).expected).toBe(false);
    },
  );

  it('because it never tells its size', async () => {
    const { message } = await failureOf(startFixture('never-sized', { size: 300 }).runner);
    expect(message).toContain('it was not ready within');
  });

  it('because it is never ready', async () => {
    const failure = await failureOf(startFixture('never-ready', { load: 300 }).runner);
    expect(failure.failure).toBe('failed');
    expect(failure.message).toContain('it was not ready within');
  });

  it('because it says that memory is short', async () => {
    const failure = await failureOf(startFixture('out-of-memory').runner);
    expect(failure).toMatchObject({ failure: 'out-of-memory', message: 'there is not enough memory for it' });
  });

  it('because somebody else killed it, which is taken for the kernel’s out-of-memory killer', async () => {
    expect(await failureOf(startFixture('killed-on-load').runner)).toMatchObject({ failure: 'out-of-memory' });
  });

  it('because it breaks the protocol', async () => {
    const { runner } = startFixture('breaks-protocol');
    await expect(runner.size()).rejects.toMatchObject({ name: 'LoadFailure', failure: 'failed' });
  });

  it('because its script is not there', async () => {
    expect(await failureOf(startFixture('no-such-script').runner)).toMatchObject({ failure: 'failed' });
  });
});
