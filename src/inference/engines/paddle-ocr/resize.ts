import sharp from 'sharp';
import type { Picture } from '../../pictures/picture.js';
import type { Size } from './text-boxes.js';

/** The picture stretched to a size. */
export async function resized({ width, height, pixels }: Picture, to: Size): Promise<Picture> {
  if (width === to.width && height === to.height) return { width, height, pixels };
  const data = await sharp(pixels, { raw: { width, height, channels: 3 }, limitInputPixels: false })
    .resize(to.width, to.height, { fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { ...to, pixels: data };
}
