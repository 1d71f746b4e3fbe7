import type { AudioFormat } from '../speech-tasks.js';
import type { AudioEncoder, EncoderFactory } from './audio-encoder.js';
import { FLAC } from './flac/flac.encoder.js';
import { MP3 } from './mp3.encoder.js';
import { OPUS } from './opus/opus.encoder.js';
import { PCM } from './pcm.encoder.js';
import { Resampler } from './resampler.js';
import { WAV } from './wav.encoder.js';

const FACTORIES: Readonly<Record<AudioFormat, EncoderFactory>> = {
  wav: WAV,
  flac: FLAC,
  mp3: MP3,
  opus: OPUS,
  pcm: PCM,
};

/** Hertz of the file that a voice's sound becomes. */
export function fileRate(format: AudioFormat, voiceRate: number): number {
  return FACTORIES[format].rateFor(voiceRate);
}

/** Takes samples at the voice's own rate, whatever the format has. */
export async function createEncoder(format: AudioFormat, voiceRate: number): Promise<AudioEncoder> {
  const rate = fileRate(format, voiceRate);
  const encoder = await FACTORIES[format].create(rate);
  return rate === voiceRate ? encoder : new ResamplingEncoder(encoder, voiceRate);
}

class ResamplingEncoder implements AudioEncoder {
  private readonly resampler: Resampler;

  constructor(
    private readonly encoder: AudioEncoder,
    readonly sampleRate: number,
  ) {
    this.resampler = new Resampler(sampleRate, encoder.sampleRate);
  }

  header(): Uint8Array {
    return this.encoder.header();
  }

  encode(samples: Float32Array): Uint8Array {
    return this.encoder.encode(this.resampler.push(samples));
  }

  end(): Uint8Array {
    return Buffer.concat([this.encoder.encode(this.resampler.end()), this.encoder.end()]);
  }

  close(): void {
    this.encoder.close();
  }
}
