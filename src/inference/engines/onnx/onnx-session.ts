import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { InitError } from '../engine.js';
import { toInitError } from './load-errors.js';
import { sessionOptions } from './session-options.js';

/** Numbers in row-major order. */
export interface FloatTensor {
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

/** An ONNX model of one input and one output that matters, both of 32-bit floats. */
export class OnnxSession {
  private constructor(
    private readonly session: InferenceSession,
    /** The file's path inside the model's folder, for messages. */
    readonly file: string,
    /** The input's dimensions; null where any size will do. */
    readonly inputShape: readonly (number | null)[],
  ) {}

  /** Loads `file` of a model's folder. Throws {@link InitError}. */
  static async open(folder: string, file: string, threads: number): Promise<OnnxSession> {
    try {
      const session = await InferenceSession.create(join(folder, file), sessionOptions(threads));
      const [input] = session.inputMetadata;
      if (input?.isTensor !== true || input.type !== 'float32' || session.outputNames.length === 0) {
        throw new InitError('invalid-file', `${file} does not take a picture: it is some other model`);
      }
      const shape = input.shape.map((size) => (typeof size === 'number' && size > 0 ? size : null));
      return new OnnxSession(session, file, shape);
    } catch (error) {
      throw toInitError(error, file);
    }
  }

  /** Dimensions of what the model answers to zeros of a shape; null when it does not take them. */
  async trial(dims: readonly number[]): Promise<readonly number[] | null> {
    try {
      const size = dims.reduce((product, dim) => product * dim, 1);
      return (await this.run({ data: new Float32Array(size), dims })).dims;
    } catch (error) {
      console.error(error);
      return null;
    }
  }

  /** Blocks the process until it is done: nothing else happens meanwhile. */
  async run({ data, dims }: FloatTensor): Promise<FloatTensor> {
    const { inputNames, outputNames } = this.session;
    const [input = '', output = ''] = [inputNames[0], outputNames[0]];
    const results = await this.session.run({ [input]: new Tensor('float32', data, dims) }, [output]);
    const result = results[output];
    if (!(result?.data instanceof Float32Array)) throw new Error(`${this.file} does not answer in 32-bit floats`);
    return { data: result.data, dims: result.dims };
  }
}
