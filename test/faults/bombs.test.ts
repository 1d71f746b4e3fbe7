import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail, expectError } from '../support/error-shapes.js';
import { postForm } from '../support/forms.js';
import { answerOf, get, post, type Answer } from '../support/http.js';
import { untilQueue } from '../support/metrics.js';
import { childrenOf, residentBytes } from '../support/processes.js';
import { STARTER_FILE, startServer, type Exit, type Server } from '../support/server.js';
import { bodyOf, field, file } from './support/hostile-forms.js';
import { GGUF_BOMBS, withTemplate } from './support/gguf-bombs.js';
import { pictureBombs, type PictureBomb } from './support/picture-bombs.js';
import { TINY_PNG } from './support/tiny-picture.js';

const GIB = 1024 ** 3;
const QUESTION = { messages: [{ role: 'user', content: 'Hello!' }], temperature: 0, max_tokens: 4 };

let server: Server;
let runners: number[];
/** How the service ended, if it did. */
let ended: Exit | null = null;
beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: 'starter-chat,starter-ocr,starter-vision' } });
  void server.exit.then((exit) => (ended = exit));
  runners = childrenOf(server.pid).sort();
});
afterAll(() => server.stop());

/** The same processes, none of them much larger than it was, and a good picture is read. */
async function expectUnharmed(): Promise<void> {
  expect(ended, server.logs().slice(-3000)).toBeNull();
  await untilQueue(server.url, { running: 0, waiting: 0 });
  expect(childrenOf(server.pid).sort()).toEqual(runners);
  expect(residentBytes(server.pid)).toBeLessThan(GIB);
  for (const runner of runners) expect(residentBytes(runner)).toBeLessThan(1.5 * GIB);
  expect((await post(`${server.url}/v1/chat/completions`, QUESTION)).status).toBe(200);
  const read = await postForm(`${server.url}/chatvlm/ocr`, {}, [['file', { name: 'a.png', bytes: TINY_PNG }]]);
  expect(read.status).toBe(200);
}

/** A refusal that says why, or what any picture is answered. */
function expectRefused(answer: Answer, { name, harmless = false }: PictureBomb, refused: () => void): void {
  if (harmless && answer.status === 200) return;
  if (![400, 413].includes(answer.status)) throw new Error(`${name}: ${String(answer.status)} ${answer.text}`);
  refused();
}

describe('pictures that are bombs', async () => {
  const bombs = await pictureBombs();

  it.each(bombs)('$name', async (bomb) => {
    const { name, bytes } = bomb;
    const form = await postForm(`${server.url}/chatvlm/ocr`, {}, [['file', { name: 'a.png', bytes }]]);
    expectRefused(form, bomb, () => expectDetail(form, form.status));
    if (bytes.length > 0.7 * 1024 ** 2) return; // as base64 it would be more than a field of a form
    const url = `data:image/png;base64,${Buffer.from(bytes).toString('base64')}`;
    const content = [
      { type: 'text', text: name },
      { type: 'image_url', image_url: { url } },
    ];
    const chat = await post(`${server.url}/openai/v1/chat/completions`, {
      model: 'starter-vision',
      messages: [{ role: 'user', content }],
      max_tokens: 2,
    });
    expectRefused(chat, bomb, () => expectError(chat, 'openai', chat.status));
  });

  it('leave the service and its runners as they were', expectUnharmed);

  it('do no harm all at once', async () => {
    const answers = await Promise.all(
      bombs.map(({ bytes }) => postForm(`${server.url}/chatvlm/ocr`, {}, [['file', { name: 'a.png', bytes }]])),
    );
    for (const { status } of answers) expect([200, 400, 413, 503]).toContain(status);
    await expectUnharmed();
  });
});

describe('bodies that are bombs', () => {
  const type = 'multipart/form-data; boundary=parley-boundary';
  const send = async (path: string, parts: Parameters<typeof bodyOf>[0]): Promise<Answer> =>
    answerOf(
      await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(bodyOf(parts)),
      }),
    );

  it('a form of 40 fields, each as large as one may be', async () => {
    const parts = Array.from({ length: 40 }, (_, n) => field(`f${String(n)}`, 'x'.repeat(1024 ** 2 - 1)));
    const answer = await send('/chatvlm/ocr', [...parts, file('file', 'a.png')]);
    expectDetail(answer, 413);
    await expectUnharmed();
  });

  it('a form of 40 files, each as large as one may be', async () => {
    const parts = Array.from({ length: 40 }, (_, n) =>
      file('files', `${String(n)}.png`, new Uint8Array(9 * 1024 ** 2)),
    );
    expectDetail(await send('/chatvlm/batch/ocr', parts), 400);
    await expectUnharmed();
  });

  it('pictures in JSON that are junk, one in the other, or too many', async () => {
    const junk = [
      'data:image/png;base64,' + '!'.repeat(1_000_000),
      'data:'.repeat(100_000),
      'data:image/png;base64,' + 'A=='.repeat(300_000),
    ];
    for (const url of junk) {
      const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
      const answer = await post(`${server.url}/openai/v1/chat/completions`, { model: 'starter-vision', messages });
      expectError(answer, 'openai', 400);
    }
    const big = `data:image/png;base64,${'A'.repeat(25 * 1024 ** 2)}`;
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: big } }] }];
    expectError(await post(`${server.url}/openai/v1/chat/completions`, { messages }), 'openai', 413);
    await expectUnharmed();
  });

  it('a body that says that it is gzip', async () => {
    const answer = await post(`${server.url}/openai/v1/chat/completions`, QUESTION, { 'content-encoding': 'gzip' });
    expectError(answer, 'openai', 400);
  });
});

describe('models that are bombs', () => {
  it.each(Object.entries(GGUF_BOMBS))('%s does not load, and costs nobody else anything', async (name, bytes) => {
    writeFileSync(join(server.modelsDir, `${name}.gguf`), bytes);
    const answer = await post(`${server.url}/openai/v1/chat/completions`, { ...QUESTION, model: name });
    expectError(answer, 'openai', 500);
    expect(answer.body).toMatchObject({ error: { code: 'model_load_failed' } });
    expect(childrenOf(server.pid).sort()).toEqual(runners);
  });

  it.each([
    [
      'never ends',
      '{% for a in range(99999) %}{% for b in range(99999) %}{% for c in range(99999) %}x{% endfor %}{% endfor %}{% endfor %}',
    ],
    ['calls itself', '{% macro a() %}{{ a() }}{% endmacro %}{{ a() }}'],
    [
      'grows',
      "{% set n = namespace(t='aaaaaaaaaaaaaaaa') %}{% for a in range(99) %}{% set n.t = n.t + n.t %}{% endfor %}{{ n.t }}",
    ],
  ])('a chat template that %s ends with a refusal', async (name, template) => {
    const id = `template-that-${name.replace(' ', '-')}`;
    writeFileSync(join(server.modelsDir, `${id}.gguf`), withTemplate(readFileSync(STARTER_FILE), template));
    const answer = await post(`${server.url}/openai/v1/chat/completions`, { ...QUESTION, model: id });
    expectError(answer, 'openai', 400);
    await fetch(`${server.url}/chatvlm/models/${id}`, { method: 'DELETE' });
    await expectUnharmed();
  });

  it('a manifest that is no file of ours is passed over', async () => {
    const folder = join(server.modelsDir, 'some', 'body');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'bomb.manifest.json'), `[${'['.repeat(64 * 1024 ** 2)}`);
    expect((await get(`${server.url}/v1/models`)).status).toBe(200);
    await expectUnharmed();
  });
});
