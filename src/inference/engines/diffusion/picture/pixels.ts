import sharp from 'sharp';
import type { Picture } from '../../../pictures/picture.js';
import type { Planes, Size } from '../planes.js';

/** Colours from -1 to 1 → pixels; beyond, they are cut off. */
export function toPixels({ data, width, height }: Planes): Picture {
  const area = width * height;
  const pixels = new Uint8Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < area; i++) {
      const level = Math.round(((data[channel * area + i] ?? 0) + 1) * 127.5);
      pixels[3 * i + channel] = Math.min(255, Math.max(0, level));
    }
  }
  return { width, height, pixels };
}

/** Pixels → colours from -1 to 1. */
export function toPlanes({ width, height, pixels }: Picture): Planes {
  const area = width * height;
  const data = new Float32Array(3 * area);
  for (let channel = 0; channel < 3; channel++) {
    for (let i = 0; i < area; i++) data[channel * area + i] = (pixels[3 * i + channel] ?? 0) / 127.5 - 1;
  }
  return { data, channels: 3, width, height };
}

/** The picture stretched to a size. */
export async function stretched({ width, height, pixels }: Picture, to: Size): Promise<Picture> {
  if (width === to.width && height === to.height) return { width, height, pixels };
  const data = await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize(to.width, to.height, { fit: 'fill', kernel: 'lanczos3' })
    .raw()
    .toBuffer();
  return { width: to.width, height: to.height, pixels: data };
}

/** The top left part of a picture. */
export function cropped({ width, pixels }: Picture, to: Size): Picture {
  const rows = new Uint8Array(3 * to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const from = 3 * y * width;
    rows.set(pixels.subarray(from, from + 3 * to.width), 3 * y * to.width);
  }
  return { ...to, pixels: rows };
}

/** The picture with its last column and row repeated up to a size. */
export function extended(picture: Picture, { width, height }: Size): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const pixels = new Uint8Array(3 * width * height);
  for (let y = 0, to = 0; y < height; y++) {
    const row = Math.min(y, picture.height - 1) * picture.width;
    for (let x = 0; x < width; x++, to += 3) {
      const from = 3 * (row + Math.min(x, picture.width - 1));
      pixels.set(picture.pixels.subarray(from, from + 3), to);
    }
  }
  return { width, height, pixels };
}
