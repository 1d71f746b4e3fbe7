import { existsSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectNoLeak } from '../support/error-shapes.js';
import { head, HeldConnection } from '../support/held-connection.js';
import { del, get, post, type Answer } from '../support/http.js';
import { STARTER_FILE, startServer, type Server } from '../support/server.js';

/** Names that would lead out of a folder that they are joined to. */
const NAMES = [
  '../outside.gguf',
  '..',
  '../../../../../../etc/passwd',
  '/etc/passwd',
  'models/../../outside.gguf',
  '..\\outside.gguf',
  'a\u0000b',
  '%2e%2e%2foutside.gguf',
  'file:///etc/passwd',
  '.downloads',
];

let server: Server;
let outside: string;

beforeAll(async () => {
  server = await startServer({
    env: { PRELOAD_MODELS: '', AUTOLOAD: 'false' },
    models: { 'linked.gguf': STARTER_FILE, 'user/repo/own.gguf': STARTER_FILE },
  });
  outside = join(dirname(server.modelsDir), 'outside.gguf');
  writeFileSync(outside, 'of somebody else');
  symlinkSync(outside, join(server.modelsDir, 'link.gguf'));
});
afterAll(() => server.stop());

function expectRefused(answer: Answer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(answer.text).not.toContain('root:');
  expectNoLeak({ ...answer, text: answer.text.replaceAll('/etc/passwd', '') });
}

describe('a name that leads elsewhere', () => {
  it.each(NAMES)('%j is refused in a body', async (name) => {
    const url = (path: string): string => `${server.url}${path}`;
    expectRefused(await post(url('/model/launch'), { model_name: name }));
    expectRefused(await post(url('/generate/fromtext'), { model_name: name, prompt: 'Hello!' }));
    expectRefused(await post(url('/v1/chat/completions'), { model: name, messages: [{ role: 'user', content: 'a' }] }));
    expectRefused(await post(url('/rkllama/load_model'), { model_name: name }));
    expectRefused(await del(url('/rkllama/rm'), { model: name }));
    expectRefused(await del(url('/model/delete'), { model_name: name }));
    expect(existsSync(outside)).toBe(true);
  });

  // A client takes `..` out of a path by itself.
  it.each(NAMES.filter((name) => name !== '..'))('%j is refused in a path', async (name) => {
    const encoded = encodeURIComponent(name);
    for (const path of ['/files/', '/jobs/', '/v1/models/', '/chatvlm/models/']) {
      expectRefused(await get(`${server.url}${path}${encoded}`));
    }
    expectRefused(await get(`${server.url}/docs/${encoded}`));
  });

  it.each(['/docs/../../../package.json', '/files/../models', '/docs/..%2f..%2fpackage.json', '/docs//etc/passwd'])(
    'GET %s is refused, sent as it is',
    async (path) => {
      const held = await HeldConnection.open(server.url);
      held.write(head('GET', path, {}));
      expect(await held.status()).toBeGreaterThanOrEqual(400);
      expect(held.received).not.toMatch(/root:|"dependencies"/);
      held.leave();
    },
  );
});

describe('removing a model', () => {
  it('that is a link removes the link, and not what it leads to', async () => {
    expect((await del(`${server.url}/rkllama/rm`, { model: 'link.gguf' })).status).toBe(200);
    expect(existsSync(join(server.modelsDir, 'link.gguf'))).toBe(false);
    expect(existsSync(outside)).toBe(true);
  });
});
