import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HubService } from '../support/hub-service.js';
import { get, post, send, type RequestHeaders } from '../support/http.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { startServer } from '../support/server.js';
import { backends, type Backend, type TestStore } from '../support/stores.js';

const ADMIN = { authorization: 'Bearer board-key' };
const CLIENT = { authorization: 'Bearer client-key' };
const KEYS = { ADMIN_KEY: 'board-key', API_KEYS: 'client-key', PRELOAD_MODELS: '' };
const SECRET = 'marzipan';

function basic(user: string, password: string): RequestHeaders {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

interface ShownJob {
  readonly id: string;
  readonly data: { readonly payload: object };
  readonly returnValue: object | null;
  readonly isFailed: boolean;
}

interface ShownQueue {
  readonly name: string;
  readonly isPaused: boolean;
  readonly counts: Readonly<Record<string, number>>;
  readonly jobs: readonly ShownJob[];
}

/** The board of a service, as its page asks for it. */
function boardOf(service: HubService): {
  queue: (kind: string) => Promise<ShownQueue>;
  act: (path: string, headers?: RequestHeaders) => Promise<{ status: number; body: unknown }>;
} {
  const base = `${service.url}/admin/queues`;
  return {
    queue: async (kind) => {
      const { status, body } = await get(`${base}/api/queues?activeQueue=parley-${kind}&status=latest`, ADMIN);
      expect(status).toBe(200);
      const { queues } = body as { queues: ShownQueue[] };
      const found = queues.find(({ name }) => name === `parley-${kind}`);
      if (found === undefined) throw new Error(`the board has no queue of ${kind} jobs`);
      return found;
    },
    act: (path, headers = {}) => send(`${base}/api/queues${path}`, 'PUT', undefined, { ...ADMIN, ...headers }),
  };
}

const services = new Map<string, HubService>();
const places: TestStore[] = [];

afterAll(async () => {
  for (const service of services.values()) await service.stop();
  for (const place of places) await place.dispose();
});

/** A service on a store of that kind, started once. */
async function serviceOn(name: Backend['name']): Promise<HubService> {
  const running = services.get(name);
  const backend = backends.find((each) => each.name === name);
  if (running !== undefined || backend === undefined) return running ?? Promise.reject(new Error(`no store ${name}`));
  const place = await backend.open();
  places.push(place);
  await place.store.close();
  const env = { ...KEYS, ...(place.queueUrl !== null && { QUEUE_URL: place.queueUrl }) };
  const service = await HubService.start({ env });
  services.set(name, service);
  return service;
}

describe.each(backends)('the queue board, jobs in the $name store', ({ name }) => {
  let service: HubService;

  beforeAll(async () => {
    service = await serviceOn(name);
  });

  it('opens the embedded store when somebody looks at jobs, and not before', async () => {
    const folder = join(service.dataDir, 'store');
    expect((await get(`${service.url}/admin/queues`, ADMIN)).status).toBe(200);
    expect(existsSync(folder)).toBe(false);
    expect(await boardOf(service).queue('speech')).toMatchObject({ isPaused: false, counts: { completed: 0 } });
    expect(existsSync(folder)).toBe(name === 'embedded');
  });

  it('shows a job without what its client wrote', async () => {
    const speech = { model: 'starter-voice', input: SECRET };
    const { id } = acceptedJob(await post(`${service.url}/v1/audio/speech`, speech, { ...CLIENT, ...LATER }));
    await untilState(service.url, id, 'completed', CLIENT);
    const { counts, jobs } = await boardOf(service).queue('speech');
    expect(counts).toMatchObject({ completed: 1 });
    expect(jobs).toMatchObject([{ id, data: { payload: { model: 'starter-voice', speed: 1 } } }]);
    expect(Object.keys(jobs[0]?.returnValue ?? {}).sort()).toEqual(['seconds', 'voice']);
    const pages = ['/api/queues?activeQueue=parley-speech', `/api/queues/parley-speech/${id}`];
    for (const path of [...pages, `/api/queues/parley-speech/${id}/flow`, '/api/redis/stats']) {
      const { status, text } = await get(`${service.url}/admin/queues${path}`, ADMIN);
      expect({ path, status }).toEqual({ path, status: 200 });
      expect(text).not.toContain(SECRET);
    }
  });

  it('retries a job that failed, and removes it once it is done', async () => {
    const board = boardOf(service);
    const model = { model: 'hf/user/late/late.gguf' };
    const { id } = acceptedJob(await post(`${service.url}/rkllama/pull`, model, { ...CLIENT, ...LATER }));
    await untilState(service.url, id, 'failed', CLIENT);
    expect((await board.queue('pull')).jobs).toMatchObject([{ id, isFailed: true }]);
    await service.hub.commit('user/late', { 'late.gguf': Buffer.alloc(1000, 7) });
    expect((await board.act(`/parley-pull/${id}/retry`)).status).toBe(204);
    await untilState(service.url, id, 'completed', CLIENT);
    expect((await board.act(`/parley-pull/${id}/retry`)).status).toBe(403);
    expect((await board.act('/parley-pull/retry/completed')).status).toBe(403);
    expect((await board.act(`/parley-pull/${id}/clean`)).status).toBe(204);
    expect((await get(`${service.url}/jobs/${id}`, CLIENT)).status).toBe(404);
  });

  it('holds a queue back and lets it go on', async () => {
    const board = boardOf(service);
    expect((await board.act('/parley-image/pause')).status).toBe(200);
    expect((await board.queue('image')).isPaused).toBe(true);
    expect((await board.act('/parley-image/resume')).status).toBe(200);
    expect((await board.queue('image')).isPaused).toBe(false);
  });
});

describe('who may use the queue board', () => {
  let service: HubService;

  beforeAll(async () => {
    service = await serviceOn('embedded');
  });

  const PAGES = ['', '/', '/api/queues', '/static/favicon.ico', '/no-such-page'];

  it.each(PAGES)('takes ADMIN_KEY alone at "%s"', async (page) => {
    const url = `${service.url}/admin/queues${page}`;
    const wrong = [{}, CLIENT, { 'x-api-key': 'board-key' }, basic('board-key', ''), basic('x', 'client-key')];
    for (const headers of wrong) {
      const refused = await get(url, headers);
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toMatch(/^Basic /);
      expect(refused.body).toEqual({ detail: expect.stringContaining('ADMIN_KEY') as unknown });
    }
    const found = page === '/no-such-page' ? 404 : 200;
    for (const headers of [ADMIN, basic('anyone', 'board-key')]) expect((await get(url, headers)).status).toBe(found);
  });

  it('opens nothing else with ADMIN_KEY', async () => {
    for (const path of ['/v1/models', '/jobs', '/metrics']) {
      expect({ path, status: (await get(`${service.url}${path}`, ADMIN)).status }).toEqual({ path, status: 401 });
    }
  });

  it('lets its page load from here alone, and be framed by nobody', async () => {
    const { headers, text } = await get(`${service.url}/admin/queues`, ADMIN);
    expect(text).toContain('<base href="/admin/queues/" />');
    const policy = headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy.split('; ')).toContain(part);
    }
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('does nothing for the page of another site', async () => {
    const { act } = boardOf(service);
    const { host } = new URL(service.url);
    const foreign = [
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
      { origin: 'https://evil.example' },
      { origin: `http://${host}.evil.example` },
      { origin: 'null' },
    ];
    for (const headers of foreign) expect((await act('/parley-image/pause', headers)).status).toBe(403);
    expect((await boardOf(service).queue('image')).isPaused).toBe(false);
    for (const own of [{ 'sec-fetch-site': 'same-origin' }, { origin: `http://${host}` }]) {
      expect((await act('/parley-image/resume', own)).status).toBe(200);
    }
    const read = { ...ADMIN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' };
    expect((await get(`${service.url}/admin/queues/api/queues`, read)).status).toBe(403);
  });

  it('neither adds nor rewrites jobs, nor destroys a queue', async () => {
    const base = `${service.url}/admin/queues/api/queues/parley-pull`;
    const changes = [
      ['POST', '/add', { name: 'pull', data: { payload: { name: '../x' } }, options: {} }],
      ['PATCH', '/pull_0123456789abcdef01234567/update-data', { jobData: {} }],
      ['PUT', '/obliterate', {}],
      ['PUT', '/empty', {}],
      ['PUT', '/concurrency', { concurrency: 100 }],
    ] as const;
    const json = { ...ADMIN, 'content-type': 'application/json' };
    for (const [method, path, body] of changes) {
      const { status, text } = await send(`${base}${path}`, method, JSON.stringify(body), json);
      expect({ path, status }).toEqual({ path, status: 403 });
      expect(text).toContain('Parley does not let the board do this.');
    }
  });
});

it('is not there without ADMIN_KEY', async () => {
  const server = await startServer({ env: { PRELOAD_MODELS: '' } });
  try {
    for (const page of ['', '/', '/api/queues', '/static/favicon.ico']) {
      expect((await get(`${server.url}/admin/queues${page}`, basic('x', ''))).status).toBe(404);
    }
  } finally {
    await server.stop();
  }
});
