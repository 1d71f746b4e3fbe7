import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post, send, type Answer } from '../support/http.js';
import { freePort, startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

const SECRETS = {
  api: 'api-secret-7f3a',
  file: 'file-secret-91bc',
  metrics: 'metrics-secret-c04d',
  admin: 'admin-secret-55e1',
  hub: 'hf_hub-secret-28aa',
  queue: 'queue-secret-e6f0',
  wrong: 'wrong-secret-3b9d', // a key that is not known here may be known elsewhere
};
const ANY_SECRET = new RegExp(Object.values(SECRETS).join('|'));
/** Stands in every prompt. */
const PRIVATE = 'zanzibar-marmalade';

const folder = mkdtempSync(join(tmpdir(), 'parley-secrets-'));
const KEY = { authorization: `Bearer ${SECRETS.api}` };
const answers: Answer[] = [];
let server: Server;

beforeAll(async () => {
  const keysFile = join(folder, 'keys.json');
  writeFileSync(keysFile, JSON.stringify({ keys: [{ name: 'team', key: SECRETS.file }] }));
  const away = String(await freePort());
  server = await startServer({
    env: {
      API_KEYS: `ops:${SECRETS.api}`,
      API_KEYS_FILE: keysFile,
      METRICS_KEY: SECRETS.metrics,
      ADMIN_KEY: SECRETS.admin,
      HF_TOKEN: SECRETS.hub,
      HF_ENDPOINT: `http://127.0.0.1:${away}`,
      QUEUE_URL: `redis://parley:${SECRETS.queue}@127.0.0.1:${away}`,
      RATE_LIMIT: '1000/60',
      LOG_LEVEL: 'info',
    },
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

async function provoke(answer: Promise<Answer>): Promise<number> {
  const given = await answer;
  answers.push(given);
  return given.status;
}

const url = (path: string): string => `${server.url}${path}`;

/** No line of the log, no error and no metric has it. */
async function expectNowhere(what: RegExp): Promise<void> {
  const metrics = await get(url('/metrics'), KEY);
  expect(metrics.status).toBe(200);
  expect(metrics.text).not.toMatch(what);
  for (const { text, headers } of answers) {
    expect(text).not.toMatch(what);
    expect(JSON.stringify([...headers])).not.toMatch(what);
  }
  const lines = server
    .logs()
    .split('\n')
    .filter((line) => what.test(line));
  expect(lines).toEqual([]);
}

describe('secrets', () => {
  it('are in no error, line or metric when keys are wrong or in the wrong place', async () => {
    for (const key of [SECRETS.wrong, SECRETS.metrics, SECRETS.admin, SECRETS.hub]) {
      expect(await provoke(get(url('/v1/models'), { authorization: `Bearer ${key}` }))).toBe(401);
      expect(await provoke(get(url('/v1/models'), { 'x-api-key': key }))).toBe(401);
      expect(await provoke(get(url('/v1/models'), { authorization: `Basic ${btoa(`user:${key}`)}` }))).toBe(401);
    }
    for (const key of [SECRETS.api, SECRETS.file]) {
      expect(await provoke(get(url(`/v1/models?api_key=${key}`)))).toBe(401);
      expect(await provoke(get(url(`/nothing?api_key=${key}`)))).toBe(404);
      expect(await provoke(get(url('/admin/queues'), { authorization: `Bearer ${key}` }))).toBe(401);
    }
    await expectNowhere(ANY_SECRET);
  });

  it('are in none when the store and the hub are away', async () => {
    expect(await provoke(post(url('/rkllama/pull'), { model: 'hf/user/repo/file.gguf' }, KEY))).toBe(503);
    expect(await provoke(get(url('/jobs'), KEY))).toBe(503);
    expect(await provoke(post(url('/model/launch'), { model_name: 'no-such-model' }, KEY))).toBe(404);
    expect(await provoke(get(url('/admin/queues/api/queues'), { authorization: `Bearer ${SECRETS.admin}` }))).toBe(503);
    await expectNowhere(ANY_SECRET);
  });

  it('are in none when the file of keys breaks', async () => {
    writeFileSync(join(folder, 'keys.json'), `{"keys": [{"name": "team", "key": "${SECRETS.file}", "oops"`);
    server.signal('SIGHUP');
    await until('the line about it', () => server.logs().includes('the keys stay') || undefined);
    await expectNowhere(ANY_SECRET);
  });
});

describe('prompts', () => {
  it('are in no line of the log at info, in no metric, and in no error that did not need to quote them', async () => {
    const question = { model: 'starter-chat', messages: [{ role: 'user', content: PRIVATE }] };
    const path = '/v1/chat/completions';
    expect((await post(url(path), question, KEY)).status).toBe(200);
    expect((await post(url('/llama-local/generate'), { prompt: PRIVATE, stream: false }, KEY)).status).toBe(200);
    // Its conversation would be in the store, which is away.
    expect(await provoke(post(url('/generate/fromtext'), { model_name: 'starter-chat', prompt: PRIVATE }, KEY))).toBe(
      503,
    );
    const endless = [{ role: 'user', content: `${PRIVATE} `.repeat(20_000) }];
    expect(await provoke(post(url(path), { ...question, messages: endless }, KEY))).toBe(400);
    expect(await provoke(post(url(path), { ...question, temperature: 99 }, KEY))).toBe(400);
    expect(await provoke(post(url(path), { ...question, messages: PRIVATE }, KEY))).toBe(400);
    const json = { ...KEY, 'content-type': 'application/json' };
    expect(await provoke(send(url(path), 'POST', `{"messages": "${PRIVATE}`, json))).toBe(400);
    expect(await provoke(send(url('/v1/completions'), 'POST', PRIVATE, { ...KEY, 'content-type': 'a/b' }))).toBe(400);
    await expectNowhere(new RegExp(PRIVATE));
  });
});
