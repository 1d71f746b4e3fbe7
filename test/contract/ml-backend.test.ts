import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusesUnreadableBodies } from '../support/broken-bodies.js';
import { expectError, messageOf } from '../support/error-shapes.js';
import { del, get, post, send, sendJson } from '../support/http.js';
import { LATER } from '../support/job-client.js';
import { anyString, including, matching } from '../support/matchers.js';
import { STARTER_FILE, startServer, type Server } from '../support/server.js';

const HEAVY = 'Qwen1.5-110B';

let server: Server;

beforeAll(async () => {
  server = await startServer({ models: { 'spare.gguf': STARTER_FILE } });
});
afterAll(() => server.stop());

const url = (path: string): string => `${server.url}/ml-backend${path}`;
const model = (name: string): object => ({ model_name: name });

/** FastAPI writes `null` where a handler returns nothing. */
async function expectNull(answering: ReturnType<typeof send>): Promise<void> {
  const { status, type, text } = await answering;
  expect({ status, type, text }).toEqual({ status: 200, type: 'application/json', text: 'null' });
}

async function active(): Promise<unknown> {
  return (await get(url('/model/getactive'))).body;
}

describe('the life of a model', () => {
  it('launch, getactive, kill', async () => {
    await expectNull(post(url('/model/launch'), { model_name: 'spare.gguf', n_ctx: 512 }));
    expect(await active()).toEqual(including('starter-chat', 'spare.gguf'));
    await expectNull(del(url('/model/kill'), model('spare.gguf')));
    expect(await active()).toEqual(['starter-chat']);
  });

  it('launching what is active already changes nothing', async () => {
    await expectNull(post(url('/model/launch'), model('starter-chat')));
    await expectNull(post(url('/model/launch'), model('starter-chat')));
    expect(await active()).toEqual(['starter-chat']);
  });

  it('a launch never takes a preloaded model below its context, and says so', async () => {
    const contextOf = async (): Promise<unknown> =>
      ((await get(`${server.url}/llama-local/model-info`)).body as { n_ctx?: number }).n_ctx;
    for (const headers of [{}, LATER]) {
      const refused = await post(url('/model/launch'), { model_name: 'starter-chat', n_ctx: 512 }, headers);
      expectError(refused, 'ml-backend', 400);
      expect(messageOf(refused)).toMatch(/n_ctx is 512.*"starter-chat" is preloaded with a context of 1024 tokens/);
    }
    expect(await contextOf()).toBe(1024);
    await expectNull(post(url('/model/launch'), { model_name: 'starter-chat', n_ctx: 1024 }));
  });

  it('a launch with a smaller context leaves a loaded model as it is', async () => {
    const spare = async (n_ctx: number): Promise<void> => {
      await expectNull(post(url('/model/launch'), { model_name: 'spare.gguf', n_ctx }));
      const { body } = await get(`${server.url}/v1/models/spare.gguf`);
      expect(body).toMatchObject({ context_length: 700 });
    };
    await spare(700);
    await spare(512);
    await expectNull(del(url('/model/kill'), model('spare.gguf')));
  });

  it('kill refuses a model that is not active, and one that does not exist', async () => {
    expectError(await del(url('/model/kill'), model('spare.gguf')), 'ml-backend', 404);
    expectError(await del(url('/model/kill'), model('no-such-model')), 'ml-backend', 404);
  });

  it('delete removes the files of a model that may be active', async () => {
    await post(url('/model/launch'), model('spare'));
    await expectNull(del(url('/model/delete'), model('spare')));
    expect(await active()).toEqual(['starter-chat']);
    expectError(await del(url('/model/delete'), model('spare')), 'ml-backend', 404);
    expectError(await post(url('/model/launch'), model('spare')), 'ml-backend', 404);
  });

  it('delete refuses the starter model, what is not installed and what does not exist', async () => {
    expectError(await del(url('/model/delete'), model('starter-chat')), 'ml-backend', 403);
    expectError(await del(url('/model/delete'), model('Llama3-8B')), 'ml-backend', 404);
    expectError(await del(url('/model/delete'), model('no-such-model')), 'ml-backend', 404);
    expect(await active()).toEqual(['starter-chat']);
  });
});

describe('the catalogue', () => {
  it.each(['/model/getravailabletodownload', '/model/getavailabletodownload'])('is listed by GET %s', async (path) => {
    const answer = await get(url(path));
    expect(answer).toMatchObject({ status: 200, type: 'application/json' });
    expect(answer.body).toEqual(including('starter-chat', 'Llama3-8B', HEAVY));
  });

  it('says which models are heavy', async () => {
    const heavy = await post(url('/model/ismodelheavy'), model(HEAVY));
    expect(heavy).toMatchObject({ status: 200, type: 'application/json' });
    expect(heavy.body).toEqual({ is_heavy: true });
    expect((await post(url('/model/ismodelheavy'), model('starter-chat'))).body).toEqual({ is_heavy: false });
    expectError(await post(url('/model/ismodelheavy'), model('no-such-model')), 'ml-backend', 404);
  });

  it('launches as heavy only what is heavy', async () => {
    expectError(await post(url('/heavy/model/launch'), model('starter-chat')), 'ml-backend', 400);
    expectError(await post(url('/heavy/model/launch'), model('no-such-model')), 'ml-backend', 404);
  });
});

describe('names of models', () => {
  const names = [
    'no-such-model',
    'a/b',
    '../starter-chat',
    '..',
    '/etc/passwd',
    'starter-chat/..',
    '__proto__',
    'x'.repeat(5000),
  ];

  it.each(names)('404 for %s', async (name) => {
    expectError(await post(url('/model/launch'), model(name)), 'ml-backend', 404);
    expectError(await post(url('/generate/fromtext'), { ...model(name), prompt: 'Hello!' }), 'ml-backend', 404);
    expectError(await del(url('/chat/clearchat'), model(name)), 'ml-backend', 404);
    expectError(await post(url('/chat/addsystemprompt'), { ...model(name), system_prompt: '' }), 'ml-backend', 404);
  });
});

describe('validation', () => {
  const NAME_ROUTES = [
    ['POST', '/model/launch'],
    ['DELETE', '/model/kill'],
    ['DELETE', '/model/delete'],
    ['POST', '/model/ismodelheavy'],
    ['POST', '/heavy/model/launch'],
    ['POST', '/generate/fromtext'],
    ['DELETE', '/chat/clearchat'],
    ['POST', '/chat/addsystemprompt'],
  ] as const;

  it.each(NAME_ROUTES)("%s %s without model_name answers with FastAPI's list", async (method, path) => {
    const answer = await sendJson(url(path), method, { prompt: 'Hello!', system_prompt: 'a' });
    expect(answer).toMatchObject({ status: 422, type: 'application/json' });
    expect(answer.body).toEqual({ detail: [{ loc: ['body', 'model_name'], msg: 'Field required', type: 'missing' }] });
  });

  it.each(NAME_ROUTES)('%s %s refuses a model_name that is no text', async (method, path) => {
    const answer = await sendJson(url(path), method, { model_name: 7, prompt: 'Hello!', system_prompt: 'a' });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({ detail: [{ loc: ['body', 'model_name'], msg: anyString, type: 'string_type' }] });
  });

  it.each([
    ['/model/launch', 'n_ctx', 0, 'greater_than_equal'],
    ['/model/launch', 'n_ctx', -8192, 'greater_than_equal'],
    ['/model/launch', 'n_ctx', 'many', matching(/^int_/)],
    ['/model/launch', 'n_ctx', 512.5, matching(/^int_/)],
    ['/generate/fromtext', 'max_new_tokens', 0, 'greater_than_equal'],
    ['/generate/fromtext', 'max_new_tokens', 'all', matching(/^int_/)],
    ['/generate/fromtext', 'max_new_tokens', 1.5, matching(/^int_/)],
    ['/generate/fromtext', 'prompt', '', 'string_too_short'],
    ['/generate/fromtext', 'prompt', 7, 'string_type'],
    ['/chat/addsystemprompt', 'system_prompt', 7, 'string_type'],
  ])('POST %s refuses %s: %j as %s', async (path, field, value, type) => {
    const answer = await post(url(path), { model_name: 'starter-chat', prompt: 'Hello!', [field]: value });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({ detail: [{ loc: ['body', field], msg: anyString, type }] });
  });

  it('tells everything that is wrong at once', async () => {
    const answer = await post(url('/generate/fromtext'), {});
    const { detail } = answer.body as { detail: { loc: string[] }[] };
    expect(detail.map(({ loc }) => loc.join('.')).sort()).toEqual(['body.model_name', 'body.prompt']);
  });

  it('says json_invalid of broken JSON', async () => {
    const answer = await send(url('/model/launch'), 'POST', '{"model_name": ', { 'content-type': 'application/json' });
    expect(answer.status).toBe(422);
    expect(answer.body).toEqual({
      detail: [{ loc: including('body'), msg: matching(/JSON/i), type: 'json_invalid' }],
    });
  });
});

describe('bodies that cannot be read', () => {
  describe('POST /generate/fromtext', () => {
    refusesUnreadableBodies('ml-backend', () => url('/generate/fromtext'));
  });
  describe('DELETE /model/kill', () => {
    refusesUnreadableBodies('ml-backend', () => url('/model/kill'), 'DELETE');
  });
});

describe('routes that do not exist', () => {
  it.each([
    ['GET', '/model/launch'],
    ['GET', '/nothing'],
    ['POST', '/model/kill'],
    ['GET', ''],
  ])('answers %s %s with 404', async (method, path) => {
    expectError(await send(url(path), method), 'ml-backend', 404);
  });
});
