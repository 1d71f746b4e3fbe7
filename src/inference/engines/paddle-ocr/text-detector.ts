import type { Picture } from '../../pictures/picture.js';
import { InitError } from '../engine.js';
import type { OnnxSession } from '../onnx/onnx-session.js';
import { detectorSize } from './detector-size.js';
import { framed, marginOf, unframed } from './frame.js';
import type { Quad } from './geometry.js';
import type { DetectorSettings } from './model-settings.js';
import { writePlanes } from './normalisation.js';
import { resized } from './resize.js';
import { textBoxes, type Size } from './text-boxes.js';

/** Finds the lines of text on a page: a DB detector. */
export class TextDetector {
  private constructor(
    private readonly session: OnnxSession,
    private readonly settings: DetectorSettings,
  ) {}

  /** Runs the model once, on nothing, to see that it is a detector. Throws {@link InitError}. */
  static async create(session: OnnxSession, settings: DetectorSettings): Promise<TextDetector> {
    const detector = new TextDetector(session, settings);
    const { width, height } = detector.inputSize({ width: 64, height: 64 });
    const dims = await session.trial([1, 3, height, width]);
    if (dims?.length !== 4 || dims[1] !== 1) {
      throw new InitError('invalid-file', `${session.file} is no DB text detector, the only kind that can be used`);
    }
    return detector;
  }

  /** Boxes of lines in pixels of the page, in no order that matters. */
  async detect(page: Picture): Promise<Quad[]> {
    const margin = marginOf(page);
    const boxes = await this.detectFramed(await framed(page, margin));
    return boxes.map((box) => unframed(box, page, margin));
  }

  private async detectFramed(page: Picture): Promise<Quad[]> {
    const { width, height } = this.inputSize(page);
    const data = new Float32Array(3 * width * height);
    const picture = await resized(page, { width, height });
    writePlanes(picture, this.settings.normalisation, data, { offset: 0, rowWidth: width });
    const { data: values, dims } = await this.session.run({ data, dims: [1, 3, height, width] });
    // Some exports answer at a part of the resolution: the map's own size counts.
    const [mapHeight = 0, mapWidth = 0] = dims.slice(-2);
    return textBoxes({ values, width: mapWidth, height: mapHeight }, page, this.settings.boxes);
  }

  private inputSize(page: Size): Size {
    const [, , height, width] = this.session.inputShape;
    if (typeof height === 'number' && typeof width === 'number') return { width, height };
    return detectorSize(page, this.settings.resize);
  }
}
