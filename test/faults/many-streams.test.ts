import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get } from '../support/http.js';
import { metric, untilQueue } from '../support/metrics.js';
import { freeze, runnerOf, thaw } from '../support/processes.js';
import { question } from '../support/questions.js';
import { startServer, type Server } from '../support/server.js';
import { open, readToEnd, sseEvents } from '../support/streaming.js';
import { until } from '../support/wait.js';

const SLOTS = 32;
const MAX_QUEUE = 64;
const PLACES = SLOTS + MAX_QUEUE;
/** Of the line, for keys that have less than their share. */
const RESERVE = MAX_QUEUE / 4;
const STREAMS = { crowd: 450, guest: 50 } as const;

type Key = keyof typeof STREAMS;

interface Outcome {
  readonly key: Key;
  readonly status: number;
  readonly retryAfter: string | undefined;
  readonly text: string;
  readonly complete: boolean;
}

let server: Server;
let runner: number;
let alone: string;

beforeAll(async () => {
  server = await startServer({
    env: {
      API_KEYS: 'crowd,guest',
      SLOTS: String(SLOTS),
      MAX_QUEUE: String(MAX_QUEUE),
      CONTEXT_SIZE: '256',
      THREADS: '2',
    },
  });
  runner = await runnerOf(server.pid);
  alone = contentOf((await stream('guest')).text);
  await stream('crowd');
});
afterAll(() => server.stop());

const outcomes: Outcome[] = [];

/** One stream, to its end. */
async function stream(key: Key): Promise<Outcome> {
  const { path, body } = question('openai', 'Hello!', true);
  const asked = { ...body, max_tokens: 4 };
  const response = await open(`${server.url}${path}`, asked, { 'X-Api-Key': key }).response;
  const { 'retry-after': retryAfter } = response.headers;
  return { key, status: response.statusCode ?? 0, retryAfter, ...(await readToEnd(response)) };
}

/** Opens a key's streams at once. What becomes of them is in `outcomes`, in the order of their ends. */
function openAll(key: Key): Promise<void>[] {
  return Array.from({ length: STREAMS[key] }, async () => {
    outcomes.push(await stream(key));
  });
}

/** The whole answer. Throws when the stream is torn. */
function contentOf(text: string): string {
  const events = sseEvents(text);
  if (events.pop() !== '[DONE]') throw new Error(`the stream is torn: ${text.slice(-300)}`);
  return events
    .map((event) => (JSON.parse(event) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content)
    .join('');
}

function untilRefused(count: number): Promise<boolean> {
  return until(`${String(count)} refusals`, () => outcomes.length === count || undefined);
}

function of(key: Key, status: number): readonly Outcome[] {
  return outcomes.filter((outcome) => outcome.key === key && outcome.status === status);
}

describe('500 streams at once, with 32 slots', () => {
  it('are answered whole or refused at once, and keys have their shares', async () => {
    // Nothing can be answered meanwhile: what ends now is refused, and at once.
    freeze(runner);
    const crowd = openAll('crowd');
    const forCrowd = PLACES - RESERVE;
    await untilRefused(STREAMS.crowd - forCrowd);
    const guests = openAll('guest');
    await untilRefused(STREAMS.crowd + STREAMS.guest - PLACES);
    await untilQueueOf({ running: SLOTS, waiting: MAX_QUEUE });
    for (const path of ['/healthz/live', '/healthz/ready', '/health']) {
      expect({ path, status: (await get(`${server.url}${path}`)).status }).toEqual({ path, status: 200 });
    }
    thaw(runner);
    await Promise.all([...crowd, ...guests]);

    expect(of('crowd', 200)).toHaveLength(forCrowd);
    expect(of('guest', 200)).toHaveLength(RESERVE);
    for (const { text, complete } of [...of('crowd', 200), ...of('guest', 200)]) {
      expect({ complete, content: contentOf(text) }).toEqual({ complete: true, content: alone });
    }
    const refused = [...of('crowd', 503), ...of('guest', 503)];
    expect(refused).toHaveLength(STREAMS.crowd + STREAMS.guest - PLACES);
    for (const { retryAfter, complete } of refused) {
      expect(retryAfter).toMatch(/^[1-9]\d*$/);
      expect(complete).toBe(true);
    }
    // The guest came last and has turns all the same.
    const lastOf = (key: Key): number => outcomes.findLastIndex((one) => one.key === key && one.status === 200);
    expect(lastOf('guest')).toBeLessThan(lastOf('crowd'));
  }, 180_000);

  it('leave nothing behind', async () => {
    await untilQueueOf({ running: 0, waiting: 0 });
    const rejected = await metric(server.url, 'parley_admission_rejections_total', { 'X-Api-Key': 'guest' });
    expect(rejected).toBe(STREAMS.crowd + STREAMS.guest - PLACES);
    expect(contentOf((await stream('crowd')).text)).toBe(alone);
  });
});

function untilQueueOf(expected: { running: number; waiting: number }): Promise<void> {
  return untilQueue(server.url, expected, { 'X-Api-Key': 'guest' });
}
