import { shownName, unsoundFile, type GgufReader } from './gguf-reader.js';

const MAX_DIMENSIONS = 4;
/** Bytes of a tensor's name, the end of a C string not counted. */
const MAX_NAME_BYTES = 63;
/** Types that are, or were, in use are far below. */
const MAX_TYPE = 255;
/** Weights of a block and its bytes, by ggml's type. */
const TYPES: Readonly<Record<number, readonly [weights: number, bytes: number]>> = {
  0: [1, 4],
  1: [1, 2],
  2: [32, 18],
  3: [32, 20],
  6: [32, 22],
  7: [32, 24],
  8: [32, 34],
  9: [32, 36],
  10: [256, 84],
  11: [256, 110],
  12: [256, 144],
  13: [256, 176],
  14: [256, 210],
  15: [256, 292],
  24: [1, 1],
  25: [1, 2],
  26: [1, 4],
  27: [1, 8],
  28: [1, 8],
  30: [1, 2],
};

/** Checks the list of tensors, and that the file is as long as they are. Throws `InitError` that names the fault. */
export function checkTensors(reader: GgufReader, count: number, alignment: number): void {
  reader.section = 'list of tensors';
  const names = new Set<string>();
  let end = 0;
  for (let index = 0; index < count; index++) {
    const name = reader.text(() => `the name of tensor ${String(index)}`, MAX_NAME_BYTES);
    if (names.has(name)) throw unsoundFile(`has the tensor ${shownName(name)} twice`);
    names.add(name);
    end = Math.max(end, readTensor(reader, name, alignment));
  }
  const start = Math.ceil(reader.offset / alignment) * alignment;
  if (count > 0 && start + end > reader.size) {
    throw unsoundFile(`ends after ${String(reader.size)} of ${String(start + end)} bytes`);
  }
}

/** Offset of the end of the tensor's data from the first tensor's; for an unknown type, of its beginning. */
function readTensor(reader: GgufReader, name: string, alignment: number): number {
  const dimensions = reader.u32();
  if (dimensions > MAX_DIMENSIONS) {
    throw unsoundFile(`has ${String(dimensions)} dimensions for the tensor ${shownName(name)}`);
  }
  let weights = 1;
  let row = 1;
  for (let index = 0; index < dimensions; index++) {
    const length = reader.u64();
    if (index === 0) row = length;
    weights *= length;
  }
  const type = reader.u32();
  if (type > MAX_TYPE)
    throw unsoundFile(`has the type ${String(type)} for the tensor ${shownName(name)}, which is none`);
  const offset = reader.u64();
  if (offset % alignment !== 0) {
    throw unsoundFile(
      `has the tensor ${shownName(name)} at ${String(offset)}, which is no multiple of ${String(alignment)}`,
    );
  }
  const [perBlock, bytes] = TYPES[type] ?? [1, 0];
  if (weights === 0 || !Number.isSafeInteger(weights) || row % perBlock !== 0) {
    throw unsoundFile(`has a shape for the tensor ${shownName(name)} that none can have`);
  }
  return offset + (weights / perBlock) * bytes;
}
