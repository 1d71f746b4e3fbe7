import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectError } from '../support/error-shapes.js';
import { post } from '../support/http.js';
import { acceptedJob, LATER, untilState } from '../support/job-client.js';
import { freeze, runnerOf, thaw } from '../support/processes.js';
import { metric, untilQueue } from '../support/metrics.js';
import { startServer, type Server } from '../support/server.js';
import { open, readToEnd } from '../support/streaming.js';
import { decoded } from '../support/audio-decoders.js';
import { heardBy, references } from '../support/voice-figures.js';

const MODEL = 'starter-voice';
/** Hundreds of sentences, so that the last is far from made when the first is there. */
const LONG = 'The wind is cold. The river is wide. The night is long. '.repeat(80);

let server: Server;
const url = (): string => `${server.url}/generate/texttospeech`;

beforeAll(async () => {
  server = await startServer({ env: { PRELOAD_MODELS: MODEL, SPEECH_STREAM_CHARS: '6000' } });
});
afterAll(() => server.stop());

async function wavOf(prompt: string): Promise<Uint8Array> {
  const response = await fetch(url(), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model_name: MODEL, prompt }),
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('audio/wav');
  return new Uint8Array(await response.arrayBuffer());
}

describe('POST /generate/texttospeech', () => {
  it('streams a WAV whose header says that its length was not known', async () => {
    const wav = Buffer.from(await wavOf('Hello there. How are you?'));
    expect(wav.toString('latin1', 0, 4)).toBe('RIFF');
    expect(wav.readUInt32LE(40)).toBe(0xffffffff);
    const { samples, sampleRate } = decoded('wav', wav);
    expect(sampleRate).toBe(22_050);
    expect(samples.length / sampleRate).toBeGreaterThan(1);
  });

  it('begins before the last sentence is made, and stops when the client leaves', async () => {
    const runner = await runnerOf(server.pid);
    const exchange = open(url(), { model_name: MODEL, prompt: LONG });
    const response = await exchange.response;
    freeze(runner);
    try {
      expect(response.statusCode).toBe(200);
      expect(await metric(server.url, 'parley_requests_running')).toBe(1);
      exchange.leave();
    } finally {
      thaw(runner);
    }
    await untilQueue(server.url, { running: 0, waiting: 0 });
    expect((await wavOf('Still here.')).length).toBeGreaterThan(10_000);
  });

  it('cuts the connection when the runner dies under it', async () => {
    const runner = await runnerOf(server.pid);
    const response = await open(url(), { model_name: MODEL, prompt: LONG }).response;
    process.kill(runner, 'SIGKILL');
    expect((await readToEnd(response)).complete).toBe(false);
    expect((await wavOf('And up again.')).length).toBeGreaterThan(10_000);
  });

  it('sends a text longer than SPEECH_STREAM_CHARS as a whole file', async () => {
    const prompt = 'This is one of many sentences. '.repeat(200);
    const wav = Buffer.from(await wavOf(prompt));
    expect(wav.readUInt32LE(40)).toBe(wav.length - 44);
    expect(wav.length / 44_100).toBeGreaterThan(200);
  });

  it('becomes a job with Prefer: respond-async', async () => {
    const job = acceptedJob(await post(url(), { model_name: MODEL, prompt: 'One. Two.' }, LATER));
    expect(await untilState(server.url, job.id, 'completed')).toMatchObject({ kind: 'speech' });
  });

  it('speaks as the voice was measured to', async () => {
    const { sentences, most } = await references(12);
    const figures = await Promise.all(
      sentences.map(async (one) => heardBy(one, decoded('wav', await wavOf(one.text)))),
    );
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(mean(figures.map(({ distortion }) => distortion))).toBeLessThan(most.distortion);
    expect(mean(figures.map(({ durationOff }) => durationOff))).toBeLessThan(most.durationOff);
  });
});

describe('what POST /generate/texttospeech refuses', () => {
  it('a body without its fields', async () => {
    expectError(await post(url(), { prompt: 'Hi.' }), 'ml-backend', 422);
    expectError(await post(url(), { model_name: MODEL, prompt: '' }), 'ml-backend', 422);
  });

  it('an unknown model, one that does not speak, and a text with nothing to say', async () => {
    expectError(await post(url(), { model_name: 'nobody', prompt: 'Hi.' }), 'ml-backend', 404);
    expectError(await post(url(), { model_name: 'starter-chat', prompt: 'Hi.' }), 'ml-backend', 400);
    expectError(await post(url(), { model_name: MODEL, prompt: '***' }), 'ml-backend', 400);
  });
});
