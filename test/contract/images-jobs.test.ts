import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectDetail, expectError, messageOf } from '../support/error-shapes.js';
import { get, send } from '../support/http.js';
import { JOB_FIELDS, jobEvents, listJobs, showJob, untilJob, untilState, type Job } from '../support/job-client.js';
import { metric } from '../support/metrics.js';
import {
  download,
  fileOf,
  generate,
  generatedFiles,
  generateLater,
  LONG_DRAWING,
  SMALL,
  startDrawing,
  untilSteps,
  urlsOf,
} from '../support/picture-client.js';
import { factsOf } from '../support/pictures-judged.js';
import { freeze, runnerOf, thaw } from '../support/processes.js';
import type { Server } from '../support/server.js';
import { until } from '../support/wait.js';

const STEPS = 6;
const B64 = { response_format: 'b64_json' } as const;
const KEY = { authorization: 'Bearer one' };
const OTHER_KEY = { authorization: 'Bearer two' };
/** Runs of a network that one wait for the runner may have to sit out. */
const PATIENCE = { timeout: 120_000 };

let server: Server;

beforeAll(async () => {
  server = await startDrawing({ API_KEYS: 'one,two' }, KEY);
});
afterAll(() => server.stop());

function previewOf({ progress }: Job): string | undefined {
  return progress !== null && 'preview_url' in progress ? String(progress.preview_url) : undefined;
}

/** Waits until nobody has the model, or waits for it. */
async function untilIdle(): Promise<void> {
  await until('an idle model', async () => {
    const names = ['parley_requests_running', 'parley_requests_waiting'];
    const counts = await Promise.all(names.map((name) => metric(server.url, name, KEY)));
    return counts.every((count) => count === 0);
  });
}

const remove = (id: string): ReturnType<typeof send> => send(`${server.url}/jobs/${id}`, 'DELETE', undefined, KEY);
const result = (id: string): ReturnType<typeof get> => get(`${server.url}/jobs/${id}/result`, KEY);

/** A drawing that will take minutes, caught in the middle: its runner stands still until `release`. */
async function caught(body: object = {}): Promise<{ id: string; release: () => void }> {
  const runner = await runnerOf(server.pid);
  const id = await generateLater(server, { ...LONG_DRAWING, ...body }, KEY);
  await untilSteps(server.url, id, 1, KEY);
  freeze(runner);
  return { id, release: () => thaw(runner) };
}

describe('pictures that are asked for with Prefer: respond-async', () => {
  it('are a job, whose result is what the route would have answered', async () => {
    const body = { ...SMALL, n: 2, seed: 11, output_format: 'webp' };
    const id = await generateLater(server, body, KEY);
    const job = await untilState(server.url, id, 'completed', KEY);
    expect(Object.keys(job).sort()).toEqual(JOB_FIELDS);
    expect(job).toMatchObject({ kind: 'image', attempts: 1, error: null });
    const later = await result(id);
    expect(later).toMatchObject({ status: 200, type: 'application/json' });
    const [own, direct] = await Promise.all(
      [later, await generate(server, body, KEY)].map((answer) =>
        Promise.all(urlsOf(answer).map((url) => download(url))),
      ),
    );
    expect(own).toHaveLength(2);
    expect(own?.map(({ bytes }) => bytes)).toEqual(direct?.map(({ bytes }) => bytes));
    expect(own?.map(({ type }) => type)).toEqual(['image/webp', 'image/webp']);
  });

  it('come in the answer itself when that was asked for', async () => {
    const body = { ...SMALL, ...B64, seed: 12 };
    const id = await generateLater(server, body, KEY);
    await untilState(server.url, id, 'completed', KEY);
    expect(fileOf(await result(id))).toEqual(fileOf(await generate(server, body, KEY)));
  });

  it('tell in events how many steps of all are done', async () => {
    const id = await generateLater(server, { ...SMALL, n: 2, steps: STEPS }, KEY);
    const { text } = await get(`${server.url}/jobs/${id}/events`, KEY);
    const events = jobEvents(text);
    expect(events.at(-1)).toMatchObject({ event: 'completed', job: { id } });
    const done = events.map(({ job }) => job.progress?.done ?? 0);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(events.at(-1)?.job.progress).toMatchObject({ done: 2 * STEPS, total: 2 * STEPS, unit: 'steps' });
  });

  it('are seen by their own key alone', async () => {
    const id = await generateLater(server, SMALL, KEY);
    expectDetail(await get(`${server.url}/jobs/${id}`, OTHER_KEY), 404);
    expectDetail(await get(`${server.url}/jobs/${id}/result`, OTHER_KEY), 404);
    await untilState(server.url, id, 'completed', KEY);
  });

  it('fail with the reason that the route would have given', async () => {
    const id = await generateLater(server, { ...SMALL, size: '2048x2048' }, KEY);
    const job = await untilState(server.url, id, 'failed', KEY);
    const direct = await generate(server, { ...SMALL, size: '2048x2048' }, KEY);
    expect(job.error).toEqual({ code: 'invalid_request', message: messageOf(direct) });
    expect(job).toMatchObject({ attempts: 1, result_url: null });
    expectDetail(await result(id), 409);
  });
});

describe('an Idempotency-Key', () => {
  const once = { ...KEY, 'idempotency-key': 'picture' };

  it('makes one picture of the same request sent twice, waited for or not', async () => {
    const [first, second] = await Promise.all([generate(server, SMALL, once), generate(server, SMALL, once)]);
    expect(urlsOf(second)).toEqual(urlsOf(first));
    const id = await generateLater(server, SMALL, once);
    expect(urlsOf(await result(id))).toEqual(urlsOf(first));
    expect(urlsOf(await generate(server, SMALL, KEY))).not.toEqual(urlsOf(first));
  });

  it('is refused for another request', async () => {
    expectError(await generate(server, { ...SMALL, prompt: 'something else' }, once), 'openai', 400);
  });
});

describe('a drawing in the middle', PATIENCE, () => {
  beforeEach(async () => {
    const ended = await listJobs(server.url, '', KEY);
    for (const { id } of ended) await remove(id);
    await untilIdle();
  });

  it('says how far it is, and shows the picture as it is now', async () => {
    const { id, release } = await caught({ preview_every: 1 });
    try {
      const job = await untilJob(server.url, id, (one) => previewOf(one) !== undefined, KEY);
      expect(job).toMatchObject({ state: 'active', progress: { total: LONG_DRAWING.steps, unit: 'steps' } });
      const url = previewOf(job) ?? '';
      expect(url).toMatch(new RegExp(`^${server.url}/files/[A-Za-z0-9_-]{32}\\.png$`));
      const preview = await until('the last preview', async () => {
        const file = await download(previewOf(await showJob(server.url, id, KEY)) ?? '');
        return file.status === 200 ? file : undefined;
      });
      expect((await factsOf(preview.bytes)).format).toBe('png');
    } finally {
      release();
      await remove(id);
    }
    const job = await untilJob(server.url, id, ({ state }) => state === 'cancelled', KEY);
    expect(previewOf(job)).toBeUndefined();
  });

  it('that is cancelled leaves no file, and the next picture is drawn', async () => {
    const before = generatedFiles(server);
    const { id, release } = await caught({ preview_every: 1 });
    try {
      await until('a preview', () => generatedFiles(server).length > before.length);
      const { status, body } = await remove(id);
      expect({ status, body }).toMatchObject({ status: 200, body: { id, state: 'cancelled' } });
      // Its place is free at once, though the runner has not even heard of it.
      await untilIdle();
    } finally {
      release();
    }
    await until('the end of its files', () => JSON.stringify(generatedFiles(server)) === JSON.stringify(before));
    expect((await generate(server, SMALL, KEY)).status).toBe(200);
    expect(await showJob(server.url, id, KEY)).toMatchObject({ state: 'cancelled', error: { code: 'cancelled' } });
    expectDetail(await result(id), 409);
  });

  it('that is cancelled takes the pictures with it that were finished', async () => {
    const before = generatedFiles(server).length;
    const steps = 2;
    const runner = await runnerOf(server.pid);
    const id = await generateLater(server, { ...SMALL, size: '512x512', n: 10, steps }, KEY);
    await untilSteps(server.url, id, steps + 1, KEY);
    freeze(runner);
    try {
      expect(generatedFiles(server).length).toBeGreaterThan(before);
      await remove(id);
      await until('the end of its pictures', () => generatedFiles(server).length === before);
    } finally {
      thaw(runner);
    }
  });

  it('lets others wait, who are drawn in their turn and can be cancelled before it', async () => {
    const { id, release } = await caught();
    try {
      const waiting = await generateLater(server, SMALL, KEY);
      const unwanted = await generateLater(server, SMALL, KEY);
      expect(await showJob(server.url, waiting, KEY)).toMatchObject({ state: 'queued', position: 1, progress: null });
      expect(await showJob(server.url, unwanted, KEY)).toMatchObject({ state: 'queued', position: 2 });
      expect((await remove(unwanted)).body).toMatchObject({ state: 'cancelled' });
      await remove(id);
      release();
      await untilState(server.url, waiting, 'completed', KEY);
      expect(await showJob(server.url, unwanted, KEY)).toMatchObject({ state: 'cancelled' });
    } finally {
      release();
    }
  });
});
