import { NO_BYTES, type AudioEncoder, type EncoderFactory } from '../audio-encoder.js';
import { toInt16 } from '../pcm16.js';
import { SampleBuffer } from '../sample-buffer.js';
import { BitWriter } from './bit-writer.js';
import { BLOCK_SIZE, flacFrame } from './flac-frame.js';

const MAGIC = 0x664c6143; // "fLaC"
const STREAMINFO_BYTES = 34;

/**
 * FLAC, RFC 9639. Written here because the one kept package of libFLAC is 8 MB of four builds, and half of libFLAC's
 * gain on speech is had by the fixed predictors. Length and MD5 stand as unknown, as they must in a stream.
 */
class FlacEncoder implements AudioEncoder {
  private readonly blocks = new SampleBuffer(BLOCK_SIZE);
  private frames = 0;

  constructor(readonly sampleRate: number) {}

  header(): Uint8Array {
    const bits = new BitWriter();
    bits.write(MAGIC, 32);
    bits.write(0x80, 8); // STREAMINFO, the last block of metadata
    bits.write(STREAMINFO_BYTES, 24);
    bits.write(BLOCK_SIZE, 16);
    bits.write(BLOCK_SIZE, 16);
    bits.write(0, 24); // smallest frame
    bits.write(0, 24); // largest frame
    bits.write(this.sampleRate, 20);
    bits.write(0, 3); // channels - 1
    bits.write(15, 5); // bits of a sample - 1
    bits.write(0, 4); // samples of the file, 36 bits
    bits.write(0, 32);
    for (let word = 0; word < 4; word++) bits.write(0, 32); // MD5
    return bits.written();
  }

  encode(samples: Float32Array): Uint8Array {
    return Buffer.concat(this.blocks.push(samples).map((block) => this.frame(block)));
  }

  end(): Uint8Array {
    const rest = this.blocks.takeRest();
    return rest.length === 0 ? NO_BYTES : this.frame(rest);
  }

  close(): void {
    // Holds nothing.
  }

  private frame(block: Float32Array): Uint8Array {
    return flacFrame(toInt16(block), this.frames++, this.sampleRate);
  }
}

export const FLAC: EncoderFactory = {
  rateFor: (voiceRate) => voiceRate,
  create: (sampleRate) => Promise.resolve(new FlacEncoder(sampleRate)),
};
