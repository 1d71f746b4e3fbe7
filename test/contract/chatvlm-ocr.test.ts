import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail, messageOf } from '../support/error-shapes.js';
import { postForm, type FormFile } from '../support/forms.js';
import { get, post, send, type Answer } from '../support/http.js';
import { inEveryFormat, pixelsOf, printed } from '../support/printed.js';
import { startServer, type Server } from '../support/server.js';
import { tiffOf } from '../support/tiff.js';

const LINES = ['Invoice No. 2024-117', 'Total amount due: 1250.00'];
const MEBIBYTE = 1024 ** 2;

let server: Server;
let pictures: ReadonlyMap<string, Uint8Array>;

beforeAll(async () => {
  pictures = await inEveryFormat(LINES);
  server = await startServer({ env: { PRELOAD_MODELS: 'starter-ocr' } });
});
afterAll(() => server.stop());

function file(format: string, name = 'page.jpg'): FormFile {
  const bytes = pictures.get(format);
  if (bytes === undefined) throw new Error(`no picture in ${format}`);
  return { name, bytes };
}

const ocr = (files: FormFile, fields: Record<string, string> = {}, query = ''): Promise<Answer> =>
  postForm(`${server.url}/chatvlm/ocr${query}`, fields, [['file', files]]);

describe('POST /ocr', () => {
  it.each(['jpeg', 'cmyk.jpeg', 'png', '16-bit.png', 'bmp', 'tiff', 'big-endian.tiff'])(
    'reads a page as %s, whatever the file is called',
    async (format) => {
      const { status, body } = await ocr(file(format, 'document.pdf'));
      expect(status).toBe(200);
      expect(body).toEqual({
        text: LINES.join('\n'),
        model: 'starter-ocr',
        processing_time: expect.toSatisfy((seconds: unknown) => typeof seconds === 'number' && seconds > 0) as unknown,
        image_size: [800, 208],
        language: null,
      });
    },
  );

  it('answers at the root as under its prefix', async () => {
    const { body } = await postForm(`${server.url}/ocr`, {}, [['file', file('png')]]);
    expect(body).toMatchObject({ text: LINES.join('\n'), model: 'starter-ocr' });
  });

  it('takes its parameters in the query or in the form', async () => {
    const inQuery = await ocr(file('png'), {}, '?model=starter-ocr&language=Russian');
    const inForm = await ocr(file('png'), { model: 'starter-ocr', language: 'Russian' });
    for (const { status, body } of [inQuery, inForm]) {
      expect({ status, body }).toMatchObject({ status: 200, body: { model: 'starter-ocr', language: 'Russian' } });
    }
  });

  it('tells where the lines are, with details=true', async () => {
    const { body } = await ocr(file('png'), { details: 'true' });
    const { pages } = body as { pages: { image_size: number[]; lines: { text: string; box: number[][] }[] }[] };
    expect(pages).toHaveLength(1);
    expect(pages[0]?.image_size).toEqual([800, 208]);
    expect(pages[0]?.lines.map(({ text }) => text)).toEqual(LINES);
    const [first, second] = pages[0]?.lines.map(({ box }) => box) ?? [];
    expect(first).toHaveLength(4);
    // The first line's bottom edge is above the second's, and both begin near the margin.
    expect(first?.[3]?.[1]).toBeLessThan(second?.[3]?.[1] ?? 0);
    expect(Math.abs((first?.[0]?.[0] ?? 0) - 40)).toBeLessThan(12);
  });

  it('reads all pages of a TIFF, with an empty line between them', async () => {
    const pages = await Promise.all(LINES.map((line) => pixelsOf(printed([line]))));
    const { body } = await ocr({ name: 'two.tif', bytes: tiffOf(pages, true) });
    expect(body).toMatchObject({ text: LINES.join('\n\n') });
  });

  it('finds no text on an empty page', async () => {
    const bytes = await printed([]).png().toBuffer();
    const { status, body } = await ocr({ name: 'empty.png', bytes });
    expect({ status, body }).toMatchObject({ status: 200, body: { text: '', image_size: [800, 80] } });
  });
});

describe('what POST /ocr refuses', () => {
  it('a file that is no picture, though it is called one', async () => {
    const answer = await ocr({ name: 'picture.png', bytes: Buffer.from('%PDF-1.7 and so on') });
    expectDetail(answer, 400);
    expect(messageOf(answer)).toBe('The file is neither JPEG, PNG, BMP nor TIFF.');
  });

  it('a WebP picture, which the other dialects take', async () => {
    const answer = await ocr(file('webp', 'page.png'));
    expectDetail(answer, 400);
    expect(messageOf(answer)).toBe('The file is neither JPEG, PNG, BMP nor TIFF.');
  });

  it('half a picture', async () => {
    const { bytes } = file('png');
    expectDetail(await ocr({ name: 'half.png', bytes: bytes.subarray(0, bytes.length / 2) }), 400);
  });

  it('a file of more than 10 MB, and takes one of less', async () => {
    const { bytes } = file('png');
    const padded = (size: number): Uint8Array => Buffer.concat([bytes, Buffer.alloc(size - bytes.length)]);
    const answer = await ocr({ name: 'large.png', bytes: padded(10 * MEBIBYTE + 1) });
    expectDetail(answer, 413);
    expect(messageOf(answer)).toBe('The file is larger than 10 MB.');
    expect((await ocr({ name: 'fits.png', bytes: padded(10 * MEBIBYTE) })).status).toBe(200);
  });

  it('a form without a file', async () => {
    const answer = await postForm(`${server.url}/chatvlm/ocr`, { model: 'starter-ocr' }, []);
    expectDetail(answer, 400);
    expect(messageOf(answer)).toContain('file');
  });

  it('what is no form', async () => {
    expectDetail(await post(`${server.url}/chatvlm/ocr`, { file: 'x' }), 400);
    expectDetail(await send(`${server.url}/chatvlm/ocr`, 'POST'), 400);
  });

  it('a form that ends in the middle', async () => {
    const body = Buffer.from('--edge\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\n\r\nhalf');
    const headers = { 'content-type': 'multipart/form-data; boundary=edge' };
    expectDetail(await send(`${server.url}/chatvlm/ocr`, 'POST', body, headers), 400);
  });

  it('a model that there is not, and one that reads no pictures', async () => {
    const unknown = await ocr(file('png'), { model: 'invalid_model' });
    expectDetail(unknown, 404);
    expect(messageOf(unknown)).toContain('invalid_model');
    expectDetail(await ocr(file('png'), { model: 'starter-chat' }), 400);
  });

  it('and goes on answering', async () => {
    expect((await ocr(file('jpeg'))).body).toMatchObject({ text: LINES.join('\n') });
  });
});

describe('models that read pictures', () => {
  it('are listed, with those that are loaded', async () => {
    const { status, body } = await get(`${server.url}/chatvlm/models`);
    const { available, loaded } = body as { available: { id: string }[]; loaded: string[] };
    expect(status).toBe(200);
    expect(loaded).toEqual(['starter-ocr']);
    const [first] = available;
    expect(Object.keys(first ?? {}).sort()).toEqual(['id', 'name', 'params']);
    expect(available.map(({ id }) => id)).toEqual(expect.arrayContaining(['starter-ocr', 'qwen3_vl_2b', 'qwen_vl_2b']));
    expect(available.map(({ id }) => id)).not.toContain('starter-chat');
  });

  it('count in the health', async () => {
    expect((await get(`${server.url}/chatvlm/health`)).body).toEqual({
      status: 'healthy',
      gpu_available: false,
      gpu_name: null,
      models_loaded: 1,
      loaded_models: ['starter-ocr'],
    });
  });

  it('can be unloaded, and come back when they are asked for', async () => {
    const unload = (name: string): Promise<Answer> => send(`${server.url}/chatvlm/models/${name}`, 'DELETE');
    const { status, body } = await unload('starter-ocr');
    expect({ status, body }).toEqual({
      status: 200,
      body: { status: 'success', message: 'Model starter-ocr unloaded' },
    });
    expectDetail(await unload('starter-ocr'), 404);
    expectDetail(await unload('invalid_model'), 404);
    expect((await ocr(file('png'))).body).toMatchObject({ text: LINES.join('\n') });
  });

  it('are welcomed by the dialect', async () => {
    const { body } = await get(`${server.url}/chatvlm`);
    expect(body).toMatchObject({ docs: '/docs', health: '/health' });
    expect(Object.keys(body as object).sort()).toEqual(['docs', 'health', 'message', 'version']);
  });
});
