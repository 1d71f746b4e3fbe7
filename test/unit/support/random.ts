/** Pseudo-random numbers from a seed (mulberry32), so that a failing property can be run again. */
export class Random {
  constructor(private state: number) {}

  /** 0 up to, not including, 1 */
  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 up to, not including, `end` */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }

  /** Cuts a text into pieces of at least one character. */
  split(text: string, longest: number): string[] {
    const pieces: string[] = [];
    for (let at = 0; at < text.length;) {
      const length = 1 + this.below(longest);
      pieces.push(text.slice(at, at + length));
      at += length;
    }
    return pieces;
  }

  /** A text over an alphabet, from `min` to `max` characters long. */
  text(alphabet: string, min: number, max: number): string {
    return Array.from({ length: min + this.below(max - min + 1) }, () => this.pick([...alphabet])).join('');
  }
}

export function seeds(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}
