/** Reads 16-bit mono WAV files. */

const HEADER_BYTES = 44;

export function readWav(file) {
  const sampleRate = file.readUInt32LE(24);
  const count = (file.length - HEADER_BYTES) >> 1;
  const samples = Float32Array.from({ length: count }, (_, i) => file.readInt16LE(HEADER_BYTES + 2 * i) / 32768);
  return { samples, sampleRate };
}
