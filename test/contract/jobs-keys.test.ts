import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post, send, type Answer, type RequestHeaders } from '../support/http.js';
import { HubService } from '../support/hub-service.js';
import { acceptedJob, LATER, listJobs, showJob, untilState, type Job } from '../support/job-client.js';
import { anyString } from '../support/matchers.js';
import type { Dialect } from '../support/server.js';

const DIALECTS: readonly Dialect[] = ['ml-backend', 'openai', 'rkllama', 'llama-local'];
const ALICE = { authorization: 'Bearer alice-key' };
const BOB = { 'x-api-key': 'bob-key' };
const LAUNCH = { model_name: 'starter-chat' };

let service: HubService;

beforeAll(async () => {
  service = await HubService.start({
    ports: DIALECTS,
    env: { API_KEYS: 'alice-key,bob-key', METRICS_KEY: 'metrics-key' },
  });
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}${path}`;

async function launched(headers: RequestHeaders): Promise<Job> {
  const { id } = acceptedJob(await post(url('/model/launch'), LAUNCH, { ...LATER, ...headers }));
  return untilState(service.url, id, 'completed', headers);
}

describe('the jobs of an API key', () => {
  it('are seen with that key, however it is sent', async () => {
    const { id } = await launched(ALICE);
    expect(await showJob(service.url, id, { 'x-api-key': 'alice-key' })).toMatchObject({ id });
    expect((await listJobs(service.url, '', ALICE)).map((job) => job.id)).toContain(id);
  });

  it('are 404 to another key on every route, and not in its list', async () => {
    const { id } = await launched(ALICE);
    const routes = [
      ['GET', `/jobs/${id}`],
      ['GET', `/jobs/${id}/result`],
      ['GET', `/jobs/${id}/events`],
      ['DELETE', `/jobs/${id}`],
    ] as const;
    const unknown = 'launch_0123456789abcdef01234567';
    for (const [method, path] of routes) {
      const answer = await send(url(path), method, undefined, BOB);
      const nothing = await send(url(path.replace(id, unknown)), method, undefined, BOB);
      expect({ path, status: answer.status }).toEqual({ path, status: 404 });
      expect(answer.text).toBe(nothing.text.replace(unknown, id));
    }
    expect((await listJobs(service.url, '', BOB)).map((job) => job.id)).not.toContain(id);
    expect(await showJob(service.url, id, ALICE)).toMatchObject({ state: 'completed' });
  });

  it('are nobody’s without a key', async () => {
    const { id } = await launched(ALICE);
    for (const headers of [{}, { authorization: 'Bearer nobody' }, { authorization: 'Bearer metrics-key' }]) {
      for (const path of ['/jobs', `/jobs/${id}`, `/jobs/${id}/result`, `/jobs/${id}/events`]) {
        const answer = await get(url(path), headers);
        expect({ path, status: answer.status, body: answer.body }).toEqual({
          path,
          status: 401,
          body: { detail: anyString },
        });
        expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
      }
      expect((await send(url(`/jobs/${id}`), 'DELETE', undefined, headers)).status).toBe(401);
    }
    expect(await showJob(service.url, id, ALICE)).toMatchObject({ id });
  });
});

describe('Idempotency-Key', () => {
  const keyed = (path: string, body: object, key: string, headers: RequestHeaders = ALICE): Promise<Answer> =>
    post(url(path), body, { ...LATER, ...headers, 'idempotency-key': key });

  it('makes one job of the same request, also when that has ended', async () => {
    const first = acceptedJob(await keyed('/model/launch', LAUNCH, 'one'));
    const second = acceptedJob(await keyed('/model/launch', LAUNCH, 'one'));
    expect(second.id).toBe(first.id);
    await untilState(service.url, first.id, 'completed', ALICE);
    expect(acceptedJob(await keyed('/model/launch', LAUNCH, 'one'))).toMatchObject({
      id: first.id,
      state: 'completed',
      attempts: 1,
    });
    expect((await listJobs(service.url, '', ALICE)).filter((job) => job.id === first.id)).toHaveLength(1);
  });

  it('makes one job of many that come at once', async () => {
    const { model, key, hold } = await service.newHeldFile();
    const answers = await Promise.all(Array.from({ length: 6 }, () => keyed('/pull', { model }, 'at once')));
    const ids = new Set(answers.map((answer) => acceptedJob(answer).id));
    expect(ids.size).toBe(1);
    hold.release();
    for (const id of ids) await untilState(service.url, id, 'completed', ALICE);
    expect(service.hub.transfersOf(key)).toHaveLength(1);
  });

  it('lets a client that waits join the job', async () => {
    const { model, key, hold } = await service.newHeldFile();
    const { id } = acceptedJob(await keyed('/pull', { model }, 'joined'));
    await hold.reached;
    const waiting = post(url('/pull'), { model }, { ...ALICE, 'idempotency-key': 'joined' });
    hold.release();
    expect((await waiting).text).toMatch(/\n100%\n$/);
    expect(await showJob(service.url, id, ALICE)).toMatchObject({ state: 'completed' });
    expect(service.hub.transfersOf(key)).toHaveLength(1);
  });

  it.each([
    ['/model/launch', LAUNCH, { ...LAUNCH, n_ctx: 2048 }],
    ['/pull', { model: 'hf/user/a/a.gguf' }, { model: 'hf/user/a/b.gguf' }],
  ])('refuses a different request to POST %s', async (path, body, other) => {
    const { id } = acceptedJob(await keyed(path, body, 'mine'));
    const refused = await keyed(path, other, 'mine');
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('Idempotency-Key');
    expect(acceptedJob(await keyed(path, body, 'mine')).id).toBe(id);
  });

  it('is each API key’s own', async () => {
    const alices = acceptedJob(await keyed('/model/launch', LAUNCH, 'shared', ALICE));
    const bobs = acceptedJob(await keyed('/model/launch', LAUNCH, 'shared', BOB));
    expect(bobs.id).not.toBe(alices.id);
  });

  it('of 255 characters is the longest', async () => {
    acceptedJob(await keyed('/model/launch', LAUNCH, 'k'.repeat(255)));
    for (const path of ['/model/launch', '/pull']) {
      const body = path === '/pull' ? { model: 'hf/user/a/a.gguf' } : LAUNCH;
      const refused = await keyed(path, body, 'k'.repeat(256));
      expect(refused.status).toBe(400);
      expect(refused.text).toContain('Idempotency-Key');
    }
  });

  it('of a job that was cancelled may be used again', async () => {
    const { model, hold } = await service.newHeldFile();
    const { id } = acceptedJob(await keyed('/pull', { model }, 'again'));
    await hold.reached;
    await send(url(`/jobs/${id}`), 'DELETE', undefined, ALICE);
    const again = acceptedJob(await keyed('/pull', { model }, 'again'));
    expect(await untilState(service.url, again.id, 'completed', ALICE)).toMatchObject({ state: 'completed' });
  });
});

describe('the routes of jobs', () => {
  it.each(DIALECTS)('answer on the port of %s', async (dialect) => {
    const base = service.server.portUrls[dialect] ?? '';
    const { id } = await launched(ALICE);
    expect(await showJob(base, id, ALICE)).toMatchObject({ result_url: `${base}/jobs/${id}/result` });
    expect((await listJobs(base, '', ALICE)).map((job) => job.id)).toContain(id);
    expect((await get(`${base}/jobs/${id}/result`, ALICE)).text).toBe('null');
    expect((await get(`${base}/jobs/${id}/events`, ALICE)).text).toContain('event: completed');
    expect((await get(`${base}/jobs/nothing`, ALICE)).body).toEqual({ detail: anyString });
    expect((await send(`${base}/jobs/${id}`, 'DELETE', undefined, ALICE)).status).toBe(204);
  });

  it('take a job of a dialect’s own port', async () => {
    const ports = service.server.portUrls;
    const headers = { ...LATER, ...ALICE };
    const launch = acceptedJob(await post(`${ports['ml-backend'] ?? ''}/model/launch`, LAUNCH, headers));
    const { model } = await service.newFile();
    const pull = acceptedJob(await post(`${ports.rkllama ?? ''}/pull`, { model }, headers));
    for (const { id } of [launch, pull]) await untilState(service.url, id, 'completed', ALICE);
  });

  it.each(DIALECTS)('are not under the prefix of %s', async (dialect) => {
    const { id } = await launched(ALICE);
    for (const path of ['/jobs', `/jobs/${id}`, `/jobs/${id}/result`, `/jobs/${id}/events`]) {
      expect({ path, status: (await get(url(`/${dialect}${path}`), ALICE)).status }).toEqual({ path, status: 404 });
    }
    expect((await send(url(`/${dialect}/jobs/${id}`), 'DELETE', undefined, ALICE)).status).toBe(404);
    expect(await showJob(service.url, id, ALICE)).toMatchObject({ id });
  });
});

describe('the documents', () => {
  interface Operation {
    readonly parameters?: readonly { readonly name: string; readonly in: string }[];
    readonly responses: Readonly<Record<string, unknown>>;
  }
  type Paths = Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  const pathsOf = async (document: string): Promise<Paths> =>
    ((await get(url(document))).body as { paths: Paths }).paths;

  it('of the root has the routes of jobs', async () => {
    const paths = await pathsOf('/openapi.json');
    expect(Object.keys(paths['/jobs'] ?? {})).toEqual(['get']);
    expect(Object.keys(paths['/jobs/{id}'] ?? {}).sort()).toEqual(['delete', 'get']);
    expect(Object.keys(paths['/jobs/{id}/events'] ?? {})).toEqual(['get']);
    expect(Object.keys(paths['/jobs/{id}/result'] ?? {})).toEqual(['get']);
    expect(Object.keys(paths['/jobs/{id}/result']?.get?.responses ?? {})).toEqual(
      expect.arrayContaining(['200', '404', '409', '410']),
    );
  });

  it.each([
    ['/openapi.json', '/model/launch'],
    ['/openapi.json', '/heavy/model/launch'],
    ['/openapi.json', '/pull'],
    ['/openapi/ml-backend.json', '/model/launch'],
    ['/openapi/ml-backend.json', '/heavy/model/launch'],
    ['/openapi/rkllama.json', '/pull'],
  ])('%s says that %s may be asked for later', async (document, path) => {
    const operation = (await pathsOf(document))[path]?.post;
    const headers = (operation?.parameters ?? []).filter((one) => one.in === 'header').map(({ name }) => name);
    expect(headers).toEqual(expect.arrayContaining(['Prefer', 'Idempotency-Key']));
    expect(Object.keys(operation?.responses ?? {})).toContain('202');
  });
});
