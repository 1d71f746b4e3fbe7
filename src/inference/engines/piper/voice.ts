import type { Reader } from './text/speech-text.js';

/** One who speaks, of those a model has. */
export interface Speaker extends Reader {
  /** Null where the model has one alone. */
  readonly name: string | null;
}

export interface Saying {
  /** At most one sentence, in words. */
  readonly text: string;
  readonly speaker: Speaker;
  /** 1 is the voice's own pace. */
  readonly speed: number;
  /** Stops what can be stopped: a process, not a run of the model. */
  readonly signal: AbortSignal;
}

/** A voice in memory, of whatever layout. */
export interface Voice {
  /** Hertz. */
  readonly sampleRate: number;
  /** Whether it can speak faster and slower than it does of itself. */
  readonly hasSpeed: boolean;
  /** Throws a `ParleyError` for a name that none of them has. */
  speaker(name: string | undefined): Speaker;
  /** Mono, about -1 to 1. Throws `ParleyError`s. */
  say(saying: Saying): Promise<Float32Array>;
}

/** A voice on disk, of which only settings are read. */
export interface VoicePlan {
  /** Bytes of its files. */
  readonly bytes: number;
  /** Throws `InitError`. */
  load(threads: number): Promise<Voice>;
}
