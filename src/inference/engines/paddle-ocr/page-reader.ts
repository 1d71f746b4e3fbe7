import type { Picture } from '../../pictures/picture.js';
import type { Corner, TextLine } from '../../tasks.js';
import type { AngleClassifier } from './angle-classifier.js';
import { turned, type Quad } from './geometry.js';
import { batchesOf } from './line-batches.js';
import { cropLine, cropSize } from './line-crop.js';
import { withDirections, type BoxRead } from './line-directions.js';
import type { LineRecogniser } from './line-recogniser.js';
import { readingBoxes } from './reading-boxes.js';
import { inReadingOrder } from './reading-order.js';
import { looksSideways, sense, turnedBack, turnedPage } from './sideways.js';
import type { TextDetector } from './text-detector.js';

/** Called between two steps of a page; throws to end the work. */
export type Checkpoint = () => Promise<void>;

/** Picture → lines of text: detector, classifier, recogniser, reading order. */
export class PageReader {
  constructor(
    private readonly detector: TextDetector,
    private readonly classifier: AngleClassifier | null,
    private readonly recogniser: LineRecogniser,
    private readonly minConfidence: number,
  ) {}

  async read(page: Picture, checkpoint: Checkpoint): Promise<TextLine[]> {
    const read = await this.readEither(page, checkpoint);
    const lines = read
      .filter(({ reading }) => reading.text.trim() !== '' && reading.confidence >= this.minConfidence)
      .map(({ box, reading }): TextLine => ({ text: reading.text.trim(), confidence: reading.confidence, box }));
    return inReadingOrder(lines).map((line) => ({ ...line, box: inPixels(line.box) }));
  }

  /** The page as it is, or turned by 90° if that makes more sense. */
  private async readEither(page: Picture, checkpoint: Checkpoint): Promise<BoxRead[]> {
    const read = await this.readUpright(page, checkpoint);
    if (!looksSideways(read)) return read;
    const other = await this.readUpright(turnedPage(page), checkpoint);
    if (sense(other) <= sense(read)) return read;
    return other.map(({ box, reading }) => ({ box: turnedBack(box, page.height), reading }));
  }

  private async readUpright(page: Picture, checkpoint: Checkpoint): Promise<BoxRead[]> {
    const boxes = readingBoxes(await this.detector.detect(page));
    await checkpoint();
    const read = await this.readBoxes(page, boxes, checkpoint);
    return withDirections(read, (more) => this.readBoxes(page, more, checkpoint));
  }

  private async readBoxes(page: Picture, boxes: readonly Quad[], checkpoint: Checkpoint): Promise<BoxRead[]> {
    const { recogniser } = this;
    const widths = boxes.map((box) => recogniser.widthOf(cropSize(box)));
    const read: BoxRead[] = [];
    for (const { lines, width } of batchesOf(widths, recogniser.limits)) {
      const upright: { box: Quad; crop: Picture }[] = [];
      for (const line of lines) {
        const box = boxes[line];
        if (box !== undefined) upright.push(await this.upright(page, box));
      }
      const readings = await recogniser.read(
        upright.map(({ crop }) => crop),
        width,
      );
      readings.forEach((reading, index) => {
        const box = upright[index]?.box;
        if (box !== undefined) read.push({ box, reading });
      });
      await checkpoint();
    }
    return read;
  }

  private async upright(page: Picture, box: Quad): Promise<{ box: Quad; crop: Picture }> {
    const crop = cropLine(page, box);
    if (this.classifier === null || !(await this.classifier.isUpsideDown(crop))) return { box, crop };
    const other = turned(box, 2);
    return { box: other, crop: cropLine(page, other) };
  }
}

function inPixels([a, b, c, d]: Quad): Quad {
  const rounded = ([x, y]: Corner): Corner => [Math.round(x), Math.round(y)];
  return [rounded(a), rounded(b), rounded(c), rounded(d)];
}
