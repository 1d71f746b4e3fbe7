import { NO_BYTES, type AudioEncoder, type EncoderFactory } from './audio-encoder.js';
import { toPcm16 } from './pcm16.js';

const HEADER_BYTES = 44;
const RIFF_SIZE_AT = 4;
const DATA_SIZE_AT = 40;
/** The size of a file that is still being written. Players then read on until the bytes end. */
const UNKNOWN_SIZE = 0xffffffff;
const BYTES_PER_SAMPLE = 2;
const PCM_FORMAT = 1;

/** A WAV of 16 bits, mono. Its header says that the length is not known; `wavSizes` mends a whole file. */
class WavEncoder implements AudioEncoder {
  constructor(readonly sampleRate: number) {}

  header(): Uint8Array {
    const header = Buffer.alloc(HEADER_BYTES);
    header.write('RIFF', 0, 'latin1');
    header.writeUInt32LE(UNKNOWN_SIZE, RIFF_SIZE_AT);
    header.write('WAVEfmt ', 8, 'latin1');
    header.writeUInt32LE(16, 16);
    header.writeUInt16LE(PCM_FORMAT, 20);
    header.writeUInt16LE(1, 22);
    header.writeUInt32LE(this.sampleRate, 24);
    header.writeUInt32LE(this.sampleRate * BYTES_PER_SAMPLE, 28);
    header.writeUInt16LE(BYTES_PER_SAMPLE, 32);
    header.writeUInt16LE(8 * BYTES_PER_SAMPLE, 34);
    header.write('data', 36, 'latin1');
    header.writeUInt32LE(UNKNOWN_SIZE, DATA_SIZE_AT);
    return header;
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

export const WAV: EncoderFactory = {
  rateFor: (voiceRate) => voiceRate,
  create: (sampleRate) => Promise.resolve(new WavEncoder(sampleRate)),
};
