import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { post, type Answer } from '../support/http.js';
import { HubService } from '../support/hub-service.js';
import { acceptedJob, LATER, listJobs, showJob, untilState } from '../support/job-client.js';
import { readToEnd, open } from '../support/streaming.js';

const ALICE = { authorization: 'Bearer alice-key' };
const BOB = { authorization: 'Bearer bob-key' };
const MAX_JOBS = 400;

let service: HubService;

beforeAll(async () => {
  service = await HubService.start({
    env: { API_KEYS: 'alice-key,bob-key', MAX_JOBS: String(MAX_JOBS), PRELOAD_MODELS: '' },
  });
});
afterAll(() => service.stop());

const pull = (model: string, headers: Record<string, string>): Promise<Answer> =>
  post(`${service.url}/pull`, { model }, headers);

/** Downloads that stand still, one for each place of the worker. */
async function busyWorker(): Promise<() => void> {
  const held = await Promise.all([1, 2, 3, 4].map(() => service.newHeldFile()));
  for (const { model, hold } of held) {
    acceptedJob(await pull(model, { ...LATER, ...ALICE }));
    await hold.reached;
  }
  const release = (): void => held.forEach(({ hold }) => hold.release());
  onTestFinished(release);
  return release;
}

describe('a key with more jobs than the queue takes', () => {
  it('leaves others their places, their turn and a fast list of jobs', async () => {
    const release = await busyWorker();
    const statuses = new Map<number, number>();
    let refused: Answer | null = null;
    for (let sent = 0; sent < MAX_JOBS; sent += 20) {
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, at) => pull(`hf/user/none/${String(sent + at)}.gguf`, { ...LATER, ...ALICE })),
      );
      for (const answer of answers) {
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        if (answer.status === 503) refused = answer;
      }
    }
    expect([...statuses.keys()].sort()).toEqual([202, 503]);
    // Nothing has ended yet that would say how long a download takes: 30 s, four at a time.
    expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThanOrEqual(7);

    const { model } = await service.newFile();
    const own = acceptedJob(await pull(model, { ...LATER, ...BOB }));
    const began = performance.now();
    expect((await listJobs(service.url, '', BOB)).map(({ id }) => id)).toEqual([own.id]);
    const seconds = (performance.now() - began) / 1000;
    const { position } = await showJob(service.url, own.id, BOB);
    expect(position).toBeLessThanOrEqual(2);
    // It took 6 s beside 1,000 jobs, and grows with them.
    expect(seconds).toBeLessThan(1);
    release();
    await untilState(service.url, own.id, 'completed', BOB);
    const left = await listJobs(service.url, '?state=queued&limit=1000', ALICE);
    expect(left.length).toBeGreaterThan(0);
  }, 120_000);
});

describe('a client that leaves a job with an Idempotency-Key', () => {
  it('leaves it to another client that waits, and to one that was answered 202', async () => {
    for (const second of ['waits', 'accepted'] as const) {
      const { model, hold } = await service.newHeldFile();
      const headers = { ...BOB, 'idempotency-key': `once-${second}` };
      const first = open(`${service.url}/pull`, { model }, headers);
      await hold.reached;
      const waiting = second === 'waits' ? open(`${service.url}/pull`, { model }, headers) : null;
      const answered = await (waiting?.response ?? pull(model, { ...LATER, ...headers }));
      const [job] = await listJobs(service.url, '?kind=pull&limit=1', BOB);
      first.leave();
      for (let look = 0; look < 20; look++) {
        expect(await showJob(service.url, job?.id ?? '', BOB)).toMatchObject({ state: 'active' });
      }
      hold.release();
      if (waiting !== null) {
        const { text, complete } = await readToEnd(await waiting.response);
        expect({ text: text.slice(-5), complete }).toEqual({ text: '100%\n', complete: true });
      } else expect((answered as Answer).status).toBe(202);
      await untilState(service.url, job?.id ?? '', 'completed', BOB);
    }
  }, 60_000);
});
