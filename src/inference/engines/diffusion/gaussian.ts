import { SeededRandom } from '../random/seeded-random.js';

/**
 * Standard normal numbers that a seed decides: Box and Muller's transform of sfc32. Equal seeds give equal bits wherever
 * this runs, since V8 brings its own `log`, `cos` and `sin`. They are not those of other software: PyTorch's and NumPy's
 * generators give other pictures for the same seed.
 */
export class GaussianNoise {
  private readonly random: SeededRandom;

  constructor(seed: number) {
    this.random = new SeededRandom(seed);
  }

  /** The next numbers of the sequence. */
  take(length: number): Float32Array {
    const values = new Float32Array(length);
    for (let i = 0; i < length; i += 2) {
      const radius = Math.sqrt(-2 * Math.log(1 - this.random.next())); // 1 - u is never 0
      const angle = 2 * Math.PI * this.random.next();
      values[i] = radius * Math.cos(angle);
      values[i + 1] = radius * Math.sin(angle); // past the end of an odd length: ignored
    }
    return values;
  }
}
