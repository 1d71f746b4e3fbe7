import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { head, HeldConnection } from '../support/held-connection.js';
import { get, send } from '../support/http.js';
import { spawnServer, startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

const folder = mkdtempSync(join(tmpdir(), 'parley-keys-'));
const file = join(folder, 'keys.yaml');
const DIGEST = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'; // of "secret"
const SECRETS = /first-key|second-key|third-key|broken-key|env-key/;

let mounted = 0;

/** Replaces the file and has it read. */
function replace(text: string): void {
  mount(text);
  server.signal('SIGHUP');
}

/** As Kubernetes mounts a Secret: `keys.yaml` → `..data/keys.yaml`, where `..data` is a link that is swapped. */
function mount(text: string): void {
  const version = `..version-${String(++mounted)}`;
  mkdirSync(join(folder, version));
  writeFileSync(join(folder, version, 'keys.yaml'), text);
  symlinkSync(version, join(folder, '..next'));
  renameSync(join(folder, '..next'), join(folder, '..data'));
  if (mounted === 1) symlinkSync(join('..data', 'keys.yaml'), file);
}

const bearer = (key: string): Record<string, string> => ({ authorization: `Bearer ${key}` });

let server: Server;
const statusFor = async (key: string): Promise<number> => (await get(`${server.url}/v1/models`, bearer(key))).status;
const untilStatus = (key: string, status: number): Promise<true> =>
  until(`${String(status)} for a key`, async () => (await statusFor(key)) === status || undefined);

beforeAll(async () => {
  mount(`keys:\n  - {name: team-a, key: first-key}\n  - {name: team-b, key_sha256: ${DIGEST}}`);
  server = await startServer({
    env: { API_KEYS: 'ops:env-key', API_KEYS_FILE: file, PRELOAD_MODELS: '', LOG_LEVEL: 'info' },
  });
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('API_KEYS_FILE', () => {
  it('adds its keys to those of API_KEYS', async () => {
    for (const key of ['first-key', 'secret', 'env-key']) expect(await statusFor(key)).toBe(200);
    for (const key of ['team-a', DIGEST, 'ops:env-key']) expect(await statusFor(key)).toBe(401);
  });

  it('is read again when it changes, without a restart', async () => {
    mount('keys:\n  - {name: team-a, key: first-key}\n  - {name: team-a, key: second-key}');
    await untilStatus('second-key', 200);
    expect(await statusFor('first-key')).toBe(200);
    expect(await statusFor('secret')).toBe(401);
  });

  it('leaves alone what a key was doing when it was taken away, and refuses what is new', async () => {
    const running = await HeldConnection.open(server.url);
    const body = '{"model_name":"nothing"}';
    const headers = { ...bearer('first-key'), 'content-type': 'application/json' };
    running.write(head('POST', '/model/launch', { ...headers, 'content-length': String(body.length) }));
    replace('keys: [{name: team-a, key: second-key}]');
    await untilStatus('first-key', 401);
    running.write(body);
    expect(await running.status()).toBe(404);
    running.leave();
  });

  it.each([
    ['wrong', (): void => replace('keys: [{name: team-a, key: broken-key, more: 1}]'), /keys\[0\]/],
    ['gone', (): void => unlinkSync(join(folder, '..data')), /cannot be read/],
  ])('keeps the keys that it has while the file is %s, and says so once', async (_, harm, says) => {
    const before = server.logs().length;
    harm();
    await until('the line about it', () => says.exec(server.logs().slice(before)) !== null || undefined);
    server.signal('SIGHUP');
    expect(await statusFor('second-key')).toBe(200);
    expect(await statusFor('broken-key')).toBe(401);
    expect(
      server
        .logs()
        .slice(before)
        .match(/the keys stay as they were/g),
    ).toHaveLength(1);
  });

  it('refuses everybody, and lets nobody in, once the file has no key', async () => {
    replace('keys: []');
    await untilStatus('second-key', 401);
    expect((await get(`${server.url}/v1/models`)).status).toBe(401);
    expect(await statusFor('env-key')).toBe(200);
  });

  it('never shows a key', () => {
    expect(server.logs()).not.toMatch(SECRETS);
  });
});

describe('limits of a key', () => {
  it('keep it to its own rate', async () => {
    replace('keys: [{name: slow, key: first-key, rate_limit: 2/3600}, {name: fast, key: second-key}]');
    await until('the new keys', async () => (await statusFor('second-key')) === 200 || undefined);
    expect([await statusFor('first-key'), await statusFor('first-key')]).toEqual([200, 200]);
    const refused = await get(`${server.url}/v1/models`, bearer('first-key'));
    expectError(refused, 'openai', 429);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1000);
    for (let count = 0; count < 5; count++) expect(await statusFor('second-key')).toBe(200);
  });

  it('keep it to so many requests at a time', async () => {
    replace('keys: [{name: narrow, key: third-key, max_concurrent: 2}]');
    await untilStatus('third-key', 200);
    const headers = { ...bearer('third-key'), 'content-type': 'application/json', 'content-length': '100' };
    const held = [await HeldConnection.open(server.url), await HeldConnection.open(server.url)];
    for (const one of held) one.write(head('POST', '/v1/chat/completions', headers));
    await untilStatus('third-key', 429);
    const refused = await get(`${server.url}/v1/models`, bearer('third-key'));
    expectError(refused, 'openai', 429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect((await get(`${server.url}/health`, bearer('third-key'))).status).toBe(200);
    held[0]?.leave();
    await untilStatus('third-key', 200);
    held[1]?.leave();
  });
});

describe('a request without a key', () => {
  it.each([
    ['/v1/chat/completions', 'application/json'],
    ['/chatvlm/ocr', 'multipart/form-data; boundary=x'],
    ['/v1/images/edits', 'multipart/form-data; boundary=x'],
    ['/v1/models', 'application/json'],
  ])('is refused before any of the body of POST %s has come', async (path, type) => {
    const held = await HeldConnection.open(server.url);
    const method = path === '/v1/models' ? 'GET' : 'POST';
    held.write(head(method, path, { 'content-type': type, 'content-length': '1000000' }));
    expect(await held.status()).toBe(401);
    held.leave();
  });

  it('is told so before it is told what is wrong with its body', async () => {
    const json = { 'content-type': 'application/json' };
    for (const body of ['{', '\u0000', 'x'.repeat(2 * 1024 ** 2)]) {
      expectError(await send(`${server.url}/openai/v1/chat/completions`, 'POST', body, json), 'openai', 401);
    }
    expect((await send(`${server.url}/v1/chat/completions`, 'POST', 'x', { 'content-type': 'a/b' })).status).toBe(401);
  });
});

describe('a file of keys that cannot be used', () => {
  it.each([
    ['is wrong', 'keys: [{name: team-a, key: broken-key, rate_limit: 1}]', {}, /^parley: API_KEYS_FILE keys\[0\]/m],
    [
      'has no key, beyond loopback',
      'keys: []',
      { HOST: '0.0.0.0' },
      /^parley: API_KEYS_FILE has no key.*HOST=0\.0\.0\.0/m,
    ],
  ])('stops the start where it %s', async (_, text, env, says) => {
    const path = join(folder, 'own.yaml');
    writeFileSync(path, text);
    const failing = await spawnServer({ env: { API_KEYS_FILE: path, PRELOAD_MODELS: '', ...env } });
    expect((await failing.exit).code).toBe(1);
    expect(failing.logs()).toMatch(says);
    expect(failing.logs()).not.toMatch(/broken-key|\n\s+at /);
    await failing.stop();
  });
});
