import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { post, send, type Answer } from '../support/http.js';
import { acceptedJob, LATER, listJobs, untilState } from '../support/job-client.js';
import { download, IMAGE_MODEL, RED_CIRCLE, startDrawing, type Download } from '../support/picture-client.js';
import { factsOf } from '../support/pictures-judged.js';
import { startServer, type Server } from '../support/server.js';

const QUESTION = { model_name: IMAGE_MODEL, prompt: RED_CIRCLE } as const;

let server: Server;

beforeAll(async () => {
  server = await startDrawing();
});
afterAll(() => server.stop());

/** The answer to a question that is answered with a file. */
function draw(body: object = {}, prefix = ''): Promise<Download> {
  const init = { method: 'POST', body: JSON.stringify({ ...QUESTION, ...body }) };
  return download(`${server.url}${prefix}/generate/imagefromtext`, { 'content-type': 'application/json' }, init);
}

const ask = (body: object, headers = {}): Promise<Answer> =>
  post(`${server.url}/generate/imagefromtext`, { ...QUESTION, ...body }, headers);

async function expectPng({ status, type, bytes }: Download, side: number): Promise<void> {
  expect({ status, type }).toEqual({ status: 200, type: 'image/png' });
  expect(await factsOf(bytes)).toMatchObject({ format: 'png', width: side, height: side });
}

describe('POST /generate/imagefromtext', () => {
  it('answers with the PNG itself, 1024 pixels wide and high', async () => {
    await expectPng(await draw(), 1024);
  });

  it.each([256, 64])('draws at an image_size of %i', async (side) => {
    const answer = await draw({ image_size: side });
    await expectPng(answer, side);
    const { texts } = await factsOf(answer.bytes);
    expect(texts.parameters?.split('\n')[0]).toBe(RED_CIRCLE);
  });

  it('answers under its prefix as at the root', async () => {
    await expectPng(await draw({ image_size: 64 }, '/ml-backend'), 64);
  });

  it('draws anew each time', async () => {
    const [one, another] = [await draw({ image_size: 64 }), await draw({ image_size: 64 })];
    expect(one.bytes).not.toEqual(another.bytes);
  });

  it('is a job with Prefer: respond-async, whose result is the PNG', async () => {
    const { id, kind } = acceptedJob(await ask({ image_size: 128 }, LATER));
    expect(kind).toBe('image');
    await untilState(server.url, id, 'completed');
    await expectPng(await download(`${server.url}/jobs/${id}/result`), 128);
  });
});

describe('what POST /generate/imagefromtext refuses', () => {
  it.each<[field: string, value: unknown]>([
    ['image_size', 100],
    ['image_size', 56],
    ['image_size', 0],
    ['image_size', -256],
    ['image_size', 256.5],
    ['image_size', 'large'],
    ['prompt', undefined],
    ['prompt', ''],
    ['prompt', 7],
    ['model_name', undefined],
  ])('%s: %j, with 422', async (field, value) => {
    const before = await listJobs(server.url);
    const answer = await ask({ [field]: value });
    expectError(answer, 'ml-backend', 422);
    const { detail } = answer.body as { detail: { loc: string[] }[] };
    expect(detail.map(({ loc }) => loc)).toEqual([['body', field]]);
    expect(await listJobs(server.url)).toHaveLength(before.length);
  });

  it('broken JSON, with 422', async () => {
    const headers = { 'content-type': 'application/json' };
    expectError(await send(`${server.url}/generate/imagefromtext`, 'POST', '{"prompt"', headers), 'ml-backend', 422);
  });

  it('a size beyond what the model draws, with 400', async () => {
    const answer = await ask({ image_size: 2048 });
    expectError(answer, 'ml-backend', 400);
    expect(messageOf(answer)).toContain('1024');
  });

  it('a model that there is not, and one that does not draw', async () => {
    const unknown = await ask({ model_name: 'no-such-model' });
    expectError(unknown, 'ml-backend', 404);
    expect(messageOf(unknown)).toContain('no-such-model');
    expectError(await ask({ model_name: 'starter-chat' }), 'ml-backend', 400);
  });
});

describe('settings', () => {
  it('FULL_VERSION=false refuses heavy models, and does not list them', async () => {
    const small = await startServer({ env: { PRELOAD_MODELS: '', FULL_VERSION: 'false' } });
    try {
      expectError(await post(`${small.url}/generate/imagefromtext`, QUESTION), 'ml-backend', 403);
      expect(await listJobs(small.url)).toEqual([]);
    } finally {
      await small.stop();
    }
  });

  it('AUTOLOAD=false draws with no model that is not loaded', async () => {
    const manual = await startServer({ env: { PRELOAD_MODELS: '', AUTOLOAD: 'false' } });
    try {
      expectError(await post(`${manual.url}/generate/imagefromtext`, QUESTION), 'ml-backend', 409);
    } finally {
      await manual.stop();
    }
  });
});
