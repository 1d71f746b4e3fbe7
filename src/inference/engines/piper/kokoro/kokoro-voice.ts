import { InitError } from '../../engine.js';
import { jsonOf, numberOf } from '../../onnx/json.js';
import { Espeak, knownByEspeak } from '../phonemes/espeak.js';
import { findSpeaker } from '../speakers.js';
import type { VoiceFiles } from '../voice-files.js';
import { float32, int64, VoiceSession, type Feeds } from '../voice-session.js';
import type { Saying, Speaker, Voice, VoicePlan } from '../voice.js';
import { inRuns, kokoroPhonemes } from './kokoro-phonemes.js';
import { kokoroSpeakers, type KokoroSpeaker } from './kokoro-speakers.js';

const SAMPLE_RATE = 24_000;
/** Numbers of a style, and how many styles a voice has: one for each length of text. */
const STYLE_SIZE = 256;
/** What stands at both ends of the phonemes; the context holds 512 with them. */
const PAD = 0;
const MOST_PHONEMES = 510;

/** Throws `InitError`. */
export async function planKokoro(files: VoiceFiles): Promise<VoicePlan> {
  const { file, parts } = files.graph();
  const ids = vocabularyOf(files);
  const speakers = kokoroSpeakers(files.names);
  if (speakers.length === 0) {
    throw new InitError('invalid-file', 'its folder lacks voices, like voices/af_heart.bin: fetch one at least');
  }
  return {
    bytes: await files.sizeOf([...parts, ...speakers.map((one) => one.file)]),
    load: async (threads) => {
      const espeaks = new Map<string, Espeak>();
      for (const { espeakVoice } of speakers) espeaks.set(espeakVoice, await Espeak.open(espeakVoice));
      const session = await VoiceSession.open(files.folder, file, threads, ['input_ids', 'style', 'speed']);
      const styles = new Map(speakers.map((one) => [one.name, stylesOf(files, one.file)]));
      const voice = new KokoroVoice({ session, ids, speakers, styles, espeaks });
      await voice.tryOut();
      return voice;
    },
  };
}

interface Parts {
  readonly session: VoiceSession;
  readonly ids: ReadonlyMap<string, number>;
  readonly speakers: readonly KokoroSpeaker[];
  /** By name: the styles of a voice, one after the other. */
  readonly styles: ReadonlyMap<string, Float32Array>;
  readonly espeaks: ReadonlyMap<string, Espeak>;
}

/** StyleTTS 2 as Kokoro has it: phonemes, a style that depends on their number, and a speed in; sound out. */
class KokoroVoice implements Voice {
  readonly hasSpeed = true;
  readonly sampleRate = SAMPLE_RATE;

  constructor(private readonly parts: Parts) {}

  async tryOut(): Promise<void> {
    const [id = PAD] = this.parts.ids.values();
    await this.parts.session.tryOut(this.feeds([id], this.find(undefined).name, 1));
  }

  speaker(name: string | undefined): Speaker {
    const { name: found, language } = this.find(name);
    return { name: found, language, spells: false, knows: knownByEspeak(language) };
  }

  async say({ text, speaker, speed, signal }: Saying): Promise<Float32Array> {
    const { name, espeakVoice, language } = this.find(speaker.name ?? undefined);
    const ipa = (await this.parts.espeaks.get(espeakVoice)?.phonemes(text, signal)) ?? '';
    const symbols = [...kokoroPhonemes(ipa, language)].flatMap((symbol) => this.parts.ids.get(symbol) ?? []);
    const sounds: Float32Array[] = [];
    for (const run of inRuns(symbols, this.parts.ids.get(' '), MOST_PHONEMES)) {
      sounds.push(await this.parts.session.run(this.feeds(run, name, speed)));
    }
    return Float32Array.from(sounds.flatMap((sound) => [...sound]));
  }

  private find(name: string | undefined): KokoroSpeaker {
    const { speakers } = this.parts;
    const found = findSpeaker(speakers.map((one) => one.name), name); // prettier-ignore
    const speaker = speakers.find((one) => one.name === found);
    if (speaker === undefined) throw new Error('a voice without speakers');
    return speaker;
  }

  private feeds(symbols: readonly number[], name: string, speed: number): Feeds {
    const styles = this.parts.styles.get(name) ?? new Float32Array();
    const row = Math.min(symbols.length, styles.length / STYLE_SIZE - 1);
    return {
      input_ids: int64([PAD, ...symbols, PAD]),
      style: float32(styles.subarray(row * STYLE_SIZE, (row + 1) * STYLE_SIZE), [1, STYLE_SIZE]),
      speed: float32([speed]),
    };
  }
}

function vocabularyOf(files: VoiceFiles): ReadonlyMap<string, number> {
  const vocabulary = Object.entries(jsonOf(jsonOf(files.json('tokenizer.json').model).vocab));
  const ids = vocabulary.flatMap(([symbol, id]) => (numberOf(id) === undefined ? [] : [[symbol, Number(id)] as const]));
  if (ids.length === 0) throw new InitError('invalid-file', 'its tokenizer.json holds no vocabulary: fetch it again');
  return new Map(ids.filter(([, id]) => id !== PAD));
}

function stylesOf(files: VoiceFiles, file: string): Float32Array {
  const styles = files.floats(file);
  if (styles.length === 0 || styles.length % STYLE_SIZE !== 0) {
    throw new InitError('invalid-file', `${file} is damaged: it does not hold styles of ${String(STYLE_SIZE)} numbers`);
  }
  return styles;
}
