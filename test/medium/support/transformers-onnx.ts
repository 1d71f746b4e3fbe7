/** Writes ONNX files of a few nodes, so that tests need no Python: protobuf by hand, operator set 11. */

const FLOAT = 1;
const INT64 = 7;
const BOOL = 9;
export const TYPES = { float: FLOAT, int64: INT64, bool: BOOL } as const;

/** A number is fixed; a name may be anything at run time. */
export type Dim = number | string;

export interface Port {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly dims: readonly Dim[];
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Whole numbers, or lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

export interface Graph {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return Buffer.from(bytes);
}

function whole(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function bytes(field: number, value: Buffer | string): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function port({ name, type, dims }: Port): Buffer {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? whole(1, dim) : bytes(2, dim)));
  const tensor = Buffer.concat([whole(1, TYPES[type]), bytes(2, Buffer.concat(shape))]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensor))]);
}

function node({ op, inputs, outputs, attributes = {} }: Node): Buffer {
  const listed = Object.entries(attributes).map(([name, value]) =>
    bytes(
      5,
      typeof value === 'number'
        ? Buffer.concat([bytes(1, name), whole(3, value), whole(20, 2)])
        : Buffer.concat([bytes(1, name), ...value.map((one) => whole(8, one)), whole(20, 7)]),
    ),
  );
  return Buffer.concat([
    ...inputs.map((name) => bytes(1, name)),
    ...outputs.map((name) => bytes(2, name)),
    bytes(4, op),
    ...listed,
  ]);
}

function constant({ name, dims, data }: Constant): Buffer {
  const type = data instanceof Float32Array ? FLOAT : INT64;
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([...dims.map((dim) => whole(1, dim)), whole(2, type), bytes(8, name), bytes(9, raw)]);
}

/** The contents of an .onnx file. */
export function onnx({ inputs, outputs, nodes, constants }: Graph): Buffer {
  const graph = Buffer.concat([
    ...nodes.map((one) => bytes(1, node(one))),
    bytes(2, 'toy'),
    ...constants.map((one) => bytes(5, constant(one))),
    ...inputs.map((one) => bytes(11, port(one))),
    ...outputs.map((one) => bytes(12, port(one))),
  ]);
  const operators = Buffer.concat([bytes(1, ''), whole(2, 11)]);
  return Buffer.concat([whole(1, 6), bytes(7, graph), bytes(8, operators)]);
}
