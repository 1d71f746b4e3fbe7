import { InitError } from '../../engine.js';
import { isJson, jsonOf, numberOf, textOf, type Json } from '../../onnx/json.js';
import { languageTag } from '../text/language.js';
import type { PhonemeIds } from './phoneme-ids.js';

/** What an `.onnx.json` says. */
export interface PiperSettings {
  readonly sampleRate: number;
  /** BCP 47. */
  readonly language: string;
  /** Null for a voice that reads letters. */
  readonly espeakVoice: string | null;
  readonly ids: PhonemeIds;
  /** Phonemes that the voice has under another name. */
  readonly renamed: ReadonlyMap<string, readonly string[]>;
  readonly noiseScale: number;
  readonly lengthScale: number;
  readonly noiseW: number;
  /** In the order of their numbers; none where there is one. */
  readonly speakers: readonly string[];
}

/** Throws {@link InitError} naming the field that is wrong. */
export function piperSettings(json: Json, file: string): PiperSettings {
  const refuse = (field: string): never => {
    throw new InitError('invalid-file', `${file} is not what Piper writes: ${field} is missing or wrong`);
  };
  const type = textOf(json.phoneme_type) ?? 'espeak';
  if (type !== 'espeak' && type !== 'text') {
    throw new InitError('failed', `it reads "${type}" phonemes, which nothing here makes`);
  }
  const espeakVoice = textOf(jsonOf(json.espeak).voice);
  const ids = lists(json.phoneme_id_map, numberOf);
  const inference = jsonOf(json.inference);
  return {
    sampleRate: numberOf(jsonOf(json.audio).sample_rate) ?? refuse('audio.sample_rate'),
    language: languageTag(textOf(jsonOf(json.language).code) ?? espeakVoice ?? 'en'),
    espeakVoice: type === 'text' ? null : (espeakVoice ?? refuse('espeak.voice')),
    ids: ids.size > 0 ? ids : refuse('phoneme_id_map'),
    renamed: lists(json.phoneme_map, textOf),
    noiseScale: numberOf(inference.noise_scale) ?? 0.667,
    lengthScale: numberOf(inference.length_scale) ?? 1,
    noiseW: numberOf(inference.noise_w) ?? 0.8,
    speakers: speakersOf(numberOf(json.num_speakers) ?? 1, jsonOf(json.speaker_id_map)),
  };
}

function lists<T>(value: unknown, read: (one: unknown) => T | undefined): ReadonlyMap<string, readonly T[]> {
  const entries = Object.entries(isJson(value) ? value : {}).map(([key, list]) => {
    const values = (Array.isArray(list) ? list : [list]).map(read).filter((one) => one !== undefined);
    return [key, values] as const;
  });
  return new Map(entries);
}

/** A speaker without a name is called by number. */
function speakersOf(count: number, numbers: Json): string[] {
  if (count <= 1) return [];
  const names = Array.from({ length: count }, (_, number) => String(number));
  for (const [name, number] of Object.entries(numbers)) {
    if (typeof number === 'number' && number in names) names[number] = name;
  }
  return names;
}
