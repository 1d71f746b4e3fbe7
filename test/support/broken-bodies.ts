import { it } from 'vitest';
import { expectError } from './error-shapes.js';
import { send } from './http.js';
import type { Dialect } from './server.js';

const JSON_TYPE = { 'content-type': 'application/json' };
const MIB = 1024 ** 2;

/** Bodies that no route can read, each with what its field would make of them were it read. */
const UNREADABLE: readonly (readonly [string, string | Uint8Array<ArrayBuffer>, Record<string, string>])[] = [
  ['JSON that breaks off', '{"prompt": "Hel', JSON_TYPE],
  ['text that is not JSON', 'prompt=Hello', JSON_TYPE],
  ['a list instead of an object', '[1, 2]', JSON_TYPE],
  ['a text instead of an object', '"Hello!"', JSON_TYPE],
  ['null instead of an object', 'null', JSON_TYPE],
  ['no body at all', '', JSON_TYPE],
  ['invalid UTF-8', new Uint8Array([...Buffer.from('{"prompt": "'), 0xc3, 0x28, ...Buffer.from('"}')]), JSON_TYPE],
  ['a form', 'prompt=Hello', { 'content-type': 'application/x-www-form-urlencoded' }],
  ['plain text', 'Hello!', { 'content-type': 'text/plain' }],
  ['a content type of its own', '{}', { 'content-type': 'application/x-parley' }],
  ['a field named __proto__', '{"__proto__": {"prompt": "Hello!"}}', JSON_TYPE],
];

/** Tests that a route refuses bodies it cannot read, in its dialect's words. */
export function refusesUnreadableBodies(dialect: Dialect, url: () => string, method = 'POST'): void {
  const status = dialect === 'ml-backend' ? 422 : 400;

  it.each(UNREADABLE)('refuses %s', async (_, body, headers) => {
    expectError(await send(url(), method, body, headers), dialect, status);
  });

  it('refuses a body above 1 MiB with 413', async () => {
    const body = JSON.stringify({ prompt: 'a'.repeat(MIB), messages: 'a', model_name: 'a' });
    expectError(await send(url(), method, body, JSON_TYPE), dialect, 413);
  });

  it('refuses JSON that is nested without end', async () => {
    const body = `{"prompt": ${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    expectError(await send(url(), method, body, JSON_TYPE), dialect, status);
  });
}
