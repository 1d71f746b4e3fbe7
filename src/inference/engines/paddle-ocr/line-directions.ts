import type { Reading } from './ctc.js';
import { turned, type Quad } from './geometry.js';

/** A box and what was read in it. */
export interface BoxRead {
  readonly box: Quad;
  readonly reading: Reading;
}

export type ReadBoxes = (boxes: readonly Quad[]) => Promise<BoxRead[]>;

/** A line read worse than this may stand on its head. */
const DOUBTFUL = 0.85;
/** By so much better has a line to be read the other way round when most others are not. */
const CLEARLY = 0.2;

/**
 * Finds out which lines stand on their head, for there may be no classifier, and those there are err: what was read badly
 * is read the other way round, too. Lines that run alike stand alike, so the better part of them decides for the rest.
 */
export async function withDirections(read: readonly BoxRead[], readBoxes: ReadBoxes): Promise<BoxRead[]> {
  const across = read.filter(({ box }) => !runsDown(box));
  const down = read.filter(({ box }) => runsDown(box));
  return [...(await turnedAlike(across, readBoxes)), ...(await turnedAlike(down, readBoxes))];
}

async function turnedAlike(read: readonly BoxRead[], readBoxes: ReadBoxes): Promise<BoxRead[]> {
  const doubtful = read.filter(({ reading }) => reading.confidence < DOUBTFUL);
  const others = await turnedRound(doubtful, readBoxes);
  const better = doubtful.filter((one) => gain(one, others.get(one)) > 0);
  if (2 * lengthOf(better) > lengthOf(read)) {
    const certain = read.filter(({ reading }) => reading.confidence >= DOUBTFUL);
    for (const [one, other] of await turnedRound(certain, readBoxes)) others.set(one, other);
    return read.map((one) => (gain(one, others.get(one)) > 0 ? (others.get(one) ?? one) : one));
  }
  return read.map((one) => (gain(one, others.get(one)) > CLEARLY ? (others.get(one) ?? one) : one));
}

async function turnedRound(read: readonly BoxRead[], readBoxes: ReadBoxes): Promise<Map<BoxRead, BoxRead>> {
  const boxes = read.map(({ box }) => turned(box, 2));
  const byBox = new Map((await readBoxes(boxes)).map((one) => [one.box, one]));
  return new Map(
    read.flatMap((one, index) => {
      const other = byBox.get(boxes[index] ?? one.box);
      return other === undefined ? [] : [[one, other]];
    }),
  );
}

function gain(one: BoxRead, other: BoxRead | undefined): number {
  return other === undefined ? 0 : other.reading.confidence - one.reading.confidence;
}

function lengthOf(read: readonly BoxRead[]): number {
  return read.reduce((sum, { reading }) => sum + reading.text.length, 0);
}

function runsDown([a, b]: Quad): boolean {
  return Math.abs(b[1] - a[1]) > Math.abs(b[0] - a[0]);
}
