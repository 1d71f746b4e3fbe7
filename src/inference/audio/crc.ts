/** Cyclic redundancy check, highest bit first, which starts at 0 and is not inverted. */
export class Crc {
  private readonly table: readonly number[];
  private readonly mask: number;

  constructor(
    private readonly bits: 8 | 16 | 32,
    polynomial: number,
  ) {
    const top = 2 ** (bits - 1);
    this.mask = 2 ** bits - 1;
    this.table = Array.from({ length: 256 }, (_, byte) => {
      let value = byte * 2 ** (bits - 8);
      for (let step = 0; step < 8; step++) {
        value = value >= top ? (((value * 2) % 2 ** bits) ^ polynomial) >>> 0 : value * 2;
      }
      return value;
    });
  }

  of(bytes: Uint8Array): number {
    let value = 0;
    for (const byte of bytes) {
      const index = (value >>> (this.bits - 8)) ^ byte;
      value = (((value << 8) & this.mask) ^ (this.table[index] ?? 0)) >>> 0;
    }
    return value;
  }
}
