import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { LoadFailure } from '../../src/inference/runners/load-failure.js';
import { PiperRunner, STARTER_VOICE } from './support/piper-runner.js';
import { PIPER_ECHO, piperSettings, VITS_ECHO, voiceFolder } from './support/piper-toys.js';

const MODEL = readFileSync(join(STARTER_VOICE, 'starter-voice.onnx'));
const SETTINGS = readFileSync(join(STARTER_VOICE, 'starter-voice.onnx.json'));

async function failureOf(path: string, files?: readonly string[]): Promise<LoadFailure> {
  const voice = new PiperRunner({ path, files });
  try {
    await voice.load();
  } catch (error) {
    if (!(error instanceof LoadFailure)) throw error;
    expect(error.message).not.toContain(path);
    return error;
  } finally {
    await voice.stop();
  }
  throw new Error('it was loaded');
}

it.each([
  ['is empty', {}, /lacks the settings of a voice/],
  ['lacks its settings', { 'v.onnx': MODEL }, /lacks the settings of a voice/],
  ['lacks its model', { 'v.onnx.json': SETTINGS }, /v\.onnx is missing from its folder/],
  ['has half a model', { 'v.onnx': MODEL.subarray(0, 9000), 'v.onnx.json': SETTINGS }, /v\.onnx is damaged/],
  [
    'has settings that are no JSON',
    { 'v.onnx': MODEL, 'v.onnx.json': Buffer.from('{') },
    /does not hold a JSON object/,
  ],
  ['has settings without phonemes', { 'v.onnx': MODEL, 'v.onnx.json': { audio: { sample_rate: 1 } } }, /espeak\.voice is missing/], // prettier-ignore
  ['has another kind of model', { 'v.onnx': VITS_ECHO, 'v.onnx.json': SETTINGS }, /v\.onnx is no voice of this kind/],
  ['has a pointer of Git LFS', { 'v.onnx': Buffer.from('version https://git-lfs.github.com/spec/v1\n'), 'v.onnx.json': SETTINGS }, /Git LFS pointer/], // prettier-ignore
  ['has a model of something else', { 'config.json': { model_type: 'bert' } }, /says that it is "bert"/],
  [
    'has MMS without a graph',
    { 'config.json': { model_type: 'vits', sampling_rate: 16_000 } },
    /lacks onnx\/model\.onnx/,
  ],
  ['holds two voices', { 'a.onnx': MODEL, 'a.onnx.json': SETTINGS, 'b.onnx': MODEL, 'b.onnx.json': SETTINGS }, /holds several voices/], // prettier-ignore
])('a folder that %s is refused', async (_, files, message) => {
  const failure = await failureOf(voiceFolder(files));
  expect(failure).toMatchObject({ failure: 'invalid-file' });
  expect(failure.message).toMatch(message);
});

it('a voice that espeak-ng does not know is refused', async () => {
  const unknown = voiceFolder({ 'v.onnx': PIPER_ECHO, 'v.onnx.json': piperSettings('xx-nowhere') });
  expect((await failureOf(unknown)).message).toContain('espeak-ng cannot speak "xx-nowhere"');
  const path = voiceFolder({ 'v.onnx': PIPER_ECHO, 'v.onnx.json': piperSettings('../../etc/passwd') });
  expect(await failureOf(path)).toMatchObject({ failure: 'invalid-file' });
});

it('of a folder that several voices share, the one that is meant is loaded', async () => {
  const folder = voiceFolder({
    'en/a/a.onnx': MODEL,
    'en/a/a.onnx.json': SETTINGS,
    'en/b/b.onnx': PIPER_ECHO,
    'en/b/b.onnx.json': piperSettings('en-us'),
  });
  const voice = new PiperRunner({ path: folder, files: ['en/a/a.onnx', 'en/a/a.onnx.json'] });
  await voice.load();
  expect((await voice.say('Hello.')).started.sampleRate).toBe(22_050);
  await voice.stop();
});
