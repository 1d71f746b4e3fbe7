const FULL_SCALE = 32767;

/** Samples from -1 to 1 as 16-bit integers; what is louder is cut off. */
export function toInt16(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) => Math.round(Math.max(-1, Math.min(1, sample)) * FULL_SCALE));
}

/** The same as little-endian bytes. */
export function toPcm16(samples: Float32Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  toInt16(samples).forEach((sample, index) => view.setInt16(2 * index, sample, true));
  return bytes;
}
