/** One page of a TIFF file: 8-bit RGB. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

const SHORT = 3;
const LONG = 4;
const HEADER_BYTES = 8;

/** An uncompressed TIFF file of several pages, of either byte order. */
export function tiffOf(pages: readonly TiffPage[], littleEndian: boolean): Uint8Array {
  const parts: Uint8Array[] = [header(littleEndian)];
  let offset = HEADER_BYTES;
  pages.forEach((page, index) => {
    const part = directory(page, offset, index === pages.length - 1, littleEndian);
    parts.push(part);
    offset += part.length;
  });
  return Buffer.concat(parts);
}

function header(littleEndian: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(HEADER_BYTES));
  view.setUint16(0, littleEndian ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, littleEndian);
  view.setUint32(4, HEADER_BYTES, littleEndian);
  return new Uint8Array(view.buffer);
}

/** A page's directory, its bit depths and its one strip of pixels, to stand at `offset`. */
function directory(page: TiffPage, offset: number, last: boolean, littleEndian: boolean): Uint8Array {
  const entryCount = 9;
  const depthsAt = 2 + entryCount * 12 + 4;
  const pixelsAt = depthsAt + 6;
  const length = pixelsAt + page.pixels.length + (page.pixels.length % 2);
  const view = new DataView(new ArrayBuffer(length));
  const entries: readonly (readonly [tag: number, type: number, count: number, value: number])[] = [
    [256, LONG, 1, page.width],
    [257, LONG, 1, page.height],
    [258, SHORT, 3, offset + depthsAt],
    [259, SHORT, 1, 1],
    [262, SHORT, 1, 2],
    [273, LONG, 1, offset + pixelsAt],
    [277, SHORT, 1, 3],
    [278, LONG, 1, page.height],
    [279, LONG, 1, page.pixels.length],
  ];
  view.setUint16(0, entryCount, littleEndian);
  entries.forEach(([tag, type, count, value], index) => {
    const at = 2 + index * 12;
    view.setUint16(at, tag, littleEndian);
    view.setUint16(at + 2, type, littleEndian);
    view.setUint32(at + 4, count, littleEndian);
    if (type === SHORT && count === 1) view.setUint16(at + 8, value, littleEndian);
    else view.setUint32(at + 8, value, littleEndian);
  });
  view.setUint32(2 + entryCount * 12, last ? 0 : offset + length, littleEndian);
  for (let channel = 0; channel < 3; channel++) view.setUint16(depthsAt + channel * 2, 8, littleEndian);
  const bytes = new Uint8Array(view.buffer);
  bytes.set(page.pixels, pixelsAt);
  return bytes;
}
