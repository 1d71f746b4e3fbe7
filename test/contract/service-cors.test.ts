import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post, send, type RequestHeaders } from '../support/http.js';
import { startServer, type Server } from '../support/server.js';

const ALLOWED = 'https://chat.example.org';
const KEY = { 'x-api-key': 'the-key' };

let server: Server;
beforeAll(async () => {
  const env = { API_KEYS: 'the-key', CORS_ORIGINS: `${ALLOWED},http://localhost:5173`, PRELOAD_MODELS: '' };
  server = await startServer({ env, ports: ['openai'] });
});
afterAll(() => server.stop());

/** What a browser asks before it sends a page's request. */
function preflight(url: string, origin: string): ReturnType<typeof send> {
  const headers: RequestHeaders = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  };
  return send(url, 'OPTIONS', undefined, headers);
}

describe('CORS_ORIGINS', () => {
  it.each(['', '/openai'])('answers what a browser asks first, without a key, under %j', async (prefix) => {
    const { status, headers } = await preflight(`${server.url}${prefix}/v1/chat/completions`, ALLOWED);
    expect(status).toBe(204);
    expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
    expect(headers.get('access-control-allow-methods')).toMatch(/\bPOST\b.*\bDELETE\b/);
    expect(headers.get('access-control-allow-headers')).toMatch(/authorization/);
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('vary')).toMatch(/origin/i);
  });

  it('does so on the port of a dialect, too', async () => {
    const { headers } = await preflight(`${server.portUrls.openai ?? ''}/v1/chat/completions`, ALLOWED);
    expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
  });

  it('lets a page read answers and errors, and the headers that matter', async () => {
    const answers = [
      await get(`${server.url}/v1/models`, { ...KEY, origin: ALLOWED }),
      await get(`${server.url}/v1/models`, { origin: ALLOWED }),
      await post(`${server.url}/v1/chat/completions`, {}, { ...KEY, origin: ALLOWED }),
      await get(`${server.url}/nothing`, { origin: ALLOWED }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 401, 400, 404]);
    for (const { headers } of answers) {
      expect(headers.get('access-control-allow-origin')).toBe(ALLOWED);
      expect(headers.get('access-control-expose-headers')).toMatch(/X-Request-Id.*Retry-After.*Location/);
    }
  });

  it.each([
    'https://chat.example.org.evil.com',
    'https://evil.com/https://chat.example.org',
    'http://chat.example.org',
    'https://chat.example.org:8443',
    'https://sub.chat.example.org',
    'http://localhost.evil.com:5173',
    'null',
  ])('allows nothing to %s', async (origin) => {
    const asked = await preflight(`${server.url}/v1/chat/completions`, origin);
    const answered = await get(`${server.url}/v1/models`, { ...KEY, origin });
    for (const { headers } of [asked, answered]) expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('is no way around the key', async () => {
    expect((await get(`${server.url}/v1/models`, { origin: ALLOWED })).status).toBe(401);
  });
});
