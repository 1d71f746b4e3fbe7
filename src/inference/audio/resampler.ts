/** Zero crossings of the sinc on each side. With the window, steep enough that nothing audible folds back. */
const CROSSINGS = 32;
/** Of the lower Nyquist frequency: where the filter is at half amplitude. Its slope ends just above Nyquist. */
const CUTOFF = 0.91;
/** Kaiser window whose side lobes are 90 dB down. */
const KAISER_BETA = 9;

/**
 * Turns sound of one rate into another, piece by piece, without a seam: windowed-sinc interpolation, one filter for each
 * of the places that an output sample can take between two input samples (a polyphase filter bank). No delay.
 */
export class Resampler {
  private readonly up: number;
  private readonly down: number;
  /** Input samples on each side that an output sample is made of. */
  private readonly half: number;
  private readonly phases: readonly Float32Array[];
  /** Input that later output still needs; its first sample is number `first` of the input. */
  private held: Float32Array;
  private first: number;
  private received = 0;
  private made = 0;

  constructor(from: number, to: number) {
    const common = greatestCommonDivisor(from, to);
    this.up = to / common;
    this.down = from / common;
    const cutoff = Math.min(1, to / from) * CUTOFF;
    this.half = Math.ceil(CROSSINGS * Math.max(1, from / to));
    this.phases = Array.from({ length: this.up }, (_, phase) => filter(phase / this.up, this.half, cutoff));
    this.held = new Float32Array(this.half);
    this.first = -this.half;
  }

  push(samples: Float32Array): Float32Array {
    this.received += samples.length;
    this.hold(samples);
    return this.make(Infinity);
  }

  /** What the last samples still give. */
  end(): Float32Array {
    this.hold(new Float32Array(this.half));
    return this.make(Math.ceil((this.received * this.up) / this.down));
  }

  private hold(samples: Float32Array): void {
    const joined = new Float32Array(this.held.length + samples.length);
    joined.set(this.held);
    joined.set(samples, this.held.length);
    this.held = joined;
  }

  private make(most: number): Float32Array {
    const last = this.first + this.held.length - 1 - this.half;
    const count = Math.max(0, Math.min(most, Math.floor(((last + 1) * this.up - 1) / this.down) + 1) - this.made);
    const output = new Float32Array(count);
    for (let index = 0; index < count; index++) output[index] = this.sample(this.made + index);
    this.made += count;
    const needed = Math.floor((this.made * this.down) / this.up) - this.half + 1;
    this.held = this.held.slice(needed - this.first);
    this.first = needed;
    return output;
  }

  private sample(number: number): number {
    const position = number * this.down;
    const start = Math.floor(position / this.up) - this.half + 1 - this.first;
    const weights = this.phases[position % this.up] ?? new Float32Array();
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap++) sum += (weights[tap] ?? 0) * (this.held[start + tap] ?? 0);
    return sum;
  }
}

/** Weights of the `2 · half` input samples around a place `offset` (0 to 1) after a sample. They add up to 1. */
function filter(offset: number, half: number, cutoff: number): Float32Array {
  const weights = Float64Array.from({ length: 2 * half }, (_, tap) => {
    const distance = tap - half + 1 - offset;
    return sinc(distance * cutoff) * kaiser(distance / half);
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return Float32Array.from(weights, (weight) => weight / sum);
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** Of a place from -1 to 1. */
function kaiser(place: number): number {
  return besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - place * place))) / besselI0(KAISER_BETA);
}

/** Modified Bessel function of the first kind, order zero, by its power series. */
function besselI0(x: number): number {
  let [sum, term] = [1, 1];
  for (let order = 1; term > 1e-12 * sum; order++) {
    term *= (x / (2 * order)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
