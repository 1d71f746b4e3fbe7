import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError, messageOf } from '../support/error-shapes.js';
import { send, type Answer } from '../support/http.js';
import { listJobs } from '../support/job-client.js';
import { generate, generatedFiles, SMALL } from '../support/picture-client.js';
import { startServer, type Server } from '../support/server.js';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: '' } });
});
afterAll(() => server.stop());

const draw = (body: object): Promise<Answer> => generate(server, { ...SMALL, ...body });
const paramOf = ({ body }: Answer): unknown => (body as { error: { param: unknown } }).error.param;

function expectRefusal(answer: Answer, param: string): void {
  expectError(answer, 'openai', 400);
  expect(paramOf(answer)).toBe(param);
}

describe('what POST /v1/images/generations refuses before it makes a job', () => {
  it.each<[field: string, value: unknown]>([
    ['size', '65x64'],
    ['size', '64x60'],
    ['size', '56x64'],
    ['size', '0x0'],
    ['size', 'big'],
    ['size', '64'],
    ['size', '64x64x64'],
    ['size', '-64x64'],
    ['size', 512],
    ['n', 0],
    ['n', 11],
    ['n', 1.5],
    ['n', 'many'],
    ['prompt', ''],
    ['prompt', undefined],
    ['prompt', ['a red circle']],
    ['model', 'starter-chat'],
    ['model', 'starter-vision'],
    ['stream', true],
    ['stream', 'true'],
    ['quality', 'hd'],
    ['style', 'vivid'],
    ['background', 'transparent'],
    ['output_format', 'gif'],
    ['output_compression', 50],
    ['response_format', 'file'],
    ['seed', -1],
    ['seed', 2 ** 32],
    ['seed', 0.5],
    ['steps', 0],
    ['steps', 201],
    ['guidance_scale', -1],
    ['guidance_scale', 51],
    ['preview_every', 0],
  ])('%s: %j', async (field, value) => {
    const before = await listJobs(server.url);
    const answer = await draw({ [field]: value });
    expectRefusal(answer, field);
    expect(messageOf(answer)).toContain(field);
    expect(await listJobs(server.url)).toEqual(before);
  });

  it.each([
    ['jpeg', 0],
    ['webp', 101],
  ])('%s with an output_compression of %i', async (format, quality) => {
    expectRefusal(await draw({ output_format: format, output_compression: quality }), 'output_compression');
  });

  it('a model that there is not', async () => {
    const answer = await draw({ model: 'no-such-model' });
    expectError(answer, 'openai', 404);
    expect(messageOf(answer)).toContain('no-such-model');
    expect(paramOf(answer)).toBe('model');
  });

  it('broken JSON, and a body that is no object', async () => {
    const json = { 'content-type': 'application/json' };
    for (const body of ['{"prompt": ', '[]', '"a red circle"']) {
      expectError(await send(`${server.url}/v1/images/generations`, 'POST', body, json), 'openai', 400);
    }
  });
});

describe('what the model itself refuses', () => {
  it.each(['4096x4096', '1032x64', '64x1032'])('a size of %s, and names its limits', async (size) => {
    const answer = await draw({ size });
    expectRefusal(answer, 'size');
    expect(messageOf(answer)).toContain('1024');
  });

  it.each(['prompt', 'negative_prompt'])('a %s beyond what it reads, with both counts', async (field) => {
    const answer = await draw({ [field]: 'red '.repeat(80), guidance_scale: 2 });
    expectRefusal(answer, field);
    expect(answer.body).toMatchObject({ error: { code: 'context_length_exceeded' } });
    expect(messageOf(answer)).toMatch(/\b80\b.*\b75\b/);
  });

  it('and leaves no file behind', () => {
    expect(generatedFiles(server)).toEqual([]);
  });
});

describe('FULL_VERSION=false', () => {
  it('refuses to draw with a heavy model', async () => {
    const small = await startServer({ env: { PRELOAD_MODELS: '', FULL_VERSION: 'false' } });
    try {
      const answer = await generate(small, SMALL);
      expectError(answer, 'openai', 403);
      expect(await listJobs(small.url)).toEqual([]);
    } finally {
      await small.stop();
    }
  });
});
