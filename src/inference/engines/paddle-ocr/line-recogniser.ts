import type { Picture } from '../../pictures/picture.js';
import { InitError } from '../engine.js';
import type { OnnxSession } from '../onnx/onnx-session.js';
import { decodeCtc, type Reading } from './ctc.js';
import { symbolsOf, type Dictionary } from './dictionary.js';
import type { BatchLimits } from './line-batches.js';
import type { RecogniserSettings } from './model-settings.js';
import { writePlanes } from './normalisation.js';
import { resized } from './resize.js';
import type { Size } from './text-boxes.js';

/** Longer lines are squeezed: PaddleOCR's limit. */
const MAX_WIDTH = 3200;

/** Reads pictures of single lines: a CTC recogniser. */
export class LineRecogniser {
  private constructor(
    private readonly session: OnnxSession,
    private readonly settings: RecogniserSettings,
    private readonly symbols: readonly string[],
    private readonly fixedWidth: number | null,
  ) {}

  /** Runs the model once, on nothing: its number of classes is told by its answer. Throws {@link InitError}. */
  static async create(
    session: OnnxSession,
    settings: RecogniserSettings,
    dictionary: Dictionary,
  ): Promise<LineRecogniser> {
    const width = session.inputShape[3] ?? null;
    const shape = [1, 3, settings.height, width ?? settings.minWidth];
    const dims = await session.trial(shape);
    const [, , classes] = dims ?? [];
    if (dims?.length !== 3 || classes === undefined) {
      throw new InitError('invalid-file', `${session.file} is no CTC recogniser, the only kind that can be used`);
    }
    return new LineRecogniser(session, settings, symbolsOf(dictionary, classes, session.file), width);
  }

  /** How lines may be put together. Bounds what one step takes: it cannot be interrupted. */
  get limits(): BatchLimits {
    const lines = this.session.inputShape[0] ?? 8;
    return { lines, totalWidth: 2 * MAX_WIDTH, ratio: 1.5 };
  }

  /** Pixels that a line's picture is wide for the model, padding included. */
  widthOf(crop: Size): number {
    return this.fixedWidth ?? Math.max(this.settings.minWidth, this.naturalWidth(crop));
  }

  /** Reads lines whose widths are at most `width`, all in one run. */
  async read(crops: readonly Picture[], width: number): Promise<Reading[]> {
    const { height, normalisation } = this.settings;
    const planes = 3 * height * width;
    const data = new Float32Array(crops.length * planes);
    for (const [index, crop] of crops.entries()) {
      const line = await resized(crop, { width: Math.min(width, this.naturalWidth(crop)), height });
      writePlanes(line, normalisation, data, { offset: index * planes, rowWidth: width });
    }
    const answer = await this.session.run({ data, dims: [crops.length, 3, height, width] });
    const each = answer.data.length / crops.length;
    return crops.map((_, index) => decodeCtc(answer.data.subarray(index * each, (index + 1) * each), this.symbols));
  }

  private naturalWidth({ width, height }: Size): number {
    return Math.min(MAX_WIDTH, Math.max(1, Math.ceil((width * this.settings.height) / height)));
  }
}
