import { Espeak, knownByEspeak } from '../phonemes/espeak.js';
import { findSpeaker } from '../speakers.js';
import type { VoiceFiles } from '../voice-files.js';
import { float32, int64, VoiceSession, type Feeds } from '../voice-session.js';
import type { Saying, Speaker, Voice, VoicePlan } from '../voice.js';
import { phonemeIds, RESERVED, symbolsOf } from './phoneme-ids.js';
import { piperSettings, type PiperSettings } from './piper-settings.js';

const SETTINGS_ENDING = /\.json$/;

/** @param settingsFile The voice's `.onnx.json`. Throws `InitError`. */
export async function planPiper(files: VoiceFiles, settingsFile: string): Promise<VoicePlan> {
  const settings = piperSettings(files.json(settingsFile), settingsFile);
  const model = settingsFile.replace(SETTINGS_ENDING, '');
  return {
    bytes: await files.sizeOf([model]),
    load: async (threads) => {
      const espeak = settings.espeakVoice === null ? null : await Espeak.open(settings.espeakVoice);
      const inputs = ['input', 'input_lengths', 'scales', ...(settings.speakers.length > 0 ? ['sid'] : [])];
      const session = await VoiceSession.open(files.folder, model, threads, inputs);
      const voice = new PiperVoice(settings, session, espeak);
      await voice.tryOut();
      return voice;
    },
  };
}

/** VITS as Piper exports it: phonemes of espeak-ng, or letters, in; sound out. */
class PiperVoice implements Voice {
  readonly hasSpeed = true;
  readonly sampleRate: number;

  constructor(
    private readonly settings: PiperSettings,
    private readonly session: VoiceSession,
    private readonly espeak: Espeak | null,
  ) {
    this.sampleRate = settings.sampleRate;
  }

  async tryOut(): Promise<void> {
    const [symbol = ''] = [...this.settings.ids.keys()].filter((one) => !RESERVED.includes(one));
    await this.session.tryOut(this.feeds([symbol], this.speaker(undefined).name, 1));
  }

  speaker(name: string | undefined): Speaker {
    const { language, speakers, espeakVoice } = this.settings;
    return {
      name: findSpeaker(speakers, name),
      language,
      spells: espeakVoice === null,
      knows: espeakVoice === null ? (letter) => this.spells(letter) : knownByEspeak(language),
    };
  }

  async say({ text, speaker, speed, signal }: Saying): Promise<Float32Array> {
    const phonemes = this.espeak === null ? text.toLowerCase() : await this.espeak.phonemes(text, signal);
    return this.session.run(this.feeds(symbolsOf(phonemes), speaker.name, speed));
  }

  private feeds(symbols: readonly string[], speaker: string | null, speed: number): Feeds {
    const { settings } = this;
    const renamed = symbols.flatMap((symbol) => settings.renamed.get(symbol) ?? [symbol]);
    const ids = phonemeIds(renamed, settings.ids);
    return {
      input: int64(ids),
      input_lengths: int64([ids.length], [1]),
      scales: float32([settings.noiseScale, settings.lengthScale / speed, settings.noiseW]),
      ...(speaker !== null && { sid: int64([settings.speakers.indexOf(speaker)], [1]) }),
    };
  }

  private spells(letter: string): boolean {
    return symbolsOf(letter.toLowerCase()).some((symbol) => this.settings.ids.has(symbol));
  }
}
