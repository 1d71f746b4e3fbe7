import type { Picture } from '../../pictures/picture.js';
import type { OnnxSession } from '../onnx/onnx-session.js';
import type { ClassifierSettings } from './model-settings.js';
import { writePlanes } from './normalisation.js';
import { resized } from './resize.js';

/** Probability of standing on its head that a line is turned at. */
const CERTAIN = 0.9;

/** Tells lines that stand on their head. */
export class AngleClassifier {
  constructor(
    private readonly session: OnnxSession,
    private readonly settings: ClassifierSettings,
  ) {}

  async isUpsideDown(whole: Picture): Promise<boolean> {
    const { width, height, stretch, normalisation } = this.settings;
    const line = middleOf(whole, width / height);
    const natural = Math.max(1, Math.ceil((height * line.width) / line.height));
    const picture = await resized(line, { width: stretch ? width : Math.min(width, natural), height });
    const data = new Float32Array(3 * width * height);
    writePlanes(picture, normalisation, data, { offset: 0, rowWidth: width });
    const answer = await this.session.run({ data, dims: [1, 3, height, width] });
    return (answer.data[1] ?? 0) > CERTAIN;
  }
}

/**
 * The middle of a long line, `ratio` times as wide as high. PaddleOCR squeezes lines into the model's input whole, and
 * one across a page is taken for its opposite then.
 */
function middleOf({ width, height, pixels }: Picture, ratio: number): Picture {
  const part = Math.max(1, Math.round(height * ratio));
  if (part >= width) return { width, height, pixels };
  const left = Math.floor((width - part) / 2);
  const cut = new Uint8Array(part * height * 3);
  for (let y = 0; y < height; y++) {
    const from = (y * width + left) * 3;
    cut.set(pixels.subarray(from, from + part * 3), y * part * 3);
  }
  return { width: part, height, pixels: cut };
}
