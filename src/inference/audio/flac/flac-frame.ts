import { Crc } from '../crc.js';
import { BitWriter } from './bit-writer.js';
import { writeResidual } from './rice.js';

export const BLOCK_SIZE = 4096;
const BLOCK_SIZE_CODE = 12;
/** The block size follows in 16 bits. */
const ODD_BLOCK_SIZE_CODE = 7;
/** Frames say their rate themselves where it has a code; other rates stand in the file's header alone. */
const RATE_CODES: Readonly<Record<number, number>> = {
  8000: 4,
  16_000: 5,
  22_050: 6,
  24_000: 7,
  32_000: 8,
  44_100: 9,
  48_000: 10,
};
const SIXTEEN_BITS_CODE = 4;
const MAX_ORDER = 4;
const CRC8 = new Crc(8, 0x07);
const CRC16 = new Crc(16, 0x8005);

/** One frame of RFC 9639: mono, 16 bits, the fixed predictor that fits best, Rice codes. */
export function flacFrame(samples: Int16Array, number: number, sampleRate: number): Uint8Array {
  const bits = new BitWriter();
  writeHeader(bits, samples.length, number, sampleRate);
  bits.write(CRC8.of(bits.written()), 8);
  writeSubframe(bits, samples);
  bits.align();
  bits.write(CRC16.of(bits.written()), 16);
  return bits.written();
}

function writeHeader(bits: BitWriter, blockSize: number, number: number, sampleRate: number): void {
  const whole = blockSize === BLOCK_SIZE;
  bits.write(0b1111_1111_1111_1000, 16); // sync code; all blocks but the last have one size
  bits.write(whole ? BLOCK_SIZE_CODE : ODD_BLOCK_SIZE_CODE, 4);
  bits.write(RATE_CODES[sampleRate] ?? 0, 4);
  bits.write(0, 4); // mono
  bits.write(SIXTEEN_BITS_CODE, 3);
  bits.write(0, 1);
  for (const byte of Buffer.from(codedNumber(number))) bits.write(byte, 8);
  if (!whole) bits.write(blockSize - 1, 16);
}

/** A whole number below 2^31, coded as UTF-8 codes characters. */
function codedNumber(value: number): number[] {
  if (value < 0x80) return [value];
  const tail: number[] = [];
  let left = value;
  for (let room = 0x20; ; room >>= 1) {
    tail.unshift(0x80 | (left & 0x3f));
    left >>>= 6;
    if (left < room) return [((0xff00 >> (tail.length + 1)) & 0xff) | left, ...tail];
  }
}

function writeSubframe(bits: BitWriter, samples: Int16Array): void {
  const [first = 0] = samples;
  if (samples.every((sample) => sample === first)) {
    bits.write(0, 8);
    bits.write(first, 16);
    return;
  }
  const { order, residual } = bestPrediction(samples);
  bits.write((8 | order) << 1, 8);
  for (const sample of samples.subarray(0, order)) bits.write(sample, 16);
  writeResidual(bits, residual, order);
}

/** The fixed predictors are the differences of the samples, taken up to four times. */
function bestPrediction(samples: Int16Array): { order: number; residual: Int32Array } {
  let residual = Int32Array.from(samples);
  let best = { order: 0, residual, size: sizeOf(residual) };
  for (let order = 1; order <= Math.min(MAX_ORDER, samples.length - 1); order++) {
    const previous = residual;
    residual = Int32Array.from(previous.subarray(1), (value, index) => value - (previous[index] ?? 0));
    const size = sizeOf(residual);
    if (size < best.size) best = { order, residual, size };
  }
  return best;
}

function sizeOf(residual: Int32Array): number {
  return residual.reduce((sum, value) => sum + Math.abs(value), 0);
}
