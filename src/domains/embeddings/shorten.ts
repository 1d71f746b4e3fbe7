/**
 * The first `dimensions` numbers of a vector, at unit length again. Means what it should for models that were trained so
 * that the beginning of a vector says most (Matryoshka); for others it loses more than it saves.
 */
export function shorten(vector: Float32Array, dimensions: number): Float32Array {
  const kept = vector.subarray(0, dimensions);
  const length = Math.hypot(...kept);
  return length === 0 ? kept.slice() : kept.map((value) => value / length);
}
