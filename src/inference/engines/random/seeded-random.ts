/** Numbers that a seed decides: Chris Doty-Humphrey's sfc32, which passes PractRand. */
export class SeededRandom {
  private a = 0;
  private b: number;
  private c: number;
  private counter = 1;

  /** @param seed Any safe integer; all its bits count. */
  constructor(seed: number) {
    this.b = seed | 0;
    this.c = Math.floor(seed / 2 ** 32) | 0;
    for (let round = 0; round < 12; round++) this.bits(); // spreads the seed over the state
  }

  /** At least 0 and below 1, in steps of 2^-53. */
  next(): number {
    return ((this.bits() >>> 5) * 2 ** 26 + (this.bits() >>> 6)) / 2 ** 53;
  }

  private bits(): number {
    const result = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + result;
    this.c |= 0;
    return result;
  }
}
