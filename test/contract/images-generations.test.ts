import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail, expectError } from '../support/error-shapes.js';
import { get, type Answer } from '../support/http.js';
import {
  download,
  fileOf,
  filesOf,
  generate,
  IMAGE_MODEL,
  SMALL,
  startDrawing,
  urlsOf,
} from '../support/picture-client.js';
import { factsOf } from '../support/pictures-judged.js';
import type { Server } from '../support/server.js';

const KEY = { authorization: 'Bearer images-key' };
const B64 = { response_format: 'b64_json' } as const;

let server: Server;

beforeAll(async () => {
  server = await startDrawing({ API_KEYS: 'images-key' }, KEY);
});
afterAll(() => server.stop());

const draw = (body: object = {}): Promise<Answer> => generate(server, { ...SMALL, ...body }, KEY);
const drawn = async (body: object = {}): Promise<Buffer> => fileOf(await draw({ ...B64, ...body }));

describe('POST /v1/images/generations', () => {
  it('answers with the address of a PNG, as large as was asked for', async () => {
    const before = Math.floor(Date.now() / 1000);
    const answer = await draw({ size: '128x72' });
    const urls = urlsOf(answer);
    expect(urls).toHaveLength(1);
    const [url = ''] = urls;
    expect(url).toMatch(new RegExp(`^${server.url}/files/[A-Za-z0-9_-]{32}\\.png$`));
    const { created } = answer.body as { created: number };
    expect(Number.isInteger(created) && created >= before && created <= Date.now() / 1000).toBe(true);
    const { status, type, bytes } = await download(url);
    expect({ status, type }).toEqual({ status: 200, type: 'image/png' });
    expect(await factsOf(bytes)).toMatchObject({ format: 'png', width: 128, height: 72 });
  });

  it('answers under its prefix as at the root, with links that work', async () => {
    const seed = 3;
    const answer = await generate({ url: `${server.url}/openai` }, { ...SMALL, seed }, KEY);
    const [url = ''] = urlsOf(answer);
    expect((await download(url)).bytes).toEqual(await drawn({ seed }));
  });

  it('puts the picture into the answer with b64_json', async () => {
    expect(await factsOf(await drawn())).toMatchObject({ format: 'png', width: 64, height: 64 });
  });

  it('draws at the size of the model itself unless it is told another', async () => {
    const own = await factsOf(await drawn({ size: undefined }));
    expect(own).toMatchObject({ width: 512, height: 512 });
    expect(await factsOf(await drawn({ size: 'auto' }))).toMatchObject({ width: own.width, height: own.height });
  });

  it('draws n pictures, each with the seed after the one before', async () => {
    const answer = await draw({ ...B64, n: 3, seed: 40 });
    const all = filesOf(answer);
    const alone = [await drawn({ seed: 40 }), await drawn({ seed: 41 }), await drawn({ seed: 42 })];
    expect(all).toEqual(alone);
    expect(new Set(all.map((file) => file.toString('base64'))).size).toBe(3);
    expect(answer.headers.get('x-seed')).toBe('40');
  });

  it('gives equal bytes for equal seeds, and different ones for different seeds', async () => {
    const steps = 3;
    const first = await drawn({ seed: 7, steps });
    expect(await drawn({ seed: 7, steps })).toEqual(first);
    expect(await drawn({ seed: 8, steps })).not.toEqual(first);
    expect(await drawn({ seed: 7, steps, prompt: 'a green star on a white background' })).not.toEqual(first);
  });

  it('tells the seed that it took, with which the picture can be drawn again', async () => {
    const answers = [await draw(B64), await draw(B64)];
    const [seed, other] = answers.map(({ headers }) => Number(headers.get('x-seed')));
    expect(Number.isInteger(seed)).toBe(true);
    expect(other).not.toBe(seed);
    const [first] = answers;
    if (first === undefined) throw new Error('no answer');
    expect(await drawn({ seed })).toEqual(fileOf(first));
  });

  it.each([
    ['png', 'image/png'],
    ['jpeg', 'image/jpeg'],
    ['webp', 'image/webp'],
  ])('makes a file of the format %s', async (format, contentType) => {
    const [url = ''] = urlsOf(await draw({ output_format: format }));
    const { type, bytes } = await download(url);
    expect(type).toBe(contentType);
    expect(await factsOf(bytes)).toMatchObject({ format, width: 64, height: 64 });
  });

  it.each(['jpeg', 'webp'])('makes %s as small as output_compression asks', async (format) => {
    const how = { output_format: format, seed: 1, size: '128x128' };
    const [rough, fine] = [
      await drawn({ ...how, output_compression: 5 }),
      await drawn({ ...how, output_compression: 100 }),
    ];
    expect(rough.length).toBeLessThan(fine.length);
  });

  it('writes into the PNG what it was made with', async () => {
    const { texts } = await factsOf(
      await drawn({ seed: 9, steps: 2, guidance_scale: 1.5, negative_prompt: 'красный', prompt: 'a blue star' }),
    );
    const [prompt, negative, facts = ''] = (texts.parameters ?? '').split('\n');
    expect([prompt, negative]).toEqual(['a blue star', 'Negative prompt: красный']);
    for (const fact of ['Steps: 2', 'CFG scale: 1.5', 'Seed: 9', 'Size: 64x64', `Model: ${IMAGE_MODEL}`]) {
      expect(facts.split(', ')).toContain(fact);
    }
  });

  it('takes what OpenAI clients send by habit', async () => {
    const habits = {
      model: IMAGE_MODEL,
      quality: 'standard',
      background: 'opaque',
      style: null,
      user: 'u',
      stream: false,
    };
    expect((await draw(habits)).status).toBe(200);
  });
});

describe('GET /files/{id}', () => {
  it('needs no key, and tells how long the file is there', async () => {
    const [url = ''] = urlsOf(await draw());
    const { headers } = await download(url);
    const expires = new Date(headers.get('expires') ?? '').getTime();
    expect(expires).toBeGreaterThan(Date.now() + 1800_000);
    expect(expires).toBeLessThanOrEqual(Date.now() + 3600_000);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toContain('private');
  });

  it.each([
    'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.png',
    'x.png',
    '..%2F..%2Fstore.unfinished',
    '%2e%2e%2f%2e%2e%2fmodels',
    'x',
  ])('has nothing at %s', async (id) => {
    expectDetail(await get(`${server.url}/files/${id}`), 404);
  });

  it('is the only way to a picture without a key', async () => {
    const answer = await generate(server, SMALL);
    expectError(answer, 'openai', 401);
    expectDetail(await get(`${server.url}/jobs`), 401);
  });
});
