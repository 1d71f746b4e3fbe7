import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { InitError } from '../engine.js';
import { fromHalfFloats, toHalfFloats } from './half-floats.js';
import { toInitError } from './load-errors.js';
import type { FloatTensor } from './onnx-session.js';
import { sessionOptions } from './session-options.js';

/** An input or output, as the file declares it. */
export interface Port {
  readonly type: Tensor.Type;
  /** Null where any size will do. */
  readonly dims: readonly (number | null)[];
}

/** What is fed: converted to the type that the file declares. */
export interface NumberTensor {
  readonly data: ArrayLike<number>;
  readonly dims: readonly number[];
}

/** An ONNX model of several named inputs and outputs, of whatever numeric types. */
export class OnnxGraph {
  private constructor(
    private readonly session: InferenceSession,
    /** The file's path inside the model's folder, for messages. */
    readonly file: string,
    readonly inputs: ReadonlyMap<string, Port>,
    readonly outputs: ReadonlyMap<string, Port>,
  ) {}

  /** Loads `file` of a model's folder. Throws {@link InitError}. */
  static async open(folder: string, file: string, threads: number): Promise<OnnxGraph> {
    try {
      const session = await InferenceSession.create(join(folder, file), sessionOptions(threads));
      return new OnnxGraph(session, file, portsOf(session.inputMetadata), portsOf(session.outputMetadata));
    } catch (error) {
      throw toInitError(error, file);
    }
  }

  /** The first of some names that is an input. Throws {@link InitError} when none is. */
  input(...names: readonly string[]): string {
    return this.named('input', this.inputs, names);
  }

  /** The first of some names that is an output. Throws {@link InitError} when none is. */
  output(...names: readonly string[]): string {
    return this.named('output', this.outputs, names);
  }

  /** One output as 32-bit floats. Blocks the process until it is done: nothing else happens meanwhile. */
  async run(feeds: Readonly<Record<string, NumberTensor>>, output: string): Promise<FloatTensor> {
    const results = await this.runAll(feeds, [output]);
    return results.get(output) ?? unanswered(this.file, output);
  }

  /** Several outputs as 32-bit floats. Blocks as {@link run} does. */
  async runAll(
    feeds: Readonly<Record<string, NumberTensor>>,
    outputs: readonly string[],
  ): Promise<ReadonlyMap<string, FloatTensor>> {
    const tensors = Object.entries(feeds).map(([name, value]) => [name, this.tensorFor(name, value)] as const);
    const results = await this.session.run(Object.fromEntries(tensors), outputs);
    return new Map(outputs.map((name) => [name, floatsOf(results[name] ?? unanswered(this.file, name), this.file)]));
  }

  private named(what: string, ports: ReadonlyMap<string, Port>, names: readonly string[]): string {
    const name = names.find((one) => ports.has(one));
    if (name !== undefined) return name;
    const has = [...ports.keys()].join(', ') || 'none';
    throw new InitError('invalid-file', `${this.file} has no ${what} "${names.join('" or "')}" (it has ${has})`);
  }

  private tensorFor(name: string, { data, dims }: NumberTensor): Tensor {
    const type = this.inputs.get(name)?.type;
    const make = type === undefined ? undefined : TENSORS[type];
    if (make === undefined) throw new Error(`${this.file} wants its ${name} as ${type ?? 'nothing'}`);
    return make(data, dims);
  }
}

type MakeTensor = (data: ArrayLike<number>, dims: readonly number[]) => Tensor;

const TENSORS: Readonly<Partial<Record<Tensor.Type, MakeTensor>>> = {
  float32: (data, dims) => new Tensor('float32', data instanceof Float32Array ? data : Float32Array.from(data), dims),
  float16: (data, dims) => new Tensor('float16', toHalfFloats(data), dims),
  float64: (data, dims) => new Tensor('float64', Float64Array.from(data), dims),
  int64: (data, dims) =>
    new Tensor('int64', BigInt64Array.from(Array.from(data, (one) => BigInt(Math.round(one)))), dims),
  int32: (data, dims) => new Tensor('int32', Int32Array.from(Array.from(data, Math.round)), dims),
  bool: (data, dims) => new Tensor('bool', Uint8Array.from(data), dims),
};

function portsOf(metadata: readonly InferenceSession.ValueMetadata[]): ReadonlyMap<string, Port> {
  const ports = new Map<string, Port>();
  for (const value of metadata) {
    if (!value.isTensor) continue;
    const dims = value.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
    ports.set(value.name, { type: value.type, dims });
  }
  return ports;
}

function floatsOf({ type, data, dims }: Tensor, file: string): FloatTensor {
  if (data instanceof Float32Array) return { data, dims };
  // Newer versions of Node have a Float16Array of their own: its bytes are the same.
  if (type === 'float16' && ArrayBuffer.isView(data)) {
    return { data: fromHalfFloats(new Uint16Array(data.buffer, data.byteOffset, data.byteLength / 2)), dims };
  }
  throw new Error(`${file} answers in ${type}, not in floats`);
}

function unanswered(file: string, output: string): never {
  throw new Error(`${file} did not answer with ${output}`);
}
