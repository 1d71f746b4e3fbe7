import { MOMENTS, type Moment, type SoakClient } from './client.js';
import type { Modality } from './modality.js';

/** Clients at work at a time, beside the one that launches, kills, pulls and removes models. */
const CLIENTS = 6;
/** Of all requests, those whose client leaves. */
const ABANDONED = 0.4;
const MOST_FAILURES = 20;

/** Pseudo-random numbers from 0 to 1 (mulberry32), so that a run can be had again as far as the machine allows. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

interface Count {
  polite: number;
  abandoned: number;
}

/** Polite and abandoned requests of all modalities, by several clients at once. */
export class Traffic {
  readonly failures: string[] = [];
  readonly counts = new Map<string, Count>();
  private readonly random: () => number;
  private made = 0;

  constructor(
    private readonly client: SoakClient,
    private readonly shared: readonly Modality[],
    private readonly alone: readonly Modality[],
    seed: number,
  ) {
    this.random = randomFrom(seed);
  }

  /** Each modality once politely, and once left at each moment. */
  async everyModality(): Promise<void> {
    for (const modality of this.shared) {
      await this.bePolite(modality);
      for (const moment of MOMENTS) await this.leave(modality, moment);
    }
    for (const modality of this.alone) await this.bePolite(modality);
  }

  /** Goes on for so long. */
  async run(ms: number): Promise<void> {
    const end = performance.now() + ms;
    const goesOn = (): boolean => performance.now() < end && this.failures.length < MOST_FAILURES;
    const lane = async (): Promise<void> => {
      while (goesOn()) {
        const modality = this.pick(this.shared);
        if (this.random() < ABANDONED) await this.leave(modality, this.pick(MOMENTS));
        else await this.bePolite(modality);
      }
    };
    const models = async (): Promise<void> => {
      for (let n = 0; goesOn(); n++) {
        const modality = this.alone[n % this.alone.length];
        if (modality !== undefined) await this.bePolite(modality);
      }
    };
    await Promise.all([...Array.from({ length: CLIENTS }, lane), models()]);
  }

  private async bePolite(modality: Modality): Promise<void> {
    const n = this.made++;
    this.countOf(modality).polite++;
    try {
      if (modality.polite === undefined) await this.client.expect(modality.request(n), 200);
      else await modality.polite(this.client, n);
    } catch (error) {
      this.failures.push(`${modality.name}: ${String(error)}`);
    }
  }

  private async leave(modality: Modality, moment: Moment): Promise<void> {
    this.countOf(modality).abandoned++;
    await this.client.abandon(modality.request(this.made++), moment, this.random);
  }

  private pick<T>(all: readonly T[]): T {
    return all[Math.floor(this.random() * all.length)] as T;
  }

  private countOf({ name }: Modality): Count {
    const count = this.counts.get(name) ?? { polite: 0, abandoned: 0 };
    this.counts.set(name, count);
    return count;
  }
}
