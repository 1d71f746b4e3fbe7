import { afterAll, beforeAll, expect, it } from 'vitest';
import { FORM_BOUNDS } from '../../src/http/body/form-admission.js';
import { expectDetail } from '../support/error-shapes.js';
import { postForm } from '../support/forms.js';
import { HeldConnection } from '../support/held-connection.js';
import { startServer, type Server } from '../support/server.js';
import { until } from '../support/wait.js';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: '', API_KEYS: 'greedy:greedy-key,polite:polite-key' } });
});
afterAll(() => server.stop());

/** Begins a form and leaves it unfinished. */
async function holdForm(key: string): Promise<HeldConnection> {
  const connection = await HeldConnection.open(server.url);
  const lines = [
    'POST /chatvlm/ocr HTTP/1.1',
    'Host: localhost',
    `Authorization: Bearer ${key}`,
    'Content-Type: multipart/form-data; boundary=b',
    'Content-Length: 100000',
    '',
    '--b\r\nContent-Disposition: form-data; name="language"\r\n\r\nfr\r\n',
  ];
  connection.write(lines.join('\r\n'));
  return connection;
}

/** A complete form that lacks its file: 400 once it is parsed. */
const send = (key: string): ReturnType<typeof postForm> =>
  postForm(`${server.url}/chatvlm/ocr`, { language: 'fr' }, [], { authorization: `Bearer ${key}` });

it('unfinished forms of one key take its own places and leave those of another key', async () => {
  const held = await Promise.all(Array.from({ length: FORM_BOUNDS.formsOfKey }, () => holdForm('greedy-key')));
  const refused = await until('a refusal', async () => {
    const answer = await send('greedy-key');
    return answer.status === 503 ? answer : undefined;
  });
  expectDetail(refused, 503);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  expectDetail(await send('polite-key'), 400);
  for (const connection of held) connection.leave();
  await until('a free place', async () => (await send('greedy-key')).status === 400 || undefined);
});
