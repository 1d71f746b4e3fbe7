import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail } from '../support/error-shapes.js';
import { get, post, send, type Answer } from '../support/http.js';
import { HubService, TALKING } from '../support/hub-service.js';
import { failedPull, finishedPull, heldPull, pullLater } from '../support/job-pulls.js';
import { acceptedJob, JOB_FIELDS, LATER, listJobs, showJob, untilState, type Job } from '../support/job-client.js';
import { anyString, containing, matching } from '../support/matchers.js';
import { rawExchange } from '../support/raw-socket.js';

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
const MIB = 1024 ** 2;

let service: HubService;

beforeAll(async () => {
  service = await HubService.start({
    repos: { 'user/heavy': { 'heavy.gguf': TALKING } },
    catalogue: [
      {
        id: 'heavy-chat',
        title: 'Heavy chat',
        engine: 'llama',
        tasks: ['text-generation'],
        heavy: true,
        hub: { repo: 'user/heavy', files: ['heavy.gguf'] },
      },
    ],
  });
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}${path}`;
const pull = (model: string, headers = {}): Promise<Answer> => pullLater(service, model, headers);

describe('Prefer: respond-async', () => {
  it.each([
    ['launch', '/model/launch', { model_name: 'starter-chat', n_ctx: 2048 }],
    ['launch', '/ml-backend/model/launch', { model_name: 'starter-chat' }],
    ['launch', '/heavy/model/launch', { model_name: 'heavy-chat' }],
    ['pull', '/pull', { model: 'hf/user/heavy/heavy.gguf' }],
    ['pull', '/rkllama/pull', { model: 'heavy-chat' }],
  ])('makes a %s of POST %s', async (kind, path, body) => {
    const before = Date.now();
    const job = acceptedJob(await post(url(path), body, LATER));
    expect(Object.keys(job).sort()).toEqual(JOB_FIELDS);
    expect(job).toMatchObject({ kind, error: null });
    expect(job.id).toMatch(new RegExp(`^${kind}_\\w+$`));
    expect(job.created_at).toMatch(ISO);
    expect(Math.abs(Date.parse(job.created_at) - before)).toBeLessThan(60_000);
    const done = await untilState(service.url, job.id, 'completed');
    expect(Object.keys(done).sort()).toEqual(JOB_FIELDS);
    expect(done).toMatchObject({
      id: job.id,
      kind,
      created_at: job.created_at,
      started_at: matching(ISO),
      finished_at: matching(ISO),
      attempts: 1,
      position: null,
      error: null,
      result_url: url(`/jobs/${job.id}/result`),
    });
    expect(Date.parse(done.started_at ?? '')).toBeGreaterThanOrEqual(Date.parse(done.created_at));
    expect(Date.parse(done.finished_at ?? '')).toBeGreaterThanOrEqual(Date.parse(done.started_at ?? ''));
  });

  it.each([
    'RESPOND-ASYNC',
    'respond-async, wait=10',
    'return=minimal,respond-async',
    'respond-async; x',
    'respond-async;x="y"',
    '  handling=lenient ,  Respond-Async  ',
  ])('is understood as %j', async (prefer) => {
    acceptedJob(await post(url('/model/launch'), { model_name: 'starter-chat' }, { prefer }));
  });

  it('is understood in the second of two headers', async () => {
    const body = '{"model_name":"starter-chat"}';
    const head = [
      'POST /model/launch HTTP/1.1',
      'Host: parley',
      'Content-Type: application/json',
      `Content-Length: ${String(body.length)}`,
      'Prefer: wait=10',
      'Prefer: respond-async',
      'Connection: close',
    ];
    expect(await rawExchange(service.url, `${head.join('\r\n')}\r\n\r\n${body}`)).toMatch(/^HTTP\/1\.1 202 /);
  });

  it.each(['respond-asynchronously', 'wait=10', 'x=respond-async', 'x="a, respond-async, b"', ''])(
    'is not seen in %j',
    async (prefer) => {
      const answer = await post(url('/model/launch'), { model_name: 'starter-chat' }, { prefer });
      expect(answer).toMatchObject({ status: 200, text: 'null' });
      expect(answer.headers.get('preference-applied')).toBeNull();
      expect(answer.headers.get('location')).toBeNull();
    },
  );

  it.each([
    ['/model/launch', { model_name: 'no-such-model' }, 404],
    ['/heavy/model/launch', { model_name: 'starter-chat' }, 400],
    ['/model/launch', {}, 422],
    ['/pull', { model: 'no-such-model' }, 400],
    ['/pull', {}, 400],
  ])('makes no job of POST %s with %j', async (path, body, status) => {
    const ids = async (): Promise<string[]> => (await listJobs(service.url)).map(({ id }) => id);
    const before = await ids();
    const answer = await post(url(path), body, LATER);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('location')).toBeNull();
    expect(await ids()).toEqual(before);
  });

  it('changes nothing of a route that is not long', async () => {
    expect((await post(url('/model/ismodelheavy'), { model_name: 'heavy-chat' }, LATER)).body).toEqual({
      is_heavy: true,
    });
  });
});

describe('GET /jobs/{id}', () => {
  it('tells of a job at work', async () => {
    const { job, release } = await heldPull(service);
    expect(Object.keys(job).sort()).toEqual(JOB_FIELDS);
    expect(job).toMatchObject({
      kind: 'pull',
      state: 'active',
      position: null,
      attempts: 1,
      started_at: matching(ISO),
      finished_at: null,
      error: null,
      result_url: null,
    });
    release();
    const done = await untilState(service.url, job.id, 'completed');
    expect(done.progress).toMatchObject({ done: MIB, total: MIB, unit: 'bytes' });
  });

  it('tells why a job has failed', async () => {
    const job = await failedPull(service);
    expect(job).toMatchObject({
      state: 'failed',
      finished_at: matching(ISO),
      error: { code: 'model_not_found', message: containing('user/nothing') },
      result_url: null,
    });
    expect(Object.keys(job.error ?? {}).sort()).toEqual(['code', 'message']);
  });

  it('never tells half of an end', async () => {
    const { model } = await service.newFile();
    const watched = Array.from({ length: 12 }, async (_, number) => {
      const job = acceptedJob(await pull(number % 2 === 0 ? model : 'hf/user/nothing/nothing.gguf'));
      for (;;) {
        // Without a pause: what is looked for is a moment.
        const { state, started_at, finished_at, error, progress } = await showJob(service.url, job.id);
        if (state === 'active') expect({ state, started_at }).toEqual({ state, started_at: anyString });
        if (state === 'queued' || state === 'active') continue;
        expect(finished_at).toEqual(anyString);
        if (number % 2 === 0)
          expect({ state, progress }).toMatchObject({ state: 'completed', progress: { done: MIB } });
        else expect({ state, error }).toMatchObject({ state: 'failed', error: { code: 'model_not_found' } });
        return;
      }
    });
    await Promise.all(watched);
  });

  it('tells the place in the queue of jobs that wait', async () => {
    const running = [
      await heldPull(service),
      await heldPull(service),
      await heldPull(service),
      await heldPull(service),
    ];
    const files = [await service.newFile(), await service.newFile()];
    const waiting: Job[] = [];
    for (const { model } of files) waiting.push(acceptedJob(await pull(model)));
    expect(waiting).toMatchObject([
      { state: 'queued', position: 1, attempts: 0, started_at: null, progress: null },
      { state: 'queued', position: 2, attempts: 0, started_at: null, progress: null },
    ]);
    for (const { release } of running) release();
    for (const { id } of waiting) {
      expect(await untilState(service.url, id, 'completed')).toMatchObject({ position: null });
    }
  });

  it.each([
    'pull_0123456789abcdef01234567',
    'pull_',
    'pull',
    'launch',
    'nothing_0123456789abcdef01234567',
    'repeat:0:pull',
    '0',
    '-1',
    '__proto__',
    'constructor_0',
    'toString',
    '*',
    '%2e%2e%2fmodels',
    'pull_%2e%2e%2f%2e%2e%2fetc%2fpasswd',
    'pull_%00',
    'pull_%00_0',
    'pull_%F0%9F%9A%80',
    "pull_'%20OR%201=1--",
    'pull_%25',
    `pull_${'a'.repeat(90)}`,
    `pull_${'a'.repeat(5000)}`,
  ])('404 for what is no job: %s', async (id) => {
    expectDetail(await get(url(`/jobs/${id}`)), 404);
    expectDetail(await get(url(`/jobs/${id}/result`)), 404);
    expectDetail(await get(url(`/jobs/${id}/events`)), 404);
    expectDetail(await send(url(`/jobs/${id}`), 'DELETE'), 404);
  });

  it("404 for a job's id with the prefix of another kind", async () => {
    const { id } = await finishedPull(service);
    expectDetail(await get(url(`/jobs/${id.replace('pull_', 'launch_')}`)), 404);
    expectDetail(await get(url(`/jobs/${id.toUpperCase()}`)), 404);
    expectDetail(await get(url(`/jobs/${id}%20`)), 404);
  });
});

describe('GET /jobs', () => {
  let ids: string[];
  beforeAll(async () => {
    const launch = acceptedJob(await post(url('/model/launch'), { model_name: 'starter-chat' }, LATER));
    await untilState(service.url, launch.id, 'completed');
    ids = [launch.id, (await finishedPull(service)).id, (await failedPull(service)).id];
  });

  it('lists the newest first', async () => {
    const jobs = await listJobs(service.url);
    expect(jobs.slice(0, 3).map(({ id }) => id)).toEqual(ids.toReversed());
    const times = jobs.map((job) => Date.parse(job.created_at));
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(jobs[0]).toEqual(await showJob(service.url, jobs[0]?.id ?? ''));
  });

  it('lists by kind, by state and by number', async () => {
    const [launch, done, failed] = ids;
    expect((await listJobs(service.url, '?kind=launch'))[0]?.id).toBe(launch);
    expect(new Set((await listJobs(service.url, '?kind=launch')).map(({ kind }) => kind))).toEqual(new Set(['launch']));
    expect((await listJobs(service.url, '?state=failed'))[0]?.id).toBe(failed);
    expect(new Set((await listJobs(service.url, '?state=failed')).map(({ state }) => state))).toEqual(
      new Set(['failed']),
    );
    expect((await listJobs(service.url, '?state=completed&kind=pull&limit=1')).map(({ id }) => id)).toEqual([done]);
    expect(await listJobs(service.url, '?limit=2')).toHaveLength(2);
    expect(await listJobs(service.url, '?state=active')).toEqual([]);
  });

  it.each([
    'state=gone',
    'kind=cake',
    'limit=0',
    'limit=-1',
    'limit=1001',
    'limit=ten',
    'limit=1.5',
    'limit=',
    'state=',
  ])('refuses ?%s by name', async (query) => {
    const answer = await get(url(`/jobs?${query}`));
    expectDetail(answer, 400);
    expect(answer.text).toContain(query.split('=')[0]);
  });

  it('passes over what it does not know', async () => {
    expect((await get(url('/jobs?colour=red'))).status).toBe(200);
  });
});
