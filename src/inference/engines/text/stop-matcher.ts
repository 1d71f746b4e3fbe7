export interface Matched {
  /** Text that is safe to send. */
  readonly text: string;
  /** True when a stop string was found; nothing after it may be sent. */
  readonly stopped: boolean;
}

/** Finds stop strings in streamed text and holds back what may still become one, so that no part of one leaks. */
export class StopMatcher {
  private held = '';
  private readonly longest: number;

  constructor(private readonly stops: readonly string[]) {
    this.longest = Math.max(0, ...stops.map((stop) => stop.length));
  }

  push(piece: string): Matched {
    if (this.longest === 0) return { text: piece, stopped: false };
    const text = this.held + piece;
    const at = this.earliestStop(text);
    if (at !== -1) {
      this.held = '';
      return { text: text.slice(0, at), stopped: true };
    }
    const keep = this.longestPartial(text);
    this.held = text.slice(text.length - keep);
    return { text: text.slice(0, text.length - keep), stopped: false };
  }

  /** What was held back, once no more text will come. */
  flush(): string {
    const rest = this.held;
    this.held = '';
    return rest;
  }

  /** Where the stop begins that is complete first, as it would be when the text came letter by letter; -1 for none. */
  private earliestStop(text: string): number {
    let best = { start: -1, end: Infinity };
    for (const stop of this.stops) {
      const start = text.indexOf(stop);
      const end = start + stop.length;
      if (start !== -1 && (end < best.end || (end === best.end && start < best.start))) best = { start, end };
    }
    return best.start;
  }

  /** Length of the longest end of `text` that begins a stop string. */
  private longestPartial(text: string): number {
    for (let length = Math.min(this.longest - 1, text.length); length > 0; length--) {
      const end = text.slice(text.length - length);
      if (this.stops.some((stop) => stop.startsWith(end))) return length;
    }
    return 0;
  }
}
