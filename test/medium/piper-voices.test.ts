import { describe, expect, it, onTestFinished } from 'vitest';
import { planVoice } from '../../src/inference/engines/piper/plan-voice.js';
import type { Voice } from '../../src/inference/engines/piper/voice.js';
import { LoadFailure } from '../../src/inference/runners/load-failure.js';
import { errorOf } from '../unit/support/errors.js';
import { PiperRunner, STARTER_VOICE } from './support/piper-runner.js';
import {
  heard,
  KOKORO_ECHO,
  PHONEME_IDS,
  PIPER_ECHO,
  piperSettings,
  SPEAKERS_ECHO,
  VITS_ECHO,
  voiceFolder,
} from './support/piper-toys.js';

const signal = new AbortController().signal;

async function load(folder: string): Promise<Voice> {
  return (await planVoice(folder)).load(1);
}

async function say(voice: Voice, text: string, { speed = 1, name = '' } = {}): Promise<Float32Array> {
  const speaker = voice.speaker(name === '' ? undefined : name);
  return voice.say({ text, speaker, speed, signal });
}

describe('a Piper voice of espeak-ng', () => {
  const folder = (voice: string, more = {}): string =>
    voiceFolder({ 'a/v.onnx': PIPER_ECHO, 'a/v.onnx.json': piperSettings(voice, more) });

  it('is given phonemes, with the marks of the text', async () => {
    const voice = await load(folder('en-us'));
    expect(heard(await say(voice, 'Hello, world! Is it?'))).toBe('həlˈoʊ, wˈɜːld! ɪz ˈɪt?');
    expect(voice.sampleRate).toBe(16_000);
  });

  it('speaks its own language, and names another one’s words in it without their flags', async () => {
    const phonemes = heard(await say(await load(folder('fr')), 'Bonjour, le weekend.'));
    expect(phonemes).toMatch(/^bɔ\u0303ʒˈuʁ, /);
    expect(phonemes).not.toMatch(/[()]/);
    expect(heard(await say(await load(folder('ru')), 'Привет.'))).toMatch(/^.*p.*v.*t.*\.$/);
  });

  it('keeps the order of a list of many clauses', async () => {
    const letters = [...'abdefhijk'];
    const phonemes = heard(await say(await load(folder('en-us')), letters.map((letter) => `${letter}${letter}a`).join(', '))); // prettier-ignore
    expect(phonemes.split(', ')).toHaveLength(letters.length);
  });

  it('is given its own pace and noise, changed by the speed that was asked for', async () => {
    const sound = await say(await load(folder('en-us')), 'A', { speed: 2 });
    expect([...sound.subarray(-3)]).toEqual([0, 0.75, 0]);
  });

  it('has its phonemes renamed where its settings say so', async () => {
    const voice = await load(folder('en-us', { phoneme_map: { ɜ: ['e', 'e'] } }));
    expect(heard(await say(voice, 'word'))).toBe('wˈeeːd');
  });

  it('does not take what is written like an option, or in espeak-ng’s own letters, for more than text', async () => {
    const voice = await load(folder('en-us'));
    expect(heard(await say(voice, '-v fr'))).not.toBe('');
    expect(heard(await say(voice, '[[h@loU]]'))).not.toBe(heard(await say(voice, 'hello')));
  });

  it('ends with its request', async () => {
    const voice = await load(folder('en-us'));
    const stop = new AbortController();
    stop.abort();
    const saying = voice.say({ text: 'Hello.', speaker: voice.speaker(undefined), speed: 1, signal: stop.signal });
    await expect(saying).rejects.toThrow(/abort/i);
  });

  it('refuses another script, but reads Latin letters', async () => {
    const russian = (await load(folder('ru'))).speaker(undefined);
    expect(['я', 'a', '日'].map((letter) => russian.knows(letter))).toEqual([true, true, false]);
  });

  it('speaks through a real runner', async () => {
    const voice = new PiperRunner({ path: folder('en-us') });
    onTestFinished(() => voice.stop());
    await voice.load();
    const { pieces, started } = await voice.say('Hello there. And again!', { format: 'flac' });
    expect(pieces).toHaveLength(2);
    expect(started.sampleRate).toBe(16_000);
  });

  it('cannot be loaded where espeak-ng is missing, and says what to install', async () => {
    const voice = new PiperRunner({ path: folder('en-us') }, { PATH: '/nonexistent' });
    onTestFinished(() => voice.stop());
    const failure = await voice.load().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LoadFailure);
    expect(failure).toMatchObject({ failure: 'failed' });
    expect((failure as LoadFailure).message).toContain('install the Debian package espeak-ng');
  });

  it('that reads letters needs no espeak-ng', async () => {
    const voice = new PiperRunner({ path: STARTER_VOICE }, { PATH: '/nonexistent' });
    onTestFinished(() => voice.stop());
    await voice.load();
    expect((await voice.say('Hello.')).pieces).toHaveLength(1);
  });
});

describe('a Piper voice of several speakers', () => {
  it('is told who speaks, by name or number', async () => {
    const voice = await load(
      voiceFolder({
        'v.onnx': SPEAKERS_ECHO,
        'v.onnx.json': piperSettings('en-us', { num_speakers: 3, speaker_id_map: { ann: 0, bob: 1, cid: 2 } }),
      }),
    );
    const numbers = ['', 'bob', 'cid', '1'].map(async (name) => (await say(voice, 'a', { name })).at(-1));
    expect(await Promise.all(numbers)).toEqual([0, 1, 2, 1]);
    expect(voice.speaker('2').name).toBe('cid');
    expect((await errorOf(() => voice.speaker('dan'))).message).toContain('ann, bob, cid');
  });

  it('is refused when its settings name but one', async () => {
    const folder = voiceFolder({ 'v.onnx': SPEAKERS_ECHO, 'v.onnx.json': piperSettings('en-us') });
    await expect(load(folder)).rejects.toThrow('it wants sid');
  });
});

describe('Kokoro', () => {
  const styles = (first: number): Buffer => {
    const numbers = Float32Array.from({ length: 510 * 256 }, (_, index) => first + Math.floor(index / 256));
    return Buffer.from(numbers.buffer);
  };
  const folder = (files = {}): string =>
    voiceFolder({
      'config.json': { model_type: 'style_text_to_speech_2' },
      'tokenizer.json': { model: { vocab: vocabulary() } },
      'onnx/model.onnx': KOKORO_ECHO,
      'voices/af_heart.bin': styles(1000),
      'voices/bm_lewis.bin': styles(5000),
      ...files,
    });
  const vocabulary = (): Record<string, number> =>
    Object.fromEntries(Object.entries(PHONEME_IDS).flatMap(([symbol, [id = 0]]) => (id > 2 ? [[symbol, id]] : [])));

  it('is given phonemes between pads, the style for their number, and the speed', async () => {
    const voice = await load(folder());
    const sound = await say(voice, 'red', { speed: 1.25 });
    const [ids, style] = [[...sound.subarray(0, -257)], [...sound.subarray(-257, -1)]];
    expect(String.fromCodePoint(...ids.slice(1, -1))).toBe('ɹˈɛd');
    expect([ids[0], ids.at(-1)]).toEqual([0, 0]);
    expect(new Set(style)).toEqual(new Set([1004]));
    expect(sound.at(-1)).toBe(1.25);
    expect(voice.sampleRate).toBe(24_000);
  });

  it('has the speakers whose files are there, each with a language', async () => {
    const voice = await load(folder());
    expect(voice.speaker(undefined)).toMatchObject({ name: 'af_heart', language: 'en-US' });
    expect(voice.speaker('bm_lewis')).toMatchObject({ name: 'bm_lewis', language: 'en-GB' });
    expect((await say(voice, 'red', { name: 'bm_lewis' })).at(-2)).toBe(5004);
    expect((await errorOf(() => voice.speaker('alloy'))).message).toContain('af_heart, bm_lewis');
  });

  it('reads what is longer than its context in several runs', async () => {
    const words = Array(150).fill('hello').join(' ');
    const sound = await say(await load(folder()), words);
    expect([...sound].filter((number) => number === 0).length).toBeGreaterThanOrEqual(4);
    expect([...sound].filter((number) => number === 'h'.codePointAt(0))).toHaveLength(150);
  });

  it.each([
    ['no voices', { 'voices/af_heart.bin': Buffer.from('x') }, /af_heart\.bin is damaged/],
    ['no vocabulary', { 'tokenizer.json': {} }, /tokenizer\.json holds no vocabulary/],
    ['another graph', { 'onnx/model.onnx': VITS_ECHO }, /is no voice of this kind/],
  ])('with %s is refused', async (_, files, message) => {
    await expect(load(folder(files))).rejects.toThrow(message);
  });
});

describe('MMS', () => {
  const VOCABULARY = { _: 0, a: 5, b: 6, ' ': 7, д: 8, а: 9 };
  const folder = (settings: object = { language: 'rus', add_blank: true }): string =>
    voiceFolder({
      'config.json': { model_type: 'vits', sampling_rate: 16_000 },
      'tokenizer.json': { model: { vocab: VOCABULARY } },
      'tokenizer_config.json': settings,
      'onnx/model.onnx': VITS_ECHO,
    });

  it('is given letters with blanks between them', async () => {
    const voice = await load(folder());
    expect([...(await say(voice, 'Да, xa'))]).toEqual([0, 8, 0, 9, 0, 7, 0, 5, 0]);
    expect(voice.speaker(undefined)).toMatchObject({ language: 'ru', spells: true, name: null });
    expect([...(await say(await load(folder({ add_blank: false })), 'ab'))]).toEqual([5, 6]);
  });

  it('speaks through a real runner, at its own pace only', async () => {
    const voice = new PiperRunner({ path: folder() });
    onTestFinished(() => voice.stop());
    await voice.load();
    expect((await voice.say('Да.')).pieces).toHaveLength(1);
    const refused = voice.begin('Да.', { speed: 2 }).chunks.next();
    await expect(refused).rejects.toMatchObject({ code: 'invalid_request', param: 'speed' });
  });

  it.each([{ is_uroman: true }, { phonemize: true }])('that reads something else is refused: %j', async (settings) => {
    await expect(load(folder(settings))).rejects.toMatchObject({ failure: 'failed' });
  });
});
