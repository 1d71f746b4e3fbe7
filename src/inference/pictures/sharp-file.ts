import sharp, { type Sharp } from 'sharp';
import { TooManyPixels, type DecodedFile } from './decoded-file.js';

// Pictures come and go: libvips' cache of what it did before would only hold memory.
sharp.cache(false);

/** A JPEG, PNG, WebP or TIFF file: libvips turns it upright and makes CMYK, 16 bits and grey into sRGB. */
export async function openWithSharp(bytes: Uint8Array, maxPixels: number): Promise<DecodedFile> {
  const open = (page: number): Sharp => sharp(bytes, { page, failOn: 'error', limitInputPixels: false });
  // The frames of an animation are not pages.
  const { format, pages = 1 } = await open(0).metadata();
  const pixelsOf = async (index: number): Promise<number> => {
    const { width, height } = await open(index).metadata();
    if (width * height > maxPixels) throw new TooManyPixels();
    return width * height;
  };
  return {
    pages: format === 'tiff' ? pages : 1,
    pixelsOf,
    page: async (index) => {
      await pixelsOf(index);
      const { data, info } = await open(index)
        .autoOrient()
        .flatten({ background: '#ffffff' })
        .toColourspace('srgb')
        .raw({ depth: 'uchar' })
        .toBuffer({ resolveWithObject: true });
      return { width: info.width, height: info.height, pixels: inColour(data, info.channels) };
    },
  };
}

/** Grey pictures may keep their one channel. */
function inColour(data: Buffer, channels: number): Uint8Array {
  if (channels === 3) return new Uint8Array(data.buffer, data.byteOffset, data.length);
  const pixels = new Uint8Array((data.length / channels) * 3);
  for (let from = 0, to = 0; to < pixels.length; from += channels, to += 3) {
    const grey = data[from] ?? 0;
    pixels[to] = grey;
    pixels[to + 1] = grey;
    pixels[to + 2] = grey;
  }
  return pixels;
}
