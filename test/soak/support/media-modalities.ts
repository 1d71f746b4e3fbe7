import { field, file } from '../../faults/support/hostile-forms.js';
import { printed } from '../../support/printed.js';
import { pictureOf } from '../../support/shapes.js';
import { until } from '../../support/wait.js';
import { deleteRequest, formRequest, getRequest, jsonRequest, type SoakClient, type WireRequest } from './client.js';
import type { Modality } from './modality.js';

const LATER = { prefer: 'respond-async' };
const ENDED = ['completed', 'failed', 'cancelled'];

interface JobBody {
  readonly id: string;
  readonly state: string;
}

const drawing = (n: number, more: object = {}): object => ({
  prompt: 'a red circle on a blue background',
  size: '64x64',
  steps: 4,
  seed: n,
  ...more,
});

const post = (target: string, body: unknown, headers = {}): WireRequest => jsonRequest('POST', target, body, headers);

/** Follows a job to its end and reads its result, or cancels it. */
async function job(client: SoakClient, n: number): Promise<void> {
  const { id } = await client.json<JobBody>(post('/v1/images/generations', drawing(n), LATER));
  if (n % 3 === 0) {
    await client.expect(deleteRequest(`/jobs/${id}`), 200, 202, 204, 409);
    return;
  }
  await until('the end of a job', async () => {
    const { state } = await client.json<JobBody>(getRequest(`/jobs/${id}`));
    return ENDED.includes(state) || undefined;
  });
  await client.expect(getRequest(`/jobs/${id}/result`), 200);
  await client.expect(getRequest(`/jobs/${id}/events`), 200);
}

/** Pictures read, drawn and talked about, and speech. */
export async function mediaModalities(): Promise<Modality[]> {
  const page = await printed(['Invoice No. 2024-117', 'Total amount due: 1250.00']).png().toBuffer();
  const circle = await pictureOf('circle', 'red', 'white', 128);
  const url = `data:image/png;base64,${circle.toString('base64')}`;
  return [
    { name: 'OCR', request: () => formRequest('/ocr', [file('file', 'page.png', page)]) },
    {
      name: 'batch OCR',
      request: () => formRequest('/batch/ocr', [file('files', '1.png', page), file('files', '2.png', circle)]),
    },
    {
      name: 'picture chat',
      request: () => formRequest('/chat', [field('max_tokens', '8'), file('file', 'a.png', circle)]),
    },
    { name: 'picture', request: (n) => post('/v1/images/generations', drawing(n)) },
    {
      name: 'edit',
      request: (n) =>
        post('/v1/images/edits', drawing(n, { image: url, response_format: 'b64_json', size: '128x128' })),
    },
    { name: 'job', request: (n) => post('/v1/images/generations', drawing(n, { steps: 12 })), polite: job },
    {
      name: 'speech',
      request: (n) =>
        post('/v1/audio/speech', { input: `Parcel number ${String(n)} is late. `.repeat(4), response_format: 'opus' }),
    },
    {
      name: 'speech job',
      request: (n) => post('/v1/audio/speech', { input: `Parcel ${String(n)} is late.` }),
      polite: async (client, n) => {
        const { id } = await client.json<JobBody>(
          post('/v1/audio/speech', { input: `Parcel ${String(n)} is late.`, response_format: 'wav' }, LATER),
        );
        await client.expect(getRequest(`/jobs/${id}/events`), 200);
      },
    },
  ];
}
