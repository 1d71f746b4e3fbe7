import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakedClock } from '../support/faked-clock.js';
import { HubService } from '../support/hub-service.js';
import { get, post, type RequestHeaders } from '../support/http.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { runnerOf } from '../support/processes.js';
import { LONG, LONG_ANSWER } from '../support/questions.js';
import { firstPiece, open, readToEnd, sseEvents } from '../support/streaming.js';
import { until } from '../support/wait.js';

const JUMPS = [
  { name: 'an hour ahead', offset: '+3600', seconds: 3600 },
  { name: 'an hour back', offset: '-3600', seconds: -3600 },
  { name: 'a day ahead', offset: '+86400', seconds: 86_400 },
  { name: 'a day back', offset: '-86400', seconds: -86_400 },
] as const;

/** So many at once for each key, and then one every hour. */
const REQUESTS = 300;
const keyFor = (name: string): RequestHeaders => ({ authorization: `Bearer ${name.replaceAll(' ', '-')}` });
const SPENT = keyFor('spent');

let clock: FakedClock;
let service: HubService;
let runner: number;

beforeAll(async () => {
  clock = new FakedClock();
  const keys = [...JUMPS.map(({ name }) => name.replaceAll(' ', '-')), 'spent'];
  const rate = `${String(REQUESTS)}/${String(REQUESTS * 3600)}`;
  service = await HubService.start({ env: { ...clock.env, API_KEYS: keys.join(','), RATE_LIMIT: rate } });
  runner = await runnerOf(service.server.pid);
  for (let request = 0; request < REQUESTS; request++) await get(`${service.url}/v1/models`, SPENT);
});
afterAll(async () => {
  await service.stop();
  clock.remove();
});

/** What the service takes for the time, in seconds since 1970. */
async function timeOf(key: RequestHeaders): Promise<number> {
  const body = { messages: [{ role: 'user', content: 'What is the capital of France?' }], temperature: 0 };
  const answer = await post(`${service.url}/v1/chat/completions`, body, key);
  expect(answer.text).toContain('Paris');
  return (answer.body as { created: number }).created;
}

function textOf(stream: string): string {
  const chunks = sseEvents(stream).filter((data) => data !== '[DONE]');
  return chunks
    .map((data) => (JSON.parse(data) as { choices: { delta: { content?: string } }[] }).choices[0]?.delta.content ?? '')
    .join('');
}

describe.each(JUMPS)('a clock that jumps $name', ({ name, offset, seconds }) => {
  const key = keyFor(name);

  it('breaks neither answers nor jobs under way, nor what comes after, nor the rates', async () => {
    const { model, hold } = await service.newHeldFile();
    const job = acceptedJob(await post(`${service.url}/rkllama/pull`, { model }, { ...key, ...LATER }));
    await hold.reached;
    const body = { messages: [{ role: 'user', content: LONG }], temperature: 0, stream: true };
    const stream = await open(`${service.url}/v1/chat/completions`, body, key).response;
    const beginning = await firstPiece(stream);

    clock.set(offset);
    const { text, complete } = await readToEnd(stream);
    expect(complete).toBe(true);
    expect(textOf(beginning + text)).toBe(LONG_ANSWER);
    expect(Math.abs((await timeOf(key)) - (Date.now() / 1000 + seconds))).toBeLessThan(600);

    const spent = await get(`${service.url}/v1/models`, SPENT);
    expect(spent.status).toBe(429);
    expect(Number(spent.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(spent.headers.get('retry-after'))).toBeLessThanOrEqual(3600);

    hold.release();
    await untilState(service.url, job.id, 'completed', key);
    const next = await post(`${service.url}/rkllama/pull`, { model: (await service.newFile()).model }, key);
    expect(next.text).toMatch(/\n100%\n$/);
    for (const probe of ['live', 'ready']) expect((await get(`${service.url}/healthz/${probe}`)).status).toBe(200);
    expect(await runnerOf(service.server.pid)).toBe(runner);

    clock.set('+0');
    await until(
      'the time to be right again',
      async () => Math.abs((await timeOf(key)) - Date.now() / 1000) < 600 || undefined,
    );
  });
});

it('ends as it should with its clock a day ahead', async () => {
  clock.set('+86400');
  expect(await service.end('SIGTERM')).toEqual({ code: 0, signal: null });
});
