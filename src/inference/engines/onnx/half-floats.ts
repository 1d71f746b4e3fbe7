/** IEEE 754 binary16 in `Uint16Array`s: Node 20 has no `Float16Array`. */

const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);
/** Smallest exponent field of a binary32 whose binary16 is normal: 2^-14. */
const NORMAL_FROM = 113;
/** Exponent field of 2^16, the first that binary16 cannot hold. */
const TOO_LARGE_FROM = 143;
const INFINITY = 0x7c00;
const NOT_A_NUMBER = 0x7e00;

/** Rounds to nearest, ties to even; what is too large becomes infinite. */
export function toHalfFloats(values: ArrayLike<number>): Uint16Array {
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) halves[i] = toHalf(values[i] ?? 0);
  return halves;
}

function toHalf(value: number): number {
  float[0] = value;
  const [word = 0] = bits;
  const sign = (word >>> 16) & 0x8000;
  const exponent = (word >>> 23) & 0xff;
  const mantissa = word & 0x7fffff;
  if (exponent === 0xff) return sign | (mantissa === 0 ? INFINITY : NOT_A_NUMBER);
  if (exponent >= TOO_LARGE_FROM) return sign | INFINITY;
  if (exponent >= NORMAL_FROM) {
    // A carry out of the mantissa goes into the exponent, which is just what rounding up to a power of two needs.
    return sign | roundedShift(((exponent - NORMAL_FROM + 1) << 23) | mantissa, 13);
  }
  const shift = NORMAL_FROM + 13 - exponent;
  return shift > 24 ? sign : sign | roundedShift(mantissa | 0x800000, shift);
}

function roundedShift(value: number, shift: number): number {
  const kept = value >>> shift;
  const rest = value & (2 ** shift - 1);
  const half = 2 ** (shift - 1);
  return rest > half || (rest === half && (kept & 1) === 1) ? kept + 1 : kept;
}

let table: Float32Array | undefined;

export function fromHalfFloats(halves: Uint16Array): Float32Array {
  table ??= Float32Array.from({ length: 2 ** 16 }, (_, half) => fromHalf(half));
  const values = new Float32Array(halves.length);
  for (let i = 0; i < values.length; i++) values[i] = table[halves[i] ?? 0] ?? 0;
  return values;
}

function fromHalf(half: number): number {
  const sign = (half & 0x8000) === 0 ? 1 : -1;
  const exponent = (half >>> 10) & 31;
  const mantissa = half & 1023;
  if (exponent === 31) return mantissa === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25);
}
