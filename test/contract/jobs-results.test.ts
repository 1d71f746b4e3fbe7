import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail } from '../support/error-shapes.js';
import { get, post, send, type Answer } from '../support/http.js';
import { HubService, TALKING } from '../support/hub-service.js';
import { acceptedJob, LATER, showJob, untilState } from '../support/job-client.js';
import { until } from '../support/wait.js';

const ENTRY = {
  id: 'entry-chat',
  title: 'Entry chat',
  engine: 'llama',
  tasks: ['text-generation'],
  hub: { repo: 'user/entry', files: ['entry-file.gguf'] },
};

let service: HubService;

beforeAll(async () => {
  service = await HubService.start({ repos: { 'user/entry': { 'entry-file.gguf': TALKING } }, catalogue: [ENTRY] });
});
afterAll(() => service.stop());

const url = (path: string): string => `${service.url}${path}`;
const resultOf = (id: string): Promise<Answer> => get(url(`/jobs/${id}/result`));

/** What was answered, but for what differs between any two answers. */
function essence({ status, headers, text }: Answer): unknown {
  return { status, type: headers.get('content-type'), text };
}

/** The lines of a download that are always there: how far it was in between depends on when it was looked at. */
function firstAndLast(text: string): (string | undefined)[] {
  const lines = text.split('\n');
  expect(lines.at(-1)).toBe('');
  return [lines[0], lines.at(-2)];
}

async function done(path: string, body: object): Promise<string> {
  const { id } = acceptedJob(await post(url(path), body, LATER));
  await untilState(service.url, id, 'completed');
  return id;
}

describe('GET /jobs/{id}/result', () => {
  it('of a launch is what the launch answers: null', async () => {
    const id = await done('/model/launch', { model_name: 'starter-chat' });
    const whole = await post(url('/model/launch'), { model_name: 'starter-chat' });
    expect(essence(await resultOf(id))).toEqual(essence(whole));
    expect(essence(whole)).toEqual({ status: 200, type: 'application/json; charset=utf-8', text: 'null' });
  });

  it.each([
    ['a file', async () => (await service.newFile()).model],
    ['a file that is an entry of the catalogue', () => Promise.resolve('hf/user/entry/entry-file.gguf')],
    ['an entry of the catalogue', () => Promise.resolve('entry-chat')],
  ])('of a pull of %s is what the pull answers: lines', async (_, make) => {
    const model = await make();
    const result = await resultOf(await done('/pull', { model }));
    const whole = await post(url('/pull'), { model });
    expect(whole.status).toBe(200);
    expect(whole.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(result.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(firstAndLast(result.text)).toEqual(firstAndLast(whole.text));
    expect(result.text).toMatch(/^Téléchargement \S+ \(\d+\.\d\d MB\)\.\.\.\n(\d+%\n)*100%\n$/);
  });

  it('can be had again', async () => {
    const id = await done('/model/launch', { model_name: 'starter-chat' });
    expect(essence(await resultOf(id))).toEqual(essence(await resultOf(id)));
  });

  it('is not there before the end: 409', async () => {
    const { model, hold } = await service.newHeldFile();
    const { id } = acceptedJob(await post(url('/pull'), { model }, LATER));
    expectDetail(await resultOf(id), 409);
    await hold.reached;
    await untilState(service.url, id, 'active');
    expectDetail(await resultOf(id), 409);
    hold.release();
    await untilState(service.url, id, 'completed');
    expect((await resultOf(id)).status).toBe(200);
  });

  it('is never there after a failure: 409, with the reason', async () => {
    const { id } = acceptedJob(await post(url('/pull'), { model: 'hf/user/nothing/nothing.gguf' }, LATER));
    await untilState(service.url, id, 'failed');
    const answer = await resultOf(id);
    expectDetail(answer, 409);
    expect(answer.text).toContain('user/nothing');
  });

  it('is never there after a cancel: 409', async () => {
    const { model, hold } = await service.newHeldFile();
    const { id } = acceptedJob(await post(url('/pull'), { model }, LATER));
    await hold.reached;
    await send(url(`/jobs/${id}`), 'DELETE');
    expectDetail(await resultOf(id), 409);
    await until('the worker to have stopped', async () => (await showJob(service.url, id)).finished_at ?? undefined);
    expectDetail(await resultOf(id), 409);
  });
});

describe('result_url', () => {
  it('leads to the result, on the host that was asked', async () => {
    const id = await done('/model/launch', { model_name: 'starter-chat' });
    const { result_url } = await showJob(service.url, id);
    expect(result_url).toBe(url(`/jobs/${id}/result`));
    expect((await get(result_url ?? '')).text).toBe('null');
    const byName = service.url.replace('127.0.0.1', 'localhost');
    expect(await showJob(byName, id)).toMatchObject({ result_url: `${byName}/jobs/${id}/result` });
  });

  it('is what a trusted proxy says of itself', async () => {
    const id = await done('/model/launch', { model_name: 'starter-chat' });
    const proxy = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'llm.example.org' };
    expect(await showJob(service.url, id, proxy)).toMatchObject({
      result_url: `https://llm.example.org/jobs/${id}/result`,
    });
  });
});

describe('RESULT_TTL', () => {
  let brief: HubService;
  beforeAll(async () => {
    brief = await HubService.start({ env: { RESULT_TTL: '1' } });
  });
  afterAll(() => brief.stop());

  it('makes a result gone: 410, and the job is still listed, without result_url', async () => {
    const { id } = acceptedJob(await post(`${brief.url}/model/launch`, { model_name: 'starter-chat' }, LATER));
    await untilState(brief.url, id, 'completed');
    const gone = await until('the result to expire', async () => {
      const answer = await get(`${brief.url}/jobs/${id}/result`);
      if (answer.status === 200) return undefined;
      return answer;
    });
    expectDetail(gone, 410);
    expect(await showJob(brief.url, id)).toMatchObject({ state: 'completed', result_url: null });
    expect((await send(`${brief.url}/jobs/${id}`, 'DELETE')).status).toBe(204);
  });
});
