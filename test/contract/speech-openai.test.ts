import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUDIO_FORMATS, type AudioFormat } from '../../src/inference/speech-tasks.js';
import { expectError } from '../support/error-shapes.js';
import { get, post, type Answer } from '../support/http.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { startServer, type Server } from '../support/server.js';
import { decoded } from '../support/audio-decoders.js';

const CONTENT_TYPES = {
  wav: 'audio/wav',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  opus: 'audio/ogg',
  pcm: 'audio/pcm',
} as const;
const HELLO = 'Hello, and welcome. It is good to see you.';

let server: Server;

beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: 'starter-voice' } });
});
afterAll(() => server.stop());

async function speech(body: object): Promise<{ response: Response; bytes: Uint8Array }> {
  const response = await fetch(`${server.url}/v1/audio/speech`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { response, bytes: new Uint8Array(await response.arrayBuffer()) };
}

async function secondsOf(format: AudioFormat, body: object): Promise<number> {
  const { response, bytes } = await speech({ ...body, response_format: format });
  expect(response.status).toBe(200);
  const { samples, sampleRate } = decoded(format, bytes);
  return samples.length / sampleRate;
}

const refused = (body: object): Promise<Answer> => post(`${server.url}/v1/audio/speech`, body);

describe('POST /v1/audio/speech', () => {
  it.each(AUDIO_FORMATS)('speaks as %s, which others can play', async (format) => {
    const { response, bytes } = await speech({ input: HELLO, voice: 'alloy', response_format: format });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(CONTENT_TYPES[format]);
    const { samples, sampleRate } = decoded(format, bytes);
    expect(samples.length / sampleRate).toBeGreaterThan(1.5);
    expect(Math.max(...samples.subarray(0, 100_000).map(Math.abs))).toBeGreaterThan(1000);
  });

  it('answers with MP3 where no format is named, at the root as under the prefix', async () => {
    for (const path of ['/v1/audio/speech', '/openai/v1/audio/speech']) {
      const response = await fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'starter-voice', input: 'Yes.', voice: 'nova' }),
      });
      expect(response.headers.get('content-type')).toBe('audio/mpeg');
      expect(decoded('mp3', new Uint8Array(await response.arrayBuffer())).samples.length).toBeGreaterThan(2000);
    }
  });

  it('gives pcm of 24 kHz, and says who speaks', async () => {
    const { response, bytes } = await speech({ input: HELLO, voice: 'shimmer', response_format: 'pcm' });
    expect(response.headers.get('x-voice')).toBe('starter-voice');
    const wav = await secondsOf('wav', { input: HELLO });
    expect(Math.abs(bytes.length / 2 / 24_000 - wav)).toBeLessThan(0.05);
  });

  it('takes longer for longer texts, and less at a higher speed', async () => {
    const short = await secondsOf('wav', { input: 'Good morning.' });
    const long = await secondsOf('wav', { input: 'Good morning. The weather is fine today, and the sea is calm.' });
    expect(long).toBeGreaterThan(2 * short);
    const fast = await secondsOf('wav', { input: HELLO, speed: 2 });
    const slow = await secondsOf('wav', { input: HELLO, speed: 0.5 });
    expect(slow / fast).toBeGreaterThan(3);
    expect(slow / fast).toBeLessThan(5);
  });

  it('takes a voice that is a model, where none is named', async () => {
    for (const voice of ['starter-voice', 'starter-voice/default', 'default']) {
      const { response } = await speech({ input: 'Yes.', voice });
      expect([voice, response.status, response.headers.get('x-voice')]).toEqual([voice, 200, 'starter-voice']);
    }
  });

  it('becomes a job with Prefer: respond-async, whose result is the file', async () => {
    const body = { input: HELLO, response_format: 'wav' };
    const job = acceptedJob(await post(`${server.url}/v1/audio/speech`, body, LATER));
    expect(job.kind).toBe('speech');
    const done = await untilState(server.url, job.id, 'completed');
    expect(done.progress).toMatchObject({ done: 2, total: 2, unit: 'sentences' });
    const result = await fetch(`${server.url}/jobs/${job.id}/result`);
    expect(result.headers.get('content-type')).toBe('audio/wav');
    const bytes = Buffer.from(await result.arrayBuffer());
    expect(bytes.readUInt32LE(4)).toBe(bytes.length - 8);
    expect(bytes.readUInt32LE(40)).toBe(bytes.length - 44);
    const streamed = Buffer.from((await speech(body)).bytes);
    expect(bytes.subarray(44).equals(streamed.subarray(44))).toBe(true);
  });

  it('is listed as the route of a model that speaks', async () => {
    const { body } = await get(`${server.url}/v1/models/starter-voice`);
    expect(body).toMatchObject({ url: `${server.url}/v1/audio/speech` });
  });
});

describe('what POST /v1/audio/speech refuses', () => {
  it.each<[string, string, object]>([
    ['an empty text', 'input', { input: '' }],
    ['a text of symbols alone', 'input', { input: '?! … —' }],
    ['more than 4,096 characters', 'input', { input: 'a '.repeat(2049) }],
    ['a language that the voice does not speak', 'input', { input: 'Добрый день, как ваши дела?' }],
    ['a voice that the model does not have', 'voice', { input: 'Hi.', voice: 'nobody' }],
    ['an unknown format', 'response_format', { input: 'Hi.', response_format: 'aac' }],
    ['a speed out of range', 'speed', { input: 'Hi.', speed: 5 }],
    ['instructions, which no voice follows', 'instructions', { input: 'Hi.', instructions: 'Whisper.' }],
    ['events instead of sound', 'stream_format', { input: 'Hi.', stream_format: 'sse' }],
    ['a model that does not speak', 'model', { input: 'Hi.', model: 'starter-chat' }],
  ])('%s', async (_, param, body) => {
    const answer = await refused(body);
    expectError(answer, 'openai', 400);
    expect(answer.body).toMatchObject({ error: { param } });
  });

  it('an unknown model', async () => {
    expectError(await refused({ input: 'Hi.', model: 'no-such-voice' }), 'openai', 404);
  });
});
