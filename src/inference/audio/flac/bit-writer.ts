/** Bits, the highest first. */
export class BitWriter {
  private bytes = new Uint8Array(16_384);
  private length = 0;
  /** Bits of the byte that is being filled. */
  private current = 0;
  private filled = 0;

  /** The lowest `count` bits, 0 to 32, of a whole number; negative ones as two's complement. */
  write(value: number, count: number): void {
    for (let left = count; left > 0;) {
      const taken = Math.min(left, 8 - this.filled);
      left -= taken;
      this.push((value >>> left) & ((1 << taken) - 1), taken);
    }
  }

  /** So many zeros and a one. */
  unary(zeros: number): void {
    for (let left = zeros; left > 0; left -= 32) this.write(0, Math.min(left, 32));
    this.write(1, 1);
  }

  /** Fills the last byte with zeros. */
  align(): void {
    if (this.filled > 0) this.push(0, 8 - this.filled);
  }

  /** What is written so far, whole bytes. */
  written(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  /** @param count No more than the byte has room for. */
  private push(bits: number, count: number): void {
    this.current = (this.current << count) | bits;
    this.filled += count;
    if (this.filled < 8) return;
    if (this.length === this.bytes.length) {
      const larger = new Uint8Array(2 * this.length);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes[this.length++] = this.current;
    this.current = 0;
    this.filled = 0;
  }
}
