import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectError, expectNoLeak, messageOf } from '../support/error-shapes.js';
import { get, post, type Answer, type RequestHeaders } from '../support/http.js';
import { HALFWAY, HubService, TALKING, TALKING_BYTES } from '../support/hub-service.js';
import { acceptedJob, LATER, listJobs, showJob, untilJob, untilState, type Job } from '../support/job-client.js';
import { anyString } from '../support/matchers.js';
import { open, readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const MIB = 1024 ** 2;
const ALICE = { authorization: 'Bearer alice-key' };
const BOB = { authorization: 'Bearer bob-key' };
const TOKEN = 'hf_a-secret-of-the-operator';

const entry = (id: string, more: object = {}): object => ({
  id,
  title: id,
  engine: 'llama',
  tasks: ['text-generation'],
  hub: { repo: `user/${id}`, files: [`${id}.gguf`] },
  ...more,
});

const KNOWN = ['shared', 'launched', 'asked', 'left', 'stays'];
const CATALOGUE = [
  ...KNOWN.map((id) => entry(id)),
  entry('gone'),
  entry('two-files', { hub: { repo: 'user/two-files', files: ['two.gguf', 'notes.txt'] } }),
  entry('picture', { engine: 'unsupported', tasks: ['text-to-image'] }),
  entry('heavy-picture', { engine: 'unsupported', tasks: ['text-to-image'], heavy: true }),
];
const REPOS = {
  ...Object.fromEntries(KNOWN.map((id) => [`user/${id}`, { [`${id}.gguf`]: TALKING }])),
  'user/two-files': { 'two.gguf': TALKING, 'notes.txt': Buffer.from('Notes.\n') },
  'user/picture': { 'picture.gguf': TALKING },
};
const keyOf = (id: string): string => `user/${id}/${id}.gguf`;

const inFlight = ({ progress }: Job): boolean => progress !== null;

async function answerOf(base: string, model: string, headers: RequestHeaders = {}): Promise<string> {
  const body = { model_name: model, prompt: 'What is the capital of France?' };
  const answer = await post(`${base}/generate/fromtext`, body, { 'x-session-id': crypto.randomUUID(), ...headers });
  expect({ status: answer.status, text: answer.text }).toMatchObject({ status: 200 });
  return answer.text;
}

describe('a pull', () => {
  let service: HubService;
  beforeAll(async () => {
    service = await HubService.start({
      repos: REPOS,
      catalogue: CATALOGUE,
      env: { API_KEYS: 'alice-key,bob-key' },
    });
  });
  afterAll(() => service.stop());

  const url = (path: string): string => `${service.url}${path}`;
  const installed = async (): Promise<string[]> =>
    ((await get(url('/rkllama/models'), ALICE)).body as { models: string[] }).models;
  const active = async (): Promise<unknown> => (await get(url('/model/getactive'), ALICE)).body;

  it('that is cut goes on where it was, and what comes of it answers', async () => {
    const { key, file, model } = await service.newFile(TALKING);
    service.hub.fault(key, { cutAfter: HALFWAY, times: 1 });
    expect((await post(url('/pull'), { model }, ALICE)).text).toMatch(/\n100%\n$/);
    const [first, second, ...more] = service.hub.transfersOf(key);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ status: 200, range: null });
    expect(second).toMatchObject({ status: 206, ifRange: anyString });
    const start = Number(/^bytes=(\d+)-$/.exec(second?.range ?? '')?.[1]);
    expect(start).toBeGreaterThan(0);
    expect(start).toBeLessThanOrEqual(HALFWAY);
    expect(second?.sentBytes).toBe(TALKING_BYTES - start);
    expect(await answerOf(service.url, file, ALICE)).toBe('The capital of France is Paris.');
  });

  it('that brings other bytes than the hub promised installs nothing', async () => {
    const { key, file, model, repo } = await service.newFile(TALKING);
    service.hub.fault(key, { wrongBytes: true });
    const { id } = acceptedJob(await post(url('/pull'), { model }, { ...ALICE, ...LATER }));
    const { error } = await untilState(service.url, id, 'failed', ALICE);
    expect(error).toMatchObject({ code: 'model_load_failed' });
    expect(error?.message).toContain(file);
    expect(error?.message).toContain('digest');
    expectNoLeak({ text: error?.message } as Answer);
    expect(await installed()).not.toContain(file);
    expect(service.files().filter((path) => path.includes(repo) || path.startsWith('.'))).toEqual([]);
    expectError(await post(url('/model/launch'), { model_name: file }, ALICE), 'ml-backend', 404);

    service.hub.fault(key); // the hub is itself again
    expect((await post(url('/pull'), { model }, ALICE)).text).toMatch(/\n100%\n$/);
    expect(await installed()).toContain(file);
  });

  it('that two keys want, each in its own way, is one download', async () => {
    const hold = service.hub.hold(keyOf('shared'), HALFWAY);
    const pulling = post(url('/pull'), { model: 'hf/user/shared/shared.gguf' }, ALICE);
    await hold.reached;
    const launching = post(url('/model/launch'), { model_name: 'shared' }, BOB);
    const [bobs] = await until('the second asker', async () => {
      const jobs = await listJobs(service.url, '?kind=launch&state=active', BOB);
      return jobs.some(inFlight) ? jobs : undefined;
    });
    expect((await listJobs(service.url, '', ALICE)).map(({ id }) => id)).not.toContain(bobs?.id);
    hold.release();
    expect((await pulling).text).toMatch(/\n100%\n$/);
    const launched = await launching;
    expect({ status: launched.status, text: launched.text }).toEqual({ status: 200, text: 'null' });
    expect(service.hub.transfersOf(keyOf('shared'))).toHaveLength(1);
    expect(await active()).toContain('shared');
  });

  it('ends when the client that waits for it leaves, and leaves nothing', async () => {
    const { key, model } = await service.newFile(TALKING);
    const hold = service.hub.hold(key, HALFWAY);
    const exchange = open(url('/pull'), { model }, ALICE);
    await exchange.response;
    await hold.reached;
    const [{ id } = { id: '' }] = await listJobs(service.url, '?kind=pull&limit=1', ALICE);
    const before = service.files().filter((path) => path.startsWith('.'));
    expect(before).not.toEqual([]);
    exchange.leave();
    const job = await untilJob(service.url, id, ({ finished_at }) => finished_at !== null, ALICE);
    expect(job).toMatchObject({ state: 'cancelled' });
    expect(service.files().filter((path) => path.startsWith('.'))).toEqual([]);
    expect(existsSync(join(service.server.modelsDir, '.downloads'))).toBe(false);
  });

  it('of a launch ends when the client that waits for it leaves', async () => {
    const hold = service.hub.hold(keyOf('left'), HALFWAY);
    const exchange = open(url('/model/launch'), { model_name: 'left' }, ALICE);
    await hold.reached;
    const [{ id } = { id: '' }] = await listJobs(service.url, '?kind=launch&limit=1', ALICE);
    exchange.leave();
    const job = await untilJob(service.url, id, ({ finished_at }) => finished_at !== null, ALICE);
    expect(job).toMatchObject({ state: 'cancelled' });
    expect(service.files().filter((path) => path.includes('left') || path.startsWith('.'))).toEqual([]);
    expect(await active()).not.toContain('left');
  });

  it('goes on when one of two that wait for it leaves', async () => {
    const { key, model, file } = await service.newFile(TALKING);
    const hold = service.hub.hold(key, HALFWAY);
    const leaving = open(url('/pull'), { model }, ALICE);
    await hold.reached;
    const [{ id } = { id: '' }] = await listJobs(service.url, '?kind=pull&limit=1', ALICE);
    const staying = acceptedJob(await post(url('/pull'), { model }, { ...BOB, ...LATER }));
    await untilJob(service.url, staying.id, inFlight, BOB);
    leaving.leave();
    await untilJob(service.url, id, ({ finished_at }) => finished_at !== null, ALICE);
    expect(await showJob(service.url, id, ALICE)).toMatchObject({ state: 'cancelled' });
    hold.release();
    await untilState(service.url, staying.id, 'completed', BOB);
    expect(service.hub.transfersOf(key)).toHaveLength(1);
    expect(await installed()).toContain(file);
  });

  it('that was asked for later goes on when the client leaves', async () => {
    const hold = service.hub.hold(keyOf('stays'), HALFWAY);
    const exchange = open(url('/model/launch'), { model_name: 'stays' }, { ...ALICE, ...LATER });
    const { id } = JSON.parse((await readToEnd(await exchange.response)).text) as Job;
    exchange.leave();
    await hold.reached;
    hold.release();
    await untilState(service.url, id, 'completed', ALICE);
    expect(await active()).toContain('stays');
  });

  it('comes with a launch of a model that is not installed', async () => {
    expect(await installed()).not.toContain('launched');
    const answer = await post(url('/model/launch'), { model_name: 'launched', n_ctx: 512 }, ALICE);
    expect({ status: answer.status, type: answer.type, text: answer.text }).toEqual({
      status: 200,
      type: 'application/json',
      text: 'null',
    });
    expect(await active()).toContain('launched');
    expect(await installed()).toContain('launched');
    expect(await answerOf(service.url, 'launched', ALICE)).toBe('The capital of France is Paris.');
    expect(service.hub.transfersOf(keyOf('launched'))).toHaveLength(1);
  });

  it('comes with a question to a model that is not installed', async () => {
    expect(await answerOf(service.url, 'asked', ALICE)).toBe('The capital of France is Paris.');
    expect(service.hub.transfersOf(keyOf('asked'))).toHaveLength(1);
  });

  it('brings every file of a model', async () => {
    expect((await post(url('/model/launch'), { model_name: 'two-files' }, ALICE)).text).toBe('null');
    expect(service.files().filter((path) => path.startsWith('user/two-files/'))).toEqual([
      'user/two-files/notes.txt',
      'user/two-files/two-files.manifest.json',
      'user/two-files/two.gguf',
    ]);
    expect(await answerOf(service.url, 'two-files', ALICE)).toBe('The capital of France is Paris.');
  });

  it('of a model that is known here and not on the hub is 404 to a launch', async () => {
    const answer = await post(url('/model/launch'), { model_name: 'gone' }, ALICE);
    expectError(answer, 'ml-backend', 404);
    expect(messageOf(answer)).toContain('user/gone');
  });

  it.each([
    ['/model/launch', 'picture', ALICE],
    ['/model/launch', 'picture', { ...ALICE, ...LATER }],
    ['/heavy/model/launch', 'heavy-picture', ALICE],
    ['/heavy/model/launch', 'heavy-picture', { ...ALICE, ...LATER }],
    ['/generate/fromtext', 'picture', ALICE],
  ])('is not begun by %s of %s, which nothing here runs', async (path, model, headers) => {
    const asked = service.hub.requests.length;
    const answer = await post(url(path), { model_name: model, prompt: 'Hello!' }, headers);
    expectError(answer, 'ml-backend', 400);
    expect(messageOf(answer)).toContain(model);
    expect(service.hub.requests).toHaveLength(asked);
  });

  it('has a hub in trouble told with 503 and when to come back; rkllama keeps its 400', async () => {
    service.hub.faultApi({ status: 503, retryAfter: '0' });
    try {
      const launch = await post(url('/model/launch'), { model_name: 'gone' }, ALICE);
      expectError(launch, 'ml-backend', 503);
      expect(Number(launch.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      const pull = await post(url('/pull'), { model: 'hf/user/gone/gone.gguf' }, ALICE);
      expectError(pull, 'rkllama', 400);
      expect(messageOf(pull)).toMatch(/^Erreur pendant le téléchargement : /);
    } finally {
      service.hub.faultApi(null);
    }
  });
});

describe('with settings of its own', () => {
  let service: HubService | undefined;
  afterEach(() => service?.stop());

  it('AUTOLOAD=false answers 409 to a question, and downloads nothing; a launch still does', async () => {
    service = await HubService.start({
      repos: REPOS,
      catalogue: CATALOGUE,
      env: { AUTOLOAD: 'false', PRELOAD_MODELS: '' },
    });
    const question = { model_name: 'asked', prompt: 'Hello!' };
    expectError(await post(`${service.url}/generate/fromtext`, question), 'ml-backend', 409);
    expect(service.hub.requests).toEqual([]);
    expect((await post(`${service.url}/model/launch`, { model_name: 'asked' })).text).toBe('null');
    expect(await answerOf(service.url, 'asked')).toBe('The capital of France is Paris.');
  });

  it('a hub that is down is 503 with Retry-After', { timeout: 120_000 }, async () => {
    service = await HubService.start({ catalogue: CATALOGUE, env: { PRELOAD_MODELS: '' } });
    const host = new URL(service.hub.url).host;
    await service.hub.stop();
    const answer = await post(`${service.url}/model/launch`, { model_name: 'asked' });
    expectError(answer, 'ml-backend', 503);
    expect(messageOf(answer)).toContain(host);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
  });

  it('HF_TOKEN goes to the hub alone, and is never told', async () => {
    service = await HubService.start({
      repos: REPOS,
      catalogue: CATALOGUE,
      token: TOKEN,
      env: { HF_TOKEN: TOKEN, LOG_LEVEL: 'debug' },
    });
    const { hub, url, server } = service;
    hub.restrict('user/shared', { private: true });
    hub.restrict('user/left', { gated: true });
    hub.fault(keyOf('launched'), { cutAfter: MIB, times: 1 });
    expect((await post(`${url}/model/launch`, { model_name: 'shared' })).text).toBe('null');
    expect((await post(`${url}/pull`, { model: 'launched' })).text).toMatch(/\n100%\n$/);
    expect(new Set(hub.authorizationsAt('hub'))).toEqual(new Set([`Bearer ${TOKEN}`]));
    expect(hub.authorizationsAt('cdn').length).toBeGreaterThan(2);
    expect(new Set(hub.authorizationsAt('cdn'))).toEqual(new Set([null]));

    const gated = await post(`${url}/model/launch`, { model_name: 'left' });
    expectError(gated, 'ml-backend', 403);
    const missing = await post(`${url}/pull`, { model: 'hf/user/nothing/nothing.gguf' });
    expectError(missing, 'rkllama', 400);
    const jobs = await get(`${url}/jobs`);
    for (const { text } of [gated, missing, jobs]) expect(text).not.toContain(TOKEN);
    expect(server.logs()).toContain('request');
    expect(server.logs()).not.toContain(TOKEN);
  });

  it('an HF_TOKEN that the hub does not know is told as such, without its value', async () => {
    service = await HubService.start({
      repos: REPOS,
      catalogue: CATALOGUE,
      token: TOKEN,
      env: { HF_TOKEN: 'hf_an-old-secret', LOG_LEVEL: 'debug', PRELOAD_MODELS: '' },
    });
    const answer = await post(`${service.url}/model/launch`, { model_name: 'asked' });
    expectError(answer, 'ml-backend', 403);
    expect(messageOf(answer)).toContain('HF_TOKEN');
    expect(answer.text + service.server.logs()).not.toContain('hf_an-old-secret');
  });
});
