import { InitError } from '../../engine.js';
import { isJson, jsonOf, numberOf, textOf, type Json } from '../../onnx/json.js';
import { findSpeaker } from '../speakers.js';
import { languageTag } from '../text/language.js';
import type { VoiceFiles } from '../voice-files.js';
import { int64, VoiceSession } from '../voice-session.js';
import type { Saying, Speaker, Voice, VoicePlan } from '../voice.js';

/** What stands between all letters where `add_blank` is set. */
const BLANK = 0;

/** A voice that spells, as Meta's MMS has them. Throws `InitError`. */
export async function planVits(files: VoiceFiles): Promise<VoicePlan> {
  const { file, parts } = files.graph();
  const sampleRate = numberOf(files.json('config.json').sampling_rate);
  if (sampleRate === undefined) throw new InitError('invalid-file', 'its config.json lacks sampling_rate');
  const letters = lettersOf(files);
  const settings = files.names.includes('tokenizer_config.json') ? files.json('tokenizer_config.json') : {};
  if (settings.is_uroman === true || settings.phonemize === true) {
    const needs = settings.phonemize === true ? 'phonemes' : 'romanised text';
    throw new InitError('failed', `it reads ${needs}, which nothing here makes for it: voices that spell do work`);
  }
  return {
    bytes: await files.sizeOf(parts),
    load: async (threads) => {
      const session = await VoiceSession.open(files.folder, file, threads, ['input_ids', 'attention_mask']);
      const voice = new VitsVoice(session, sampleRate, letters, settings);
      await voice.tryOut();
      return voice;
    },
  };
}

/** VITS as transformers.js has it: letters with blanks between them in, sound out. */
class VitsVoice implements Voice {
  /** The exported graph has its pace built in. */
  readonly hasSpeed = false;
  private readonly language: string;
  private readonly addBlank: boolean;

  constructor(
    private readonly session: VoiceSession,
    readonly sampleRate: number,
    private readonly letters: ReadonlyMap<string, number>,
    settings: Json,
  ) {
    this.language = languageTag(textOf(settings.language) ?? 'en');
    this.addBlank = settings.add_blank !== false;
  }

  async tryOut(): Promise<void> {
    const [letter = ''] = this.letters.keys();
    await this.session.tryOut(this.feeds(letter));
  }

  speaker(name: string | undefined): Speaker {
    return {
      name: findSpeaker([], name),
      language: this.language,
      spells: true,
      knows: (letter) => this.letters.has(letter.toLowerCase()) || this.letters.has(letter),
    };
  }

  say({ text }: Saying): Promise<Float32Array> {
    return this.session.run(this.feeds(text));
  }

  private feeds(text: string): Record<'input_ids' | 'attention_mask', ReturnType<typeof int64>> {
    const ids = [...text.toLowerCase()].flatMap((letter) => this.letters.get(letter) ?? []);
    const all = this.addBlank ? [BLANK, ...ids.flatMap((id) => [id, BLANK])] : ids;
    return { input_ids: int64(all), attention_mask: int64(all.map(() => 1)) };
  }
}

function lettersOf(files: VoiceFiles): ReadonlyMap<string, number> {
  const vocabulary = files.names.includes('vocab.json')
    ? files.json('vocab.json')
    : jsonOf(jsonOf(files.json('tokenizer.json').model).vocab);
  if (!isJson(vocabulary) || Object.keys(vocabulary).length === 0) {
    throw new InitError('invalid-file', 'its tokenizer.json holds no vocabulary: fetch it again');
  }
  return new Map(Object.entries(vocabulary).flatMap(([letter, id]) => (numberOf(id) === undefined ? [] : [[letter, Number(id)] as const]))); // prettier-ignore
}
