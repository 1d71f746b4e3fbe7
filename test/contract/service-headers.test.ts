import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { head, HeldConnection } from '../support/held-connection.js';
import { get, send } from '../support/http.js';
import { anyString } from '../support/matchers.js';
import { startServer, type Dialect, type Server } from '../support/server.js';

let server: Server;
beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: '' }, ports: ['openai'] });
});
afterAll(() => server.stop());

const bases = (): string[] => [server.url, server.portUrls.openai ?? ''];

describe('the pages of the documents', () => {
  it.each(['/docs', '/docs/', '/docs/swagger-ui-bundle.js', '/redoc', '/redoc/redoc.standalone.js', '/openapi.json'])(
    '%s may load nothing from elsewhere, nor be framed',
    async (path) => {
      for (const base of bases()) {
        const { status, headers } = await get(`${base}${path}`);
        expect(status).toBe(200);
        const policy = headers.get('content-security-policy') ?? '';
        expect(policy).toMatch(/default-src 'none'.*script-src 'self';/);
        expect(policy).toMatch(/frame-ancestors 'none'/);
        expect(policy).not.toMatch(/unsafe-eval|https?:|\*/);
        expect(headers.get('x-frame-options')).toBe('DENY');
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
      }
    },
  );

  it.each(['/docs', '/redoc'])('%s has no script in it, and none from elsewhere', async (path) => {
    const { text } = await get(`${server.url}${path}`);
    for (const [, attributes = '', inside = ''] of text.matchAll(/<script([^>]*)>([^]*?)<\/script>/g)) {
      expect(inside.trim()).toBe('');
      expect(attributes).toMatch(/src="[./]/);
    }
  });

  it('asks no other host for a picture', async () => {
    expect((await get(`${server.url}/redoc/redoc.standalone.js`)).text).not.toContain('cdn.redoc.ly');
  });
});

describe('every answer', () => {
  it.each(['/', '/health', '/metrics', '/v1/models', '/files/nothing', '/nothing', '/%zz', '/jobs/nothing'])(
    'GET %s forbids to guess its type, and sets no cookie',
    async (path) => {
      const { headers } = await get(`${server.url}${path}`, { cookie: 'session=abc' });
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('set-cookie')).toBeNull();
    },
  );

  it('is closed to pages of other origins', async () => {
    const origin = 'https://chat.example.org';
    const asked = await send(`${server.url}/v1/chat/completions`, 'OPTIONS', undefined, {
      origin,
      'access-control-request-method': 'POST',
    });
    const answered = await get(`${server.url}/v1/models`, { origin });
    expect(asked.status).toBe(404);
    for (const { headers } of [asked, answered]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });
});

describe('headers', () => {
  it('are refused beyond 16 KiB, on every port', async () => {
    for (const base of bases()) {
      const held = await HeldConnection.open(base);
      held.write(head('GET', '/v1/models', { 'x-much': 'x'.repeat(17 * 1024) }));
      expect(await held.status()).toBe(431);
      expect(held.body).toEqual({ detail: anyString, error: anyString });
      held.leave();
    }
  });

  it('may be 15 KiB', async () => {
    expect((await get(`${server.url}/v1/models`, { 'x-much': 'x'.repeat(15 * 1024) })).status).toBe(200);
  });

  it('that are none are refused with 400, on every port', async () => {
    for (const base of bases()) {
      const held = await HeldConnection.open(base);
      held.write('GET / HTTP/1.1\r\nhost : test\r\nno header\r\n\r\n');
      expect(await held.status()).toBe(400);
      expect(held.body).toEqual({ detail: anyString, error: anyString });
      held.leave();
    }
  });
});

describe('a compressed body', () => {
  const bomb = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: 'x'.repeat(50_000_000) }] }));
  const packed = {
    gzip: gzipSync(bomb),
    br: brotliCompressSync(bomb.subarray(0, 1_000_000)),
    deflate: deflateSync(bomb),
    'x-unknown': Buffer.from('{}'),
  };

  it.each(Object.keys(packed) as (keyof typeof packed)[])('in %s is refused and never unpacked', async (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    const routes: [Dialect, string][] = [
      ['openai', '/v1/chat/completions'],
      ['ml-backend', '/generate/fromtext'],
      ['rkllama', '/generate'],
      ['llama-local', '/generate'],
    ];
    for (const [dialect, path] of routes) {
      const url = `${server.url}/${dialect}${path}`;
      const answer = await send(url, 'POST', new Uint8Array(packed[encoding]), headers);
      expectError(answer, dialect, dialect === 'ml-backend' ? 422 : 400);
      expect(answer.text).toContain('Content-Encoding');
    }
  });

  it('that only says it is not compressed is taken', async () => {
    const headers = { 'content-type': 'application/json', 'content-encoding': 'identity' };
    const answer = await send(`${server.url}/llama-local/generate`, 'POST', '{"prompt": 1}', headers);
    expect(answer.text).not.toContain('Content-Encoding');
  });
});
