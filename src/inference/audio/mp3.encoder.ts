import { createMp3Encoder } from 'wasm-media-encoders';
import { NO_BYTES, type AudioEncoder, type EncoderFactory } from './audio-encoder.js';

/** What MPEG 1, 2 and 2.5 have. */
const RATES = [8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
/** Constant, so that players know the length of a file whose beginning they have: speech is clear at this. */
const KBPS = 64;
const FAST_KBPS = 96;
const FAST_RATE = 32_000;

type Lame = Awaited<ReturnType<typeof createMp3Encoder>>;

/** LAME. It adds its own delay, some 50 ms of silence, before and after. */
class Mp3Encoder implements AudioEncoder {
  constructor(
    private readonly lame: Lame,
    readonly sampleRate: number,
  ) {
    lame.configure({ channels: 1, sampleRate, bitrate: sampleRate < FAST_RATE ? KBPS : FAST_KBPS });
  }

  header(): Uint8Array {
    return NO_BYTES;
  }

  encode(samples: Float32Array): Uint8Array {
    return this.lame.encode([samples]).slice();
  }

  end(): Uint8Array {
    return this.lame.finalize().slice();
  }

  close(): void {
    // Each has a memory of its own, which goes with it.
  }
}

export const MP3: EncoderFactory = {
  rateFor: (voiceRate) => RATES.find((rate) => rate >= voiceRate) ?? 48_000,
  create: async (sampleRate) => new Mp3Encoder(await createMp3Encoder(), sampleRate),
};
