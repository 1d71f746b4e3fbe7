import type { Picture } from './picture.js';

/** What a decoder makes of a file, before its errors are put into words. */
export interface DecodedFile {
  readonly pages: number;
  /** Pixels of a page, from its header. Throws {@link TooManyPixels} where they are more than a page may have. */
  pixelsOf(index: number): Promise<number>;
  page(index: number): Promise<Picture>;
}

/** Thrown by a decoder whose picture has more pixels than it may have. */
export class TooManyPixels extends Error {
  override readonly name = 'TooManyPixels';
}
