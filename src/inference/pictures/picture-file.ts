import { ParleyError } from '../errors.js';
import { readBmp } from './bmp.js';
import { TooManyPixels, type DecodedFile } from './decoded-file.js';
import { FORMATS_READ, formatOf, type PictureFormat } from './picture-format.js';
import { openWithSharp } from './sharp-file.js';
import type { Picture } from './picture.js';

/**
 * Most pixels of one page: a small file may unfold to many. 64 million hold an A4 page at 800 dpi, in 192 MB of memory.
 */
export const MAX_PIXELS = 64_000_000;
/** Most pages of one file. */
export const MAX_PAGES = 100;
/** Most pixels of all pages of one request: 100 pages of A4 at 300 dpi, or 15 of the largest. */
export const MAX_REQUEST_PIXELS = 1_000_000_000;

/** A picture file that has been opened; its pages are decoded one at a time. */
export interface PictureFile {
  readonly format: PictureFormat;
  readonly pages: number;
  /** Pixels of all pages, as their headers say. Throws `invalid_request` where a page has too many. */
  totalPixels(): Promise<number>;
  /** Decodes a page, upright, on white where it is transparent. Throws `invalid_request`. */
  page(index: number): Promise<Picture>;
}

/** Opens a JPEG, PNG, WebP, BMP or TIFF file. Throws `invalid_request` for anything else, and for what is too large. */
export async function openPicture(bytes: Uint8Array): Promise<PictureFile> {
  const format = formatOf(bytes);
  if (format === null) throw unreadable(`it is neither ${FORMATS_READ}`);
  const file = await explained(() =>
    format === 'bmp' ? readBmp(bytes, MAX_PIXELS) : openWithSharp(bytes, MAX_PIXELS),
  );
  if (file.pages > MAX_PAGES)
    throw unreadable(`it has ${String(file.pages)} pages, and ${String(MAX_PAGES)} is the most`);
  return {
    format,
    pages: file.pages,
    totalPixels: () => explained(() => pixelsOfAll(file)),
    page: (index) => explained(() => file.page(index)),
  };
}

/**
 * Opens the picture files of one request. Throws `invalid_request`, before a page is decoded, where they have more pixels
 * together than one request may have.
 */
export async function openPictures(files: readonly Uint8Array[]): Promise<PictureFile[]> {
  const opened: PictureFile[] = [];
  let total = 0;
  for (const bytes of files) {
    const file = await openPicture(bytes);
    total += await file.totalPixels();
    if (total > MAX_REQUEST_PIXELS) {
      const most = String(MAX_REQUEST_PIXELS / 1e6);
      throw new ParleyError(
        'invalid_request',
        `The pages of one request have more than ${most} million pixels together.`,
      );
    }
    opened.push(file);
  }
  return opened;
}

async function pixelsOfAll(file: DecodedFile): Promise<number> {
  let total = 0;
  for (let page = 0; page < file.pages; page++) total += await file.pixelsOf(page);
  return total;
}

async function explained<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ParleyError) throw error;
    if (error instanceof TooManyPixels) {
      throw unreadable(`it has more than ${String(MAX_PIXELS / 1e6)} million pixels`, error);
    }
    throw unreadable('it is damaged or incomplete', error);
  }
}

function unreadable(why: string, cause?: unknown): ParleyError {
  return new ParleyError('invalid_request', `The picture cannot be read: ${why}.`, { cause });
}
