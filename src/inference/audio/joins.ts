import { levelled, power } from './loudness.js';

const WINDOW_SECONDS = 0.005;
/** Mean power of silence: -55 dBFS, at the loudness that sentences are brought to. */
const SILENCE = 10 ** -5.5;
/** What stays of the silence around a sentence: soft beginnings and ends of words are in it. */
const LEAD_SECONDS = 0.02;
const TAIL_SECONDS = 0.06;
/** Sound that begins or ends at once clicks. */
const FADE_SECONDS = 0.004;

/** A sentence ready to stand between others: as loud as they are, without the silence around it, soft at its ends. */
export function prepared(samples: Float32Array, sampleRate: number): Float32Array {
  return faded(trimmed(levelled(samples, sampleRate), sampleRate), sampleRate);
}

export function silence(seconds: number, sampleRate: number): Float32Array {
  return new Float32Array(Math.round(seconds * sampleRate));
}

/** Silence alone is left as it is: somebody asked for it to be spoken. */
export function trimmed(samples: Float32Array, sampleRate: number): Float32Array {
  const size = Math.max(1, Math.round(WINDOW_SECONDS * sampleRate));
  const loud: number[] = [];
  for (let at = 0; at < samples.length; at += size) {
    if (power(samples.subarray(at, at + size)) > SILENCE) loud.push(at);
  }
  const [first, last] = [loud[0], loud.at(-1)];
  if (first === undefined || last === undefined) return samples;
  const start = Math.max(0, first - Math.round(LEAD_SECONDS * sampleRate));
  return samples.slice(start, last + size + Math.round(TAIL_SECONDS * sampleRate));
}

/** Raised cosines at both ends. */
export function faded(samples: Float32Array, sampleRate: number): Float32Array {
  const length = Math.min(Math.round(FADE_SECONDS * sampleRate), samples.length >> 1);
  return samples.map((sample, index) => {
    const fromEnd = Math.min(index, samples.length - 1 - index);
    return fromEnd >= length ? sample : sample * (0.5 - 0.5 * Math.cos((Math.PI * fromEnd) / length));
  });
}
