import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { post } from '../support/http.js';
import { metric, untilQueue } from '../support/metrics.js';
import { residentBytes } from '../support/processes.js';
import { LONG, LONG_ANSWER } from '../support/questions.js';
import { startServer, type Server } from '../support/server.js';
import { firstPiece, open, readToEnd, sseEvents } from '../support/streaming.js';

/** Each event names the model: a long name makes more bytes than the buffers between the two processes hold. */
const LONG_NAME = 'm'.repeat(60_000);
const CHOICES = 8;
const EVENTS_AT_LEAST = CHOICES * 290;

const ASKED = {
  model: LONG_NAME,
  messages: [{ role: 'user', content: LONG }],
  temperature: 0,
  n: CHOICES,
  stream: true,
};

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { MODEL_ALIASES: `${LONG_NAME}=starter-chat`, SLOTS: '16' } });
});
afterAll(() => server.stop());

/** Answers of others, which take as many steps of the model as the slow reader's answer needs, and more. */
async function answerOthers(): Promise<void> {
  for (let count = 0; count < 3; count++) {
    const answer = await post(`${server.url}/v1/chat/completions`, { messages: ASKED.messages, temperature: 0 });
    expect(answer.body).toMatchObject({ choices: [{ message: { content: LONG_ANSWER } }] });
  }
}

function contentOf(events: readonly string[], wanted: number): string {
  return events
    .flatMap((event) => (JSON.parse(event) as { choices: { index: number; delta: { content?: string } }[] }).choices)
    .filter(({ index }) => index === wanted)
    .map(({ delta }) => delta.content ?? '')
    .join('');
}

describe('a reader that does not read', () => {
  it('halts its own answer, not those of others, and loses nothing', async () => {
    const response = await open(`${server.url}/v1/chat/completions`, ASKED).response;
    await firstPiece(response);
    const before = residentBytes(server.pid);
    await answerOthers();
    expect(await metric(server.url, 'parley_requests_running')).toBeGreaterThan(0);
    expect(residentBytes(server.pid) - before).toBeLessThan((EVENTS_AT_LEAST * LONG_NAME.length) / 2);

    const { text, complete } = await readToEnd(response);
    expect(complete).toBe(true);
    const events = sseEvents(text);
    expect(events.pop()).toBe('[DONE]');
    expect(events.length).toBeGreaterThan(EVENTS_AT_LEAST);
    for (let index = 0; index < CHOICES; index++) expect(contentOf(events, index)).toBe(LONG_ANSWER);
    await untilQueue(server.url, { running: 0, waiting: 0 });
  });

  it('gives its slots back when it leaves', async () => {
    const exchange = open(`${server.url}/v1/chat/completions`, ASKED);
    await firstPiece(await exchange.response);
    await answerOthers();
    expect(await metric(server.url, 'parley_requests_running')).toBeGreaterThan(0);
    exchange.leave();
    await untilQueue(server.url, { running: 0, waiting: 0 });
    await answerOthers();
  });
});

describe('a reader that takes nothing for STALLED_CLIENT_SECONDS', () => {
  it('is cut, and gives its slots to those who wait', async () => {
    const env = { MODEL_ALIASES: `${LONG_NAME}=starter-chat`, SLOTS: '8', STALLED_CLIENT_SECONDS: '1' };
    const impatient = await startServer({ env });
    try {
      const response = await open(`${impatient.url}/v1/chat/completions`, ASKED).response;
      await firstPiece(response);
      // All slots are taken, so that this one is answered only once they are free.
      const next = await post(`${impatient.url}/v1/chat/completions`, { messages: ASKED.messages, temperature: 0 });
      expect(next.body).toMatchObject({ choices: [{ message: { content: LONG_ANSWER } }] });
      expect((await readToEnd(response)).complete).toBe(false);
      await untilQueue(impatient.url, { running: 0, waiting: 0 });
    } finally {
      await impatient.stop();
    }
  });
});
