import { deflateSync } from 'node:zlib';
import { field, file } from '../hostile-forms.js';
import { pngOf } from '../picture-bombs.js';
import { CHAT, form, json, type NoisyRequest } from './noisy-request.js';

const LATER = { prefer: 'respond-async' };
/** As many pixels as a picture may have: 64 million, of one colour, so that the file is small. */
const SIDE = 8000;

function largestPicture(): Buffer {
  return pngOf(SIDE, SIDE, deflateSync(Buffer.alloc(SIDE * (SIDE * 3 + 1)), { level: 1 }));
}

/** Bodies whose cost is in pictures, forms and jobs. */
export function mediaBodies(): NoisyRequest[] {
  const picture = largestPicture();
  const url = `data:image/png;base64,${picture.toString('base64')}`;
  const pages = Array.from({ length: 10 }, (_, n) => file('files', `${String(n)}.png`, picture));
  const drawing = { prompt: 'a red circle on a blue background', size: '1024x1024', steps: 200 };
  const many = (count: number, length: number): ReturnType<typeof field>[] =>
    Array.from({ length: count }, (_, n) => field(`field${String(n)}`, 'x'.repeat(length)));
  const others = Array.from({ length: 999 }, (_, n) => file(`other${String(n)}`, 'a.png'));
  return [
    form('OCR of 64 megapixels', '/ocr', [file('file', 'a.png', picture)]),
    form('batch OCR of ten pages of 64 megapixels', '/batch/ocr', pages),
    json('chat with eight pictures of 64 megapixels', CHAT, {
      model: 'starter-vision',
      messages: [
        { role: 'user', content: Array.from({ length: 8 }, () => ({ type: 'image_url', image_url: { url } })) },
      ],
      max_tokens: 8,
    }),
    form('form of 1,000 parts', '/ocr', [...others, file('file', 'a.png')]),
    form('form of 95 fields of 200 KB', '/ocr', [...many(95, 200_000), file('file', 'a.png')]),
    json('edit of 64 megapixels with a mask', '/v1/images/edits', { ...drawing, image: url, mask: url }),
    json('picture jobs of 200 steps', '/v1/images/generations', drawing, LATER),
    {
      name: 'list of jobs while many wait',
      method: 'GET',
      target: '/jobs?limit=100',
      headers: {},
      body: Buffer.alloc(0),
    },
  ];
}

/** What is costly beside the body: query, headers, a launch. */
export function otherBodies(): NoisyRequest[] {
  const headers = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`x-header-${String(n)}`, 'a'.repeat(150)]));
  const query = Array.from({ length: 900 }, (_, n) => `q${String(n)}=%C3%A9`).join('&');
  return [
    { name: '80 headers of 14 KB', method: 'GET', target: '/jobs', headers, body: Buffer.alloc(0) },
    { name: 'query of 900 parameters', method: 'GET', target: `/jobs?${query}`, headers: {}, body: Buffer.alloc(0) },
    json('launch with a context of 64 tokens', '/ml-backend/model/launch', { model_name: 'starter-chat', n_ctx: 64 }),
  ];
}
