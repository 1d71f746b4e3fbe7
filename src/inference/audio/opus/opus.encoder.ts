import OpusScript from 'opusscript';
import { NO_BYTES, type AudioEncoder, type EncoderFactory } from '../audio-encoder.js';
import { toPcm16 } from '../pcm16.js';
import { SampleBuffer } from '../sample-buffer.js';
import { OggStream } from './ogg-stream.js';

const RATE = 48_000;
const FRAME = 960;
/** Samples of silence that libopus puts before the sound in this mode; `OPUS_GET_LOOKAHEAD` says 312. */
const PRE_SKIP = 312;
/** Speech in full bandwidth is clear at this. */
const BITS_PER_SECOND = 32_000;
const SET_COMPLEXITY = 4010;
/** Of 10: as good to the ear, in a third less time. */
const COMPLEXITY = 5;
/** A second to a page. Each packet is far below 1,275 bytes, so that a page's 255 lacing values do. */
const PACKETS_PER_PAGE = 50;
const VENDOR = 'parley';

/** Opus in Ogg, RFC 7845. */
class OpusEncoder implements AudioEncoder {
  readonly sampleRate = RATE;
  private readonly opus = new OpusScript(RATE, 1, OpusScript.Application.VOIP);
  private readonly ogg = new OggStream();
  private readonly frames = new SampleBuffer(FRAME);
  /** Packets without a page. The last one is kept back, since the last page must have one. */
  private waiting: Uint8Array[] = [];
  private received = 0;
  private paged = 0;

  constructor() {
    this.opus.setBitrate(BITS_PER_SECOND);
    this.opus.encoderCTL(SET_COMPLEXITY, COMPLEXITY);
  }

  header(): Uint8Array {
    const head = Buffer.alloc(19);
    head.write('OpusHead', 0, 'latin1');
    head.writeUInt8(1, 8); // version
    head.writeUInt8(1, 9); // channels
    head.writeUInt16LE(PRE_SKIP, 10);
    head.writeUInt32LE(RATE, 12);
    const tags = Buffer.alloc(8 + 4 + VENDOR.length + 4);
    tags.write('OpusTags', 0, 'latin1');
    tags.writeUInt32LE(VENDOR.length, 8);
    tags.write(VENDOR, 12, 'latin1');
    return Buffer.concat([this.ogg.page([head], 0), this.ogg.page([tags], 0)]);
  }

  encode(samples: Float32Array): Uint8Array {
    this.received += samples.length;
    for (const frame of this.frames.push(samples)) this.packet(frame);
    const pages: Uint8Array[] = [];
    while (this.waiting.length > 1) {
      const packets = this.waiting.splice(0, Math.min(PACKETS_PER_PAGE, this.waiting.length - 1));
      this.paged += packets.length;
      pages.push(this.ogg.page(packets, this.paged * FRAME));
    }
    return Buffer.concat(pages);
  }

  /** Silence pushes out what libopus holds; the last position cuts it off. */
  end(): Uint8Array {
    if (this.received === 0) return NO_BYTES;
    const length = PRE_SKIP + this.received;
    const rest = this.frames.takeRest();
    const done = this.received - rest.length;
    for (let at = 0; done + at < length; at += FRAME) {
      const frame = new Float32Array(FRAME);
      frame.set(rest.subarray(at, at + FRAME));
      this.packet(frame);
    }
    return this.ogg.page(this.waiting.splice(0), length, true);
  }

  close(): void {
    this.opus.delete();
  }

  private packet(frame: Float32Array): void {
    this.waiting.push(this.opus.encode(Buffer.from(toPcm16(frame).buffer), FRAME));
  }
}

export const OPUS: EncoderFactory = {
  rateFor: () => RATE,
  create: () => Promise.resolve(new OpusEncoder()),
};
