import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { InitError } from '../engine.js';
import { toInitError } from '../onnx/load-errors.js';

export type Feeds = Readonly<Record<string, Tensor>>;

/** An ONNX model whose first output is sound. */
export class VoiceSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly file: string,
  ) {}

  /** Loads `file` of a voice's folder. Throws {@link InitError}, also when it takes something else than `inputs`. */
  static async open(folder: string, file: string, threads: number, inputs: readonly string[]): Promise<VoiceSession> {
    try {
      const session = await InferenceSession.create(join(folder, file), {
        executionProviders: ['cpu'],
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        // Sentences come in all lengths, and the arena would keep what the longest one took.
        enableCpuMemArena: false,
        extra: { session: { intra_op: { allow_spinning: '0' } } },
        logSeverityLevel: 3,
      });
      const missing = inputs.filter((name) => !session.inputNames.includes(name));
      const excess = session.inputNames.filter((name) => !inputs.includes(name));
      if (missing.length > 0 || excess.length > 0) {
        throw new InitError('invalid-file', `${file} is no voice of this kind: ${describe(missing, excess)}`);
      }
      return new VoiceSession(session, file);
    } catch (error) {
      throw toInitError(error, file);
    }
  }

  /** Blocks the process until it is done: nothing else happens meanwhile. */
  async run(feeds: Feeds): Promise<Float32Array> {
    const results = await this.session.run(feeds);
    const output = results[this.session.outputNames[0] ?? ''];
    if (!(output?.data instanceof Float32Array)) throw new Error(`${this.file} does not answer in 32-bit floats`);
    if (!output.data.every(Number.isFinite)) throw new Error(`${this.file} answers with what is no sound`);
    return output.data;
  }

  /** Speaks once, so that a file that cannot is found out now. Throws {@link InitError}. */
  async tryOut(feeds: Feeds): Promise<void> {
    try {
      await this.run(feeds);
    } catch (error) {
      console.error(error);
      throw new InitError('invalid-file', `${this.file} does not speak: it is damaged, or its settings are another's`);
    }
  }
}

export function int64(values: readonly number[], dims: readonly number[] = [1, values.length]): Tensor {
  return new Tensor('int64', BigInt64Array.from(values, BigInt), dims);
}

export function float32(values: ArrayLike<number>, dims: readonly number[] = [values.length]): Tensor {
  return new Tensor('float32', Float32Array.from(values), dims);
}

function describe(missing: readonly string[], excess: readonly string[]): string {
  const lacks = missing.length > 0 ? [`it does not take ${missing.join(', ')}`] : [];
  const wants = excess.length > 0 ? [`it wants ${excess.join(', ')}`] : [];
  return [...lacks, ...wants].join(', and ');
}
