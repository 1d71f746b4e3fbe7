import type { BitWriter } from './bit-writer.js';

const MAX_PARAMETER = 14;
/** A block whose length allows it is cut in eight, each with a parameter of its own. */
const PARTITION_ORDER = 3;

/** Writes the residual of a block: Rice codes, whose first `order` samples were written as they are. */
export function writeResidual(bits: BitWriter, residual: Int32Array, order: number): void {
  const blockSize = residual.length + order;
  const share = blockSize / 2 ** PARTITION_ORDER;
  const partitionOrder = Number.isInteger(share) && share > order ? PARTITION_ORDER : 0;
  bits.write(0, 2);
  bits.write(partitionOrder, 4);
  const size = blockSize / 2 ** partitionOrder;
  for (let partition = 0; partition < 2 ** partitionOrder; partition++) {
    const start = Math.max(0, partition * size - order);
    writePartition(bits, residual.subarray(start, (partition + 1) * size - order));
  }
}

function writePartition(bits: BitWriter, residual: Int32Array): void {
  const folded = Uint32Array.from(residual, (value) => (value >= 0 ? 2 * value : -2 * value - 1));
  const parameter = bestParameter(folded);
  bits.write(parameter, 4);
  for (const value of folded) {
    bits.unary(value >>> parameter);
    bits.write(value, parameter);
  }
}

function bestParameter(folded: Uint32Array): number {
  let [best, least] = [0, Infinity];
  for (let parameter = 0; parameter <= MAX_PARAMETER; parameter++) {
    let cost = folded.length * (1 + parameter);
    for (const value of folded) cost += value >>> parameter;
    if (cost < least) [best, least] = [parameter, cost];
  }
  return best;
}
