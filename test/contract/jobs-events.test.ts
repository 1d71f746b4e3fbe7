import { request, type IncomingMessage } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, post, send, type RequestHeaders } from '../support/http.js';
import { HubService } from '../support/hub-service.js';
import {
  acceptedJob,
  jobEvents,
  JOB_FIELDS,
  LATER,
  showJob,
  untilState,
  type JobEvent,
} from '../support/job-client.js';
import { readToEnd } from '../support/streaming.js';
import { until } from '../support/wait.js';

const MIB = 1024 ** 2;

let service: HubService;

beforeAll(async () => {
  service = await HubService.start();
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}${path}`;

/** The head of an event stream; its body is read by the test. */
function listen(id: string, headers: RequestHeaders = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url(`/jobs/${id}/events`), { agent: false, headers }, (response) => {
      response.setEncoding('utf8');
      resolve(response);
    });
    outgoing.on('error', reject).end();
  });
}

/** Reads until an event is as it is meant to be; the stream goes on. */
async function eventsUntil(response: IncomingMessage, isMeant: (event: JobEvent) => boolean): Promise<JobEvent[]> {
  let text = '';
  response.on('data', (piece: string) => (text += piece));
  const whole = (): JobEvent[] => jobEvents(text.slice(0, text.lastIndexOf('\n\n') + 2));
  return until('an event', () => (whole().some(isMeant) ? whole() : undefined));
}

async function events(id: string, headers: RequestHeaders = {}): Promise<JobEvent[]> {
  const { text, complete } = await readToEnd(await listen(id, headers));
  expect(complete).toBe(true);
  return jobEvents(text);
}

async function pull(model: string): Promise<string> {
  return acceptedJob(await post(url('/pull'), { model }, LATER)).id;
}

/** A download that has brought something, and stands still: its first connection breaks, its second waits. */
async function halfway(): Promise<{ id: string; release: () => void }> {
  const { key, model } = await service.newFile(Buffer.alloc(4 * MIB, 5));
  service.hub.fault(key, { cutAfter: MIB, times: 1 });
  service.hub.hold(key, 0).release();
  const hold = service.hub.hold(key, MIB);
  const id = await pull(model);
  await hold.reached;
  return { id, release: () => hold.release() };
}

describe('GET /jobs/{id}/events', () => {
  it('tells how a job goes on, and ends with it', async () => {
    const { id, release } = await halfway();
    const response = await listen(id);
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^text\/event-stream/);
    expect(response.headers['cache-control']).toBe('no-cache');
    const before = await eventsUntil(response, ({ job }) => (job.progress?.done ?? 0) >= MIB);
    expect(new Set(before.map(({ event }) => event))).toEqual(new Set(['progress']));
    expect(before.at(-1)?.job).toMatchObject({ id, kind: 'pull', state: 'active', progress: { total: 4 * MIB } });
    release();
    const rest = await readToEnd(response);
    expect(rest.complete).toBe(true);
  });

  it('sends progress, then completed; each has the whole job as data, and an id', async () => {
    const { id, release } = await halfway();
    const listening = await listen(id);
    release();
    const { text, complete } = await readToEnd(listening);
    expect(complete).toBe(true);
    const all = jobEvents(text);
    for (const { job } of all) expect(Object.keys(job).sort()).toEqual(JOB_FIELDS);
    expect(new Set(all.slice(0, -1).map(({ event }) => event))).toEqual(new Set(['progress']));
    expect(all.at(-1)).toMatchObject({ event: 'completed', job: { id, state: 'completed', error: null } });
    expect(all.at(-1)?.job).toEqual(await showJob(service.url, id));
    const ids = all.map((event) => event.id);
    expect(new Set(ids).size).toBe(ids.length);
    const bytes = all.map(({ job }) => job.progress?.done ?? 0);
    expect(bytes).toEqual(bytes.toSorted((a, b) => a - b));
    expect(bytes.at(-1)).toBe(4 * MIB);
  });

  it('sends nothing but comments beside the events', async () => {
    const { model } = await service.newFile();
    const { text } = await readToEnd(await listen(await pull(model)));
    for (const line of text.split('\n'))
      expect(line).toMatch(/^(id: \S+|event: (progress|completed)|data: \{.*\}|:.*|)$/);
  });

  it('ends with failed, and why', async () => {
    const all = await events(await pull('hf/user/nothing/nothing.gguf'));
    expect(all.at(-1)).toMatchObject({
      event: 'failed',
      job: { state: 'failed', error: { code: 'model_not_found' }, result_url: null },
    });
  });

  it('ends with cancelled', async () => {
    const { id } = await halfway();
    const response = await listen(id);
    await eventsUntil(response, ({ event }) => event === 'progress');
    const reading = eventsUntil(response, ({ event }) => event !== 'progress');
    await send(url(`/jobs/${id}`), 'DELETE');
    expect((await reading).at(-1)).toMatchObject({ event: 'cancelled', job: { id, state: 'cancelled' } });
    await until('the end of the stream', () => response.complete || undefined);
  });

  it('of a job that has ended is its end alone', async () => {
    const { model } = await service.newFile();
    const id = await pull(model);
    await untilState(service.url, id, 'completed');
    expect(await events(id)).toMatchObject([{ event: 'completed', job: { id } }]);
  });

  it('does not send again what Last-Event-ID has seen, but what came since', async () => {
    const { id, release } = await halfway();
    const response = await listen(id);
    const seen = (await eventsUntil(response, ({ job }) => (job.progress?.done ?? 0) >= MIB)).at(-1);
    response.destroy();
    const again = await listen(id, { 'last-event-id': seen?.id ?? '' });
    release();
    const { text } = await readToEnd(again);
    const all = jobEvents(text);
    expect(all.map((event) => event.id)).not.toContain(seen?.id);
    expect(all.at(-1)).toMatchObject({ event: 'completed' });
  });

  it('sends everything to a Last-Event-ID that it never gave', async () => {
    const { model } = await service.newFile();
    const id = await pull(model);
    await untilState(service.url, id, 'completed');
    expect(await events(id, { 'last-event-id': 'x'.repeat(1000) })).toMatchObject([{ event: 'completed' }]);
  });

  it('is 204 when nothing is to come, so that a browser does not ask again', async () => {
    const { model } = await service.newFile();
    const id = await pull(model);
    const last = (await events(id)).at(-1);
    const answer = await get(url(`/jobs/${id}/events`), { 'last-event-id': last?.id ?? '' });
    expect({ status: answer.status, text: answer.text }).toEqual({ status: 204, text: '' });
  });

  it('may be listened to by several, one of whom leaves', async () => {
    const { id, release } = await halfway();
    const [leaving, staying] = [await listen(id), await listen(id)];
    await eventsUntil(leaving, ({ event }) => event === 'progress');
    leaving.destroy();
    release();
    expect(jobEvents((await readToEnd(staying)).text).at(-1)).toMatchObject({ event: 'completed' });
  });
});

describe('the event streams of one API key', () => {
  /** Open streams of a key. */
  const MOST = 64;

  it('are bounded, and one that is closed makes room for another', async () => {
    const { id, release } = await halfway();
    const open = await Promise.all(Array.from({ length: MOST }, () => listen(id)));
    expect(open.map(({ statusCode }) => statusCode)).toEqual(open.map(() => 200));
    const refused = await get(url(`/jobs/${id}/events`));
    expect(refused).toMatchObject({ status: 503, body: { detail: expect.stringContaining('64 jobs') as unknown } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    open.pop()?.destroy();
    const another = await until('a place', async () => {
      const response = await listen(id);
      if (response.statusCode === 200) return response;
      response.destroy();
      return undefined;
    });
    for (const response of [...open, another]) response.resume();
    release();
    await untilState(service.url, id, 'completed');
  });
});
