import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectDetail, messageOf } from '../support/error-shapes.js';
import { postForm, type FormFile } from '../support/forms.js';
import { get, send, type Answer, type RequestHeaders } from '../support/http.js';
import { acceptedJob, LATER, listJobs, untilState } from '../support/job-client.js';
import { printed } from '../support/printed.js';
import { startServer, type Server } from '../support/server.js';

const TEXTS = ['Number one', 'Number two', 'Number three'];
const MEBIBYTE = 1024 ** 2;
const NO_PICTURE: FormFile = { name: 'notes.png', bytes: Buffer.from('these are only words') };

let server: Server;
let pages: FormFile[];

beforeAll(async () => {
  pages = await Promise.all(TEXTS.map(async (text, at) => page(`doc${String(at + 1)}.png`, text)));
  server = await startServer({ env: { PRELOAD_MODELS: 'starter-ocr' } });
});
afterAll(() => server.stop());

async function page(name: string, text: string): Promise<FormFile> {
  return { name, bytes: await printed([text], 480).png().toBuffer() };
}

function batch(files: readonly FormFile[], fields = {}, headers: RequestHeaders = {}): Promise<Answer> {
  const parts = files.map((file) => ['files', file] as const);
  return postForm(`${server.url}/batch/ocr`, fields, parts, headers);
}

function read(filename: string, text: string): object {
  const seconds = expect.toSatisfy((value: unknown) => typeof value === 'number' && value > 0) as unknown;
  return { filename, text, processing_time: seconds, status: 'success' };
}

const readAll = (): object[] => TEXTS.map((text, at) => read(`doc${String(at + 1)}.png`, text));

describe('POST /batch/ocr', () => {
  it('reads several files, in the order in which they were sent', async () => {
    const { status, body } = await batch(pages);
    expect({ status, body }).toEqual({
      status: 200,
      body: { results: readAll(), total: 3, successful: 3, failed: 0 },
    });
  });

  it('fails no file because of another', async () => {
    const whole = pages[0]?.bytes ?? new Uint8Array();
    const broken: FormFile = { name: 'half.png', bytes: whole.subarray(0, whole.length / 2) };
    const large: FormFile = { name: 'large.png', bytes: Buffer.concat([whole, Buffer.alloc(10 * MEBIBYTE)]) };
    const [first, second, third] = pages as [FormFile, FormFile, FormFile];
    const { status, body } = await batch([first, broken, second, NO_PICTURE, large, third]);
    const [one, two, three] = readAll();
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        results: [
          one,
          { filename: 'half.png', error: 'The picture cannot be read: it is damaged or incomplete.', status: 'error' },
          two,
          { filename: 'notes.png', error: 'The file is neither JPEG, PNG, BMP nor TIFF.', status: 'error' },
          { filename: 'large.png', error: 'The file is larger than 10 MB.', status: 'error' },
          three,
        ],
        total: 6,
        successful: 3,
        failed: 3,
      },
    });
  });

  it('answers even when there is nothing to read', async () => {
    const { status, body } = await batch([NO_PICTURE]);
    expect({ status, body }).toMatchObject({ status: 200, body: { total: 1, successful: 0, failed: 1 } });
  });

  it('is a job, which counts its files and keeps the answer', async () => {
    const answer = await batch(pages, {}, LATER);
    const job = acceptedJob(answer);
    expect(job).toMatchObject({ kind: 'batch-ocr' });
    const done = await untilState(server.url, job.id, 'completed');
    expect(done.progress).toMatchObject({ done: 3, total: 3, unit: 'files' });
    const result = await get(`${server.url}/jobs/${job.id}/result`);
    expect(result).toMatchObject({ status: 200, type: 'application/json' });
    expect(result.body).toEqual({ results: readAll(), total: 3, successful: 3, failed: 0 });
  });

  it('is done once for all requests with the same Idempotency-Key', async () => {
    const key = { ...LATER, 'idempotency-key': 'once' };
    const jobs = await Promise.all([batch(pages, {}, key), batch(pages, {}, key)]);
    const [first, second] = jobs.map((answer) => acceptedJob(answer).id);
    expect(second).toBe(first);
    await untilState(server.url, first ?? '', 'completed');
    expectDetail(await batch(pages.slice(1), {}, key), 400);
  });

  it('can be cancelled, with the jobs of its files', async () => {
    const many = await Promise.all(Array.from({ length: 10 }, (_, at) => page(`p${String(at)}.png`, TEXTS[0] ?? '')));
    const { id } = acceptedJob(await batch(many, {}, LATER));
    const cancelled = await send(`${server.url}/jobs/${id}`, 'DELETE');
    expect(cancelled.body).toMatchObject({ id, state: 'cancelled' });
    await untilState(server.url, id, 'cancelled');
    const left = await listJobs(server.url, '?kind=ocr&state=queued');
    expect(left).toEqual([]);
  });
});

describe('what POST /batch/ocr refuses', () => {
  it('more than ten files', async () => {
    const answer = await batch(Array.from({ length: 11 }, () => NO_PICTURE));
    expectDetail(answer, 400);
    expect(messageOf(answer)).toBe('At most 10 files can be sent at once.');
  });

  it('no files at all', async () => {
    expectDetail(await batch([], { model: 'starter-ocr' }), 400);
  });

  it('a model that there is not, and one that reads no pictures', async () => {
    expectDetail(await batch(pages, { model: 'invalid_model' }), 404);
    expectDetail(await batch(pages, { model: 'starter-chat' }), 400);
  });
});
