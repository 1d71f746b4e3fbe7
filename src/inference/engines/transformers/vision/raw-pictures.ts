import { RawImage } from '@huggingface/transformers';
import { openPictures } from '../../../pictures/picture-file.js';
import type { RunControl } from '../../onnx/run-control.js';

/** Pixels that are kept of a picture; no family looks at more, and a large one would be copied many times. */
const MAX_KEPT_PIXELS = 4_000_000;
const LANCZOS = 1;

/** A picture of a conversation. */
export interface ShownPicture {
  readonly image: RawImage;
  /** Pixels of the upright picture as it came. */
  readonly width: number;
  readonly height: number;
}

/** Decodes picture files, all pages of each. Throws `invalid_request` and `RunAborted`. */
export async function decodePictures(files: readonly Uint8Array[], control: RunControl): Promise<ShownPicture[][]> {
  const pictures: ShownPicture[][] = [];
  for (const file of await openPictures(files)) {
    const pages: ShownPicture[] = [];
    for (let page = 0; page < file.pages; page++) {
      await control.turn();
      const { pixels, width, height } = await file.page(page);
      pages.push({ image: await shrunk(new RawImage(pixels, width, height, 3)), width, height });
    }
    pictures.push(pages);
  }
  return pictures;
}

async function shrunk(image: RawImage): Promise<RawImage> {
  const scale = Math.sqrt(MAX_KEPT_PIXELS / (image.width * image.height));
  if (scale >= 1) return image;
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  return image.resize(side(image.width), side(image.height), { resample: LANCZOS });
}
