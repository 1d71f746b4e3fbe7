import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { head, HeldConnection } from '../support/held-connection.js';
import { get, post } from '../support/http.js';
import { FORM_BOUNDS } from '../../src/http/body/form-admission.js';
import { anyString } from '../support/matchers.js';
import { startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

/** Connections of each kind, on each of the two ports. */
const EACH = 30;
const KEY = { 'x-api-key': 'the-key' };
const JSON_BODY = { 'content-type': 'application/json', 'content-length': '500000' };
const CHUNKED = { 'content-type': 'application/json', 'transfer-encoding': 'chunked' };

/** What a slow client says first, and what it goes on to say, again and again. */
const KINDS: Readonly<Record<string, readonly [string, string]>> = {
  'say nothing at all': ['', ''],
  'drip headers': ['POST /v1/chat/completions HTTP/1.1\r\nhost: test\r\n', 'x-more: of this\r\n'],
  'stop after the headers': [head('POST', '/v1/chat/completions', { ...KEY, ...JSON_BODY }), ''],
  'drip a body': [`${head('POST', '/v1/chat/completions', { ...KEY, ...JSON_BODY })}{"messages":"`, 'x'],
  'drip a chunked body': [`${head('POST', '/v1/chat/completions', { ...KEY, ...CHUNKED })}1\r\n{\r\n`, '1\r\n \r\n'],
  'drip a form': [
    `${head('POST', '/v1/images/edits', { ...KEY, ...JSON_BODY, 'content-type': 'multipart/form-data; boundary=b' })}--b\r\n`,
    'x',
  ],
  'drip a body without a key': [`${head('POST', '/v1/chat/completions', JSON_BODY)}{`, 'x'],
};

let server: Server;
beforeAll(async () => {
  const env = { API_KEYS: 'the-key', HEADERS_TIMEOUT: '3', BODY_TIMEOUT: '3' };
  server = await startServer({ env, ports: ['openai'] });
});
afterAll(() => server.stop());

async function openMany(base: string, first: string): Promise<HeldConnection[]> {
  const all = await Promise.all(Array.from({ length: EACH }, () => HeldConnection.open(base)));
  for (const one of all) one.write(first);
  return all;
}

describe('hundreds of connections that say little', () => {
  const slow: { readonly kind: string; readonly held: HeldConnection }[] = [];
  let dripping: NodeJS.Timeout;

  beforeAll(async () => {
    for (const base of [server.url, server.portUrls.openai ?? '']) {
      for (const [kind, [first]] of Object.entries(KINDS)) {
        for (const held of await openMany(base, first)) slow.push({ kind, held });
      }
    }
    dripping = setInterval(() => {
      for (const { kind, held } of slow) if (!held.closed) held.write(KINDS[kind]?.[1] ?? '');
    }, 200);
  });
  afterAll(() => {
    clearInterval(dripping);
    for (const { held } of slow) held.leave();
  });

  it('keep no good request from its answer, on either port', async () => {
    const question = { messages: [{ role: 'user', content: 'Hello!' }], temperature: 0 };
    let asked = 0;
    // For as long as there are such connections: before, while and after they are cut.
    while (asked < 5 || slow.some(({ held }) => !held.closed)) {
      for (const base of [server.url, server.portUrls.openai ?? '']) {
        expect((await post(`${base}/v1/chat/completions`, question, KEY)).status).toBe(200);
        expect((await get(`${base}/healthz/ready`)).status).toBe(200);
      }
      asked++;
    }
  });

  it.each(Object.keys(KINDS))('are closed by the service: those that %s', async (kind) => {
    const ours = slow.filter((one) => one.kind === kind).map(({ held }) => held);
    expect(ours).toHaveLength(2 * EACH);
    await until('their end', () => ours.every(({ closed }) => closed) || undefined);
    let formsRefused = 0;
    for (const held of ours) {
      if (kind === 'drip a body without a key') expect(held.received).toMatch(/^HTTP\/1\.1 401 /);
      // A key has so many forms in transfer; the others are refused before they are read.
      else if (kind === 'drip a form' && held.received.startsWith('HTTP/1.1 503 ')) formsRefused++;
      else {
        expect(held.received).toMatch(/^HTTP\/1\.1 408 /);
        expect(held.body).toEqual({ detail: anyString, error: anyString });
      }
    }
    expect(formsRefused).toBe(kind === 'drip a form' ? Math.max(0, 2 * EACH - FORM_BOUNDS.formsOfKey) : 0);
  });

  it('leave nothing behind: no line of an error, and a service that answers', async () => {
    const errors = server
      .logs()
      .split('\n')
      .filter((line) => line.includes('"level":"error"'));
    expect(errors.slice(0, 3)).toEqual([]);
    expect((await get(`${server.url}/v1/models`, KEY)).status).toBe(200);
  });
});

describe('a body on a slow line', () => {
  it('is waited for while enough of it comes', async () => {
    const held = await HeldConnection.open(server.url);
    const body = `${' '.repeat(250_000)}{"messages":[],"model":"starter-chat"}`;
    held.write(head('POST', '/v1/chat/completions', { ...KEY, ...JSON_BODY, 'content-length': String(body.length) }));
    const startedAt = performance.now();
    // 64 KiB a second: four times what is asked for, and longer than BODY_TIMEOUT in all.
    for (let sent = 0; sent < body.length; sent += 8192) {
      held.write(body.slice(sent, sent + 8192));
      await new Promise((resolve) => setTimeout(resolve, 125));
    }
    expect(performance.now() - startedAt).toBeGreaterThan(3500);
    expect(await held.status()).toBe(400);
    expect(held.received).toContain('messages');
    held.leave();
  });
});

describe('MAX_CONNECTIONS', () => {
  it('drops what is beyond it, and takes connections again once there is room', async () => {
    const small = await startServer({ env: { MAX_CONNECTIONS: '5', PRELOAD_MODELS: '', HEADERS_TIMEOUT: '2' } });
    const held = await Promise.all(Array.from({ length: 12 }, () => HeldConnection.open(small.url)));
    await until('the dropped', () => held.filter(({ closed }) => closed).length >= 7 || undefined);
    expect(small.logs()).toContain('MAX_CONNECTIONS');
    await until('the end of the rest', () => held.every(({ closed }) => closed) || undefined);
    expect((await get(`${small.url}/health`)).status).toBe(200);
    await small.stop();
  });
});
