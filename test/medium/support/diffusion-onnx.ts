/** Writes ONNX files of a few nodes, whose ports may be of the types that diffusion exports use: protobuf by hand. */

/** Numbers of ONNX's TensorProto.DataType. */
const TYPES = { float: 1, int32: 6, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof TYPES;

export interface Port {
  readonly name: string;
  readonly type: ElementType;
  /** A number is fixed; a name may be anything at run time. */
  readonly dims: readonly (number | string)[];
}

export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  /** Whole numbers, or lists of them. */
  readonly attributes?: Readonly<Record<string, number | readonly number[]>>;
}

export interface Constant {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array;
}

/** Nodes see inputs, and leave outputs, as 32-bit floats under the ports' names. */
export interface Graph {
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly nodes: readonly Node[];
  readonly constants: readonly Constant[];
}

const OPERATOR_SET = 11;

/** The contents of an .onnx file. */
export function onnxFile({ inputs, outputs, nodes, constants }: Graph): Buffer {
  const inside = (name: string): string => `${name}.inside`;
  const local = new Set([...inputs, ...outputs].map(({ name }) => name));
  const renamed = (name: string): string => (local.has(name) ? inside(name) : name);
  const all: Node[] = [
    ...inputs.map(({ name }) => cast(name, inside(name), 'float')),
    ...nodes.map((node) => ({ ...node, inputs: node.inputs.map(renamed), output: renamed(node.output) })),
    ...outputs.map(({ name, type }) => cast(inside(name), name, type)),
  ];
  const graph = Buffer.concat([
    ...all.map((node) => bytes(1, nodeOf(node))),
    bytes(2, 'toy'),
    ...constants.map((constant) => bytes(5, tensorOf(constant))),
    ...inputs.map((port) => bytes(11, portOf(port))),
    ...outputs.map((port) => bytes(12, portOf(port))),
  ]);
  return Buffer.concat([whole(1, 6), bytes(7, graph), bytes(8, Buffer.concat([bytes(1, ''), whole(2, OPERATOR_SET)]))]);
}

function cast(from: string, to: string, type: ElementType): Node {
  return { op: 'Cast', inputs: [from], output: to, attributes: { to: TYPES[type] } };
}

function portOf({ name, type, dims }: Port): Buffer {
  const shape = dims.map((dim) => bytes(1, typeof dim === 'number' ? whole(1, dim) : bytes(2, dim)));
  const tensor = Buffer.concat([whole(1, TYPES[type]), bytes(2, Buffer.concat(shape))]);
  return Buffer.concat([bytes(1, name), bytes(2, bytes(1, tensor))]);
}

function nodeOf({ op, inputs, output, attributes = {} }: Node): Buffer {
  const listed = Object.entries(attributes).map(([name, value]) => {
    const content = typeof value === 'number' ? [whole(3, value), whole(20, 2)] : [...value.map((one) => whole(8, one)), whole(20, 7)]; // prettier-ignore
    return bytes(5, Buffer.concat([bytes(1, name), ...content]));
  });
  return Buffer.concat([...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, op), ...listed]);
}

function tensorOf({ name, dims, data }: Constant): Buffer {
  const raw = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.concat([...dims.map((dim) => whole(1, dim)), whole(2, TYPES.float), bytes(8, name), bytes(9, raw)]);
}

function whole(field: number, value: number): Buffer {
  return Buffer.concat([varint(field << 3), varint(value)]);
}

function bytes(field: number, value: Buffer | string): Buffer {
  const content = Buffer.from(value);
  return Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const all: number[] = [];
  let left = BigInt.asUintN(64, BigInt(value));
  do {
    all.push(Number(left & 0x7fn) | (left > 0x7fn ? 0x80 : 0));
    left >>= 7n;
  } while (left > 0n);
  return Buffer.from(all);
}
