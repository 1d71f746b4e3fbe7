import { NO_BYTES, type AudioEncoder, type EncoderFactory } from './audio-encoder.js';
import { toPcm16 } from './pcm16.js';

/** What OpenAI's API promises of `pcm`; its clients play it without asking. */
const PCM_RATE = 24_000;

/** Samples of 16 bits, mono, little-endian, and nothing else. */
class PcmEncoder implements AudioEncoder {
  readonly sampleRate = PCM_RATE;

  header(): Uint8Array {
    return NO_BYTES;
  }

  encode(samples: Float32Array): Uint8Array {
    return toPcm16(samples);
  }

  end(): Uint8Array {
    return NO_BYTES;
  }

  close(): void {
    // Holds nothing.
  }
}

export const PCM: EncoderFactory = {
  rateFor: () => PCM_RATE,
  create: () => Promise.resolve(new PcmEncoder()),
};
