/** Gathers samples into blocks of one size. */
export class SampleBuffer {
  private rest = new Float32Array();

  constructor(private readonly blockSize: number) {}

  /** The blocks that are full now. */
  push(samples: Float32Array): Float32Array[] {
    const joined = new Float32Array(this.rest.length + samples.length);
    joined.set(this.rest);
    joined.set(samples, this.rest.length);
    const blocks: Float32Array[] = [];
    let at = 0;
    for (; at + this.blockSize <= joined.length; at += this.blockSize) {
      blocks.push(joined.subarray(at, at + this.blockSize));
    }
    this.rest = joined.slice(at);
    return blocks;
  }

  /** What fills no block. */
  takeRest(): Float32Array {
    const { rest } = this;
    this.rest = new Float32Array();
    return rest;
  }
}
