/** What a recogniser made of one line. */
export interface Reading {
  readonly text: string;
  /** Mean probability of its characters, 0..1; 0 for no characters. */
  readonly confidence: number;
}

const BLANK = 0;

/**
 * Greedy CTC decoding: the best class of each step; repeats become one, blanks go.
 * `probabilities` is [steps, classes], and `symbols` has one entry for each class, the blank first.
 */
export function decodeCtc(probabilities: Float32Array, symbols: readonly string[]): Reading {
  const classes = symbols.length;
  let [text, sum, count, before] = ['', 0, 0, BLANK];
  for (let row = 0; row + classes <= probabilities.length; row += classes) {
    const best = bestClass(probabilities, row, classes);
    if (best !== BLANK && best !== before) {
      text += symbols[best] ?? '';
      sum += probabilities[row + best] ?? 0;
      count++;
    }
    before = best;
  }
  return { text, confidence: count === 0 ? 0 : sum / count };
}

function bestClass(probabilities: Float32Array, row: number, classes: number): number {
  let [best, highest] = [0, probabilities[row] ?? 0];
  for (let index = 1; index < classes; index++) {
    const value = probabilities[row + index] ?? 0;
    if (value > highest) [best, highest] = [index, value];
  }
  return best;
}
