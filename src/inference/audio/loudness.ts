/**
 * How loud a sentence is, and how it is made as loud as all others: in the manner of ITU-R BS.1770, without its weighting
 * of frequencies. The mean power is taken of the parts that are speech, so that pauses do not count.
 */

/** Root mean square of what is spoken: -20 dBFS. Peaks of speech, some 14 dB above, then stay below full scale. */
const TARGET = 0.1;
const WINDOW_SECONDS = 0.02;
/** Mean power below which a window is silence: -60 dBFS. */
const ABSOLUTE_GATE = 1e-6;
/** Windows that are this far below the mean of the others count as pauses, too: -10 dB. */
const RELATIVE_GATE = 0.1;
/** 20 dB either way. A voice that needs more is broken, and noise would come up. */
const MOST_GAIN = 10;

/** Where the limiter begins, and what nothing exceeds. */
const KNEE = 0.7;
const CEILING = 0.97;

/** Root mean square of the parts that are speech; 0 for silence. */
export function speechLevel(samples: Float32Array, sampleRate: number): number {
  const powers = windowPowers(samples, Math.round(WINDOW_SECONDS * sampleRate)).filter(
    (power) => power > ABSOLUTE_GATE,
  );
  const gate = mean(powers) * RELATIVE_GATE;
  return Math.sqrt(mean(powers.filter((power) => power >= gate)));
}

/** The same sound at the loudness that all sentences have. */
export function levelled(samples: Float32Array, sampleRate: number): Float32Array {
  const level = speechLevel(samples, sampleRate);
  if (level === 0) return samples;
  const gain = Math.max(1 / MOST_GAIN, Math.min(MOST_GAIN, TARGET / level));
  return samples.map((sample) => limited(sample * gain));
}

/** Bends what is too loud instead of cutting it, which would crackle. What is below the knee stays as it is. */
export function limited(sample: number): number {
  const size = Math.abs(sample);
  if (size <= KNEE) return sample;
  const room = CEILING - KNEE;
  return Math.sign(sample) * (KNEE + room * Math.tanh((size - KNEE) / room));
}

function windowPowers(samples: Float32Array, size: number): number[] {
  const count = Math.max(1, Math.floor(samples.length / size));
  return Array.from({ length: count }, (_, index) => {
    const end = index === count - 1 ? samples.length : (index + 1) * size;
    return power(samples.subarray(index * size, end));
  });
}

export function power(samples: Float32Array): number {
  return samples.length === 0 ? 0 : samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
