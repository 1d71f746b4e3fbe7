/** Mel-cepstral distortion between two sounds of different length. */

const DECIBELS = 10 / Math.LN10;

/** Mean over the best alignment (dynamic time warping), in dB. Both are lists of frames from `melCepstra`. */
export function melCepstralDistortion(heard, reference) {
  const columns = reference.length;
  // The cheapest way to each pair of frames, one row of `heard` at a time: its sum, and its number of steps.
  let sums = new Float64Array(columns + 1).fill(Infinity);
  let steps = new Float64Array(columns + 1);
  sums[0] = 0;
  for (const frame of heard) {
    const nextSums = new Float64Array(columns + 1).fill(Infinity);
    const nextSteps = new Float64Array(columns + 1);
    for (let column = 1; column <= columns; column++) {
      const distance = frameDistortion(frame, reference[column - 1]);
      const ways = [
        [sums[column - 1], steps[column - 1]],
        [sums[column], steps[column]],
        [nextSums[column - 1], nextSteps[column - 1]],
      ];
      const [sum, count] = ways.reduce((best, way) => (way[0] < best[0] ? way : best));
      nextSums[column] = sum + distance;
      nextSteps[column] = count + 1;
    }
    [sums, steps] = [nextSums, nextSteps];
  }
  return sums[columns] / steps[columns];
}

function frameDistortion(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] - b[i]) ** 2;
  return DECIBELS * Math.sqrt(2 * sum);
}
