import { describe, expect, it } from 'vitest';
import { kokoroPhonemes, inRuns } from '../../src/inference/engines/piper/kokoro/kokoro-phonemes.js';
import { kokoroSpeakers } from '../../src/inference/engines/piper/kokoro/kokoro-speakers.js';
import { clausesOf, joinClauses } from '../../src/inference/engines/piper/phonemes/clauses.js';
import { phonemeIds, symbolsOf } from '../../src/inference/engines/piper/piper/phoneme-ids.js';
import { piperSettings } from '../../src/inference/engines/piper/piper/piper-settings.js';
import { findSpeaker } from '../../src/inference/engines/piper/speakers.js';
import { errorOf, messageOf } from './support/errors.js';

describe('clauses', () => {
  it.each([
    ['Hello, world!', [['Hello,', ','], ['world!', '!']]],
    ['One; two: three', [['One;', ';'], ['two:', ':'], ['three', null]]],
    ['"Really?" she said.', [['"Really?"', '?'], ['she said.', '.']]],
    ['Dr. Smith has 3.14.', [['Dr. Smith has 3.14.', '.']]],
    ['It is 10:30, or 1,000.', [['It is 10:30,', ','], ['or 1,000.', '.']]],
    ['你好，再见。', [['你好，', ','], ['再见。', '.']]],
    ['Well… yes', [['Well…', '.'], ['yes', null]]],
    ['Oh, !', [['Oh,', ',']]],
  ])('%s', (sentence, clauses) => {
    expect(clausesOf(sentence).map(({ text, mark }) => [text, mark])).toEqual(clauses);
  }); // prettier-ignore

  it('are joined with their marks, as voices have learned them', () => {
    expect(joinClauses(clausesOf('Hello, world!'), ['həloʊ', 'wɜːld'])).toBe('həloʊ, wɜːld!');
  });
});

describe('numbers of phonemes', () => {
  const ids = new Map([['_', [0]], ['^', [1]], ['$', [2]], ['a', [10]], ['\u0303', [11, 12]]]); // prettier-ignore

  it('stand between pads, from the begin to the end', () => {
    expect(phonemeIds(['a', '\u0303'], ids)).toEqual([1, 0, 10, 0, 11, 12, 0, 2]);
    expect(phonemeIds([], ids)).toEqual([1, 0, 2]);
  });

  it('leave out what the voice does not know, and its own signs', () => {
    expect(phonemeIds(['a', 'ж', '$', '^', '_', 'a'], ids)).toEqual([1, 0, 10, 0, 10, 0, 2]);
  });

  it('are those of single code points of decomposed text', () => {
    expect(symbolsOf('ɔ̃é')).toEqual(['ɔ', '\u0303', 'e', '\u0301']);
  });
});

describe("Piper's settings", () => {
  const SOUND = {
    audio: { sample_rate: 22050 },
    espeak: { voice: 'fr' },
    phoneme_id_map: { _: [0], a: [1] },
    num_speakers: 1,
    inference: { noise_scale: 0.5, length_scale: 1.1, noise_w: 0.7 },
  };

  it('are read', () => {
    expect(piperSettings({ ...SOUND, language: { code: 'fr_FR' } }, 'x.onnx.json')).toMatchObject({
      sampleRate: 22050,
      language: 'fr-FR',
      espeakVoice: 'fr',
      noiseScale: 0.5,
      lengthScale: 1.1,
      noiseW: 0.7,
      speakers: [],
    });
  });

  it('have names for speakers, or numbers', () => {
    const settings = { ...SOUND, num_speakers: 3, speaker_id_map: { ann: 2, bob: 0 } };
    expect(piperSettings(settings, 'x.onnx.json').speakers).toEqual(['bob', '1', 'ann']);
  });

  it('need no espeak-ng for letters', () => {
    expect(piperSettings({ ...SOUND, phoneme_type: 'text' }, 'x.onnx.json').espeakVoice).toBeNull();
  });

  it.each([
    [{ audio: {} }, 'x.onnx.json is not what Piper writes: audio.sample_rate is missing or wrong'],
    [{ espeak: {} }, 'espeak.voice is missing'],
    [{ phoneme_id_map: {} }, 'phoneme_id_map is missing'],
    [{ phoneme_type: 'pinyin' }, 'it reads "pinyin" phonemes'],
  ])('are refused with %j', (wrong, message) => {
    expect(messageOf(() => piperSettings({ ...SOUND, ...wrong }, 'x.onnx.json'))).toContain(message);
  });
});

describe('speakers', () => {
  const NAMES = Array.from({ length: 12 }, (_, index) => `p${String(index + 100)}`);

  it.each([
    [undefined, 'p100'],
    ['default', 'p100'],
    ['p103', 'p103'],
    ['P103', 'p103'],
    ['3', 'p103'],
  ])('%s', (wanted, found) => {
    expect(findSpeaker(NAMES, wanted)).toBe(found);
  });

  it('are listed, ten of them, when nobody is meant', async () => {
    const error = await errorOf(() => findSpeaker(NAMES, 'bob'));
    expect(error).toMatchObject({ code: 'invalid_request', param: 'voice' });
    expect(error.message).toBe(
      'This model has no voice "bob". It has: p100, p101, p102, p103, p104, p105, p106, p107, p108, p109 and 2 more.',
    );
  });

  it('are one without a name in most models', async () => {
    expect(findSpeaker([], undefined)).toBeNull();
    expect(findSpeaker([], '0')).toBeNull();
    expect((await errorOf(() => findSpeaker([], 'bob'))).message).toContain('It has: default.');
  });
});

describe('Kokoro', () => {
  it('has the speakers whose files are there, and that espeak-ng has a language for', () => {
    const files = ['voices/zf_xiaobei.bin', 'voices/bm_lewis.bin', 'voices/af_sky.bin', 'voices/af_heart.bin', 'x.bin'];
    expect(kokoroSpeakers(files).map(({ name, espeakVoice }) => [name, espeakVoice])).toEqual([
      ['af_heart', 'en-us'],
      ['af_sky', 'en-us'],
      ['bm_lewis', 'en-gb'],
    ]);
  });

  it('learned some phonemes that espeak-ng writes otherwise', () => {
    expect(kokoroPhonemes('rˈɛd nˈaɪnti', 'en-US')).toBe('ɹˈɛd nˈaɪndi');
    expect(kokoroPhonemes('rˈɛd nˈaɪnti', 'en-GB')).toBe('ɹˈɛd nˈaɪnti');
    expect(kokoroPhonemes('pˈero', 'es')).toBe('pˈero');
  });

  it('reads what is too long for it in runs, cut at spaces', () => {
    expect(inRuns([1, 2, 9, 3, 4, 9, 5], 9, 4)).toEqual([[1, 2, 9], [3, 4, 9, 5]]); // prettier-ignore
    expect(inRuns([1, 2, 3], undefined, 2)).toEqual([[1, 2], [3]]);
  });
});
